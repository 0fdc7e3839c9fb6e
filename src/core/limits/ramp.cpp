// SPDX-License-Identifier: MIT
// Down at once, up slowly.
#include "core/limits/ramp.hpp"

#include "core/limits/limit.hpp"

#include <algorithm>

namespace busbar {

namespace {

/// What is made up for at most after silence, s: a GX that has nothing to say beats every 3 s.
constexpr double kMostDue = 5.0;

} // namespace

Limit ramped(const Limit& target, double rate_A, RampState& state, const Now& now, Basis basis) {
    const std::chrono::duration<double> passed = now.steady - state.at;
    const bool mayRise = basis == Basis::New;
    const double due = mayRise ? std::clamp(passed.count(), 0.0, kMostDue) : 0.0;
    const double reach_A = state.value.value_or(target.value) + rate_A * due;
    const bool isFree = !state.value || (mayRise && rate_A <= 0.0) || target.value <= reach_A;
    Limit result = target;
    if (!isFree) {
        result.value = reach_A;
        result.cause = Cause::Ramp;
    }
    state.value = result.value;
    if (isFree || basis != Basis::Silent)
        state.at = now.steady;
    return result;
}

} // namespace busbar
