// SPDX-License-Identifier: MIT
// Compares what is missing with what the smallest of the lost would take.
#include "core/members/off_proof.hpp"

namespace busbar {

namespace {

/// Multis measure their direct current within some per cent. A battery that takes less than this
/// part of the bank's current cannot be told from that.
constexpr double kLeastTold = 0.15;
/// Off: what is missing is less than this part of what the smallest would take; on: more than the
/// other.
constexpr double kOffBelow = 0.25;
constexpr double kOnAbove = 0.5;
/// The batteries take more than chargers give: the two sides do not measure the same busbar.
constexpr double kMostTaken = 1.15;

} // namespace

std::optional<bool> step(BarTrack& track, const OffProofInput& input, const Now& now) {
    if (!input.plant_A || !input.heard_A || input.capacity_Ah <= 0.0) {
        track = {};
        return std::nullopt;
    }
    if (!add(track, {*input.plant_A, *input.heard_A, input.capacity_Ah}, now) ||
        input.share < kLeastTold || !isEnough(track, input.capacity_Ah))
        return std::nullopt;
    const double part = taken(track);
    if (part > kMostTaken)
        return std::nullopt;
    if (part >= 1.0 - kOffBelow * input.share)
        return true;
    return part <= 1.0 - kOnAbove * input.share ? std::optional(false) : std::nullopt;
}

} // namespace busbar
