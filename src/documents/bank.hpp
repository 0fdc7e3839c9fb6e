// SPDX-License-Identifier: MIT
// What there is to say about a bank.
#pragma once

#include "documents/piece.hpp"

#include <vector>

namespace busbar {
struct BankView;
struct Now;
} // namespace busbar

namespace busbar::documents {

/// What it is, every published row, limits with cause, who takes part.
void tellBank(const BankView& view, const Reader& reader);
/// What belongs to it but changes although nothing else does: `time` and `age_s`.
void tellBankStamp(const BankView& view, const Now& now, const Reader& reader);
[[nodiscard]] std::vector<Line> bankLines();

} // namespace busbar::documents
