// SPDX-License-Identifier: MIT
// Keeps the trails and says what they and the capacities allow.
#include "core/sums/scene.hpp"

#include "core/limits/direction.hpp"
#include "core/limits/swing.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace busbar::sums {

namespace {

/// A change of load: part of the capacity, per hour, and at least so much.
constexpr double kChange = 0.004;
constexpr double kChange_A = 1.0;
/// Samples of one's own that are compared with a minute of others.
constexpr std::size_t kLate = 20;
/// Of capacities that may be meant to be the same.
constexpr double kSameCapacity_Ah = 0.6;
constexpr double kWholeStep_A = 1.0; ///< what BMSs round to: whole amperes …
constexpr double kFineStep_A = 0.1;  ///< … or tenths
/// So much that a sum must show it: part of the capacity, per hour.
constexpr double kClear_A = 5.0;
constexpr double kClear = 0.05;

void noteSpans(SumTrail& trail) {
    trail.lateLow_A = trail.lateHigh_A = trail.at(0);
    for (std::size_t age = 1; age < std::min(kLate, trail.count); ++age) {
        trail.lateLow_A = std::min(trail.lateLow_A, trail.at(age));
        trail.lateHigh_A = std::max(trail.lateHigh_A, trail.at(age));
    }
    trail.lowest_A = trail.lateLow_A;
    trail.highest_A = trail.lateHigh_A;
    for (std::size_t age = kLate; age < trail.count; ++age) {
        trail.lowest_A = std::min(trail.lowest_A, trail.at(age));
        trail.highest_A = std::max(trail.highest_A, trail.at(age));
    }
}

CapacityFit fitOf(double own_Ah, double sum_Ah) {
    return std::abs(own_Ah - sum_Ah) <= kSameCapacity_Ah + kSameCapacity * sum_Ah
               ? CapacityFit::Same
               : CapacityFit::Other;
}

/// By its own word it carries nothing: a limit of 0, or a switch that is open.
bool saysItIsOpen(const Party& part) {
    const auto isZero = [&part](RowIndex index) {
        const auto said = shownOf(*part.verdict, index);
        return said && *said <= 0.0;
    };
    const auto isOpen = [&isZero](Direction direction) {
        return isZero(rowsOf(direction).allow) || isZero(rowsOf(direction).limit);
    };
    return isOpen(Direction::Charge) || isOpen(Direction::Discharge);
}

} // namespace

void noteTrail(SumTrail& trail, const Party& party, const Now& now) {
    const double current_A = party.current_A;
    if (trail.count > 0 && now.steady - trail.sampled > swing::kLongestGap)
        trail.count = 0;
    trail.openFor = saysItIsOpen(party) ? std::min(trail.openFor + 1, SumTrail::kLength) : 0;
    trail.isNew = trail.count == 0 || current_A != trail.at(0);
    if (trail.isNew)
        trail.moved = now.steady;
    trail.isWhole = trail.isWhole && current_A == std::round(current_A);
    trail.newest = (trail.newest + 1) % SumTrail::kLength;
    trail.current_A.at(trail.newest) = current_A;
    trail.count = std::min(trail.count + 1, SumTrail::kLength);
    trail.sampled = now.steady;
    noteSpans(trail);
}

std::optional<Scene> sceneOf(const SumWatch& watch, const Parties& all, const SumPairing& pairing) {
    Scene scene{all[pairing.one], watch.trails[pairing.one], all, watch.trails, pairing.parts};
    if (!scene.one.isFresh())
        return std::nullopt;
    const auto half = [](const SumTrail& trail) {
        return (trail.isWhole ? kWholeStep_A : kFineStep_A) / 2.0;
    };
    scene.rounding_A = half(scene.own);
    scene.length = scene.own.count;
    for (SumSet left = pairing.parts; left != 0; left &= left - 1) {
        const auto i = static_cast<std::size_t>(std::countr_zero(left));
        const Party& part = all[i];
        const SumTrail& trail = watch.trails[i];
        if (!part.isFresh())
            return std::nullopt;
        scene.sum_A += part.current_A;
        scene.lowest_A += trail.lowest_A;
        scene.highest_A += trail.highest_A;
        scene.capacity_Ah += part.nominal_Ah();
        scene.isKnown = scene.isKnown && part.nominal_Ah() > 0.0;
        scene.rounding_A += half(trail);
        scene.length = std::min(scene.length, trail.count);
    }
    scene.change_A = std::max({kChange_A, kChange * scene.capacity_Ah, 4.0 * scene.rounding_A});
    return scene;
}

CapacityFit capacityFit(const Scene& scene) {
    bool hasInstalled = scene.one.installed_Ah > 0.0;
    bool hasRemaining = scene.one.remaining_Ah > 0.0;
    double installed_Ah = 0.0;
    double remaining_Ah = 0.0;
    forEach(scene.parts, [&](std::size_t i) {
        const Party& part = scene.all[i];
        hasInstalled = hasInstalled && part.installed_Ah > 0.0;
        hasRemaining = hasRemaining && part.remaining_Ah > 0.0;
        installed_Ah += part.installed_Ah;
        remaining_Ah += part.remaining_Ah;
    });
    if (hasInstalled)
        return fitOf(scene.one.installed_Ah, installed_Ah);
    if (hasRemaining)
        return fitOf(scene.one.remaining_Ah, remaining_Ah);
    const double own_Ah = scene.one.nominal_Ah();
    return own_Ah > 0.0 && scene.capacity_Ah > (1.0 - kSameCapacity) * own_Ah
               ? CapacityFit::Other
               : CapacityFit::Unknown;
}

bool isApart(const Scene& scene, double offset_A) {
    const double gap_A =
        std::max(scene.own.lateLow_A - scene.highest_A, scene.lowest_A - scene.own.lateHigh_A);
    const double most_A = std::max(std::abs(scene.lowest_A), std::abs(scene.highest_A));
    return gap_A > scene.rounding_A + offset_A + kGain * most_A;
}

bool isIdle(const Scene& scene) {
    return scene.own.lateLow_A >= -kZero_A && scene.own.lateHigh_A <= kZero_A;
}

bool areBusy(const Scene& scene) {
    return std::abs(scene.sum_A) > std::max(kClear_A, kClear * scene.capacity_Ah);
}

bool hasMutePart(const Scene& scene) {
    const double most_A = std::max({std::abs(scene.lowest_A), std::abs(scene.highest_A),
                                    std::abs(scene.own.lowest_A), std::abs(scene.own.highest_A)});
    bool isAny = false;
    forEach(scene.parts, [&](std::size_t i) {
        const SumTrail& trail = scene.trails[i];
        const double share = scene.isKnown ? scene.all[i].nominal_Ah() / scene.capacity_Ah
                                           : 1.0 / std::popcount(scene.parts);
        isAny = isAny || (trail.lowest_A >= -kZero_A && trail.highest_A <= kZero_A &&
                          share * most_A > 2.0 * kZero_A && trail.openFor < trail.count);
    });
    return isAny;
}

double sumAt(const Scene& scene, std::size_t age) {
    double sum_A = 0.0;
    forEach(scene.parts, [&](std::size_t i) { sum_A += scene.trails[i].at(age); });
    return sum_A;
}

bool areStill(const Scene& scene, const Now& now) {
    bool isEvery = now.steady - scene.own.moved >= kSumSettled;
    forEach(scene.parts, [&](std::size_t i) {
        isEvery = isEvery && now.steady - scene.trails[i].moved >= kSumSettled;
    });
    return isEvery;
}

} // namespace busbar::sums
