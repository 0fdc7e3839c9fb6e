// SPDX-License-Identifier: MIT
// The owner's wishes for balancing.hpp.
#pragma once

#include <chrono>
#include <optional>

namespace busbar {

/// Full charge at a raised voltage from time to time (balancing.hpp); acts with CvlMode::Own.
struct BalancingSettings {
    bool isEnabled = true;
    std::optional<double> cell_V; ///< raised charge voltage of a cell; nothing = by preset
    std::chrono::hours every = std::chrono::hours(240);
    std::chrono::milliseconds hold = std::chrono::minutes(15); ///< the goal must last this long
    double tolerance_V = 0.01; ///< per cell: this close to the raised voltage counts as reached
};

} // namespace busbar
