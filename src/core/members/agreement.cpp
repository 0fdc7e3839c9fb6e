// SPDX-License-Identifier: MIT
// A line through the swings of both sides and their present means.
#include "core/members/agreement.hpp"

#include "core/limits/direction.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace busbar {

namespace {

/// Gains up to here are no finding: shunts are exact to 1 or 2 %.
constexpr double kSame = 1.02;
/// More is not believed, but counts as this: what is implausible must not raise a limit.
constexpr double kMostGain = 2.0;
/// Of an offset, what Multis (which report whole or tenths of an ampere) are wrong by anyway does
/// not count; with large banks, this part of the capacity per hour.
constexpr double kOffset_A = 1.0;
constexpr double kOffset = 0.005;
constexpr auto kLasts = std::chrono::hours(1);
/// What is worth an advice.
constexpr double kWorthGain = 1.05;
constexpr double kWorth_A = 5.0;
constexpr double kWorth = 0.02;

/// A gain is taken from what both sides swing (which noise does not make smaller), where the
/// regression shows one at all.
double slopeOf(const BarTrack& track) {
    const double least = taken(track);
    return least <= kSame ? least : std::min(std::sqrt(track.heard / track.plant), kMostGain);
}

/// The means of both sides lie on the line. So an offset goes with what caused it, also where
/// nothing swings.
Agreement lineThrough(const BarTrack& track, double slope, double capacity_Ah) {
    const double offset_A = track.heard_A.slow - slope * track.plant_A.slow;
    const double band_A = std::max(kOffset_A, kOffset * capacity_Ah);
    return {slope <= kSame ? 1.0 : slope,
            std::copysign(std::max(std::abs(offset_A) - band_A, 0.0), offset_A)};
}

} // namespace

void step(AgreementState& state, const AgreementInput& input, const Now& now) {
    if (input.parties != state.parties) {
        state.parties = input.parties;
        state.track = {};
    }
    pause(state, now);
    if (!input.plant_A || !input.heard_A || input.capacity_Ah <= 0.0)
        return;
    if (!add(state.track, {*input.plant_A, *input.heard_A, input.capacity_Ah}, now) ||
        !areSettled(state.track, now))
        return;
    if (isEnough(state.track, input.capacity_Ah)) {
        state.slope = slopeOf(state.track);
        state.knownAt = now.steady;
    } else if (!state.known) {
        return;
    }
    state.known = lineThrough(state.track, state.slope, input.capacity_Ah);
}

void pause(AgreementState& state, const Now& now) {
    if (state.known && now.steady - state.knownAt > kLasts)
        state.known.reset();
}

double asTold(const std::optional<Agreement>& agreement, Direction direction, double limit_A) {
    if (!agreement)
        return limit_A;
    const double unseen_A = std::max(signOf(direction) * agreement->offset_A, 0.0);
    return std::max(limit_A - unseen_A, 0.0) / agreement->gain;
}

double asPlant(const std::optional<Agreement>& agreement, double heard_A) {
    return agreement ? (heard_A - agreement->offset_A) / agreement->gain : heard_A;
}

std::string disagreement(const std::optional<Agreement>& agreement, double capacity_Ah) {
    if (!agreement)
        return {};
    std::array<char, 64> text{};
    if (agreement->gain > kWorthGain)
        std::snprintf(text.data(), text.size(), "%.0f %% more", 100.0 * (agreement->gain - 1.0));
    else if (std::abs(agreement->offset_A) > std::max(kWorth_A, kWorth * capacity_Ah))
        std::snprintf(text.data(), text.size(), "%.0f A %s", std::abs(agreement->offset_A),
                      agreement->offset_A > 0.0 ? "more" : "less");
    return text.data();
}

} // namespace busbar
