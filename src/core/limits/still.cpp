// SPDX-License-Identifier: MIT
// Limits of a bank that stands still.
#include "core/limits/still.hpp"

#include "core/members/member.hpp"

#include <algorithm>

namespace busbar {

namespace {

/// Of what a sensor may show at rest: what nobody overlooks, 2 % of the capacity per hour.
constexpr double kWakes = 2.0;

/// Extremes alone are too few: a Pylontech says four rounded numbers, which may all stay for
/// minutes while it is charged steadily.
bool givesCells(const Member& member) {
    return member.givesCells();
}

double waking_A(const Members& members) {
    double sum_A = 0.0;
    for (const Member& member : members)
        sum_A += kWakes * offset_A(member);
    return sum_A;
}

/// How long they may stand still.
std::chrono::milliseconds patience(const StillInput& input) {
    const bool hasToMove = std::ranges::any_of(
        input.members, [&input](const Member& member) { return mustMove(member, input.ends); });
    return hasToMove ? std::min<std::chrono::milliseconds>(input.after, kSteepRest) : input.after;
}

} // namespace

StillLimits stillLimits(const StillInput& input, const Now& now) {
    if (input.members.empty() || !std::ranges::all_of(input.members, givesCells))
        return {};
    const auto moved = std::ranges::max_element(input.members, {}, &Member::movedAt)->movedAt();
    const auto still = now.steady - moved;
    if (still < std::min<std::chrono::milliseconds>(input.after, kSteepRest))
        return {};
    const auto after = patience(input);
    if (still < after)
        return {};
    const bool isLong = still >= after + input.longAfter;
    StillLimits limits{waking_A(input.members), std::nullopt};
    if (!input.isComfortable)
        limits.discharge_A = isLong ? 0.0 : waking_A(input.members);
    else if (isLong)
        limits.discharge_A = waking_A(input.members);
    return limits;
}

bool isOverdue(const Members& members, const SteepEnds& ends, const Now& now) {
    return std::ranges::any_of(members, [&ends, &now](const Member& member) {
        return now.steady - member.movedAt() > kSteepReports && mustMove(member, ends);
    });
}

} // namespace busbar
