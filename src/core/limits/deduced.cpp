// SPDX-License-Identifier: MIT
// Kirchhoff's law for one battery, with the part that it took before as the measure.
#include "core/limits/deduced.hpp"

#include "core/limits/direction.hpp"
#include "core/limits/swing.hpp"
#include "core/members/member.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace busbar {

namespace {

using Seconds = std::chrono::duration<double>;

/// Meters of Multis and chargers are exact to 2 %, shunts of batteries to 1 %: of what flows.
constexpr double kDeducedBand = 0.03;
/// Of a bank's capacity, per hour, what the sensors of all together show at rest, as in
/// agreement.cpp; never less than the doubted one may show itself.
constexpr double kDeducedRest = 0.005;
/// The part of changes of load that it took before it blocked, as the same meters saw it, must be
/// twice the band, or nothing tells it from one that is off.
constexpr double kLeastPart = 2.0 * kDeducedBand;
/// Several reports of BMSs, which come every 1 to 2 s and not together.
constexpr double kReportsMean_s = 5.0;
/// As long as one that blocks and carries counts as doing so after it was last seen to
/// (share_blocking.cpp).
constexpr auto kFoundLasts = std::chrono::minutes(5);
/// Some of the batteries that are known may be away for so long; then what is left is the bank.
constexpr auto kAwayLasts = std::chrono::hours(24);

const Member* onlyDoubted(const DeducedInput& input) {
    const Member* only = nullptr;
    for (const Member& member : input.members) {
        if (!input.doubted.contains(member.entry().id))
            continue;
        if (only != nullptr)
            return nullptr;
        only = &member;
    }
    return only;
}

/// All are there; one that was not known makes another bank of them.
bool hasParties(DeducedState& state, const DeducedInput& input, const Now& now) {
    std::set<std::string> parties;
    for (const Member& member : input.members)
        parties.insert(member.entry().id);
    if (parties != state.parties) {
        if (std::ranges::includes(state.parties, parties) &&
            now.steady - state.partiesAt < kAwayLasts)
            return false;
        state = {};
        state.parties = std::move(parties);
    }
    state.partiesAt = now.steady;
    return true;
}

/// Nothing until changes of load have shown it, without the one that is asked for.
std::optional<double> partOf(const BarTrack& swings, double capacity_Ah) {
    if (!isRoughlyKnown(swings, capacity_Ah))
        return std::nullopt;
    return 1.0 - taken(swings);
}

void moveMeans(DeducedState& state, double plant_A, double left_A, const Now& now) {
    const bool isFirst = !state.at || now.steady - *state.at > swing::kLongestGap;
    const double span = isFirst ? 0.0 : Seconds(now.steady - *state.at).count();
    const double part = isFirst ? 1.0 : swing::blend(span, kReportsMean_s);
    state.plant_A += part * (plant_A - state.plant_A);
    state.left_A += part * (left_A - state.left_A);
    state.at = now.steady;
}

/// While the load changes, reports that are late look like a current.
void find(DeducedState& state, const DeducedInput& input, const Member& doubted, const Now& now) {
    const double plant_A = *input.plant_A;
    const double own_A = doubted.number(row("/Dc/0/Current")).value_or(0.0);
    moveMeans(state, plant_A, plant_A - (*input.heard_A - own_A), now);
    const double rest_A = std::max(offset_A(doubted), kDeducedRest * input.capacity_Ah);
    if (std::abs(plant_A - state.plant_A) > rest_A)
        return;
    const auto part = partOf(state.swings, input.capacity_Ah);
    if (allowsNothing(doubted) && part && *part >= kLeastPart)
        state.last = {doubted.entry().id, state.left_A,
                      rest_A + kDeducedBand * std::abs(state.plant_A), now.steady};
}

} // namespace

std::optional<Deduced> step(DeducedState& state, const DeducedInput& input, const Now& now) {
    const Member* doubted = onlyDoubted(input);
    const bool isCompared =
        hasParties(state, input, now) && input.plant_A && input.heard_A && input.capacity_Ah > 0.0;
    const bool blocks = doubted != nullptr && allowsNothing(*doubted);
    if (isCompared && std::ranges::none_of(input.members, allowsNothing))
        add(state.swings, {*input.plant_A, *input.heard_A, input.capacity_Ah}, now);
    if (isCompared && doubted != nullptr)
        find(state, input, *doubted, now);
    const bool isOld = state.last && now.steady - state.last->at > kFoundLasts;
    if (isOld || !blocks || (state.last && state.last->id != doubted->entry().id))
        state.last.reset();
    return state.last;
}

bool isDeducedEmpty(const std::optional<Deduced>& deduced, const std::string& id) {
    return deduced && deduced->id == id && std::abs(deduced->current_A) <= deduced->band_A;
}

} // namespace busbar
