// SPDX-License-Identifier: MIT
// Which batteries an aggregate of somebody else's sums, by one look at its values.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace busbar {

/// What a battery, or a sum of some, says now; unknown where it says nothing.
struct SumShare {
    std::optional<double> current_A;
    std::optional<double> capacity_Ah; ///< installed
};

/// Indices of the two or more `batteries` whose values make up `sum`: capacity within 1 %, current
/// within 3 % of what flows in all of them and 1 A (they are not of one moment). All of them if
/// they do; nothing if none do, if several selections do, or if neither value is known.
[[nodiscard]] std::optional<std::vector<std::size_t>>
partsOfSum(const SumShare& sum, const std::vector<SumShare>& batteries);

} // namespace busbar
