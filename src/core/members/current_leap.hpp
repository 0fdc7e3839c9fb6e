// SPDX-License-Identifier: MIT
// A current that has leapt counts at once where it closes, and is remembered only once something
// else bears it out.
#pragma once

#include "core/now.hpp"

namespace busbar {

struct Battery;

/// Once per cycle. A leap of a quarter of the capacity per hour, to more or to the other sign, is
/// borne out by its voltage, which no cell's resistance is too small for; by the next report; or by
/// ten seconds.
void stepLeap(Battery& battery, const Now& now);

} // namespace busbar
