// SPDX-License-Identifier: MIT
// Weighted regressions that forget, and what they say about a sum.
#include "core/sums/fit.hpp"

#include "core/limits/swing.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace busbar::sums {

namespace {

/// What one says is compared with what others said so many seconds earlier: drivers poll every 1 to
/// 30 s, and flows lag as much again. Between two of them the load has seldom changed twice.
constexpr auto kLags =
    std::to_array<std::size_t>({0, 1, 2, 3, 4, 6, 8, 11, 14, 18, 22, 26, 32, 40});
constexpr std::size_t kReports = 5;  ///< samples within which most BMSs are read
constexpr std::size_t kLateAge = 15; ///< samples for which no battery's current waits to follow
constexpr double kLongFit = 240.0;   ///< samples that a regression remembers
constexpr double kSigmas = 3.0;
/// Of how unequal the parts are: by so much, and rounding, an exact sum may be off.
constexpr double kExact = 0.2;
constexpr double kCarries = 0.05; ///< part of the sum that every part must carry in a proof

using swing::square;

void addPoint(SumFit& fit, double sum_A, double own_A, double weight) {
    constexpr double kKeep = 1.0 - 1.0 / kLongFit;
    fit.samples = std::min(fit.samples + 1.0, kLongFit);
    fit.weight = kKeep * fit.weight + weight;
    fit.weightSquare = kKeep * fit.weightSquare + square(weight);
    const double step = weight / fit.weight;
    const double sumOff = sum_A - fit.sum_A;
    const double ownOff = own_A - fit.own_A;
    fit.sum_A += step * sumOff;
    fit.own_A += step * ownOff;
    fit.sumSquare += step * (sumOff * (sum_A - fit.sum_A) - fit.sumSquare);
    fit.ownSquare += step * (ownOff * (own_A - fit.own_A) - fit.ownSquare);
    fit.both += step * (sumOff * (own_A - fit.own_A) - fit.both);
}

/// What the regression leaves, A².
double restOf(const SumFit& fit) {
    if (fit.sumSquare <= 0.0)
        return fit.ownSquare;
    return std::max(0.0, fit.ownSquare - fit.both * slopeOf(fit));
}

/// Every part carries something: where one does not, what is left is the sum of the others, too.
bool allCarry(const Scene& scene) {
    double all_A = 0.0;
    double least_A = std::numeric_limits<double>::max();
    forEach(scene.parts, [&](std::size_t i) {
        all_A += std::abs(scene.all[i].current_A);
        least_A = std::min(least_A, std::abs(scene.all[i].current_A));
    });
    return all_A >= scene.change_A && least_A >= std::max(kZero_A, kCarries * all_A);
}

/// Σ (current − part of the sum by capacity)², A².
double unequalSquares(const Scene& scene) {
    double squares = 0.0;
    forEach(scene.parts, [&](std::size_t i) {
        const double share = scene.all[i].nominal_Ah() / scene.capacity_Ah;
        squares += square(scene.all[i].current_A - share * scene.sum_A);
    });
    return squares;
}

/// How much one moment tells: little while the load changes, because they are not read together.
double weightOf(const Scene& scene, std::size_t age, double sum_A) {
    const double sumMoved_A = sum_A - sumAt(scene, std::min(age + kReports, scene.length - 1));
    const double ownMoved_A = scene.own.at(0) - scene.own.at(std::min(kReports, scene.length - 1));
    return 1.0 / (1.0 + (square(sumMoved_A) + square(ownMoved_A)) / square(scene.change_A));
}

void addPoints(SumPairing& pairing, const Scene& scene) {
    const bool carry = allCarry(scene);
    if (carry)
        pairing.compared.carried = std::min(pairing.compared.carried + 1.0, kLongFit);
    if (carry && scene.isKnown)
        pairing.compared.unequal +=
            (unequalSquares(scene) - pairing.compared.unequal) / pairing.compared.carried;
    const double most_A = std::min(scene.rounding_A, kExact * std::sqrt(pairing.compared.unequal));
    for (std::size_t n = 0; n < kLags.size() && kLags.at(n) < scene.length; ++n) {
        SumFit& fit = pairing.compared.fits[n];
        const double sum_A = sumAt(scene, kLags.at(n));
        addPoint(fit, sum_A, scene.own.at(0), weightOf(scene, kLags.at(n), sum_A));
        const bool isExact = std::abs(sum_A - scene.own.at(0)) <= most_A + 1e-9;
        if (carry)
            fit.exact += ((isExact ? 1.0 : 0.0) - fit.exact) / pairing.compared.carried;
    }
}

/// It leaps although none of the others has moved for long: what it said before was old.
bool isLate(const Scene& scene) {
    if (!scene.own.isNew || scene.length <= kLateAge ||
        std::abs(scene.own.at(0) - scene.own.at(1)) < scene.change_A)
        return false;
    for (std::size_t age = 1; age <= kLateAge; ++age)
        if (std::abs(sumAt(scene, age) - scene.sum_A) >= scene.change_A / 2.0)
            return false;
    return true;
}

} // namespace

double slopeOf(const SumFit& fit) {
    return fit.both / fit.sumSquare;
}

bool hasSwing(const SumFit& fit, const Scene& scene) {
    return fit.samples >= kLeastFit && fit.sumSquare >= square(scene.change_A);
}

const SumFit* bestFit(const SumPairing& pairing, const Scene& scene) {
    const SumFit* best = nullptr;
    for (const SumFit& fit : pairing.compared.fits)
        if (hasSwing(fit, scene) &&
            (best == nullptr || restOf(fit) / fit.sumSquare < restOf(*best) / best->sumSquare))
            best = &fit;
    const auto mayBeBetter = [&](const SumFit& fit) {
        return !hasSwing(fit, scene) && fit.samples > 0.0 && restOf(fit) < restOf(*best);
    };
    return best != nullptr && std::ranges::any_of(pairing.compared.fits, mayBeBetter) ? nullptr
                                                                                      : best;
}

bool differs(const SumFit& fit, const Scene& scene) {
    const double slope = slopeOf(fit);
    const double rest = restOf(fit);
    const double flat = rest / fit.sumSquare;
    const double sigma_A = std::sqrt(rest * fit.weightSquare) / fit.weight;
    const double slopeError = kSigmas * sigma_A / std::sqrt(fit.sumSquare) + flat;
    const double offsetError_A =
        kSigmas * sigma_A * std::sqrt(1.0 + square(fit.sum_A) / fit.sumSquare) +
        flat * std::abs(fit.sum_A) + scene.rounding_A;
    return std::abs(slope - 1.0) > kGain + slopeError ||
           std::abs(fit.own_A - slope * fit.sum_A) > kOffset_A + offsetError_A;
}

void noteFit(SumPairing& pairing, const Scene& scene, const Now& now) {
    if (!pairing.compared.isLate && isLate(scene)) {
        pairing.compared.isLate = true;
        pairing.compared.fits.clear();
        pairing.tally.failed = 0.0;
    }
    const bool mayBeOld = pairing.compared.isLate ||
                          (pairing.levels.changes > 0.0 && scene.own.moved < pairing.levels.left);
    const bool isStanding =
        !mayBeOld && now.steady - pairing.compared.sampled >= kSumSettled && areStill(scene, now);
    if (!scene.own.isNew && !isStanding)
        return;
    pairing.compared.fits.resize(kLags.size());
    pairing.compared.sampled = now.steady;
    addPoints(pairing, scene);
}

} // namespace busbar::sums
