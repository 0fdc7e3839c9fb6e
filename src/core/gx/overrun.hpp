// SPDX-License-Identifier: MIT
// Notices that more flows into the bank, or into one member, than is allowed: chargers that do not
// obey the charge current limit.
#pragma once

#include "core/now.hpp"
#include "core/table/aggregate.hpp"

#include <optional>

namespace busbar {

struct OverrunInput {
    const Members& members;          ///< held ones are of another moment and do not count
    std::optional<double> current_A; ///< of the bank
    /// Charge current limit of the bank, before the ramp: what it may take. At 0, charging is
    /// blocked, which is more than an overrun and not counted as one.
    double limit_A = 0.0;
};

/// Memory between cycles.
struct OverrunState {
    std::optional<SteadyTime> overSince; ///< nothing = not over now
    std::optional<SteadyTime> calmSince; ///< well below all limits since then
    bool isOver{false};
};

/// One cycle. Over: the bank's current is above its limit, or a member's above its own, by 10 % and
/// 1 A for 5 s. It ends only after a quarter of an hour in which all stayed below 80 % of their
/// limits: while the limit is what holds the current back, chargers that do not obey it would be
/// over at once again. Unknown currents are neither.
void step(OverrunState& state, const OverrunInput& input, const Now& now);

} // namespace busbar
