// SPDX-License-Identifier: MIT
// What banks and readings know of a part beside its values.
#include "core/made/fitness.hpp"

#include "core/bank.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/view.hpp"
#include "core/made/made_key.hpp"
#include "core/members/peers.hpp"
#include "core/settings.hpp"
#include "core/table/controls.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "core/units/readings.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace busbar {

namespace {

/// Of a bank in its last cycle; nullptr = it does not have it.
const Verdict* verdictIn(const Bank& bank, const Part& part) {
    const auto& verdicts = bank.view().parts.verdicts;
    const auto found = std::ranges::find_if(verdicts, [&part](const Verdict& verdict) {
        return verdict.entry->readingsKey() == part.entry.readingsKey();
    });
    return found == verdicts.end() ? nullptr : &*found;
}

/// Before the bank's first cycle nobody knows which battery has which id: then it may be this one.
bool isSwitchedOff(const Bank& bank, const Part& part) {
    const auto& out = bank.controls().outOfService;
    if (out.empty())
        return false;
    if (bank.view().parts.verdicts.empty())
        return true;
    const Verdict* verdict = verdictIn(bank, part);
    return verdict != nullptr && out.contains(verdict->entry->id);
}

/// How long is long, of all banks the most patient; nothing = no test.
std::optional<std::chrono::milliseconds> patienceOf(const std::vector<Bank>& banks) {
    std::optional<std::chrono::milliseconds> longest;
    for (const Bank& bank : banks) {
        const MembershipSettings& membership = bank.settings().membership;
        if (!membership.frozenTest)
            return std::nullopt;
        longest = std::max(longest.value_or(membership.frozen), membership.frozen);
    }
    return longest;
}

/// What says neither has nothing that could move. What is made knows by itself: of written values
/// their time decides, and its end closes limits that no other source may open.
bool canBeStuck(const Part& part) {
    return part.isUsable() && !isMade(part.battery->instance) &&
           (numberOf(*part.battery, row("/Dc/0/Voltage")) ||
            numberOf(*part.battery, row("/Dc/0/Current")));
}

/// What batteries of the GX say of it, themselves or what is made of them, moves with it.
bool tellsOfOthers(const Part& part) {
    return canBeStuck(part) || (part.isUsable() && !part.battery->leaves.empty());
}

bool isStuck(const FrozenState& state, const Battery& battery) {
    const auto track = state.tracks.find(battery.instance);
    return track != state.tracks.end() && track->second.frozenSince.has_value();
}

} // namespace

std::string mixedUp(const Battery& battery, const Readings& readings) {
    return readings.isDuplicate(battery)
               ? "two services use device instance " + std::to_string(battery.instance)
               : std::string();
}

void heedOwner(Part& part, const std::vector<Bank>& banks) {
    const bool isOff =
        part.battery != nullptr &&
        std::ranges::any_of(banks, [&part](const Bank& bank) { return isSwitchedOff(bank, part); });
    if (isOff && part.problem.empty())
        part.problem = "out of service";
}

void heedFrozen(Part& part, const std::vector<Bank>& banks) {
    const bool isFrozen =
        part.battery != nullptr && std::ranges::any_of(banks, [&part](const Bank& bank) {
            const Verdict* verdict = verdictIn(bank, part);
            return verdict != nullptr && verdict->reason == OutReason::Frozen;
        });
    if (isFrozen && part.problem.empty())
        part.problem = "its values stand still";
}

void dropFrozen(std::vector<GivenPart>& sources, FrozenState& state, const std::vector<Bank>& banks,
                const Now& now) {
    const auto after = patienceOf(banks);
    if (!after || sources.size() < 2)
        return;
    std::vector<const Battery*> moving;
    for (const GivenPart& source : sources)
        if (tellsOfOthers(source.part) && !isStuck(state, *source.part.battery))
            moving.push_back(source.part.battery);
    const Peers peers(std::move(moving), now);
    for (GivenPart& source : sources) {
        Part& part = source.part;
        if (canBeStuck(part) && step(state, {*part.battery, part.entry, peers, *after}, now))
            part.problem = "its values stand still";
    }
}

} // namespace busbar
