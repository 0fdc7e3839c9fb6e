// SPDX-License-Identifier: MIT
// How far a battery's own limit may fall before it is what holds the bank down.
#pragma once

#include "core/table/row_index.hpp"
#include "core/value.hpp"

#include <map>
#include <optional>

namespace busbar {

/// By the last evaluation, A: what a battery's own limit may fall to without lowering what its bank
/// publishes by more than a hundredth (cycle/slacks.cpp). Nothing: each fall may.
struct Slack {
    std::optional<double> charge_A{};
    std::optional<double> discharge_A{};
    double currentGain{1.0}; ///< what the owner multiplies its current by (correction_settings.hpp)
};

/// A type of its own so that who only keeps it needs no more than its name.
struct Slacks {
    std::map<int, Slack> byInstance{}; ///< of a battery that is not in it nothing is known
};

/// A limit of this battery may fall to `after` (A) without anybody having to hear at once. Never to
/// 0 or to something unknown, and not below what it carries now (`current`, A, as the battery says
/// it, in whichever direction; unknown = nothing is known).
[[nodiscard]] bool isSlack(const Slacks& slacks, int instance, RowIndex index, const Value& after,
                           const Value& current);

} // namespace busbar
