// SPDX-License-Identifier: MIT
// A current that has leapt counts at once where it closes, and is remembered only once something
// else bears it out.
#pragma once

#include "core/now.hpp"

#include <optional>

namespace busbar {

struct Battery;

/// Of one battery.
struct CurrentLeap {
    std::optional<double> steady_A;  ///< last current that was borne out; nothing = none yet
    double steady_V = 0.0;           ///< voltage with it; 0 = unknown
    std::optional<SteadyTime> since; ///< the current has leapt then; nothing = it has not
    SteadyTime moved{};              ///< when it said something then
};

/// Once per cycle. A leap of a quarter of the capacity per hour, to more or to the other sign, is
/// borne out by its voltage, which no cell's resistance is too small for; by the next report; or by
/// ten seconds.
void stepLeap(Battery& battery, const Now& now);

} // namespace busbar
