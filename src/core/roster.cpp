// SPDX-License-Identifier: MIT
// Selection, names and ids of batteries.
#include "core/roster.hpp"

#include "core/display_name.hpp"
#include "core/membership_settings.hpp"
#include "core/path_table.hpp"
#include "core/readings.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

namespace busbar {

namespace {

constexpr double kVendorTotalsId = 0xA3E3; // "Lynx Smart BMS Totals" of newer firmware
constexpr double kDabId = 0xBA44;          // dbus-aggregate-batteries

/// Process names (last path element) of programs that publish sums of other batteries.
constexpr std::array<std::string_view, 4> kAggregators = {
    "busbar", "dbus_parallel_bms.py", "dbus-aggregate-batteries.py", "battery_service.py"};

std::string_view lastElement(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool isOwnOutput(const Battery& battery, const OwnSerials& own) {
    const auto serial = textOf(battery, row("/Serial"));
    return !serial.empty() && std::ranges::find(own, serial) != own.end();
}

bool isAggregate(const Battery& battery) {
    if (!textOf(battery, row("/NumberOfBmses")).empty())
        return true;
    const Value* product = battery.valueOf(battery.slot(row("/ProductId")), true);
    if (product != nullptr && (*product == Value(kVendorTotalsId) || *product == Value(kDabId)))
        return true;
    const auto process = lastElement(textOf(battery, row("/Mgmt/ProcessName")));
    return std::ranges::find(kAggregators, process) != kAggregators.end();
}

/// A monitor without BMS has neither a charge voltage limit nor cell data; an existing path without
/// a value counts, because a battery that is starting has its paths before its values. One that was
/// lost is what it was: it may come back with its changes first.
bool isShunt(const Battery& battery) {
    const auto had = [&](const Slot& slot) {
        return slot.present || (battery.lost && slot.held.isKnown());
    };
    const auto has = [&](RowIndex index) { return had(battery.slot(index)); };
    return !has(row("/Info/MaxChargeVoltage")) && !has(row("/System/MaxCellVoltage")) &&
           !has(row("/System/MinCellVoltage")) && std::ranges::none_of(battery.cells, had);
}

OutReason autoReason(const Battery& battery) {
    if (isAggregate(battery))
        return OutReason::Aggregate;
    return isShunt(battery) ? OutReason::Shunt : OutReason::None;
}

std::string slug(std::string_view text, bool lower) {
    std::string result;
    for (const char c : text) {
        const bool isUpper = c >= 'A' && c <= 'Z';
        if (isUpper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            result += isUpper && lower ? static_cast<char>(c - 'A' + 'a') : c;
        else if (!result.empty() && result.back() != '_')
            result += '_';
    }
    while (!result.empty() && result.back() == '_')
        result.pop_back();
    return result;
}

std::string firstFree(std::string wanted, std::string_view separator, int instance,
                      std::set<std::string>& taken) {
    if (taken.insert(wanted).second)
        return wanted;
    std::string candidate =
        wanted + std::string(separator) + (instance < 0 ? "x" : std::to_string(instance));
    while (!taken.insert(candidate).second)
        candidate += std::string(separator) + "x";
    return candidate;
}

/// Custom names are the owner's; control characters in them are not.
std::string displayName(const Battery& battery) {
    for (const RowIndex index : {row("/CustomName"), row("/ProductName")}) {
        if (std::string name = fittedName(textOf(battery, index)); !name.empty())
            return name;
    }
    return "Battery";
}

/// Entries that the selector picks; ones that left count only if nothing present matches.
std::vector<RosterEntry*> hitsOf(const Selector& selector, std::vector<RosterEntry>& roster,
                                 const Readings& readings) {
    std::vector<RosterEntry*> present;
    std::vector<RosterEntry*> left;
    for (RosterEntry& entry : roster) {
        const auto battery = readings.batteries().find(entry.instance);
        if (battery == readings.batteries().end() || entry.reason == OutReason::OwnOutput ||
            !matches(selector, battery->second))
            continue;
        (battery->second.left ? left : present).push_back(&entry);
    }
    return present.empty() ? left : present;
}

std::string placeOf(const RosterEntry& entry) {
    return "instance " + std::to_string(entry.instance) + " (" + entry.name + ")";
}

void selectFromList(std::vector<RosterEntry>& roster, const Readings& readings,
                    const MembershipSettings& settings) {
    std::vector<RosterEntry> missing;
    for (const Selector& selector : settings.selected) {
        const std::string text = toText(selector);
        const auto hits = hitsOf(selector, roster, readings);
        if (hits.empty())
            missing.push_back(
                {-1, "", text, "", OutReason::Missing, "nothing on the GX matches " + text});
        for (RosterEntry* hit : hits) {
            if (hits.size() > 1) {
                hit->reason = OutReason::Ambiguous;
                hit->detail = text + " matches " + placeOf(*hits[0]) + " and " + placeOf(*hits[1]);
            } else if (hit->reason == OutReason::Excluded) {
                hit->reason = OutReason::None;
            }
        }
    }
    std::ranges::move(missing, std::back_inserter(roster));
}

std::string describeConnection(const Battery& battery) {
    return "two services use device instance " + std::to_string(battery.instance) +
           "; give one of them another (Settings > VRM device instances), then restart its driver";
}

RosterEntry describe(const Battery& battery, const Readings& readings,
                     const MembershipSettings& settings, const OwnSerials& own) {
    RosterEntry entry;
    entry.instance = battery.instance;
    entry.name = displayName(battery);
    if (isOwnOutput(battery, own))
        entry.reason = OutReason::OwnOutput;
    else if (readings.isDuplicate(battery))
        entry.reason = OutReason::Duplicate;
    else if (!settings.takeAll || std::ranges::any_of(settings.excluded, [&](const auto& s) {
                 return matches(s, battery);
             }))
        entry.reason = OutReason::Excluded;
    else
        entry.reason = autoReason(battery);
    if (entry.reason == OutReason::Duplicate)
        entry.detail = describeConnection(battery);
    return entry;
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
    return std::ranges::any_of(readings.batteries(), [&](const auto& entry) {
        const Battery& other = entry.second;
        const auto since = hasSerial ? other.appeared : other.firstUsable.value_or(SteadyTime{});
        return &other != &lost && !other.left && !other.lost && since >= *lost.lost &&
               identityOf(other) == identity;
    });
}

/// Names, path names and ids that are taken.
struct Taken {
    std::set<std::string> names;
    std::set<std::string> pathNames;
    std::set<std::string> ids;
};

void nameOne(RosterEntry& entry, const std::string& identity, Taken& taken) {
    entry.name = firstFree(entry.name, " ", entry.instance, taken.names);
    const std::string path = slug(entry.name, false);
    entry.pathName =
        firstFree(path.empty() ? "Battery" : path, "_", entry.instance, taken.pathNames);
    if (!entry.id.empty())
        return;
    const std::string id = slug(identity, true);
    entry.id = firstFree(id.empty() ? "battery" : id, "_", entry.instance, taken.ids);
}

const Battery* batteryOf(const RosterEntry& entry, const Readings& readings) {
    const auto found = readings.batteries().find(entry.instance);
    return found == readings.batteries().end() ? nullptr : &found->second;
}

std::vector<RosterEntry*> entriesThat(bool left, std::vector<RosterEntry>& roster,
                                      const Readings& readings) {
    std::vector<RosterEntry*> entries;
    for (RosterEntry& entry : roster)
        if (const Battery* battery = batteryOf(entry, readings))
            if (battery->left == left)
                entries.push_back(&entry);
    return entries;
}

std::string rememberedId(const RosterEntry& entry, const Readings& readings,
                         const IdentityBook& book) {
    const BatteryTexts texts = textsOf(*batteryOf(entry, readings));
    return knownIds(book, {&texts, 1}).front();
}

/// Those that are there choose first, so that one that left does not keep what is its successor's.
/// Batteries of other banks have no say: they could take an id from one that is away.
void takeKnownIds(std::vector<RosterEntry>& roster, const Readings& readings,
                  const IdentityBook& book) {
    std::vector<RosterEntry*> present = entriesThat(false, roster, readings);
    std::erase_if(present, [](const RosterEntry* entry) { return isForeign(entry->reason); });
    std::vector<BatteryTexts> texts;
    texts.reserve(present.size());
    for (const RosterEntry* entry : present)
        texts.push_back(textsOf(*batteryOf(*entry, readings)));
    const auto ids = knownIds(book, texts);
    IdentityBook rest = book;
    for (std::size_t i = 0; i < present.size(); ++i) {
        present[i]->id = ids[i];
        rest.erase(ids[i]);
    }
    for (RosterEntry* entry : entriesThat(true, roster, readings)) {
        if (isForeign(entry->reason))
            continue;
        entry->id = rememberedId(*entry, readings, rest);
        rest.erase(entry->id);
    }
}

/// A battery that left, and whose place in the book one that works has taken: its BMS was swapped.
void dropSwapped(std::vector<RosterEntry>& roster, const Readings& readings,
                 const IdentityBook& book) {
    std::set<std::string> working;
    for (const RosterEntry* entry : entriesThat(false, roster, readings))
        if (!entry->id.empty() && !batteryOf(*entry, readings)->lost)
            working.insert(entry->id);
    std::erase_if(roster, [&](const RosterEntry& entry) {
        const Battery* battery = batteryOf(entry, readings);
        return battery != nullptr && battery->left && entry.id.empty() &&
               working.contains(rememberedId(entry, readings, book));
    });
}

/// Those that are there first here, too; missing ones last.
void nameAll(std::vector<RosterEntry>& roster, const Readings& readings, const IdentityBook& book) {
    Taken taken;
    for (const auto& [id, battery] : book)
        taken.ids.insert(id);
    for (const bool left : {false, true})
        for (RosterEntry* entry : entriesThat(left, roster, readings))
            nameOne(*entry, identityOf(*batteryOf(*entry, readings)), taken);
    for (RosterEntry& entry : roster)
        if (batteryOf(entry, readings) == nullptr)
            nameOne(entry, "missing " + entry.name, taken);
}

} // namespace

bool isForeign(OutReason reason) {
    using enum OutReason;
    return reason == Excluded || reason == Shunt || reason == Aggregate || reason == OwnOutput;
}

std::vector<RosterEntry> makeRoster(const Readings& readings, const MembershipSettings& settings,
                                    const OwnSerials& own, const IdentityBook& book) {
    std::vector<RosterEntry> roster;
    for (const auto& [instance, battery] : readings.batteries())
        if (!isGhost(battery) && !isSuperseded(battery, readings))
            roster.push_back(describe(battery, readings, settings, own));
    if (!settings.takeAll)
        selectFromList(roster, readings, settings);
    takeKnownIds(roster, readings, book);
    dropSwapped(roster, readings, book);
    nameAll(roster, readings, book);
    return roster;
}

} // namespace busbar
