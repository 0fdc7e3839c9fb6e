// SPDX-License-Identifier: MIT
// What the owner has set of a bank at run time.
#pragma once

#include "documents/piece.hpp"

namespace busbar {
struct BankView;
} // namespace busbar

namespace busbar::documents {

/// The object `controls`: ceilings and target in force, and whether the owner's choices are known.
/// Without a view: without values.
void tellControls(const Reader& reader, const BankView* view);

} // namespace busbar::documents
