// SPDX-License-Identifier: MIT
// Whether a failed attempt at balancing brought anything, and how long to wait for the next: a part
// of balancing.hpp.
#pragma once

#include <chrono>

namespace busbar {

struct BalancingMemory;
struct BalancingSettings;
struct BalancingState;
struct SpreadAtTop;

/// One look at the goal's voltage.
void addSpread(SpreadAtTop& atTop, double spread_V);

/// A day without enough sun says nothing about the cells. Progress is what no attempt had reached
/// before: the spread of one attempt swings, also where nothing balances. And what it is within a
/// battery: other batteries that balance bring the bank's cells nearer to one that nobody balances.
void countFailure(BalancingState& state);

/// From the end of a failed attempt to the begin of the next.
[[nodiscard]] std::chrono::hours retryAfter(const BalancingMemory& memory,
                                            const BalancingSettings& settings);

} // namespace busbar
