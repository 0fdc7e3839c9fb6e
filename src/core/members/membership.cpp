// SPDX-License-Identifier: MIT
// Who takes part now.
#include "core/members/membership.hpp"

#include "core/members/member.hpp"
#include "core/members/membership_settings.hpp"
#include "core/members/roster.hpp"
#include "core/members/sieve.hpp"
#include "core/members/voltage_guard.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace busbar {

namespace {

std::optional<double> shownNumber(const Battery& battery, RowIndex index) {
    if (const Value* value = battery.valueOf(battery.slot(index), battery.lost.has_value()))
        return value->number();
    return std::nullopt;
}

OutReason lossReason(const Battery& battery, const Readings& readings) {
    const auto isKnown = [&](RowIndex index) { return battery.slot(index).value.isKnown(); };
    if (battery.isJoining)
        return OutReason::Joining;
    if (battery.lostWithLink && readings.inDoubt())
        return OutReason::Stale; // of a made one, too: no part of it is at fault
    if (!battery.lacking.empty())
        return OutReason::PartLost;
    if (battery.left || battery.isMute || !readings.linkUp() || battery.lostWithLink)
        return OutReason::Stale;
    if (!isKnown(row("/Dc/0/Voltage")))
        return OutReason::NoVoltage;
    if (!isKnown(row("/Dc/0/Current")) && !isKnown(row("/Dc/0/Power")))
        return OutReason::NoCurrent;
    return OutReason::Stale;
}

std::string stateText(const Battery& battery) {
    const auto state = shownNumber(battery, row("/State"));
    return state ? "its /State is " + displayText(Quantity::Enum, *state) : std::string();
}

/// One look at all of a bank.
struct Judging {
    const MembershipInput& input;
    MembershipState& state;
    std::optional<Peers> peers{}; ///< nothing = to be found out
};

bool isFoundFrozen(const MembershipState& state, int instance) {
    const auto track = state.frozen.tracks.find(instance);
    return track != state.frozen.tracks.end() && track->second.frozenSince.has_value();
}

/// Those that can be read and are meant to take part.
Peers peersOf(const MembershipInput& input, const MembershipState& state, const Now& now) {
    std::vector<const Battery*> peers;
    for (const RosterEntry& entry : input.roster) {
        const auto found = input.readings.batteries().find(entry.readingsKey());
        if (entry.reason == OutReason::None && found != input.readings.batteries().end() &&
            !found->second.lost && !isNotJoined(found->second) &&
            !state.outOfService.contains(entry.id) && !isFoundFrozen(state, found->second.instance))
            peers.push_back(&found->second);
    }
    return {std::move(peers), now};
}

/// Whoever freezes, or moves again, is no peer of those after it, or is one again.
std::optional<SteadyTime> frozenSince(const Battery& battery, const RosterEntry& entry,
                                      Judging& judging, const Now& now) {
    if (!judging.input.settings.frozenTest)
        return std::nullopt;
    MembershipState& state = judging.state;
    if (!judging.peers)
        judging.peers.emplace(peersOf(judging.input, state, now));
    const bool wasFrozen = isFoundFrozen(state, battery.instance);
    const auto since =
        step(state.frozen, {battery, entry, *judging.peers, judging.input.settings.frozen}, now);
    if (since.has_value() != wasFrozen)
        judging.peers.reset();
    return since;
}

std::string ageText(SteadyTime since, const Now& now) {
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now.steady - since).count();
    return "for " + std::to_string(age) + " s";
}

/// A battery that cannot be read any more: held for a while, then out.
void judgeLost(Verdict& verdict, SteadyTime since, std::chrono::milliseconds hold, const Now& now) {
    const bool isPart = verdict.reason == OutReason::PartLost;
    verdict.detail = (isPart ? verdict.battery->lacking + ", " : "") + ageText(since, now);
    verdict.held = verdict.battery->firstUsable.has_value() && now.steady - since < hold;
    verdict.takesPart = verdict.held;
}

void addDoubt(Verdict& verdict, const Battery& battery) {
    const std::string doubt = doubtText(battery);
    if (!doubt.empty())
        verdict.detail += (verdict.detail.empty() ? "" : "; ") + doubt;
}

void judgeOne(Verdict& verdict, const Battery& battery, Judging& judging, const Now& now) {
    const MembershipInput& input = judging.input;
    verdict.reason = verdict.entry->reason;
    verdict.detail = verdict.entry->detail;
    if (verdict.reason != OutReason::None)
        return;
    if (judging.state.outOfService.contains(verdict.entry->id)) {
        verdict.reason = OutReason::OutOfService;
        return;
    }
    if (isNotJoined(battery)) {
        verdict.reason = OutReason::Pending;
        verdict.detail = stateText(battery);
        return;
    }
    if (battery.lost) {
        verdict.reason = lossReason(battery, input.readings);
        verdict.returning = battery.isJoining && battery.firstUsable;
        const bool byLink = battery.lostWithLink && (input.readings.inDoubt() || battery.isJoining);
        judgeLost(verdict, *battery.lost, byLink ? input.linkTimeout : input.settings.hold, now);
        if (verdict.reason == OutReason::Stale && saysItIsAway(battery))
            verdict.detail = "its /Connected is 0, " + verdict.detail;
        addDoubt(verdict, battery);
        return;
    }
    if (const auto since = frozenSince(battery, *verdict.entry, judging, now)) {
        verdict.reason = OutReason::Frozen;
        judgeLost(verdict, *since, input.settings.hold, now);
        verdict.detail = "no change of voltage, current or cells " + ageText(battery.moved, now);
        return;
    }
    verdict.takesPart = true;
    verdict.detail = battery.lacking;
    verdict.isHeldOver = isHeldOver(battery);
    addDoubt(verdict, battery);
}

} // namespace

std::vector<Verdict> judge(const MembershipInput& input, MembershipState& state, const Now& now) {
    std::vector<Verdict> verdicts;
    verdicts.reserve(input.roster.size());
    Judging judging{input, state};
    for (const RosterEntry& entry : input.roster) {
        Verdict& verdict = verdicts.emplace_back();
        verdict.entry = &entry;
        const auto battery = input.readings.batteries().find(entry.readingsKey());
        if (battery == input.readings.batteries().end()) {
            verdict.reason = OutReason::Missing;
            verdict.detail = entry.detail;
            continue;
        }
        verdict.battery = &battery->second;
        judgeOne(verdict, battery->second, judging, now);
    }
    guardVoltages(verdicts, {input.readings, input.roster, input.settings}, state.guard, now);
    return verdicts;
}

bool isForeign(const Verdict& verdict) {
    return isForeign(verdict.reason) && !verdict.maybeSum;
}

const Verdict* wholeOf(const Verdict& part, const std::vector<Verdict>& verdicts) {
    const Verdict* one = &part;
    for (std::size_t i = 0; i < verdicts.size() && one->reason == OutReason::PartOf; ++i) {
        const auto whole = std::ranges::find_if(verdicts, [one](const Verdict& verdict) {
            return !one->entry->within.empty() && verdict.entry->id == one->entry->within;
        });
        if (whole == verdicts.end())
            return nullptr;
        one = &*whole;
    }
    return one == &part || one->reason == OutReason::PartOf ? nullptr : one;
}

bool saysItIsOff(const Verdict& verdict) {
    const bool talks = verdict.battery != nullptr && !verdict.battery->lost;
    if (!talks ||
        (verdict.reason != OutReason::Pending && verdict.reason != OutReason::VoltageMismatch))
        return false;
    return carriesNothing(Member(*verdict.battery, *verdict.entry, false));
}

} // namespace busbar
