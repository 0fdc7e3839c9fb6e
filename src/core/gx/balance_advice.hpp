// SPDX-License-Identifier: MIT
// What advice has to say of balancing that does not succeed.
#pragma once

#include <string>

namespace busbar {

struct BalancingOutput;

/// Why balancing has not succeeded three times in a row or more, and what to look at. Empty = it
/// has not failed so often.
[[nodiscard]] std::string failingBalance(const BalancingOutput& balancing);

} // namespace busbar
