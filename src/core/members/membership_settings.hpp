// SPDX-License-Identifier: MIT
// The owner's wishes for membership.hpp and roster.hpp.
#pragma once

#include "core/units/selector.hpp"

#include <chrono>
#include <vector>

namespace busbar {

/// Who takes part (src/core/MEMBERS.md).
struct MembershipSettings {
    bool takeAll = true;            ///< `"batteries": "auto"`; false: `selected`
    std::vector<Selector> selected; ///< each entry picks one battery
    std::vector<Selector> excluded; ///< with `auto`
    std::chrono::milliseconds hold =
        std::chrono::seconds(30); ///< last values stay this long after a loss
    std::chrono::milliseconds frozen = std::chrono::seconds(300);
    bool frozenTest = true;
    double guard_pct = 2.0; ///< voltage guard: share of the median …
    double guard_V = 0.5;   ///< … plus this
    int expected = 0;       ///< fewer members than this: alarm; 0 = not checked
    int minBatteries = 1;   ///< fewer: the bank stops
};

} // namespace busbar
