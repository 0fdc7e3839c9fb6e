// SPDX-License-Identifier: MIT
// What there is to say about a bank.
#pragma once

#include "documents/piece.hpp"

#include <vector>

namespace busbar {
struct BankView;
}

namespace busbar::documents {

/// What it is, every published row, limits with cause, who takes part.
void tellBank(const BankView& view, const Reader& reader);
[[nodiscard]] std::vector<Line> bankLines();

} // namespace busbar::documents
