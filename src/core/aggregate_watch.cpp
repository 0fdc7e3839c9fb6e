// SPDX-License-Identifier: MIT
// Pairs each battery with sets of others, follows their currents, and judges.
#include "core/aggregate_watch.hpp"

#include "core/battery.hpp"
#include "core/limits/direction.hpp"
#include "core/limits/swing.hpp"
#include "core/member.hpp"
#include "core/membership.hpp"
#include "core/membership_settings.hpp"
#include "core/path_table.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <set>
#include <tuple>

namespace busbar {

namespace {

using namespace std::chrono_literals;

/// Sets of all sizes among so many others (57 for 6); of more, only those that a driver or the
/// capacities suggest.
constexpr std::size_t kMostForAllSets = 6;
/// A change of load: part of the capacity, per hour, and at least so much.
constexpr double kChange = 0.004;
constexpr double kChange_A = 1.0;
/// After a change, a sum has come to rest: drivers poll every 1 to 5 s, flows lag as much again.
constexpr auto kSumSettled = 20s;
constexpr auto kSumReports = 5s;
/// Capacities that are meant to be the same: rounding, and 1 %.
constexpr double kSameCapacity = 0.01;
constexpr double kSameCapacity_Ah = 0.6;
/// Sensors and power divided by voltage: a sum may be off by this and rounding.
constexpr double kGain = 0.01;
constexpr double kSlack_A = 0.1;
constexpr double kWholeStep_A = 1.0; ///< what BMSs round to: whole amperes …
constexpr double kFineStep_A = 0.1;  ///< … or tenths
/// Decisions.
constexpr double kEnoughChanges = 6.0;
constexpr double kEnoughSpan = 3.0; ///< of changes, between the lowest and the highest level
constexpr double kEnoughSeconds = 20.0;
constexpr double kUnequal = 2.0; ///< parts differ by so many times the rounding …
constexpr double kExact = 0.2; ///< … and the sum by no more than rounding and this part of that …
constexpr double kStill = 0.7;   // hysteresis
constexpr double kAlways = 0.95; // where the capacity says something else
constexpr double kMostly = 0.8;  ///< … for so much of the time; the rest is steps of the load
constexpr double kEnoughFailures = 3.0;
constexpr double kOfFollowed = 0.25;  ///< failures are no hiccups above this part of the others
constexpr double kMostChanges = 64.0; ///< older ones are thinned out
constexpr double kMemory_s = 600.0;   ///< of means
/// A cell beyond those of all parts by more than skew and rounding, a charge by more than counters
/// drift; for so long.
constexpr double kOwnCell_V = 0.015;
constexpr double kOwnSoc_pct = 5.0;
constexpr double kOwnEnough_s = 180.0;

constexpr RowIndex kAmperes = row("/Dc/0/Current");

using swing::square;

/// A battery of this cycle.
struct Candidate {
    Member member;
    Verdict& verdict;
    double current_A = 0.0;

    Candidate(Verdict& of, const Battery& battery)
        : member(battery, *of.entry, of.held), verdict(of),
          current_A(member.number(kAmperes).value_or(0.0)) {}
    [[nodiscard]] const std::string& id() const { return verdict.entry->id; }
};
using Candidates = std::deque<Candidate>;

Candidates candidatesOf(std::vector<Verdict>& verdicts) {
    Candidates all;
    for (Verdict& verdict : verdicts)
        if (verdict.takesPart &&
            Member(*verdict.battery, *verdict.entry, verdict.held).number(kAmperes))
            all.emplace_back(verdict, *verdict.battery);
    return all;
}

const Candidate* find(const Candidates& all, const std::string& id) {
    const auto found =
        std::ranges::find_if(all, [&](const Candidate& one) { return one.id() == id; });
    return found == all.end() ? nullptr : &*found;
}

// ---- sets of others

using Ids = std::vector<std::string>;

void addSet(SumWatch& watch, const std::string& id, Ids parts) {
    std::ranges::sort(parts);
    auto& pairings = watch.pairings[id];
    if (parts.size() >= 2 &&
        std::ranges::find(pairings, parts, &SumPairing::parts) == pairings.end())
        pairings.emplace_back().parts = std::move(parts);
}

void addAllSets(SumWatch& watch, const std::string& id, const Ids& others) {
    for (unsigned bits = 0; bits < 1U << others.size(); ++bits) {
        Ids parts;
        for (std::size_t i = 0; i < others.size(); ++i)
            if ((bits >> i & 1U) != 0)
                parts.push_back(others[i]);
        addSet(watch, id, std::move(parts));
    }
}

/// The largest first, as long as they fit.
Ids filled(const Candidate& one, const Candidates& all) {
    std::vector<const Candidate*> others;
    for (const Candidate& other : all)
        if (&other != &one)
            others.push_back(&other);
    const auto capacity = [](const Candidate* of) {
        return of->member.nominalCapacity_Ah().value_or(0.0);
    };
    std::ranges::sort(others, std::ranges::greater(), capacity);
    double room_Ah = capacity(&one) * (1.0 + kSameCapacity);
    Ids parts;
    for (const Candidate* other : others) {
        if (capacity(other) <= 0.0 || capacity(other) > room_Ah)
            continue;
        room_Ah -= capacity(other);
        parts.push_back(other->id());
    }
    return parts;
}

/// All others; those of one driver, or of one product; those that fill its capacity.
void addLikelySets(SumWatch& watch, const Candidate& one, const Candidates& all) {
    Ids others;
    std::map<std::string, Ids> alike;
    for (const Candidate& other : all) {
        if (&other == &one)
            continue;
        others.push_back(other.id());
        for (const RowIndex index : {row("/Mgmt/ProcessName"), row("/ProductName")})
            alike[std::string(textOf(*other.verdict.battery, index))].push_back(other.id());
    }
    addSet(watch, one.id(), others);
    for (auto& [text, ids] : alike)
        addSet(watch, one.id(), std::move(ids));
    addSet(watch, one.id(), filled(one, all));
}

/// Of batteries that the roster does not show any more nothing is remembered.
void forgetGone(SumWatch& watch, const std::vector<Verdict>& verdicts) {
    std::set<std::string> there;
    for (const Verdict& verdict : verdicts)
        there.insert(verdict.entry->id);
    const auto isGone = [&](const std::string& id) { return !there.contains(id); };
    std::erase_if(watch.trails, [&](const auto& entry) { return isGone(entry.first); });
    std::erase_if(watch.pairings, [&](const auto& entry) { return isGone(entry.first); });
    for (auto& [id, pairings] : watch.pairings)
        std::erase_if(pairings, [&](const SumPairing& one) {
            return !one.isSum && std::ranges::any_of(one.parts, isGone);
        });
}

/// True if there are others than before.
bool makePairings(SumWatch& watch, const Candidates& all, const std::vector<Verdict>& verdicts) {
    Ids ids;
    for (const Candidate& one : all)
        ids.push_back(one.id());
    std::ranges::sort(ids);
    if (ids == watch.known)
        return false;
    forgetGone(watch, verdicts);
    watch.known = ids;
    for (const Candidate& one : all) {
        Ids others = ids;
        std::erase(others, one.id());
        if (others.size() <= kMostForAllSets)
            addAllSets(watch, one.id(), others);
        else
            addLikelySets(watch, one, all);
    }
    return true;
}

// ---- what they say

void noteTrail(SumTrail& trail, double current_A, const Now& now) {
    if (trail.count > 0 && now.steady - trail.sampled > swing::kLongestGap)
        trail.count = 0;
    if (trail.count == 0 || current_A != trail.current_A.front())
        trail.moved = now.steady;
    trail.isWhole = trail.isWhole && current_A == std::round(current_A);
    std::shift_right(trail.current_A.begin(), trail.current_A.end(), 1);
    trail.current_A.front() = current_A;
    trail.count = std::min(trail.count + 1, SumTrail::kLength);
    trail.sampled = now.steady;
}

/// One moment of a pairing: all of its batteries with their present values.
struct Scene {
    const Candidate& one;
    const SumTrail& own;
    std::vector<const Candidate*> parts;
    std::vector<const SumTrail*> trails;
    std::size_t length = SumTrail::kLength; ///< samples that all have

    [[nodiscard]] double sum_A(std::size_t age) const {
        double sum_A = 0.0;
        for (const SumTrail* trail : trails)
            sum_A += trail->current_A.at(age);
        return sum_A;
    }
    /// By how much rounding alone puts them apart.
    [[nodiscard]] double rounding_A() const {
        const auto half = [](const SumTrail& trail) {
            return (trail.isWhole ? kWholeStep_A : kFineStep_A) / 2.0;
        };
        double sum_A = half(own);
        for (const SumTrail* trail : trails)
            sum_A += half(*trail);
        return sum_A;
    }
};

std::optional<Scene> sceneOf(const SumWatch& watch, const Candidates& all, const Candidate& one,
                             const SumPairing& pairing) {
    Scene scene{one, watch.trails.at(one.id()), {}, {}};
    scene.length = scene.own.count;
    if (one.verdict.held)
        return std::nullopt;
    for (const std::string& id : pairing.parts) {
        const Candidate* part = find(all, id);
        if (part == nullptr || part->verdict.held)
            return std::nullopt;
        scene.parts.push_back(part);
        scene.trails.push_back(&watch.trails.at(id));
        scene.length = std::min(scene.length, scene.trails.back()->count);
    }
    return scene;
}

enum class Fit : std::uint8_t { Unknown, Same, Other };

/// The same row of all: what drivers mean by /Capacity differs.
Fit capacityFit(const Scene& scene) {
    for (const RowIndex index : {row("/InstalledCapacity"), row("/Capacity")}) {
        const auto own_Ah = scene.one.member.number(index);
        double sum_Ah = 0.0;
        bool isKnown = own_Ah && *own_Ah > 0.0;
        for (const Candidate* part : scene.parts) {
            const auto part_Ah = part->member.number(index);
            isKnown = isKnown && part_Ah && *part_Ah > 0.0;
            sum_Ah += part_Ah.value_or(0.0);
        }
        if (isKnown)
            return std::abs(*own_Ah - sum_Ah) <= kSameCapacity_Ah + kSameCapacity * sum_Ah
                       ? Fit::Same
                       : Fit::Other;
    }
    return Fit::Unknown;
}

struct Span {
    double lowest = std::numeric_limits<double>::max();
    double highest = std::numeric_limits<double>::lowest();
    void add(double x) {
        lowest = std::min(lowest, x);
        highest = std::max(highest, x);
    }
};

Span spanOf(const SumTrail& trail) {
    Span span;
    for (std::size_t i = 0; i < trail.count; ++i)
        span.add(trail.current_A.at(i));
    return span;
}

/// How far the last seconds of it are from all that the last seconds of its parts may add up to, A.
double gap_A(const Scene& scene) {
    const Span own = spanOf(scene.own);
    double lowest_A = 0.0;
    double highest_A = 0.0;
    for (const SumTrail* trail : scene.trails) {
        const Span span = spanOf(*trail);
        lowest_A += span.lowest;
        highest_A += span.highest;
    }
    return std::max({0.0, own.lowest - highest_A, lowest_A - own.highest});
}

/// The same at the best moment of these seconds: one is read before the other.
double apart_A(const Scene& scene) {
    double least_A = std::numeric_limits<double>::max();
    for (std::size_t age = 0; age < scene.length; ++age)
        least_A = std::min({least_A, std::abs(scene.own.current_A.front() - scene.sum_A(age)),
                            std::abs(scene.own.current_A.at(age) - scene.sum_A(0))});
    return least_A;
}

/// Σ (current − part of the sum by capacity)², A².
double unequalSquares(const Scene& scene) {
    double capacity_Ah = 0.0;
    bool isKnown = true;
    for (const Candidate* part : scene.parts) {
        isKnown = isKnown && part->member.nominalCapacity_Ah();
        capacity_Ah += part->member.nominalCapacity_Ah().value_or(0.0);
    }
    const double sum_A = scene.sum_A(0);
    double squares = 0.0;
    for (const Candidate* part : scene.parts) {
        const double share = isKnown ? *part->member.nominalCapacity_Ah() / capacity_Ah
                                     : 1.0 / static_cast<double>(scene.parts.size());
        squares += square(part->current_A - share * sum_A);
    }
    return squares;
}

double change_A(const Scene& scene) {
    double capacity_Ah = 0.0;
    for (const Candidate* part : scene.parts)
        capacity_Ah += part->member.nominalCapacity_Ah().value_or(0.0);
    return std::max({kChange_A, kChange * capacity_Ah, 4.0 * scene.rounding_A()});
}

// ---- what it shows

void thinOut(SumPairing& pairing) {
    if (pairing.followed + pairing.failed < kMostChanges)
        return;
    pairing.followed /= 2.0;
    pairing.failed /= 2.0;
}

/// What the change of load has shown, when all have had the time to say it: a battery that stands
/// still shows nothing.
void check(SumPairing& pairing, const Scene& scene, bool isOff, const Now& now) {
    if (pairing.isChecked)
        return;
    const bool isSettled = now.steady - pairing.changed >= kSumSettled;
    if (!isOff)
        pairing.followed += 1.0;
    else if (isSettled && scene.own.moved >= pairing.changed - kSumReports)
        pairing.failed += 1.0;
    else if (!isSettled)
        return;
    pairing.isChecked = true;
    thinOut(pairing);
}

void noteChange(SumPairing& pairing, const Scene& scene, bool isOff, const Now& now) {
    const double sum_A = scene.sum_A(0);
    if (pairing.level_A && std::abs(sum_A - *pairing.level_A) < change_A(scene)) {
        if (now.steady - pairing.changed >= kSumSettled)
            check(pairing, scene, isOff, now);
        return;
    }
    if (pairing.level_A)
        check(pairing, scene, isOff, now);
    pairing.lowest_A = pairing.level_A ? std::min(pairing.lowest_A, sum_A) : sum_A;
    pairing.highest_A = pairing.level_A ? std::max(pairing.highest_A, sum_A) : sum_A;
    pairing.isChecked = !pairing.level_A;
    pairing.level_A = sum_A;
    pairing.changed = now.steady;
}

/// Whatever is on its way has come: none of them has moved for long, under a load that has never
/// changed. (After a change one that stands still may hang.)
bool standStill(const SumPairing& pairing, const Scene& scene, const Now& now) {
    const auto isStill = [&now](const SumTrail& trail) {
        return now.steady - trail.moved >= kSumSettled;
    };
    return pairing.lowest_A == pairing.highest_A && std::abs(scene.sum_A(0)) >= change_A(scene) &&
           isStill(scene.own) && std::ranges::all_of(scene.trails, [&](const SumTrail* trail) {
               return isStill(*trail);
           });
}

/// Long off without a change of load is a failure, too, if it lives, or if nothing moves.
void noteOff(SumPairing& pairing, const Scene& scene, bool isOff, const Now& now) {
    pairing.wasWithin = pairing.wasWithin || !isOff;
    if (!isOff) {
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

/// At rest all are 0, which shows nothing.
void noteExactness(SumPairing& pairing, const Scene& scene) {
    if (std::abs(scene.sum_A(0)) < change_A(scene))
        return;
    pairing.seconds += 1.0;
    const double step = 1.0 / std::min(pairing.seconds, kMemory_s);
    pairing.unequal += step * (unequalSquares(scene) - pairing.unequal);
    const double most_A = std::min(scene.rounding_A(), kExact * std::sqrt(pairing.unequal));
    pairing.exact += step * ((apart_A(scene) <= most_A ? 1.0 : 0.0) - pairing.exact);
}

/// Of it, and of all parts: nothing if one does not say.
struct Beyond {
    RowIndex index;
    double margin;
    bool isUpwards;
};
constexpr std::array kBeyond = {Beyond{row("/System/MaxCellVoltage"), kOwnCell_V, true},
                                Beyond{row("/System/MinCellVoltage"), kOwnCell_V, false},
                                Beyond{row("/Soc"), kOwnSoc_pct, true},
                                Beyond{row("/Soc"), kOwnSoc_pct, false}};

bool isBeyond(const Scene& scene, const Beyond& what) {
    const auto own = scene.one.member.number(what.index);
    Span parts;
    for (const Candidate* part : scene.parts) {
        const auto value = part->member.number(what.index);
        if (!own || !value)
            return false;
        parts.add(*value);
    }
    return what.isUpwards ? *own > parts.highest + what.margin : *own < parts.lowest - what.margin;
}

void noteOwn(SumPairing& pairing, const Scene& scene) {
    const bool has = std::ranges::any_of(
        kBeyond, [&scene](const Beyond& what) { return isBeyond(scene, what); });
    pairing.own_s = std::clamp(pairing.own_s + (has ? 1.0 : -1.0), 0.0, 2.0 * kOwnEnough_s);
}

/// How unequal parts are is only known with their capacities; and where it has another capacity
/// than they have, one set of many may fit by chance.
bool isExact(const SumPairing& pairing, const Scene& scene) {
    const bool isKnown = std::ranges::all_of(scene.parts, [](const Candidate* part) {
        return part->member.nominalCapacity_Ah().has_value();
    });
    return isKnown && pairing.seconds >= kEnoughSeconds &&
           std::sqrt(pairing.unequal) >= kUnequal * scene.rounding_A() &&
           pairing.exact >=
               (capacityFit(scene) == Fit::Other ? kAlways : (pairing.isSum ? kStill : kMostly));
}

void decide(SumPairing& pairing, const Scene& scene) {
    const bool hasFailed =
        pairing.failed >= kEnoughFailures && pairing.failed >= kOfFollowed * pairing.followed;
    const bool isRange = pairing.highest_A - pairing.lowest_A >= kEnoughSpan * change_A(scene);
    const bool hasChanges = pairing.followed >= kEnoughChanges && isRange;
    const bool isFree = pairing.failed <= kOfFollowed * pairing.followed;
    pairing.isSum = hasChanges && isFree && isExact(pairing, scene);
    const bool hasOwn = hasChanges && pairing.own_s >= kOwnEnough_s;
    pairing.isOwn = !pairing.isSum && (pairing.isOwn || hasFailed || hasOwn);
}

void sample(SumPairing& pairing, const Scene& scene, const Now& now) {
    const double tolerance_A = scene.rounding_A() + kSlack_A + kGain * std::abs(scene.sum_A(0));
    const bool isOff = gap_A(scene) > tolerance_A;
    noteOff(pairing, scene, isOff, now);
    noteChange(pairing, scene, isOff, now);
    noteExactness(pairing, scene);
    noteOwn(pairing, scene);
    decide(pairing, scene);
}

/// Nothing speaks against it yet.
bool isPossible(const SumPairing& pairing, const Scene& scene) {
    const Fit fit = capacityFit(scene);
    if (pairing.isOwn || fit == Fit::Other)
        return false;
    return fit == Fit::Same ||
           (pairing.wasWithin && pairing.failed < 1.0 + kOfFollowed * pairing.followed &&
            (!pairing.offSince || scene.own.sampled - *pairing.offSince < kSumSettled));
}

// ---- who is it

struct Accusation {
    const Candidate* one = nullptr;
    const SumPairing* pairing = nullptr;
    bool isProven = false;
    bool isByCapacity = false;
    double charge_A = 0.0;

    [[nodiscard]] auto rank() const {
        return std::make_tuple(isProven, isByCapacity, pairing->parts.size(), charge_A);
    }
};

void accuse(const SumWatch& watch, const Candidates& all, std::vector<Accusation>& list) {
    for (const Candidate& one : all) {
        const auto found = watch.pairings.find(one.id());
        if (found == watch.pairings.end())
            continue;
        for (const SumPairing& pairing : found->second) {
            const auto scene = sceneOf(watch, all, one, pairing);
            const bool wasOne = watch.suspects.contains(one.id()) &&
                                watch.suspects.at(one.id()).parts == pairing.parts;
            // Who cannot be compared now stays what it is.
            const bool isPossibleNow = scene ? isPossible(pairing, *scene) : wasOne;
            if (!pairing.isSum && !isPossibleNow)
                continue;
            list.push_back({&one, &pairing, pairing.isSum,
                            scene && capacityFit(*scene) == Fit::Same,
                            one.member.number(rowsOf(Direction::Charge).limit).value_or(0.0)});
        }
    }
    std::ranges::stable_sort(list, std::ranges::greater(), &Accusation::rank);
}

/// One after the other: what a suspect is the sum of is none itself, so that something is left.
std::map<std::string, Suspect> judged(const std::vector<Accusation>& list) {
    std::map<std::string, Suspect> suspects;
    std::set<std::string> parts;
    for (const Accusation& accusation : list) {
        const std::string& id = accusation.one->id();
        const auto& own = accusation.pairing->parts;
        const bool isMixed =
            std::ranges::any_of(own, [&](const auto& part) { return suspects.contains(part); });
        if (suspects.contains(id) || parts.contains(id) || isMixed)
            continue;
        parts.insert(own.begin(), own.end());
        suspects[id] = {own, accusation.isProven};
    }
    return suspects;
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
bool takeSample(SumWatch& watch, const Candidates& all, const Now& now) {
    if (watch.at && now.steady - *watch.at < swing::kSpacing)
        return false;
    watch.at = now.steady;
    for (const Candidate& one : all)
        if (!one.verdict.held)
            noteTrail(watch.trails[one.id()], one.current_A, now);
    for (const Candidate& one : all)
        for (SumPairing& pairing : watch.pairings[one.id()])
            if (!pairing.isOwn)
                if (const auto scene = sceneOf(watch, all, one, pairing))
                    sample(pairing, *scene, now);
    return true;
}

void judge(SumWatch& watch, const Candidates& all) {
    std::vector<Accusation> list;
    accuse(watch, all, list);
    auto suspects = judged(list);
    for (const auto& [id, suspect] : watch.suspects) // not there now: as it was
        if (find(all, id) == nullptr)
            suspects.try_emplace(id, suspect);
    watch.suspects = std::move(suspects);
}

} // namespace

void watchSums(SumWatch& watch, std::vector<Verdict>& verdicts, const MembershipSettings& settings,
               const Now& now) {
    if (!settings.takeAll) {
        watch = {};
        return;
    }
    const Candidates all = candidatesOf(verdicts);
    if (all.size() < 3 && watch.suspects.empty())
        return;
    const bool isOther = makePairings(watch, all, verdicts);
    for (const Candidate& one : all)
        watch.trails.try_emplace(one.id());
    if (takeSample(watch, all, now) || isOther)
        judge(watch, all);
    putOutAll(watch, verdicts);
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
