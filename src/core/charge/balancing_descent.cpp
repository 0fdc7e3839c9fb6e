// SPDX-License-Identifier: MIT
// A voltage that only falls, and slowly.
#include "core/charge/balancing_descent.hpp"

#include <algorithm>
#include <chrono>

namespace busbar {

namespace {

/// A night takes an LTO cell from 2.65 to 2.50 V, an LFP cell from 3.55 to 3.35 V in minutes.
constexpr double kDownPerHour_V = 0.02;

} // namespace

double comeDown(BalancingDescent& descent, double mean_V, double raised_V, const Now& now) {
    const double before_V = std::min(descent.cell_V.value_or(mean_V), raised_V);
    const std::chrono::duration<double, std::ratio<3600>> span =
        descent.cell_V ? now.steady - descent.at : SteadyTime::duration::zero();
    descent.at = now.steady;
    const double lowest_V = before_V - kDownPerHour_V * std::max(0.0, span.count());
    descent.cell_V = std::clamp(mean_V, std::min(lowest_V, before_V), before_V);
    return *descent.cell_V;
}

} // namespace busbar
