// SPDX-License-Identifier: MIT
// What members that were over their limit took.
#include "core/limits/over_limit.hpp"

#include "core/limits/direction.hpp"
#include "core/member.hpp"

#include <algorithm>

namespace busbar {

namespace {

/// As long as what batteries and plant show of each other counts (agreement.cpp): load and sun are
/// others by then.
constexpr auto kSeenLasts = std::chrono::hours(1);
/// Nothing flows into the bank, and yet into this one: no limit above 0 is low enough.
constexpr double kAllAndMore = 1e9;

double flow_A(const Member& member, Direction direction) {
    return signOf(direction) * member.number(row("/Dc/0/Current")).value_or(0.0);
}

bool isOverNow(const Member& member, Direction direction) {
    const auto own_A = ownLimit(member, direction);
    return own_A && *own_A > 0.0 && !member.isHeld() && flow_A(member, direction) > *own_A;
}

} // namespace

void noteOverLimit(OverLimit& state, const std::vector<const Member*>& members, Direction direction,
                   SteadyTime now) {
    double bank_A = 0.0;
    for (const Member* member : members)
        bank_A += flow_A(*member, direction);
    std::erase_if(state.seen, [now](const auto& entry) {
        return entry.second.share > 1.0 || now - entry.second.at > kSeenLasts;
    });
    for (const Member* member : members)
        if (isOverNow(*member, direction))
            state.seen[member->entry().id] = {
                bank_A > 0.0 ? flow_A(*member, direction) / bank_A : kAllAndMore, now};
}

double atLeastSeen(const OverLimit& state, const std::string& id, double share) {
    const auto known = state.seen.find(id);
    return known == state.seen.end() ? share : std::max(share, known->second.share);
}

} // namespace busbar
