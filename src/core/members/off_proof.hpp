// SPDX-License-Identifier: MIT
// Kirchhoff's proof that batteries which nobody hears are not on the busbar: those that are heard
// carry all that chargers, inverters and meters measure.
#pragma once

#include "core/members/bar_track.hpp"
#include "core/now.hpp"

#include <optional>

namespace busbar {

struct OffProofInput {
    std::optional<double> plant_A; ///< into the busbar, all that is there; nothing = a piece lacks
    std::optional<double> heard_A; ///< sum over the batteries that are heard
    double capacity_Ah = 0.0;      ///< of those that are heard; 0 = unknown
    double share = 0.0; ///< smallest part of the bank's current that one of the lost took, 0 … 1
};

/// One cycle; takes a sample a second at most. True: proven off. False: proven that something is on
/// the bar which is not heard. Nothing: not decided, so the last word stands.
[[nodiscard]] std::optional<bool> step(BarTrack& track, const OffProofInput& input, const Now& now);

} // namespace busbar
