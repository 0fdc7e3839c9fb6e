// SPDX-License-Identifier: MIT
// A moment for the tests of the core.
#pragma once

#include "core/now.hpp"

#include <chrono>

namespace busbar::made {

/// A moment far from the clock's zero.
inline Now start() {
    return {SteadyTime(std::chrono::hours(1000)), WallTime(std::chrono::hours(500000))};
}

} // namespace busbar::made
