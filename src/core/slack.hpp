// SPDX-License-Identifier: MIT
// How far a battery's own limit may fall before it is what holds the bank down.
#pragma once

#include "core/table/row_index.hpp"

#include <map>
#include <optional>

namespace busbar {

/// By the last evaluation, A: what a battery's own limit may fall to without lowering what its bank
/// publishes by more than a hundredth (cycle/slacks.cpp). Nothing: each fall may.
struct Slack {
    std::optional<double> charge_A{};
    std::optional<double> discharge_A{};
};

/// By instance; of a battery that is not in it nothing is known.
using Slacks = std::map<int, Slack>;

/// A limit of this battery may fall to `after_A` without anybody having to hear at once. Never to
/// 0, and not below what it carries now (`current_A`, in whichever direction; unknown = nothing is
/// known).
[[nodiscard]] bool isSlack(const Slack& slack, RowIndex index, double after_A,
                           std::optional<double> current_A);

} // namespace busbar
