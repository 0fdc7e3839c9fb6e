// SPDX-License-Identifier: MIT
// Whether what flows keeps to the limits of a bank, of every bank, whatever may be the reason that
// it does not.
#pragma once

#include "core/gx/gx_advice.hpp"
#include "core/now.hpp"

#include <deque>
#include <optional>

namespace busbar {

struct AdviceInput;

/// The largest limit of the last seconds: what chargers may still be on their way down from.
struct LimitTrail {
    struct Point {
        SteadyTime lastSeen{};
        double limit{0.0}; ///< A or V
    };
    std::deque<Point> points; ///< falling limits, rising times
};

/// Memory between cycles.
struct ObedienceState {
    LimitTrail charge;
    LimitTrail discharge;
    LimitTrail voltage;
};

/// In this cycle, and beyond what chargers need to follow a limit that fell.
struct Overrun {
    bool isCharging{false};    ///< above the CCL by 10 % and 1 A
    bool isDischarging{false}; ///< above the DCL likewise
    /// Above the CVL by 1.5 %, and charged all the same: a battery that only rests above a CVL that
    /// fell has nobody who disobeys.
    bool isTooHigh{false};
};

/// What is not known is no overrun.
[[nodiscard]] Overrun overrunOf(ObedienceState& state, const AdviceInput& input, SteadyTime now);

/// Which limit is not kept to, and why not: because it reaches no charger, because these follow
/// another battery, or what else to look at.
[[nodiscard]] Finding limitsIgnored(const AdviceInput& input, const Overrun& overrun);

} // namespace busbar
