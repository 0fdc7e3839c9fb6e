// SPDX-License-Identifier: MIT
// A bank of which nothing moves although the GX talks on: it rests, or all its values are old.
#pragma once

#include "core/members/members.hpp"
#include "core/members/steep_end.hpp"
#include "core/now.hpp"

#include <chrono>
#include <optional>

namespace busbar {

struct StillInput {
    const Members& members;              ///< those that take part
    std::chrono::milliseconds after;     ///< MembershipSettings::frozen
    std::chrono::milliseconds longAfter; ///< LossSettings::rideThrough, from then on
    bool isComfortable = false;          ///< its discharge stop was far away then
    SteepEnds ends{};                    ///< of its chemistry
};

/// What may flow while nobody can tell a resting bank from one whose values are old, A; nothing =
/// no say.
struct StillLimits {
    std::optional<double> charge_A;
    std::optional<double> discharge_A;
};

/// Nothing of any member has moved for `after`, or for kSteepRest (steep_end.hpp) although one of
/// them has to move: so much may flow
/// as moves something if they are alive, whereupon all is as before. Where the bank is comfortable
/// it may be discharged as before for `longAfter`; where it is not, not at all after `longAfter`.
/// Only where all members give single cells: some twenty values do not stand still together, while
/// two or three that are rounded do.
[[nodiscard]] StillLimits stillLimits(const StillInput& input, const Now& now);

/// Somebody has to move and has said nothing new for longer than kSteepReports.
[[nodiscard]] bool isOverdue(const Members& members, const SteepEnds& ends, const Now& now);

} // namespace busbar
