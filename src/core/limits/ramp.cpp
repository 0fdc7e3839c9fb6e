// SPDX-License-Identifier: MIT
// Down at once, up slowly.
#include "core/limits/ramp.hpp"

#include "core/limits/limit.hpp"

#include <algorithm>

namespace busbar {

namespace {

/// What is made up for at most after silence, s: a GX that has nothing to say beats every 3 s.
constexpr double kMostDue = 5.0;

/// Changes below this part are no turn: shareLimit passes on changes from 1 % on.
constexpr double kTurn = 0.005;
/// Further below the level at which it fell it rises with the full rate. A loop that answers late
/// has passed that level before it falls, so with each further turn it is taken for lower.
constexpr double kNear = 0.95;
/// Slowest rise near that level, part of it per second: 1 % in a minute.
constexpr double kSlowest = 0.01 / 60.0;
/// Enough for the slowest rise of any bank, so that calm returns in time.
constexpr double kMostSlowness = 1024.0;
/// After a minute of calm it is as much quicker.
constexpr double kSpeedUp = 4.0;
constexpr auto kCalmAfter = std::chrono::minutes(1);
/// A fall at once to less than this part is a cut by data, no answer to the current.
constexpr double kAnswer = 0.5;

double rateAt(double value_A, double rate_A, const RampState& state) {
    if (value_A < state.turnedAbove_A)
        return rate_A;
    return std::min(rate_A, std::max(rate_A / state.slowness, kSlowest * value_A));
}

void noteTurn(RampState& state, const Now& now) {
    const double peak_A = *state.extreme_A;
    const bool isCalm = state.slowness <= 1.0;
    const double level_A = isCalm ? peak_A : std::min(peak_A, state.turnedAbove_A);
    state.turnedAbove_A = std::max(kNear * level_A, kAnswer * peak_A);
    state.slowness = std::min(2.0 * state.slowness, kMostSlowness);
    state.calmSince = now.steady;
}

void watch(RampState& state, double value_A, const Now& now) {
    const double extreme_A = state.extreme_A.value_or(value_A);
    const bool isDown = state.isRising && value_A < extreme_A * (1.0 - kTurn);
    const bool isUp = !state.isRising && value_A > extreme_A * (1.0 + kTurn);
    if (isDown && value_A >= kAnswer * extreme_A)
        noteTurn(state, now);
    else if (isDown)
        state.slowness = 1.0;
    if (isDown || isUp)
        state.isRising = isUp;
    const bool isFurther = state.isRising ? value_A > extreme_A : value_A < extreme_A;
    if (isDown || isUp || isFurther || !state.extreme_A)
        state.extreme_A = value_A;
    if (now.steady - state.calmSince < kCalmAfter)
        return;
    state.slowness = std::max(1.0, state.slowness / kSpeedUp);
    state.calmSince = now.steady;
}

} // namespace

Limit ramped(const Limit& target, double rate_A, RampState& state, const Now& now, Basis basis) {
    const std::chrono::duration<double> passed = now.steady - state.at;
    const bool mayRise = basis == Basis::New;
    const double due = mayRise ? std::clamp(passed.count(), 0.0, kMostDue) : 0.0;
    const double before_A = state.value.value_or(target.value);
    const double reach_A = before_A + rateAt(before_A, rate_A, state) * due;
    const bool isFree = !state.value || (mayRise && rate_A <= 0.0) || target.value <= reach_A;
    Limit result = target;
    if (!isFree) {
        result.value = reach_A;
        result.cause = Cause::Ramp;
    }
    watch(state, result.value, now);
    state.value = result.value;
    if (isFree || basis != Basis::Silent)
        state.at = now.steady;
    return result;
}

} // namespace busbar
