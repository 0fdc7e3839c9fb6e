// SPDX-License-Identifier: MIT
// Works out who binds, and by how much the others do not.
#include "core/cycle/slacks.hpp"

#include "core/cycle/limit_stage.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/view.hpp"
#include "core/members/loss.hpp"
#include "core/members/membership.hpp"
#include "core/members/roster.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

namespace busbar {

namespace {

/// Of the way to where it would bind: shares and currents move until the next cycle, within a
/// second by a few percent.
constexpr double kUsed = 0.8;

/// Of what is published, which a fall that waits for the cycle may take beyond that: what limits
/// keep back of each member's (kHeadroom in limits/share_limit.cpp), and what its BMS's current
/// sensor may be wrong by. So the limit that stands until then carries it no further than its new
/// one. A falling limit has this once: slack is counted from what was last worked out.
constexpr double kMinor = 0.01;

using Instances = std::map<std::string_view, int>;
using Floor = std::optional<double> Slack::*;

/// Of those whose limits count as they are.
Instances plainMembers(const CycleView& view) {
    Instances instances;
    if (view.loss.stage != Stage::Normal || hasSuspects(view.parts.verdicts))
        return instances;
    for (const Verdict& verdict : view.parts.verdicts)
        if (verdict.takesPart && !verdict.held)
            instances.emplace(verdict.entry->name, verdict.entry->instance);
    return instances;
}

/// What a member allows the bank falls with its own limit, by its share (share_limit.cpp).
void addFloors(Slacks& found, Floor floor, const std::vector<Limiter>& limiters,
               const Limit& published, const Instances& instances) {
    for (const Limiter& one : limiters) {
        const auto instance = instances.find(one.limit.member);
        if (one.limit.cause != Cause::Member || !one.share || !one.own ||
            instance == instances.end())
            continue;
        const double room_A = std::max(0.0, one.limit.value - published.value);
        const double minor_A = kMinor * std::max(0.0, published.value);
        found.byInstance[instance->second].*floor =
            *one.own - (kUsed * room_A + minor_A) * *one.share;
    }
}

/// Both must allow it.
std::optional<double> larger(const std::optional<double>& a, const std::optional<double>& b) {
    return a && b ? std::optional(std::max(*a, *b)) : std::nullopt;
}

} // namespace

void addSlacks(Slacks& all, const CycleView& view) {
    const Instances instances = plainMembers(view);
    const BankLimits& limits = view.limits;
    Slacks found;
    addFloors(found, &Slack::charge_A, limits.limiters.charge, limits.charge, instances);
    addFloors(found, &Slack::discharge_A, limits.limiters.discharge, limits.discharge, instances);
    for (const Verdict& verdict : view.parts.verdicts) {
        if (!verdict.takesPart)
            continue;
        Slack& here = found.byInstance[verdict.entry->instance];
        here.currentGain = verdict.currentGain;
        const auto [known, isNew] = all.byInstance.emplace(verdict.entry->instance, here);
        if (!isNew)
            known->second = {larger(known->second.charge_A, here.charge_A),
                             larger(known->second.discharge_A, here.discharge_A),
                             std::max(known->second.currentGain, here.currentGain)};
    }
}

} // namespace busbar
