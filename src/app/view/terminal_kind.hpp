// SPDX-License-Identifier: MIT
// What the terminal of this program can show, and what its owner wants to see.
#pragma once

namespace busbar {

/// A picture can be painted in place there: it is a terminal, and not one that knows no escape
/// sequences (TERM=dumb, as in editors).
[[nodiscard]] bool isPaintable(int descriptor);

/// False if NO_COLOR is set and not empty (no-color.org).
[[nodiscard]] bool wantsColour();

} // namespace busbar
