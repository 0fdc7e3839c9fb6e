// SPDX-License-Identifier: MIT
// Kirchhoff's proof that batteries which nobody hears are not on the busbar: those that are heard
// carry all that chargers, inverters and meters measure.
#pragma once

#include "core/now.hpp"

#include <optional>

namespace busbar {

/// What of the swings of both sides is known. "Swing" = a fast mean minus a slow one, as in
/// limits/share.hpp: what a change of load moved, without offsets and steady loads that nobody
/// measures. Made anew = nothing is known.
struct OffProof {
    double plantFast_A = 0.0;
    double plantSlow_A = 0.0;
    double heardFast_A = 0.0;
    double heardSlow_A = 0.0;
    double plant = 0.0; ///< Σ swing of what chargers and inverters put in², A²s
    double heard = 0.0; ///< Σ swing of what the batteries take², A²s
    double both = 0.0;  ///< Σ of the product
    double up = 0.0;    ///< part of `plant` from swings upwards
    std::optional<SteadyTime> at;
};

struct OffProofInput {
    std::optional<double> plant_A; ///< into the busbar, all that is there; nothing = a piece lacks
    std::optional<double> heard_A; ///< sum over the batteries that are heard
    double capacity_Ah = 0.0;      ///< of those that are heard; 0 = unknown
    double share = 0.0; ///< smallest part of the bank's current that one of the lost took, 0 … 1
};

/// One cycle; takes a sample a second at most. True: proven off. False: proven that something is on
/// the bar which is not heard. Nothing: not decided, so the last word stands.
[[nodiscard]] std::optional<bool> step(OffProof& proof, const OffProofInput& input, const Now& now);

} // namespace busbar
