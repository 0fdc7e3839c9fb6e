// SPDX-License-Identifier: MIT
// When something that goes once per interval is due.
#pragma once

#include "core/now.hpp"

#include <chrono>

namespace busbar::mqtt {

/// True from a twentieth of `interval` before `turn` on: a timer of one interval that fires a
/// little early must not miss its turn, or one second becomes two.
[[nodiscard]] inline bool isTurn(SteadyTime turn, std::chrono::milliseconds interval,
                                 const Now& now) {
    constexpr int kEarly = 20;
    return now.steady + interval / kEarly >= turn;
}

} // namespace busbar::mqtt
