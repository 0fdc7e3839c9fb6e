// SPDX-License-Identifier: MIT
// Which batteries there are, and which of them a list picks.
#include "core/members/roster.hpp"

#include "core/made/made_key.hpp"
#include "core/members/membership_settings.hpp"
#include "core/members/roster_names.hpp"
#include "core/members/roster_reasons.hpp"
#include "core/members/sieve.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>

namespace busbar {

namespace {

std::string_view saidNow(const Battery& battery, RowIndex index) {
    const std::string* text = battery.slot(index).value.text();
    return text == nullptr ? std::string_view() : std::string_view(*text);
}

bool isPicked(const Battery& battery, const std::vector<Selector>& selectors) {
    return std::ranges::any_of(
        selectors, [&battery](const Selector& selector) { return matches(selector, battery); });
}

bool picks(const Selector& selector, const Battery& battery, bool isDuplicate) {
    return matches(selector, battery) || (isDuplicate && matches(selector, textsOfOther(battery)));
}

/// Entries that the selector picks; ones that left count only if nothing present matches.
std::vector<RosterEntry*> hitsOf(const Selector& selector, std::vector<RosterEntry>& roster,
                                 const Readings& readings) {
    std::vector<RosterEntry*> present;
    std::vector<RosterEntry*> left;
    for (RosterEntry& entry : roster) {
        const auto battery = readings.batteries().find(entry.readingsKey());
        if (battery == readings.batteries().end())
            continue;
        const bool isDuplicate = readings.isDuplicate(battery->second);
        const bool isOwn = entry.reason == OutReason::OwnOutput && !isDuplicate;
        if (isOwn || !picks(selector, battery->second, isDuplicate))
            continue;
        (battery->second.left ? left : present).push_back(&entry);
    }
    return present.empty() ? left : present;
}

std::string placeOf(const RosterEntry& entry) {
    return "instance " + std::to_string(entry.instance) + " (" + entry.name + ")";
}

std::string describeConnection(int instance) {
    return "two services use device instance " + std::to_string(instance) +
           "; give one of them another (Settings > VRM device instances), then restart its driver";
}

/// One that the owner has listed: nothing but a shared instance is held against it.
void take(RosterEntry& entry, const Readings& readings) {
    const bool isDuplicate = readings.isDuplicate(readings.batteries().at(entry.readingsKey()));
    entry.reason = isDuplicate ? OutReason::Duplicate : OutReason::None;
    entry.detail = isDuplicate ? describeConnection(entry.instance) : std::string();
}

/// `auto` would take it: no shunt, no sum, no part of another.
bool countsByItself(const RosterEntry& entry, const Readings& readings, const OwnSerials& own) {
    const OutReason reason =
        reasonOf(readings.batteries().at(entry.readingsKey()), readings, {}, own);
    return !isForeign(reason);
}

void selectFromList(std::vector<RosterEntry>& roster, const Readings& readings,
                    const MembershipSettings& settings, const OwnSerials& own) {
    std::vector<RosterEntry> missing;
    for (const Selector& selector : settings.selected) {
        const std::string text = toText(selector);
        const auto hits = hitsOf(selector, roster, readings);
        if (hits.size() > 1 && picksMany(selector)) {
            for (RosterEntry* hit : hits)
                if (countsByItself(*hit, readings, own) && hit->reason != OutReason::Ambiguous)
                    take(*hit, readings);
            continue;
        }
        if (hits.empty())
            missing.push_back(
                {-1, "", text, "", OutReason::Missing, "nothing on the GX matches " + text, text});
        for (RosterEntry* hit : hits) {
            if (hits.size() > 1) {
                hit->reason = OutReason::Ambiguous;
                hit->detail = text + " matches " + placeOf(*hits[0]) + " and " + placeOf(*hits[1]);
            } else if (hit->reason != OutReason::Ambiguous) {
                take(*hit, readings);
            }
        }
    }
    std::ranges::move(missing, std::back_inserter(roster));
}

RosterEntry describe(const Battery& battery, const Readings& readings,
                     const MembershipSettings& settings, const OwnSerials& own) {
    RosterEntry entry;
    entry.instance = battery.instance;
    entry.wanted = displayName(battery);
    entry.name = entry.wanted;
    entry.reason = reasonOf(battery, readings, settings, own);
    if (entry.reason == OutReason::Duplicate)
        entry.detail = describeConnection(battery.instance);
    if (entry.reason == OutReason::PartOf)
        entry.detail = readings.wholesOf(battery.instance).front();
    return entry;
}

/// Made batteries that count, by id, with their keys.
std::map<std::string, int> countedWholes(const std::vector<RosterEntry>& roster,
                                         const Readings& readings) {
    std::map<std::string, int> wholes;
    for (const RosterEntry& entry : roster)
        if (isMade(entry.instance) && entry.reason == OutReason::None)
            wholes.emplace(textOf(readings.batteries().at(entry.instance), row("/Serial")),
                           entry.instance);
    return wholes;
}

/// The one of `wholes` that the battery `self` is a part of, however deep; empty = none. What goes
/// in circles is never made, so it ends somewhere.
std::string wholeAround(int self, int key, const std::map<std::string, int>& wholes,
                        const Readings& readings, int depth = 0) {
    constexpr int kDeepest = 16;
    if (depth > kDeepest)
        return {};
    for (const std::string& id : readings.wholesOf(key)) {
        if (const auto whole = wholes.find(id); whole != wholes.end() && whole->second != self)
            return id;
        const auto around = std::ranges::find_if(readings.batteries(), [&id](const auto& one) {
            return isMade(one.first) && textOf(one.second, row("/Serial")) == id;
        });
        if (around == readings.batteries().end())
            continue;
        if (std::string outer = wholeAround(self, around->first, wholes, readings, depth + 1);
            !outer.empty())
            return outer;
    }
    return {};
}

/// A list that has a battery and what it is a part of counts it once; and what is not listed, but a
/// part of what is, is known for that.
void dropParts(std::vector<RosterEntry>& roster, const Readings& readings) {
    const auto wholes = countedWholes(roster, readings);
    if (wholes.empty())
        return;
    for (RosterEntry& entry : roster) {
        if (entry.reason != OutReason::None && entry.reason != OutReason::Excluded)
            continue;
        const std::string whole =
            wholeAround(entry.readingsKey(), entry.readingsKey(), wholes, readings);
        if (whole.empty())
            continue;
        entry.reason = OutReason::PartOf;
        entry.detail = whole;
    }
}

/// Two that have a battery in common would count it twice, and the other one's own part is perhaps
/// not looked at at all: the first counts.
void dropOverlaps(std::vector<RosterEntry>& roster, const Readings& readings) {
    std::map<int, std::string> taken; // by key of the battery: the name of who has it
    for (RosterEntry& entry : roster) {
        if (!isMade(entry.instance) || entry.reason != OutReason::None)
            continue;
        const std::set<int>& leaves = readings.batteries().at(entry.instance).leaves;
        const auto both =
            std::ranges::find_if(leaves, [&taken](int leaf) { return taken.contains(leaf); });
        if (both == leaves.end()) {
            for (const int leaf : leaves)
                taken.emplace(leaf, entry.name);
            continue;
        }
        const auto battery = readings.batteries().find(*both);
        entry.reason = OutReason::PartLost;
        entry.detail = (battery == readings.batteries().end() ? std::string("a battery")
                                                              : displayName(battery->second)) +
                       " (instance " + std::to_string(*both) + ") is a part of " + taken.at(*both) +
                       ", too";
    }
}

/// Ids are those of this roster, so they come last.
void nameWholes(std::vector<RosterEntry>& roster, const Readings& readings) {
    std::map<std::string, std::string> ids; // by that of the settings
    for (const RosterEntry& entry : roster)
        if (isMade(entry.instance))
            ids.emplace(textOf(readings.batteries().at(entry.instance), row("/Serial")), entry.id);
    if (ids.empty())
        return;
    for (RosterEntry& entry : roster) {
        const auto wholes = readings.wholesOf(entry.readingsKey());
        const auto first = std::ranges::find_if(
            wholes, [&ids](const std::string& whole) { return ids.contains(whole); });
        if (first != wholes.end())
            entry.within = ids.at(*first);
    }
}

/// Topics that somebody published, of a battery that no full publish and no read has ever shown.
bool isGhost(const Battery& battery) {
    return !battery.wasProven && !battery.firstUsable;
}

/// A lost battery whose identity works again under another instance is that battery, not a second
/// one. Without a serial the identity may be a neighbour's too: then only one that had not worked
/// before counts.
bool isSuperseded(const Battery& lost, const Readings& readings) {
    if (!lost.left || !lost.lost)
        return false;
    const std::string identity = identityOf(lost);
    if (identity.empty())
        return false;
    const bool hasSerial = !textOf(lost, row("/Serial")).empty();
    return std::ranges::any_of(readings.found(), [&](const auto& entry) {
        const Battery& other = entry.second;
        const auto since = hasSerial ? other.appeared : other.firstUsable.value_or(SteadyTime{});
        return &other != &lost && !other.left && !other.lost && since >= *lost.lost &&
               identityOf(other) == identity;
    });
}

/// It is coming in, and what is held of it is still kept under its former instance: that is it
/// until it is whole.
bool isHeldElsewhere(const Battery& battery, const Readings& readings) {
    if (!battery.isJoining || battery.firstUsable)
        return false;
    const std::string identity = identityOf(battery);
    return !identity.empty() && std::ranges::any_of(readings.found(), [&](const auto& entry) {
        const Battery& other = entry.second;
        return &other != &battery && other.left && other.firstUsable &&
               identityOf(other) == identity;
    });
}

} // namespace

std::vector<RosterEntry> makeRoster(const Readings& readings, const MembershipSettings& settings,
                                    const OwnSerials& own, const IdentityBook& book) {
    std::vector<RosterEntry> roster;
    for (const auto& [instance, battery] : readings.batteries())
        if (!isGhost(battery) && !isSuperseded(battery, readings) &&
            !isHeldElsewhere(battery, readings)) {
            roster.push_back(describe(battery, readings, settings, own));
            if (instance != battery.instance)
                roster.back().key = instance;
        }
    if (!settings.takeAll)
        selectFromList(roster, readings, settings, own);
    dropParts(roster, readings);
    dropOverlaps(roster, readings);
    takeKnownIds(roster, readings, book);
    dropSwapped(roster, readings, book);
    nameAll(roster, readings, book);
    nameWholes(roster, readings);
    return roster;
}

std::set<int> echoes(const Readings& readings, const OwnSerials& own,
                     const std::vector<Selector>& listed) {
    std::set<int> found;
    for (const auto& [instance, battery] : readings.found()) {
        if (battery.left || readings.isDuplicate(battery))
            continue;
        const auto serial = saidNow(battery, row("/Serial"));
        const bool isOwn = !serial.empty() && std::ranges::find(own, serial) != own.end();
        const bool isABusbar = busbar::isABusbar(saidNow(battery, row("/Mgmt/ProcessName")));
        if (isOwn || (isABusbar && !isPicked(battery, listed)))
            found.insert(instance);
    }
    return found;
}

} // namespace busbar
