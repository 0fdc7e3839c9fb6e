// SPDX-License-Identifier: MIT
// What the true SoC is made of.
#include "core/charge/soc.hpp"

#include "core/charge/counting.hpp"

#include <algorithm>
#include <cmath>

namespace busbar {

namespace {

constexpr double kCap_pct = 99.0;
constexpr double kTopUnproven_pct = 100.0 * kTopUnproven;
/// Cycles come every second; across more than this (or than meters bridge) what has flowed was not
/// seen, and the shown SoC stood still: as long as a silent member is held.
constexpr std::chrono::milliseconds kLongestCycle = std::chrono::seconds(30);
constexpr double kSame_pct = 1e-9; ///< rounding of doubles
/// So long a member that is missing may still be on the busbar and carry current.
constexpr auto kMissing = std::chrono::hours(24);

bool isSomebodyMissing(const SocState& state, const Now& now) {
    return std::ranges::any_of(state.members, [&](const auto& entry) {
        const auto& tookPart = entry.second.tookPart;
        return tookPart && *tookPart != now.steady && now.steady - *tookPart <= kMissing;
    });
}

/// What the current measured elsewhere adds to each member that receives it, per Ah of capacity.
struct Rest {
    bool toUnmeasuredOnly = false;
    double perAh = 0.0;
};

bool receives(const SocMember& member, const Rest& rest) {
    return member.takesPart && (!rest.toUnmeasuredOnly || !known(member.current_A));
}

Rest restOf(const SocState& state, const SocInput& input, const Now& now) {
    if (!known(input.elsewhere_A) || isSomebodyMissing(state, now))
        return {};
    double rest_A = *input.elsewhere_A;
    Rest rest;
    for (const SocMember& member : input.members) {
        if (!member.takesPart)
            continue;
        rest_A -= known(member.current_A).value_or(0.0);
        rest.toUnmeasuredOnly = rest.toUnmeasuredOnly || !known(member.current_A);
    }
    double capacity_Ah = 0.0;
    for (const SocMember& member : input.members)
        if (receives(member, rest))
            capacity_Ah += state.members.at(member.id).counter.capacity_Ah.value_or(0.0);
    if (capacity_Ah > 0.0)
        rest.perAh = rest_A / capacity_Ah;
    return rest;
}

std::optional<double> currentOf_A(const SocMember& member, const Counter& counter,
                                  const Rest& rest) {
    const auto own = known(member.current_A);
    if (rest.perAh == 0.0 || !receives(member, rest))
        return own;
    return own.value_or(0.0) + rest.perAh * counter.capacity_Ah.value_or(0.0);
}

bool tookPartBefore(const SocMemberState& entry, const SocState& state) {
    return entry.tookPart && *entry.tookPart == state.at;
}

void meet(SocState& state, const SocInput& input, const Now& now) {
    for (const SocMember& member : input.members) {
        SocMemberState& entry = state.members[member.id];
        entry.seen = now.steady;
        entry.isNew = !tookPartBefore(entry, state);
        entry.wasFull = entry.counter.isFull;
        if (member.takesPart)
            entry.tookPart = now.steady;
        if (const auto nominal_Ah = positive(member.capacity_Ah))
            setCapacity(entry.counter, usable_Ah(entry.measured, *nominal_Ah));
    }
}

void forgetLongGone(SocState& state, const Now& now) {
    while (state.members.size() > kMostRemembered) {
        const auto oldest = std::ranges::min_element(
            state.members, {}, [](const auto& entry) { return entry.second.seen; });
        if (oldest->second.seen == now.steady)
            return;
        state.members.erase(oldest);
    }
}

/// True if some member turned out to be full in this cycle.
bool countAll(SocState& state, const SocInput& input, const SocSettings& settings, const Now& now) {
    const Rest rest = restOf(state, input, now);
    bool someBecameFull = false;
    for (const SocMember& member : input.members) {
        SocMemberState& entry = state.members.at(member.id);
        const auto current_A = currentOf_A(member, entry.counter, rest);
        const bool becameFull = countMember(entry, member, input, current_A, settings, now);
        someBecameFull = someBecameFull || becameFull;
    }
    return someBecameFull;
}

/// The members that take part, added up.
struct Total {
    double capacity_Ah = 0.0; ///< of all with a known one
    bool isCapacityKnown = true;
    double countedCapacity_Ah = 0.0; ///< of those with a count
    double charge_Ah = 0.0;
    bool areAllFull = false;
    /// Not only now, but the same ones in the cycle before, too; newcomers as they are. A proof
    /// shows at once, one that is used up does not.
    bool wereAllFull = false;
};

Total totalOf(const SocState& state, const SocInput& input) {
    Total total;
    std::size_t members = 0;
    std::size_t full = 0;
    std::size_t wereFull = 0;
    for (const SocMember& member : input.members) {
        if (!member.takesPart)
            continue;
        const SocMemberState& entry = state.members.at(member.id);
        const Counter& counter = entry.counter;
        ++members;
        full += counter.isFull ? 1 : 0;
        wereFull += (entry.isNew ? counter.isFull : entry.wasFull) ? 1 : 0;
        total.capacity_Ah += counter.capacity_Ah.value_or(0.0);
        total.isCapacityKnown = total.isCapacityKnown && counter.capacity_Ah;
        if (!counter.charge_Ah)
            continue;
        total.charge_Ah += *counter.charge_Ah;
        total.countedCapacity_Ah += *counter.capacity_Ah;
    }
    total.areAllFull = members > 0 && full == members;
    total.wereAllFull = total.areAllFull && wereFull == members;
    return total;
}

std::optional<double> counted_pct(const Total& total) {
    if (!(total.countedCapacity_Ah > 0.0))
        return std::nullopt;
    const double pct = 100.0 * total.charge_Ah / total.countedCapacity_Ah;
    return std::min(pct, total.areAllFull ? 100.0 : kTopUnproven_pct);
}

/// Where the true SoC comes from, and what makes it up.
struct Truth {
    SocSource source = SocSource::Batteries;
    SocFallback fallback = SocFallback::None;
    SocParts parts;
};

SocParts saidParts(const std::vector<SocMember>& members) {
    SocParts parts;
    for (const SocMember& member : members)
        if (const auto soc_pct = known(member.soc_pct); soc_pct && member.takesPart)
            parts[member.id] = {*soc_pct, positive(member.capacity_Ah), !member.isHeld};
    return parts;
}

/// What flowed while a member was held is counted when its current is known again.
SocParts countedParts(const SocState& state, const std::vector<SocMember>& members) {
    SocParts parts;
    for (const SocMember& member : members) {
        const Counter& counter = state.members.at(member.id).counter;
        if (const auto soc_pct = counted_pct(counter); soc_pct && member.takesPart)
            parts[member.id] = {*soc_pct, counter.capacity_Ah,
                                !member.isHeld && !state.members.at(member.id).isRemeasured};
    }
    return parts;
}

Truth truthOf(const SocState& state, const SocInput& input, SocSource wanted) {
    SocFallback fallback = SocFallback::None;
    if (wanted == SocSource::Battery) {
        if (input.selected && std::isfinite(input.selected->soc_pct))
            return {wanted, fallback, {{input.selected->id, {input.selected->soc_pct, {}, true}}}};
        fallback = SocFallback::NoBattery;
    } else if (wanted == SocSource::Counter) {
        if (auto parts = countedParts(state, input.members); !parts.empty())
            return {wanted, fallback, std::move(parts)};
        fallback = SocFallback::NoCounter;
    }
    return {SocSource::Batteries, fallback, saidParts(input.members)};
}

/// More than this is not shown.
double topOf(SocSource source, bool areAllFull, const SocSettings& settings) {
    if (areAllFull)
        return 100.0;
    if (settings.capUntilFull)
        return kCap_pct;
    return source == SocSource::Counter ? kTopUnproven_pct : 100.0;
}

/// What the true SoC is made of, and between which values it is shown.
SocSight sightOf(Truth truth, const Total& total, const SocInput& input,
                 const SocSettings& settings) {
    SocSight sight;
    sight.source = truth.source;
    sight.parts = std::move(truth.parts);
    sight.top_pct = topOf(truth.source, total.areAllFull, settings);
    sight.topBefore_pct = topOf(truth.source, total.wereAllFull, settings);
    sight.isGathering = input.isGathering;
    return sight;
}

/// How far the shown SoC may go by itself since the last cycle; nothing = at once.
std::optional<double> wayOf(const SocState& state, double slew_pct_per_min, const Now& now) {
    if (!(slew_pct_per_min > 0.0))
        return std::nullopt;
    const std::chrono::duration<double, std::ratio<60>> span = now.steady - state.at;
    return slew_pct_per_min * std::max(0.0, span.count());
}

std::vector<SocMemberOutput> reportOf(const SocState& state, const SocInput& input) {
    std::vector<SocMemberOutput> reports;
    for (const SocMember& member : input.members) {
        const Counter& counter = state.members.at(member.id).counter;
        SocMemberOutput report{.id = member.id,
                               .counter_pct = counted_pct(counter),
                               .deviation_pct = std::nullopt,
                               .isFull = counter.isFull,
                               .measured = state.members.at(member.id).measured};
        if (const auto said_pct = fresh_pct(member); said_pct && report.counter_pct)
            report.deviation_pct = *said_pct - *report.counter_pct;
        reports.push_back(std::move(report));
    }
    return reports;
}

} // namespace

std::optional<double> counted_pct(const Counter& counter) {
    if (!counter.charge_Ah || !counter.capacity_Ah || !(*counter.capacity_Ah > 0.0))
        return std::nullopt;
    return std::clamp(100.0 * *counter.charge_Ah / *counter.capacity_Ah, 0.0, 100.0);
}

std::optional<double> lowest_pct(const SocOutput& soc) {
    return soc.soc_pct && soc.true_pct ? std::optional(std::min(*soc.soc_pct, *soc.true_pct))
                                       : std::nullopt;
}

std::optional<double> highest_pct(const SocOutput& soc) {
    return soc.soc_pct && soc.true_pct ? std::optional(std::max(*soc.soc_pct, *soc.true_pct))
                                       : std::nullopt;
}

void pause(SocState& state, const Now& now) {
    state.shown.parts.clear();
    state.at = now.steady;
}

SocOutput step(SocState& state, const SocInput& input, const SocSettings& settings,
               const Now& now) {
    if (now.steady - state.at > std::max(kLongestCycle, input.maxGap))
        pause(state, now);
    meet(state, input, now);
    const bool someBecameFull = countAll(state, input, settings, now);
    spreadHandedOver(state, input, now);
    forgetLongGone(state, now);
    const Total total = totalOf(state, input);
    Truth truth = truthOf(state, input, settings.source);

    SocOutput output;
    output.source = truth.source;
    output.fallback = truth.fallback;
    output.counter_pct = counted_pct(total);
    output.areAllFull = total.areAllFull;
    output.becameFull = total.areAllFull && someBecameFull;
    output.members = reportOf(state, input);
    if (truth.parts.empty()) {
        pause(state, now);
        return output;
    }
    output.true_pct = show(state.shown, sightOf(std::move(truth), total, input, settings),
                           wayOf(state, settings.slew_pct_per_min, now));
    state.at = now.steady;
    output.soc_pct = state.shown.visible_pct;
    output.isSlewing = std::abs(*output.soc_pct - *output.true_pct) > kSame_pct;
    if (total.isCapacityKnown) {
        output.remaining_Ah = total.capacity_Ah * *output.soc_pct / 100.0;
        output.consumed_Ah = *output.remaining_Ah - total.capacity_Ah;
    }
    return output;
}

} // namespace busbar
