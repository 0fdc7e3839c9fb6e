// SPDX-License-Identifier: MIT
// Progress by the mean spread, and waits that double.
#include "core/charge/balancing_failures.hpp"

#include "core/charge/balancing.hpp"
#include "core/charge/balancing_settings.hpp"

#include <algorithm>
#include <optional>

namespace busbar {

namespace {

/// A failure is found after a day, when the bank has been discharged: half a day later the next
/// day's sun lies ahead, whatever the hour. Where the attempt before got no further, twice as long
/// as after that one, at most as long as after a success: each raise costs cells some life.
constexpr auto kRetryAfter = std::chrono::hours(12);
/// Balancers take a few per cent of a pack's spread a day; less is noise.
constexpr double kProgress = 0.9;

std::optional<double> meanSpread(const SpreadAtTop& atTop) {
    return atTop.looks > 0 ? std::optional(atTop.sum_V / atTop.looks) : std::nullopt;
}

} // namespace

void addSpread(SpreadAtTop& atTop, double spread_V) {
    ++atTop.looks;
    atTop.sum_V += spread_V;
}

void countFailure(BalancingState& state) {
    BalancingMemory& memory = state.memory;
    if (state.trouble.obstacle == BalancingObstacle::NotFull)
        return;
    const auto now_V = meanSpread(state.atTop);
    const bool isProgress = now_V && memory.spread_V && *now_V < kProgress * *memory.spread_V;
    memory.failures = isProgress ? 0 : memory.failures.value_or(0) + 1;
    if (now_V)
        memory.spread_V = std::min(memory.spread_V.value_or(*now_V), *now_V);
}

std::chrono::hours retryAfter(const BalancingMemory& memory, const BalancingSettings& settings) {
    const auto longest = std::max<std::chrono::hours>(settings.every, kRetryAfter);
    auto wait = kRetryAfter;
    for (int failed = 1; failed < memory.failures.value_or(0) && wait < longest; ++failed)
        wait *= 2;
    return std::min(wait, longest);
}

} // namespace busbar
