// SPDX-License-Identifier: MIT
// What members that were over their limit took.
#include "core/limits/over_limit.hpp"

#include "core/limits/direction.hpp"
#include "core/members/member.hpp"

#include <algorithm>

namespace busbar {

namespace {

/// As long as what batteries and plant show of each other counts (agreement.cpp): load and sun are
/// others by then.
constexpr auto kSeenLasts = std::chrono::hours(1);
/// Nothing flows into the bank, and yet into this one: no limit above 0 is low enough.
constexpr double kAllAndMore = 1e9;

bool isOver(const Member& member, Direction direction, double flow_A) {
    const auto own_A = ownLimit(member, direction);
    return own_A && *own_A > 0.0 && !member.isHeld() && flow_A > *own_A;
}

/// Of all that flows.
double partOf(double flow_A, double bank_A) {
    return bank_A > 0.0 ? flow_A / bank_A : kAllAndMore;
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
    state.now.clear();
    for (const Member* member : members) {
        const std::string& id = member->entry().id;
        const double own_A = flow_A(*member, direction);
        const double steady_A = signOf(direction) * member->steadyCurrent_A().value_or(0.0);
        if (!isOver(*member, direction, own_A))
            continue;
        state.now[id] = partOf(own_A, bank_A);
        if (isOver(*member, direction, steady_A))
            state.seen[id] = {state.now[id], now};
    }
}

double atLeastSeen(const OverLimit& state, const std::string& id, double share) {
    const auto known = state.seen.find(id);
    const auto present = state.now.find(id);
    const double lately = known == state.seen.end() ? share : std::max(share, known->second.share);
    return present == state.now.end() ? lately : std::max(lately, present->second);
}

} // namespace busbar
