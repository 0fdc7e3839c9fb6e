// SPDX-License-Identifier: MIT
// Counts what followed the sum and what did not.
#include "core/sums/evidence.hpp"

#include "core/sums/fit.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace busbar::sums {

namespace {

constexpr double kIdle_s = 60.0; ///< longer than the longest lag
constexpr double kLeastChanges = 3.0;
constexpr double kEnoughChanges = 6.0;
constexpr double kEnoughSpan = 3.0; ///< of changes, between the lowest and the highest level
constexpr double kUnequal = 2.0;    ///< parts differ by so many times the rounding
/// It was the sum to the digit in so many of the samples.
constexpr double kMostly = 0.8;
constexpr double kStill = 0.7;      // hysteresis
constexpr double kAlways = 0.95;    // where the capacity says something else
constexpr double kExactGain = 0.01; ///< of a sum that is worked out
constexpr double kEnoughFailures = 3.0;
constexpr double kMostChanges = 64.0; ///< older ones are thinned out
/// A set whose capacities do not add up is looked at only after it was the sum for so long.
constexpr double kLooksLikeSum_s = 120.0;
/// A cell beyond those of all parts by more than skew and rounding, for so long.
constexpr double kOwnCell_V = 0.015;
constexpr double kOwnEnough_s = 30.0;

void thinOut(SumPairing& pairing) {
    if (pairing.tally.followed + pairing.tally.failed < kMostChanges)
        return;
    pairing.tally.followed /= 2.0;
    pairing.tally.failed /= 2.0;
}

/// Some seconds after a change, so that the same second does not count twice.
void check(SumPairing& pairing, const Scene& scene, const Now& now) {
    const SumFit* best = bestFit(pairing, scene);
    if (best == nullptr || pairing.levels.changes < kLeastChanges ||
        now.steady - pairing.tally.counted < kSumSettled)
        return;
    pairing.tally.counted = now.steady;
    (differs(*best, scene) ? pairing.tally.failed : pairing.tally.followed) += 1.0;
    thinOut(pairing);
}

void noteChange(SumPairing& pairing, const Scene& scene, const Now& now) {
    if (pairing.levels.now_A && std::abs(scene.sum_A - *pairing.levels.now_A) < scene.change_A)
        return;
    check(pairing, scene, now);
    const bool isFirst = !pairing.levels.now_A;
    pairing.levels.lowest_A =
        isFirst ? scene.sum_A : std::min(pairing.levels.lowest_A, scene.sum_A);
    pairing.levels.highest_A =
        isFirst ? scene.sum_A : std::max(pairing.levels.highest_A, scene.sum_A);
    pairing.levels.now_A = scene.sum_A;
    if (isFirst || now.steady - pairing.levels.step >= kSumSettled) { // not each part of one step
        pairing.levels.changes += isFirst ? 0.0 : 1.0;
        pairing.levels.step = now.steady;
    }
    pairing.levels.left = now.steady;
}

/// Whatever is on its way has come: none of them has moved for long, under a load that has never
/// changed. (After a change one that stands still may hang.)
bool standStill(const SumPairing& pairing, const Scene& scene, const Now& now) {
    return pairing.levels.lowest_A == pairing.levels.highest_A &&
           std::abs(scene.sum_A) >= scene.change_A && areStill(scene, now);
}

/// Long apart is a failure, whatever the lag, if it lives, or if nothing moves.
void noteOff(SumPairing& pairing, const Scene& scene, const Now& now) {
    if (!isApart(scene)) {
        pairing.apart.wasWithin = true;
        pairing.apart.within_s += std::abs(scene.sum_A) >= kEnoughSpan * scene.change_A ? 1.0 : 0.0;
        pairing.apart.since.reset();
        pairing.apart.counted.reset();
        return;
    }
    pairing.apart.since = pairing.apart.since.value_or(now.steady);
    if (now.steady - pairing.apart.counted.value_or(*pairing.apart.since) < kSumSettled)
        return;
    pairing.apart.counted = now.steady;
    const bool isFirst = now.steady - *pairing.apart.since < 2 * kSumSettled; // may be on its way
    if (standStill(pairing, scene, now) || (!isFirst && now.steady - scene.own.moved < kSumSettled))
        pairing.tally.failed += 1.0;
}

/// Of one battery, two drivers cannot show so different charges, part of its capacity.
constexpr double kOtherCharge = 0.03;
/// Nor such currents, beyond gain and rounding, A.
constexpr double kTwinOffset_A = 0.5;

bool isTwin(const SumPairing& pairing) {
    return std::popcount(pairing.parts) == 1;
}

/// Of two with one serial number: they are two batteries.
bool areTwo(const Scene& scene) {
    const Party& other = scene.all[static_cast<std::size_t>(std::countr_zero(scene.parts))];
    const bool isKnown = scene.one.remaining_Ah > 0.0 && other.remaining_Ah > 0.0;
    const double apart_Ah = std::abs(scene.one.remaining_Ah - other.remaining_Ah);
    return (isKnown && apart_Ah > kOtherCharge * scene.one.nominal_Ah()) ||
           isApart(scene, kTwinOffset_A);
}

/// Its cells are not among those of its parts.
void noteOwnCell(SumPairing& pairing, const Scene& scene) {
    bool isHigher = scene.one.highestCell_V.has_value();
    bool isLower = scene.one.lowestCell_V.has_value();
    forEach(scene.parts, [&](std::size_t i) {
        const Party& part = scene.all[i];
        isHigher = isHigher && part.highestCell_V &&
                   *scene.one.highestCell_V > *part.highestCell_V + kOwnCell_V;
        isLower = isLower && part.lowestCell_V &&
                  *scene.one.lowestCell_V < *part.lowestCell_V - kOwnCell_V;
    });
    const bool isOwn = isHigher || isLower || (isTwin(pairing) && areTwo(scene));
    pairing.ownCell_s =
        std::clamp(pairing.ownCell_s + (isOwn ? 1.0 : -1.0), 0.0, 2.0 * kOwnEnough_s);
}

/// To the digit at one lag, over several levels. How unequal parts are is only known with their
/// capacities; and where it has another capacity than they have, one set of many may fit by chance.
bool isExact(const SumPairing& pairing, const Scene& scene, CapacityFit capacity) {
    const bool isRange =
        pairing.levels.highest_A - pairing.levels.lowest_A >= kEnoughSpan * scene.change_A;
    if (!scene.isKnown || pairing.compared.carried < kLeastFit ||
        pairing.levels.changes < kEnoughChanges || !isRange ||
        std::sqrt(pairing.compared.unequal) < kUnequal * scene.rounding_A)
        return false;
    const double least =
        capacity == CapacityFit::Other ? kAlways : (pairing.isSum ? kStill : kMostly);
    return std::ranges::any_of(pairing.compared.fits, [&](const SumFit& fit) {
        return hasSwing(fit, scene) && fit.exact >= least &&
               std::abs(slopeOf(fit) - 1.0) <= kExactGain;
    });
}

/// One whose capacity does not add up is a sum only if its current is; the first doubt ends that.
void decide(SumPairing& pairing, const Scene& scene, CapacityFit capacity) {
    const bool isFree = pairing.tally.failed <= kOfFollowed * pairing.tally.followed;
    const double enough = capacity == CapacityFit::Other ? 1.0 : kEnoughFailures;
    const bool hasFailed = pairing.tally.failed >= enough &&
                           pairing.tally.failed >= kOfFollowed * pairing.tally.followed;
    pairing.isBorneOut = pairing.isBorneOut && isFree;
    pairing.isSum = isFree && !pairing.apart.since && pairing.ownCell_s < kOwnEnough_s &&
                    (pairing.isBorneOut || isExact(pairing, scene, capacity));
    const bool isOther = isTwin(pairing) && pairing.ownCell_s >= kOwnEnough_s;
    pairing.isOwn = !pairing.isSum && (hasFailed || isOther);
    if (pairing.isOwn)
        pairing.compared.fits = {};
}

/// How long it has been idle while the parts were busy; a sum's own zero ends when it is read.
void noteIdle(SumPairing& pairing, const Scene& scene) {
    if (!isIdle(scene))
        pairing.idle_s = 0.0;
    else if (areBusy(scene))
        pairing.idle_s += 1.0;
}

} // namespace

void sample(SumPairing& pairing, const Scene& scene, const Now& now) {
    const CapacityFit capacity = capacityFit(scene);
    noteIdle(pairing, scene);
    if (hasMutePart(scene))
        return;
    noteOff(pairing, scene, now);
    if (capacity != CapacityFit::Other || pairing.apart.within_s >= kLooksLikeSum_s)
        noteFit(pairing, scene, now);
    noteChange(pairing, scene, now);
    noteOwnCell(pairing, scene);
    decide(pairing, scene, capacity);
}

/// Nothing speaks against it yet; where its capacity does not speak for it, its current must.
bool isPossible(const SumPairing& pairing, const Scene& scene) {
    if (pairing.isOwn || pairing.idle_s >= kIdle_s)
        return false;
    switch (capacityFit(scene)) {
    case CapacityFit::Same:
        return true;
    case CapacityFit::Other:
        return pairing.tally.followed >= kLeastChanges && pairing.tally.failed == 0.0 &&
               pairing.compared.carried >= kLeastFit;
    case CapacityFit::Unknown:
        break;
    }
    return pairing.apart.wasWithin &&
           (!pairing.apart.since || scene.own.sampled - *pairing.apart.since < kSumSettled);
}

} // namespace busbar::sums
