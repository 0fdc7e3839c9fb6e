// SPDX-License-Identifier: MIT
// Both sides of the busbar over time: what chargers, inverters and meters put in, and what the
// batteries that are heard take.
#pragma once

#include "core/limits/swing.hpp"
#include "core/now.hpp"

#include <optional>

namespace busbar {

/// What of the swings of both sides is known. "Swing" = a fast mean minus a slow one, as in
/// limits/share.hpp: what a change of load moved, without offsets and steady loads that nobody
/// measures. Made anew = nothing is known.
struct BarTrack {
    swing::Means plant_A;
    swing::Means heard_A;
    double plant = 0.0; ///< Σ swing of what chargers and inverters put in², A²s
    double heard = 0.0; ///< Σ swing of what the batteries take², A²s
    double both = 0.0;  ///< Σ of the product
    double up = 0.0;    ///< part of `plant` from swings upwards
    std::optional<SteadyTime> at;
    SteadyTime begun{}; ///< since when the means go on without a gap
};

struct BarSample {
    double plant_A = 0.0;     ///< into the busbar, all that is there
    double heard_A = 0.0;     ///< sum over the batteries that are heard
    double capacity_Ah = 0.0; ///< of those that are heard, > 0
};

/// Adds a sample, one a second at most; false = it came too early and was not taken. After a gap
/// the means begin anew.
bool add(BarTrack& track, const BarSample& sample, const Now& now);

/// Swings both ways, large enough for the capacity, and what one side does explains the other.
[[nodiscard]] bool isEnough(const BarTrack& track, double capacity_Ah);

/// Swings as large, whichever way, that explain half of what the other side does: `taken` is known
/// roughly. What flows among batteries moves it, too.
[[nodiscard]] bool isRoughlyKnown(const BarTrack& track, double capacity_Ah);

/// The means have forgotten what they began with.
[[nodiscard]] bool areSettled(const BarTrack& track, const Now& now);

/// By how many ampere the batteries' sum changes per ampere of the plant. `isEnough` or
/// `isRoughlyKnown` must be true.
[[nodiscard]] double taken(const BarTrack& track);

} // namespace busbar
