// SPDX-License-Identifier: MIT
// Pairs each battery with sets of others, compares their currents, and judges.
#include "core/aggregate_watch.hpp"

#include "core/battery.hpp"
#include "core/limits/direction.hpp"
#include "core/limits/swing.hpp"
#include "core/membership.hpp"
#include "core/membership_settings.hpp"
#include "core/off_proof.hpp"
#include "core/path_table.hpp"
#include "core/roster.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

namespace busbar {

namespace {

using namespace std::chrono_literals;

/// Sets of all sizes among so many others (57 for 6); of more, only those that a driver or the
/// capacities suggest.
constexpr std::size_t kMostForAllSets = 6;
constexpr std::size_t kMostKnown = 64; ///< bits of a set
/// A change of load: part of the capacity, per hour, and at least so much.
constexpr double kChange = 0.004;
constexpr double kChange_A = 1.0;
/// What one says is compared with what others said so many seconds earlier: drivers poll every 1 to
/// 30 s, and flows lag as much again. Between two of them the load has seldom changed twice.
constexpr auto kLags =
    std::to_array<std::size_t>({0, 1, 2, 3, 4, 6, 8, 11, 14, 18, 22, 26, 32, 40});
constexpr std::size_t kLate =
    20; ///< samples of one's own that are compared with a minute of others
constexpr std::size_t kReports = 5;  ///< samples within which most BMSs are read
constexpr std::size_t kLateAge = 15; ///< samples for which no battery's current waits to follow
constexpr auto kSumSettled = 20s;    ///< between two looks at the same thing
/// Capacities that may be meant to be the same: rounding; a sum's is typed in, or aged, by 1 to 7
/// %.
constexpr double kSameCapacity = 0.08;
constexpr double kSameCapacity_Ah = 0.6;
/// No lithium battery allows more than 20 C: a capacity below that is none.
constexpr double kMostRate = 20.0;
/// A sum that has a sensor of its own: a shunt's gain, or a Hall sensor's, and its offset.
constexpr double kGain = 0.033;
constexpr double kOffset_A = 2.0;
constexpr double kWholeStep_A = 1.0; ///< what BMSs round to: whole amperes …
constexpr double kFineStep_A = 0.1;  ///< … or tenths
/// Nothing flows; and so much that a sum must show it: part of the capacity, per hour.
constexpr double kZero_A = 0.3;
constexpr double kClear_A = 5.0;
constexpr double kClear = 0.05;
constexpr double kIdle_s = 60.0; ///< longer than the longest lag
/// Decisions.
constexpr double kLongFit = 240.0; ///< samples that a regression remembers
constexpr double kLeastFit = 10.0;
constexpr double kSigmas = 3.0;
constexpr double kLeastChanges = 3.0;
constexpr double kEnoughChanges = 6.0;
constexpr double kEnoughSpan = 3.0; ///< of changes, between the lowest and the highest level
constexpr double kUnequal = 2.0;    ///< parts differ by so many times the rounding …
constexpr double kExact = 0.2; ///< … and the sum by no more than rounding and this part of that …
constexpr double kStill = 0.7;      // hysteresis
constexpr double kAlways = 0.95;    // where the capacity says something else
constexpr double kMostly = 0.8;     ///< … in so many of the samples
constexpr double kExactGain = 0.01; ///< of a sum that is worked out
constexpr double kCarries = 0.05;   ///< part of the sum that every part must carry in a proof
constexpr double kEnoughFailures = 3.0;
constexpr double kOfFollowed = 0.25;  ///< failures are no hiccups above this part of the others
constexpr double kMostChanges = 64.0; ///< older ones are thinned out
/// A set whose capacities do not add up is looked at only after it was the sum for so long.
constexpr double kLooksLikeSum_s = 120.0;
/// A cell beyond those of all parts by more than skew and rounding, for so long.
constexpr double kOwnCell_V = 0.015;
constexpr double kOwnEnough_s = 30.0;
/// What the batteries take of what chargers and inverters give (off_proof.cpp).
constexpr double kTakenFrom = 0.85;
constexpr double kTakenTo = 1.15;

using swing::square;

constexpr SumSet bitOf(std::size_t index) {
    return SumSet{1} << index;
}

/// Calls `f` with the number of each battery of the set.
template <class F>
void forEach(SumSet set, F f) {
    for (; set != 0; set &= set - 1)
        f(static_cast<std::size_t>(std::countr_zero(set)));
}

/// A battery of this cycle; one that does not take part has no verdict.
struct Party {
    Verdict* verdict = nullptr;
    double current_A = 0.0;
    double installed_Ah = 0.0; ///< 0 = unknown
    double remaining_Ah = 0.0; ///< what drivers mean by it differs; 0 = unknown
    std::optional<double> lowestCell_V;
    std::optional<double> highestCell_V;

    [[nodiscard]] bool isFresh() const { return verdict != nullptr && !verdict->held; }
    [[nodiscard]] double nominal_Ah() const {
        return installed_Ah > 0.0 ? installed_Ah : remaining_Ah;
    }
};
using Parties = std::vector<Party>;

std::optional<double> shownOf(const Verdict& verdict, RowIndex index) {
    const Unit& battery = *verdict.battery;
    const Value* value = battery.valueOf(battery.slot(index), verdict.held);
    return value == nullptr ? std::nullopt : value->number();
}

/// As Member has it: its current, else what its power says.
std::optional<double> currentOf(const Verdict& verdict) {
    if (const auto current_A = shownOf(verdict, row("/Dc/0/Current")))
        return current_A;
    const auto voltage_V = shownOf(verdict, row("/Dc/0/Voltage"));
    const auto power_W = shownOf(verdict, row("/Dc/0/Power"));
    return voltage_V && power_W && *voltage_V > 0.0 ? std::optional(*power_W / *voltage_V)
                                                    : std::nullopt;
}

double capacityOf(const Verdict& verdict, RowIndex index) {
    const double capacity_Ah = shownOf(verdict, index).value_or(0.0);
    const double charge_A = shownOf(verdict, rowsOf(Direction::Charge).limit).value_or(0.0);
    return capacity_Ah > 0.0 && charge_A <= kMostRate * capacity_Ah ? capacity_Ah : 0.0;
}

Party partyOf(Verdict& verdict, double current_A) {
    return {&verdict,
            current_A,
            capacityOf(verdict, row("/InstalledCapacity")),
            capacityOf(verdict, row("/Capacity")),
            shownOf(verdict, row("/System/MinCellVoltage")),
            shownOf(verdict, row("/System/MaxCellVoltage"))};
}

bool isCompared(const Verdict& verdict) {
    return verdict.takesPart && currentOf(verdict).has_value();
}

std::optional<std::size_t> indexOf(const SumWatch& watch, const std::string& id) {
    const auto found = std::ranges::find(watch.known, id);
    return found == watch.known.end()
               ? std::nullopt
               : std::optional(static_cast<std::size_t>(found - watch.known.begin()));
}

Parties partiesOf(const SumWatch& watch, std::vector<Verdict>& verdicts) {
    Parties all(watch.known.size());
    for (Verdict& verdict : verdicts)
        if (const auto index = indexOf(watch, verdict.entry->id); index && isCompared(verdict))
            all[*index] = partyOf(verdict, currentOf(verdict).value_or(0.0));
    return all;
}

// ---- sets of others

void addPairing(SumWatch& watch, std::size_t one, SumSet parts) {
    const bool isThere = std::ranges::any_of(watch.pairings, [&](const SumPairing& pairing) {
        return pairing.one == one && pairing.parts == parts;
    });
    if (std::popcount(parts) < 2 || isThere)
        return;
    SumPairing& pairing = watch.pairings.emplace_back();
    pairing.one = one;
    pairing.parts = parts;
}

/// Those that belong with `newest`, so that no set is made twice.
void addAllSets(SumWatch& watch, std::size_t one) {
    const SumSet all = (bitOf(watch.known.size()) - 1) & ~bitOf(one);
    for (SumSet parts = all; parts != 0; parts = (parts - 1) & all)
        addPairing(watch, one, parts);
}

/// The largest first, as long as they fit.
SumSet filled(std::size_t one, const Parties& all) {
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (i != one && all[i].nominal_Ah() > 0.0)
            others.push_back(i);
    std::ranges::sort(others, std::ranges::greater(),
                      [&all](std::size_t i) { return all[i].nominal_Ah(); });
    double room_Ah = all[one].nominal_Ah() * (1.0 + kSameCapacity);
    SumSet parts = 0;
    for (const std::size_t i : others) {
        if (all[i].nominal_Ah() > room_Ah)
            continue;
        room_Ah -= all[i].nominal_Ah();
        parts |= bitOf(i);
    }
    return parts;
}

/// All others; those of one driver, or of one product; those that fill its capacity.
void addLikelySets(SumWatch& watch, std::size_t one, const Parties& all) {
    SumSet others = 0;
    std::map<std::string, SumSet> alike;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i == one || all[i].verdict == nullptr)
            continue;
        others |= bitOf(i);
        for (const RowIndex index : {row("/Mgmt/ProcessName"), row("/ProductName")})
            alike[std::string(textOf(*all[i].verdict->battery, index))] |= bitOf(i);
    }
    addPairing(watch, one, others);
    for (const auto& [text, parts] : alike)
        addPairing(watch, one, parts);
    addPairing(watch, one, filled(one, all));
}

/// Of batteries that the roster does not show any more nothing is remembered, but of the parts of a
/// proven sum: it does not become a battery because they are gone.
std::vector<std::string> stillKnown(const SumWatch& watch, const std::vector<Verdict>& verdicts) {
    std::set<std::string> wanted;
    for (const Verdict& verdict : verdicts)
        wanted.insert(verdict.entry->id);
    std::set<std::string> kept = wanted;
    for (const auto& [id, suspect] : watch.suspects)
        if (suspect.isProven && wanted.contains(id))
            kept.insert(suspect.parts.begin(), suspect.parts.end());
    std::vector<std::string> known;
    for (const std::string& id : watch.known)
        if (kept.contains(id))
            known.push_back(id);
    for (const Verdict& verdict : verdicts)
        if (isCompared(verdict) && !indexOf(watch, verdict.entry->id) && known.size() < kMostKnown)
            known.push_back(verdict.entry->id);
    return known;
}

/// Pairings with other numbers; those with somebody who is gone are dropped.
void renumber(SumWatch& watch, std::vector<std::string> known) {
    SumWatch old = std::exchange(watch, {});
    watch.known = std::move(known);
    watch.suspects = std::move(old.suspects);
    watch.at = old.at;
    watch.trails.resize(watch.known.size());
    std::vector<std::optional<std::size_t>> numbers;
    for (std::size_t i = 0; i < old.known.size(); ++i) {
        numbers.push_back(indexOf(watch, old.known[i]));
        if (numbers.back())
            watch.trails[*numbers.back()] = old.trails[i];
    }
    for (SumPairing& pairing : old.pairings) {
        SumSet parts = 0;
        bool isWhole = numbers[pairing.one].has_value();
        forEach(pairing.parts, [&](std::size_t i) {
            isWhole = isWhole && numbers[i];
            parts |= numbers[i] ? bitOf(*numbers[i]) : 0;
        });
        if (!isWhole)
            continue;
        pairing.one = *numbers[pairing.one];
        pairing.parts = parts;
        watch.pairings.push_back(std::move(pairing));
    }
    std::erase_if(watch.suspects, [&](const auto& entry) { return !indexOf(watch, entry.first); });
}

void makePairings(SumWatch& watch, std::vector<Verdict>& verdicts) {
    std::vector<std::string> known = stillKnown(watch, verdicts);
    if (known == watch.known)
        return;
    renumber(watch, std::move(known));
    const Parties all = partiesOf(watch, verdicts);
    for (std::size_t one = 0; one < watch.known.size(); ++one) {
        if (watch.known.size() <= kMostForAllSets + 1)
            addAllSets(watch, one);
        else if (all[one].verdict != nullptr)
            addLikelySets(watch, one, all);
    }
}

// ---- what they say

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

void noteTrail(SumTrail& trail, double current_A, const Now& now) {
    if (trail.count > 0 && now.steady - trail.sampled > swing::kLongestGap)
        trail.count = 0;
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

enum class CapacityFit : std::uint8_t { Unknown, Same, Other };

CapacityFit fitOf(double own_Ah, double sum_Ah) {
    return std::abs(own_Ah - sum_Ah) <= kSameCapacity_Ah + kSameCapacity * sum_Ah
               ? CapacityFit::Same
               : CapacityFit::Other;
}

/// One moment of a pairing: all of its batteries with their present values.
struct Scene {
    const Party& one;
    const SumTrail& own;
    const Parties& all;
    const std::vector<SumTrail>& trails;
    SumSet parts;
    double sum_A = 0.0;
    double lowest_A = 0.0; ///< what the last minute of the parts may add up to
    double highest_A = 0.0;
    double capacity_Ah = 0.0;               ///< of all parts …
    bool isKnown = true;                    ///< … of which every one is known
    double rounding_A = 0.0;                ///< by how much rounding alone puts them apart
    double change_A = 0.0;                  ///< of load
    std::size_t length = SumTrail::kLength; ///< samples that all have
};

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

/// The same row of all: what drivers mean by /Capacity differs. If known parts alone have as much
/// as it has, the others would have nothing.
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

/// The last seconds of it are nowhere near what the last minute of its parts may add up to.
bool isApart(const Scene& scene) {
    const double gap_A =
        std::max(scene.own.lateLow_A - scene.highest_A, scene.lowest_A - scene.own.lateHigh_A);
    const double most_A = std::max(std::abs(scene.lowest_A), std::abs(scene.highest_A));
    return gap_A > scene.rounding_A + kOffset_A + kGain * most_A;
}

/// Nothing flows in it.
bool isIdle(const Scene& scene) {
    return scene.own.lateLow_A >= -kZero_A && scene.own.lateHigh_A <= kZero_A;
}

/// So much flows in the parts that a sum must show it.
bool areBusy(const Scene& scene) {
    return std::abs(scene.sum_A) > std::max(kClear_A, kClear * scene.capacity_Ah);
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

/// A part has shown nothing for a minute although its capacity's part of what flows in all, or in
/// the suspect, would show, and does not say why: a sensor that is broken, as likely as a switch.
/// The parts then add up to less than their sum, and that is no evidence of anything.
bool hasMutePart(const Scene& scene) {
    const double most_A = std::max({std::abs(scene.lowest_A), std::abs(scene.highest_A),
                                    std::abs(scene.own.lowest_A), std::abs(scene.own.highest_A)});
    bool isAny = false;
    forEach(scene.parts, [&](std::size_t i) {
        const SumTrail& trail = scene.trails[i];
        const double share = scene.isKnown ? scene.all[i].nominal_Ah() / scene.capacity_Ah
                                           : 1.0 / std::popcount(scene.parts);
        isAny = isAny || (trail.lowest_A >= -kZero_A && trail.highest_A <= kZero_A &&
                          share * most_A > 2.0 * kZero_A && !saysItIsOpen(scene.all[i]));
    });
    return isAny;
}

// ---- its current over theirs

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

double slopeOf(const SumFit& fit) {
    return fit.both / fit.sumSquare;
}

/// What the regression leaves, A².
double restOf(const SumFit& fit) {
    if (fit.sumSquare <= 0.0)
        return fit.ownSquare;
    return std::max(0.0, fit.ownSquare - fit.both * slopeOf(fit));
}

bool hasSwing(const SumFit& fit, const Scene& scene) {
    return fit.samples >= kLeastFit && fit.sumSquare >= square(scene.change_A);
}

/// The lag at which it follows best; nothing before there is enough to tell, or while one that has
/// seen too little of the swings may follow better.
const SumFit* bestFit(const SumPairing& pairing, const Scene& scene) {
    const SumFit* best = nullptr;
    for (const SumFit& fit : pairing.fits)
        if (hasSwing(fit, scene) &&
            (best == nullptr || restOf(fit) / fit.sumSquare < restOf(*best) / best->sumSquare))
            best = &fit;
    const auto mayBeBetter = [&](const SumFit& fit) {
        return !hasSwing(fit, scene) && fit.samples > 0.0 && restOf(fit) < restOf(*best);
    };
    return best != nullptr && std::ranges::any_of(pairing.fits, mayBeBetter) ? nullptr : best;
}

/// Gain and offset are not those of a sum's own sensor, and it is no matter of noise or of lags:
/// these flatten a regression by at most as much as they leave.
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

double sumAt(const Scene& scene, std::size_t age) {
    double sum_A = 0.0;
    forEach(scene.parts, [&](std::size_t i) { sum_A += scene.trails[i].at(age); });
    return sum_A;
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
        pairing.carried = std::min(pairing.carried + 1.0, kLongFit);
    if (carry && scene.isKnown)
        pairing.unequal += (unequalSquares(scene) - pairing.unequal) / pairing.carried;
    const double most_A = std::min(scene.rounding_A, kExact * std::sqrt(pairing.unequal));
    for (std::size_t n = 0; n < kLags.size() && kLags.at(n) < scene.length; ++n) {
        SumFit& fit = pairing.fits[n];
        const double sum_A = sumAt(scene, kLags.at(n));
        addPoint(fit, sum_A, scene.own.at(0), weightOf(scene, kLags.at(n), sum_A));
        const bool isExact = std::abs(sum_A - scene.own.at(0)) <= most_A + 1e-9;
        if (carry)
            fit.exact += ((isExact ? 1.0 : 0.0) - fit.exact) / pairing.carried;
    }
}

bool areStill(const Scene& scene, const Now& now) {
    bool isEvery = now.steady - scene.own.moved >= kSumSettled;
    forEach(scene.parts, [&](std::size_t i) {
        isEvery = isEvery && now.steady - scene.trails[i].moved >= kSumSettled;
    });
    return isEvery;
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

/// What it says anew is of one moment; so is what all say who have not moved for long. In between,
/// one that is read seldom shows what was; who has been seen to do that is believed only anew.
void noteFit(SumPairing& pairing, const Scene& scene, const Now& now) {
    if (!pairing.isLate && isLate(scene)) {
        pairing.isLate = true;
        pairing.fits.clear();
        pairing.failed = 0.0;
    }
    const bool mayBeOld =
        pairing.isLate || (pairing.changes > 0.0 && scene.own.moved < pairing.changed);
    const bool isStanding =
        !mayBeOld && now.steady - pairing.sampled >= kSumSettled && areStill(scene, now);
    if (!scene.own.isNew && !isStanding)
        return;
    pairing.fits.resize(kLags.size());
    pairing.sampled = now.steady;
    addPoints(pairing, scene);
}

// ---- what it shows

void thinOut(SumPairing& pairing) {
    if (pairing.followed + pairing.failed < kMostChanges)
        return;
    pairing.followed /= 2.0;
    pairing.failed /= 2.0;
}

/// Some seconds after a change, so that the same second does not count twice.
void check(SumPairing& pairing, const Scene& scene, const Now& now) {
    const SumFit* best = bestFit(pairing, scene);
    if (best == nullptr || pairing.changes < kLeastChanges ||
        now.steady - pairing.counted < kSumSettled)
        return;
    pairing.counted = now.steady;
    (differs(*best, scene) ? pairing.failed : pairing.followed) += 1.0;
    thinOut(pairing);
}

void noteChange(SumPairing& pairing, const Scene& scene, const Now& now) {
    if (pairing.level_A && std::abs(scene.sum_A - *pairing.level_A) < scene.change_A)
        return;
    check(pairing, scene, now);
    const bool isFirst = !pairing.level_A;
    pairing.lowest_A = isFirst ? scene.sum_A : std::min(pairing.lowest_A, scene.sum_A);
    pairing.highest_A = isFirst ? scene.sum_A : std::max(pairing.highest_A, scene.sum_A);
    pairing.level_A = scene.sum_A;
    if (isFirst || now.steady - pairing.step >= kSumSettled) { // not each part of one step
        pairing.changes += isFirst ? 0.0 : 1.0;
        pairing.step = now.steady;
    }
    pairing.changed = now.steady;
}

/// Whatever is on its way has come: none of them has moved for long, under a load that has never
/// changed. (After a change one that stands still may hang.)
bool standStill(const SumPairing& pairing, const Scene& scene, const Now& now) {
    return pairing.lowest_A == pairing.highest_A && std::abs(scene.sum_A) >= scene.change_A &&
           areStill(scene, now);
}

/// Long apart is a failure, whatever the lag, if it lives, or if nothing moves.
void noteOff(SumPairing& pairing, const Scene& scene, const Now& now) {
    if (!isApart(scene)) {
        pairing.wasWithin = true;
        pairing.within_s += std::abs(scene.sum_A) >= kEnoughSpan * scene.change_A ? 1.0 : 0.0;
        pairing.offSince.reset();
        pairing.countedOff.reset();
        return;
    }
    pairing.offSince = pairing.offSince.value_or(now.steady);
    if (now.steady - pairing.countedOff.value_or(*pairing.offSince) < kSumSettled)
        return;
    pairing.countedOff = now.steady;
    const bool isFirst = now.steady - *pairing.offSince < 2 * kSumSettled; // may be on its way
    if (standStill(pairing, scene, now) || (!isFirst && now.steady - scene.own.moved < kSumSettled))
        pairing.failed += 1.0;
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
    pairing.ownCell_s =
        std::clamp(pairing.ownCell_s + (isHigher || isLower ? 1.0 : -1.0), 0.0, 2.0 * kOwnEnough_s);
}

/// To the digit at one lag, over several levels. How unequal parts are is only known with their
/// capacities; and where it has another capacity than they have, one set of many may fit by chance.
bool isExact(const SumPairing& pairing, const Scene& scene, CapacityFit capacity) {
    const bool isRange = pairing.highest_A - pairing.lowest_A >= kEnoughSpan * scene.change_A;
    if (!scene.isKnown || pairing.carried < kLeastFit || pairing.changes < kEnoughChanges ||
        !isRange || std::sqrt(pairing.unequal) < kUnequal * scene.rounding_A)
        return false;
    const double least =
        capacity == CapacityFit::Other ? kAlways : (pairing.isSum ? kStill : kMostly);
    return std::ranges::any_of(pairing.fits, [&](const SumFit& fit) {
        return hasSwing(fit, scene) && fit.exact >= least &&
               std::abs(slopeOf(fit) - 1.0) <= kExactGain;
    });
}

/// One whose capacity does not add up is a sum only if its current is; the first doubt ends that.
void decide(SumPairing& pairing, const Scene& scene, CapacityFit capacity) {
    const bool isFree = pairing.failed <= kOfFollowed * pairing.followed;
    const double enough = capacity == CapacityFit::Other ? 1.0 : kEnoughFailures;
    const bool hasFailed =
        pairing.failed >= enough && pairing.failed >= kOfFollowed * pairing.followed;
    pairing.isBorneOut = pairing.isBorneOut && isFree;
    pairing.isSum = isFree && !pairing.offSince && pairing.ownCell_s < kOwnEnough_s &&
                    (pairing.isBorneOut || isExact(pairing, scene, capacity));
    pairing.isOwn = !pairing.isSum && hasFailed;
    if (pairing.isOwn)
        pairing.fits = {};
}

/// How long it has been idle while the parts were busy; a sum's own zero ends when it is read.
void noteIdle(SumPairing& pairing, const Scene& scene) {
    if (!isIdle(scene))
        pairing.idle_s = 0.0;
    else if (areBusy(scene))
        pairing.idle_s += 1.0;
}

void sample(SumPairing& pairing, const Scene& scene, const Now& now) {
    const CapacityFit capacity = capacityFit(scene);
    noteIdle(pairing, scene);
    if (hasMutePart(scene))
        return;
    noteOff(pairing, scene, now);
    if (capacity != CapacityFit::Other || pairing.within_s >= kLooksLikeSum_s)
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
        return pairing.followed >= kLeastChanges && pairing.failed == 0.0 &&
               pairing.carried >= kLeastFit;
    case CapacityFit::Unknown:
        break;
    }
    return pairing.wasWithin &&
           (!pairing.offSince || scene.own.sampled - *pairing.offSince < kSumSettled);
}

// ---- who is it

std::vector<std::string> idsOf(const SumWatch& watch, SumSet set) {
    std::vector<std::string> ids;
    forEach(set, [&](std::size_t i) { ids.push_back(watch.known[i]); });
    std::ranges::sort(ids);
    return ids;
}

struct Accusation {
    const SumPairing* pairing = nullptr;
    bool isProven = false;
    bool isByCapacity = false;
    double charge_A = 0.0;

    [[nodiscard]] auto rank() const {
        return std::make_tuple(isProven, isByCapacity, std::popcount(pairing->parts), charge_A);
    }
};

std::vector<Accusation> accuse(const SumWatch& watch, const Parties& all) {
    std::vector<Accusation> list;
    for (const SumPairing& pairing : watch.pairings) {
        const Party& one = all[pairing.one];
        if (pairing.isOwn || one.verdict == nullptr)
            continue;
        const auto scene = sceneOf(watch, all, pairing);
        const auto before = watch.suspects.find(watch.known[pairing.one]);
        // Who cannot be compared now stays what it is.
        const bool isPossibleNow = scene ? isPossible(pairing, *scene)
                                         : before != watch.suspects.end() &&
                                               before->second.parts == idsOf(watch, pairing.parts);
        if (pairing.isSum || isPossibleNow)
            list.push_back({&pairing, pairing.isSum,
                            scene && capacityFit(*scene) == CapacityFit::Same,
                            shownOf(*one.verdict, rowsOf(Direction::Charge).limit).value_or(0.0)});
    }
    std::ranges::stable_sort(list, std::ranges::greater(), &Accusation::rank);
    return list;
}

/// One after the other: what a suspect is the sum of is not accused after it, so that the parts of
/// the first are left.
std::map<std::string, Suspect> judged(const SumWatch& watch, const std::vector<Accusation>& list) {
    std::map<std::string, Suspect> suspects;
    SumSet accused = 0;
    SumSet parts = 0;
    for (const Accusation& accusation : list) {
        const SumPairing& pairing = *accusation.pairing;
        if (((accused | parts) & bitOf(pairing.one)) != 0)
            continue;
        accused |= bitOf(pairing.one);
        parts |= pairing.parts;
        suspects[watch.known[pairing.one]] = {idsOf(watch, pairing.parts), accusation.isProven};
    }
    return suspects;
}

// ---- Kirchhoff

/// Those that are suspected without a proof, and those that nobody suspects.
void noteSides(SumBalance& balance, const SumWatch& watch, const Parties& all) {
    SumSet heard = 0;
    SumSet doubtful = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!all[i].isFresh())
            continue;
        const auto suspect = watch.suspects.find(watch.known[i]);
        if (suspect == watch.suspects.end())
            heard |= bitOf(i);
        else if (!suspect->second.isProven)
            doubtful |= bitOf(i);
    }
    if (heard != balance.heard || doubtful != balance.doubtful)
        balance = {{}, {}, heard, doubtful};
}

struct Side {
    double current_A = 0.0;
    double capacity_Ah = 0.0; ///< 0 = of one it is unknown
};

Side sideOf(const Parties& all, SumSet set) {
    Side side;
    bool isKnown = true;
    forEach(set, [&](std::size_t i) {
        side.current_A += all[i].current_A;
        side.capacity_Ah += all[i].nominal_Ah();
        isKnown = isKnown && all[i].nominal_Ah() > 0.0;
    });
    side.capacity_Ah = isKnown ? side.capacity_Ah : 0.0;
    return side;
}

bool isSuspected(const SumWatch& watch, const SumPairing& pairing) {
    const auto suspect = watch.suspects.find(watch.known[pairing.one]);
    return suspect != watch.suspects.end() && !suspect->second.isProven &&
           suspect->second.parts == idsOf(watch, pairing.parts);
}

/// The part of the current that the smallest of the doubtful would take if all of them were
/// batteries: as much as its parts do.
double smallestShare(const SumWatch& watch, const Parties& all, double heard_Ah) {
    double least_Ah = std::numeric_limits<double>::max();
    double all_Ah = heard_Ah;
    for (const SumPairing& pairing : watch.pairings) {
        if (pairing.isOwn || !isSuspected(watch, pairing))
            continue;
        const double parts_Ah = sideOf(all, pairing.parts).capacity_Ah;
        least_Ah = std::min(least_Ah, parts_Ah);
        all_Ah += parts_Ah;
    }
    return all_Ah > heard_Ah ? least_Ah / all_Ah : 0.0;
}

/// What the others take is all that is given: the doubtful take nothing. Or all is taken only with
/// them: they are batteries.
void conclude(SumWatch& watch, bool areSums) {
    for (SumPairing& pairing : watch.pairings) {
        const bool isDoubtful = (watch.balance.doubtful & bitOf(pairing.one)) != 0;
        if (!isDoubtful || pairing.isOwn)
            continue;
        if (areSums && isSuspected(watch, pairing) &&
            pairing.failed <= kOfFollowed * pairing.followed)
            pairing.isBorneOut = true;
        pairing.isOwn = !areSums && !pairing.isSum;
    }
}

bool takesAll(const BarTrack& track, double capacity_Ah) {
    return isEnough(track, capacity_Ah) && taken(track) >= kTakenFrom && taken(track) <= kTakenTo;
}

/// Only while nobody of the bank is lost: what is missing would be his.
void weigh(SumWatch& watch, const Parties& all, const std::vector<Verdict>& verdicts,
           const SumInput& input, const Now& now) {
    const bool isAnyLost = std::ranges::any_of(verdicts, [](const Verdict& verdict) {
        return verdict.held || (!verdict.takesPart && isLoss(verdict.reason));
    });
    if (!input.plant_A || isAnyLost || watch.suspects.empty()) {
        watch.balance = {};
        return;
    }
    noteSides(watch.balance, watch, all);
    if (watch.balance.doubtful == 0)
        return;
    const Side heard = sideOf(all, watch.balance.heard);
    const Side doubtful = sideOf(all, watch.balance.doubtful);
    if (heard.capacity_Ah <= 0.0)
        return;
    add(watch.balance.with,
        {*input.plant_A, heard.current_A + doubtful.current_A, heard.capacity_Ah}, now);
    const auto areSums = step(watch.balance.without,
                              {input.plant_A, heard.current_A, heard.capacity_Ah,
                               smallestShare(watch, all, heard.capacity_Ah)},
                              now);
    if (areSums && (*areSums || takesAll(watch.balance.with, heard.capacity_Ah)))
        conclude(watch, *areSums);
}

/// "Pack A, Pack B and Pack C"
std::string namesOf(const Suspect& suspect, const std::vector<Verdict>& verdicts) {
    std::string text;
    std::size_t left = suspect.parts.size();
    for (const std::string& id : suspect.parts) {
        const auto found = std::ranges::find_if(
            verdicts, [&id](const Verdict& verdict) { return verdict.entry->id == id; });
        text += found == verdicts.end() ? id : found->entry->name;
        --left;
        text += left > 1 ? ", " : (left == 1 ? " and " : "");
    }
    return text;
}

void putOut(Verdict& verdict, const Suspect& suspect, const std::vector<Verdict>& verdicts) {
    verdict.takesPart = false;
    verdict.held = verdict.held && !suspect.isProven;
    verdict.returning = false;
    verdict.reason = OutReason::Aggregate;
    verdict.isSum = suspect.isProven;
    verdict.maybeSum = !suspect.isProven;
    verdict.detail = suspect.isProven
                         ? "its current is the sum of " + namesOf(suspect, verdicts)
                         : "it may be the sum of " + namesOf(suspect, verdicts) +
                               "; not counted until changes of load show that it is not";
}

/// One that is known to be a sum is not missed when it is lost.
void putOutAll(const SumWatch& watch, std::vector<Verdict>& verdicts) {
    for (Verdict& verdict : verdicts) {
        const auto found = watch.suspects.find(verdict.entry->id);
        if (found == watch.suspects.end())
            continue;
        const bool isLost = !verdict.takesPart && isLoss(verdict.reason);
        if (verdict.takesPart || (found->second.isProven && isLost))
            putOut(verdict, found->second, verdicts);
    }
}

/// Once a second at most; true if it was time.
bool takeSample(SumWatch& watch, const Parties& all, const Now& now) {
    if (watch.at && now.steady - *watch.at < swing::kSpacing)
        return false;
    watch.at = now.steady;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].isFresh())
            noteTrail(watch.trails[i], all[i].current_A, now);
    for (SumPairing& pairing : watch.pairings)
        if (!pairing.isOwn)
            if (const auto scene = sceneOf(watch, all, pairing))
                sample(pairing, *scene, now);
    return true;
}

void judgeSums(SumWatch& watch, const Parties& all) {
    auto suspects = judged(watch, accuse(watch, all));
    for (const auto& [id, suspect] : watch.suspects) { // not there now: as it was
        const auto index = indexOf(watch, id);
        if (index && all[*index].verdict == nullptr)
            suspects.try_emplace(id, suspect);
    }
    watch.suspects = std::move(suspects);
}

/// True if others take part than in the last cycle.
bool noteOthers(SumWatch& watch, const std::vector<Verdict>& verdicts) {
    std::size_t n = 0;
    bool isOther = false;
    for (const Verdict& verdict : verdicts) {
        if (!isCompared(verdict))
            continue;
        isOther = isOther || n >= watch.present.size() || watch.present[n] != verdict.entry->id;
        ++n;
    }
    if (!isOther && n == watch.present.size())
        return false;
    watch.present.clear();
    for (const Verdict& verdict : verdicts)
        if (isCompared(verdict))
            watch.present.push_back(verdict.entry->id);
    return true;
}

} // namespace

void watchSums(SumWatch& watch, std::vector<Verdict>& verdicts, const SumInput& input,
               const Now& now) {
    if (!input.settings.takeAll) {
        watch = {};
        return;
    }
    const bool isOther = noteOthers(watch, verdicts);
    if (watch.present.size() < 3 && watch.suspects.empty())
        return;
    const bool isDue = !watch.at || now.steady - *watch.at >= swing::kSpacing;
    if (isOther || isDue) {
        auto present = watch.present;
        makePairings(watch, verdicts);
        watch.present = std::move(present);
        const Parties all = partiesOf(watch, verdicts);
        if (takeSample(watch, all, now))
            weigh(watch, all, verdicts, input, now);
        judgeSums(watch, all);
    }
    putOutAll(watch, verdicts);
}

bool wantsWitness(const SumWatch& watch) {
    return std::ranges::any_of(watch.suspects,
                               [](const auto& entry) { return !entry.second.isProven; });
}

std::string doubleCount(const SumWatch& watch, const std::vector<Verdict>& verdicts) {
    std::string text;
    for (const Verdict& verdict : verdicts) {
        const auto found = watch.suspects.find(verdict.entry->id);
        if (found == watch.suspects.end() || verdict.reason != OutReason::Aggregate)
            continue;
        text += text.empty() ? "" : "; ";
        text += verdict.entry->name +
                (found->second.isProven ? " is the sum of " : " may be the sum of ") +
                namesOf(found->second, verdicts) +
                ", which count already, so it does not count: name it in " +
                "exclude (\"instance:" + std::to_string(verdict.entry->instance) + "\")";
    }
    return text.empty()
               ? text
               : text + ", or, if it is a battery of its own, list all batteries in batteries";
}

} // namespace busbar
