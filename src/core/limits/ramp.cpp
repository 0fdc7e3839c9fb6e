// SPDX-License-Identifier: MIT
// Down at once, up slowly.
#include "core/limits/ramp.hpp"

#include "core/limits/limit.hpp"

#include <algorithm>

namespace busbar {

Limit ramped(const Limit& target, double rate_A, RampState& state, const Now& now, bool mayRise) {
    const std::chrono::duration<double> passed = now.steady - state.at;
    const double rise_A = mayRise ? rate_A * std::max(0.0, passed.count()) : 0.0;
    const double reach_A = state.value.value_or(target.value) + rise_A;
    const bool isAtOnce = mayRise && rate_A <= 0.0;
    const bool isFree = !state.value || isAtOnce || target.value <= reach_A;
    Limit result = target;
    if (!isFree) {
        result.value = reach_A;
        result.cause = Cause::Ramp;
    }
    state.value = result.value;
    state.at = now.steady;
    return result;
}

} // namespace busbar
