// SPDX-License-Identifier: MIT
// One figure for the bank becomes one for each battery.
#include "core/charge/handed_over.hpp"

#include "core/calendar.hpp"
#include "core/charge/counting.hpp"

#include <algorithm>

namespace busbar {

namespace {

/// The other program was stopped in between, and nobody counted: half a capacity may have flowed in
/// that time at worst, a tenth as a rule.
constexpr auto kLongestHandover = std::chrono::hours(1);
/// The other program's capacities may be rounded otherwise.
constexpr double kMostHandedPart = 1.02;

bool isOfNow(const HandedOver& handedOver, const Now& now) {
    return handedOver.at && *handedOver.at <= now.wall &&
           now.wall - *handedOver.at <= kLongestHandover;
}

struct CountedSum {
    double charge_Ah = 0.0;
    double capacity_Ah = 0.0;
    bool isWhole = true; ///< every member that takes part has a count
    bool isSomeFull = false;
};

CountedSum countedSumOf(const SocState& state, const SocInput& input) {
    CountedSum sum;
    for (const SocMember& member : input.members) {
        if (!member.takesPart)
            continue;
        const Counter& counter = state.members.at(member.id).counter;
        sum.isWhole = sum.isWhole && counter.charge_Ah && counter.capacity_Ah;
        sum.charge_Ah += counter.charge_Ah.value_or(0.0);
        sum.capacity_Ah += counter.capacity_Ah.value_or(0.0);
        sum.isSomeFull = sum.isSomeFull || counter.isFull;
    }
    return sum;
}

void moveCounters(SocState& state, const SocInput& input, double part) {
    for (const SocMember& member : input.members) {
        if (!member.takesPart)
            continue;
        SocMemberState& entry = state.members.at(member.id);
        Counter& counter = entry.counter;
        counter.charge_Ah = std::clamp(*counter.charge_Ah + part * *counter.capacity_Ah, 0.0,
                                       kTopUnproven * *counter.capacity_Ah);
        entry.isRemeasured = true;
    }
}

} // namespace

void spreadHandedOver(SocState& state, const SocInput& input, const Now& now) {
    HandedOver& handedOver = state.handedOver;
    if (!handedOver.charge_Ah || !isClockSet(now.wall))
        return;
    const CountedSum sum = countedSumOf(state, input);
    if (isOfNow(handedOver, now) && !sum.isSomeFull) {
        if (input.isGathering || !sum.isWhole || !(sum.capacity_Ah > 0.0))
            return;
        if (*handedOver.charge_Ah <= kMostHandedPart * sum.capacity_Ah)
            moveCounters(state, input, (*handedOver.charge_Ah - sum.charge_Ah) / sum.capacity_Ah);
    }
    handedOver = {};
}

} // namespace busbar
