// SPDX-License-Identifier: MIT
// Peak control: holds the charge voltage down so that the highest cell stays at its maximum.
#pragma once

#include "core/now.hpp"

#include <optional>

namespace busbar {

/// What the controller remembers.
struct PeakState {
    std::optional<double> cvl_V; ///< what it allows; nothing = it does not act
    double coming_V = 0.0;       ///< highest cell of the last step, with what is pushed, …
    double rise_V = 0.0;         ///< … and how fast it rises, V/s, smoothed
    SteadyTime at{};
    SteadyTime calmSince{}; ///< since when the highest cell is far below the target
};

struct PeakInput {
    double base_V = 0.0;    ///< charge voltage without peak control
    double bank_V = 0.0;    ///< measured
    double cells = 0.0;     ///< in series
    double highest_V = 0.0; ///< highest cell of all members
    double target_V = 0.0;  ///< it shall not pass this
    /// Smallest, over the members, of what its cells add up to with what is over `target_V` cut
    /// off; the charge voltage is never above it while a cell is over the target.
    double bound_V = 0.0;
    /// How far above `highest_V` a cell will come although the charger stops.
    double pushed_V = 0.0;
};

/// The charge voltage, V, at most `base_V`. A controller on the highest cell with dead band,
/// bounded rate and anti-windup: it starts where the bank is, lowers fast, rises slowly, and lets
/// go when it is back at the base.
[[nodiscard]] double holdPeak(const PeakInput& input, PeakState& state, const Now& now);

} // namespace busbar
