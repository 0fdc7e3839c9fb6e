// SPDX-License-Identifier: MIT
// The function whose instructions are counted.
#pragma once

#include <functional>

namespace busbar::instructions {

/// Calls it. callgrind counts from the beginning of this function to its end, and knows it by name.
void measured(const std::function<void()>& what);

} // namespace busbar::instructions
