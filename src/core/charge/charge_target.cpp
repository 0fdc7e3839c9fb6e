// SPDX-License-Identifier: MIT
// The target, its hysteresis, and when it does not count.
#include "core/charge/charge_target.hpp"

#include "core/calendar.hpp"
#include "core/charge/charge_target_settings.hpp"
#include "core/limits/limit.hpp"
#include "core/table/controls.hpp"

#include <algorithm>
#include <chrono>

namespace busbar {

namespace {

/// Charging begins again so far below, %: a BMS rounds to 1 %, and a refrigerator shall not switch
/// chargers all night.
constexpr double kResume_pct = 3.0;
/// A week without enough sun: later is soon enough.
constexpr auto kLongestFullCharge = std::chrono::hours(7 * 24);

std::optional<double> targetOf(const ChargeTargetInput& input,
                               const ChargeTargetSettings& settings) {
    const auto target_pct = smaller(settings.soc_pct, input.chosen_pct);
    return target_pct && *target_pct < kNoTarget_pct ? target_pct : std::nullopt;
}

bool isOver(WallTime since, std::chrono::hours span, const Now& now) {
    return now.wall - since >= span;
}

/// When one was last full, or tried to be.
std::optional<WallTime> lastOf(const ChargeTargetMemory& memory, const ChargeTargetInput& input) {
    std::optional<WallTime> last = input.firstSeen;
    for (const auto& stamp : {input.lastFull, memory.fullEnded})
        if (stamp)
            last = std::max(last.value_or(*stamp), *stamp);
    return last;
}

bool isDue(const ChargeTargetMemory& memory, const ChargeTargetInput& input,
           const ChargeTargetSettings& settings, const Now& now) {
    const auto last = lastOf(memory, input);
    return settings.fullEvery > std::chrono::hours(0) && isClockSet(now.wall) && last &&
           isOver(*last, settings.fullEvery, now);
}

void stepFullCharge(ChargeTargetMemory& memory, const ChargeTargetInput& input,
                    const ChargeTargetSettings& settings, const Now& now) {
    const auto stamp = std::chrono::floor<std::chrono::seconds>(now.wall);
    if (memory.fullSince &&
        (input.areAllFull || isOver(*memory.fullSince, kLongestFullCharge, now))) {
        memory.fullSince.reset();
        memory.fullEnded = stamp;
    }
    const bool isWanted = input.isFullWanted || isDue(memory, input, settings, now);
    if (isWanted && !memory.fullSince && !input.areAllFull)
        memory.fullSince = stamp;
}

} // namespace

void step(ChargeTargetState& state, const ChargeTargetInput& input,
          const ChargeTargetSettings& settings, const Now& now) {
    const bool wasReached = state.now.isReached;
    state.now = {};
    state.now.soc_pct = targetOf(input, settings);
    if (!state.now.soc_pct) {
        state.memory.fullSince.reset();
        return;
    }
    stepFullCharge(state.memory, input, settings, now);
    state.now.isFullCharge = state.memory.fullSince || input.isBalancing;
    if (state.now.isFullCharge)
        return;
    const double target_pct = *state.now.soc_pct;
    state.now.isReached = input.soc_pct
                              ? *input.soc_pct >= target_pct ||
                                    (wasReached && *input.soc_pct > target_pct - kResume_pct)
                              : wasReached;
}

} // namespace busbar
