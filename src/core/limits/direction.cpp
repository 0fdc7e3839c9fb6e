// SPDX-License-Identifier: MIT
// Who forbids a direction.
#include "core/limits/direction.hpp"

#include "core/members/member.hpp"

#include <algorithm>
#include <array>

namespace busbar {

namespace {

/// A charge voltage limit of 0 V is none that a charger could hold; a BMS that gives it means that
/// nothing may flow in.
bool isForbiddenByVoltage(const Member& member, Direction direction) {
    return direction == Direction::Charge &&
           member.lastNumber(row("/Info/MaxChargeVoltage")) == 0.0;
}

/// /State 10 = error, 14 = standby (neither direction allowed).
constexpr std::array kDeadStates = {10.0, 14.0};

} // namespace

bool isOffline(const Member& member) {
    return member.lastNumber(row("/System/NrOfModulesOnline")) == 0.0 &&
           member.lastNumber(row("/System/NrOfModulesOffline")).value_or(0.0) > 0.0;
}

bool isDead(const Member& member) {
    const auto state = member.lastNumber(row("/State"));
    return state && std::ranges::find(kDeadStates, *state) != kDeadStates.end();
}

bool forbids(const Member& member, Direction direction) {
    if (isOffline(member))
        return true;
    const DirectionRows rows = rowsOf(direction);
    const bool isClosed = member.lastNumber(rows.limit) == 0.0 && !member.isWish(rows.limit);
    if (member.lastNumber(rows.allow) == 0.0 || isClosed ||
        isForbiddenByVoltage(member, direction) || isDead(member))
        return true;
    const double blocking = member.lastNumber(rows.blockingModules).value_or(0.0);
    return blocking > 0.0 &&
           blocking >= member.lastNumber(row("/System/NrOfModulesOnline")).value_or(1.0);
}

bool allowsNothing(const Member& member) {
    return member.isBlocked(Direction::Charge) && member.isBlocked(Direction::Discharge);
}

std::optional<double> ownLimit(const Member& member, Direction direction) {
    return member.isBlocked(direction) ? std::optional(0.0)
                                       : member.number(rowsOf(direction).limit);
}

} // namespace busbar
