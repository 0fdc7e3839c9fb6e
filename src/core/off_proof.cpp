// SPDX-License-Identifier: MIT
// Regression of the batteries' swings on those of the plant.
#include "core/off_proof.hpp"

#include "core/limits/swing.hpp"

#include <algorithm>
#include <cmath>

namespace busbar {

namespace {

using Seconds = std::chrono::duration<double>;

using swing::blend;
using swing::kFast;
using swing::kLongestGap;
using swing::kSlow;
using swing::kSpacing;
using swing::square;

/// Σ swing² over squared capacity, s: a fifth of a capacity per hour for 5 s, or a tenth for 20 s.
constexpr double kProofEnough = 0.2;
/// Above this, old information is thinned out: a switch that closes again must show.
constexpr double kProofMemory = 0.6;
/// Of the information, what swings in each direction must have brought.
constexpr double kEachWay = 0.2;
/// Loads that no device measures move the batteries alone; with more of that than this part of the
/// squares, nothing is decided.
constexpr double kExplained = 0.9;
/// Multis measure their direct current within some per cent. A battery that takes less than this
/// part of the bank's current cannot be told from that.
constexpr double kLeastTold = 0.15;
/// Off: what is missing is less than this part of what the smallest would take; on: more than the
/// other.
constexpr double kOffBelow = 0.25;
constexpr double kOnAbove = 0.5;
/// The batteries take more than chargers give: the two sides do not measure the same busbar.
constexpr double kMostTaken = 1.15;

void thin(OffProof& proof, double most) {
    if (proof.plant <= most)
        return;
    const double keep = most / proof.plant;
    proof.plant *= keep;
    proof.heard *= keep;
    proof.both *= keep;
    proof.up *= keep;
}

void addSample(OffProof& proof, double plant_A, double heard_A, double span) {
    proof.plantFast_A += blend(span, kFast) * (plant_A - proof.plantFast_A);
    proof.plantSlow_A += blend(span, kSlow) * (plant_A - proof.plantSlow_A);
    proof.heardFast_A += blend(span, kFast) * (heard_A - proof.heardFast_A);
    proof.heardSlow_A += blend(span, kSlow) * (heard_A - proof.heardSlow_A);
    const double plantSwing_A = proof.plantFast_A - proof.plantSlow_A;
    const double heardSwing_A = proof.heardFast_A - proof.heardSlow_A;
    proof.plant += square(plantSwing_A) * span;
    proof.heard += square(heardSwing_A) * span;
    proof.both += plantSwing_A * heardSwing_A * span;
    proof.up += plantSwing_A > 0.0 ? square(plantSwing_A) * span : 0.0;
}

bool isEnough(const OffProof& proof, double scale) {
    const double down = proof.plant - proof.up;
    return proof.plant >= kProofEnough * scale &&
           std::min(proof.up, down) >= kEachWay * proof.plant &&
           square(proof.both) >= kExplained * proof.plant * proof.heard;
}

} // namespace

std::optional<bool> step(OffProof& proof, const OffProofInput& input, const Now& now) {
    if (!input.plant_A || !input.heard_A || input.capacity_Ah <= 0.0) {
        proof = {};
        return std::nullopt;
    }
    const bool isFirst = !proof.at || now.steady - *proof.at > kLongestGap;
    if (!isFirst && now.steady - *proof.at < kSpacing)
        return std::nullopt;
    if (isFirst) {
        proof.plantFast_A = proof.plantSlow_A = *input.plant_A;
        proof.heardFast_A = proof.heardSlow_A = *input.heard_A;
    } else {
        addSample(proof, *input.plant_A, *input.heard_A, Seconds(now.steady - *proof.at).count());
    }
    proof.at = now.steady;
    const double scale = square(input.capacity_Ah);
    thin(proof, kProofMemory * scale);
    if (input.share < kLeastTold || !isEnough(proof, scale))
        return std::nullopt;
    const double taken = proof.both / proof.plant;
    if (taken > kMostTaken)
        return std::nullopt;
    if (taken >= 1.0 - kOffBelow * input.share)
        return true;
    return taken <= 1.0 - kOnAbove * input.share ? std::optional(false) : std::nullopt;
}

} // namespace busbar
