// SPDX-License-Identifier: MIT
// Selection, names and ids of batteries.
#include "core/roster.hpp"

#include "core/display_name.hpp"
#include "core/membership_settings.hpp"
#include "core/path_table.hpp"
#include "core/readings.hpp"
#include "core/sieve.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

namespace busbar {

namespace {

constexpr double kVendorTotalsId = 0xA3E3; // "Lynx Smart BMS Totals" of newer firmware
constexpr double kDabId = 0xBA44;          // dbus-aggregate-batteries

constexpr std::string_view kOurProcess = "busbar";
/// Process names (last path element) of programs that publish sums of other batteries.
constexpr std::array<std::string_view, 4> kAggregators = {
    kOurProcess, "dbus_parallel_bms.py", "dbus-aggregate-batteries.py", "battery_service.py"};

std::string_view lastElement(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view saidNow(const Battery& battery, RowIndex index) {
    const std::string* text = battery.slot(index).value.text();
    return text == nullptr ? std::string_view() : std::string_view(*text);
}

bool isPicked(const Battery& battery, const std::vector<Selector>& selectors) {
    return std::ranges::any_of(
        selectors, [&battery](const Selector& selector) { return matches(selector, battery); });
}

bool isOwnOutput(const BatteryTexts& texts, const OwnSerials& own) {
    return !texts.serial.empty() && std::ranges::find(own, texts.serial) != own.end();
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

/// A BMS that sleeps says 0 V, of each cell, too.
bool saysCells(const Battery& battery) {
    return std::ranges::any_of(battery.cells,
                               [](const Slot& slot) { return slot.value.isKnown(); }) ||
           saidOf(battery, row("/System/MaxCellVoltage")).isKnown() ||
           saidOf(battery, row("/System/MinCellVoltage")).isKnown();
}

/// Also 0 V, of a battery that is disconnected.
bool saysVoltage(const Battery& battery) {
    constexpr RowIndex kMonitored = row("/Dc/0/Voltage");
    return battery.valueOf(battery.slot(kMonitored), true) != nullptr ||
           (saidOf(battery, kMonitored).isKnown() && !saysCells(battery));
}

/// It measures, and has never given a limit or a cell: virtual batteries have such paths without a
/// value, or with 0, for ever. One that gives no voltage either, or says that it is not joined,
/// waits for its BMS, and is missed.
bool isMonitor(const Battery& battery) {
    return !battery.hasBms && !battery.isJoining && !isNotJoined(battery) && saysVoltage(battery);
}

/// A monitor without BMS has neither limits nor cell data. One that was lost is what it was: it may
/// come back with its changes first.
bool isShunt(const Battery& battery) {
    const auto has = [&](RowIndex index) { return isThere(battery, battery.slot(index)); };
    if (isMonitor(battery))
        return true;
    return !has(row("/Info/MaxChargeVoltage")) && !has(row("/System/MaxCellVoltage")) &&
           !has(row("/System/MinCellVoltage")) && cellCount(battery) == 0;
}

/// A battery, and everybody whose instance it is: one, or two that share it.
struct Case {
    const Battery& battery;
    const MembershipSettings& settings;
    const OwnSerials& own;
    bool isDuplicate;
    std::vector<BatteryTexts> all; ///< the one that is shown in front

    [[nodiscard]] bool isOwn(const BatteryTexts& texts) const { return isOwnOutput(texts, own); }
    /// Of a list nobody is taken yet, see selectFromList.
    [[nodiscard]] bool isExcluded(const BatteryTexts& texts) const {
        return !settings.takeAll ||
               std::ranges::any_of(settings.excluded, [&texts](const Selector& selector) {
                   return matches(selector, texts);
               });
    }
    /// Nobody of them is one of the bank's, whatever else is wrong with them.
    [[nodiscard]] bool areForeign() const {
        return (!isDuplicate || !battery.sharing->areMore) &&
               std::ranges::all_of(all, [this](const BatteryTexts& texts) {
                   return isOwn(texts) || isExcluded(texts);
               });
    }
};

Case caseOf(const Battery& battery, const Readings& readings, const MembershipSettings& settings,
            const OwnSerials& own) {
    Case one{battery, settings, own, readings.isDuplicate(battery), {textsOf(battery)}};
    if (one.isDuplicate)
        one.all.push_back(textsOfOther(battery));
    return one;
}

/// Which reason counts where several hold: the first. Who is none of the bank's is not missed,
/// whatever is wrong with it; so these come before the losses.
struct Precedence {
    OutReason reason;
    bool (*holds)(const Case&);
};
constexpr std::array kPrecedence = {
    Precedence{OutReason::OwnOutput,
               [](const Case& one) { return one.isOwn(one.all.front()) && one.areForeign(); }},
    Precedence{OutReason::Excluded, [](const Case& one) { return one.areForeign(); }},
    // What two have said of this is mixed: a sum and a member look like a sum.
    Precedence{OutReason::Aggregate,
               [](const Case& one) { return !one.isDuplicate && isAggregate(one.battery); }},
    // Two that are mixed have the paths of both: none of them is more than a shunt.
    Precedence{OutReason::Shunt, [](const Case& one) { return isShunt(one.battery); }},
    Precedence{OutReason::Duplicate, [](const Case& one) { return one.isDuplicate; }},
};

OutReason reasonOf(const Case& one) {
    const auto* found = std::ranges::find_if(
        kPrecedence, [&one](const Precedence& line) { return line.holds(one); });
    return found == kPrecedence.end() ? OutReason::None : found->reason;
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

void selectFromList(std::vector<RosterEntry>& roster, const Readings& readings,
                    const MembershipSettings& settings) {
    std::vector<RosterEntry> missing;
    for (const Selector& selector : settings.selected) {
        const std::string text = toText(selector);
        const auto hits = hitsOf(selector, roster, readings);
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
    entry.reason = reasonOf(caseOf(battery, readings, settings, own));
    if (entry.reason == OutReason::Duplicate)
        entry.detail = describeConnection(battery.instance);
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

/// It is coming in, and what is held of it is still kept under its former instance: that is it
/// until it is whole.
bool isHeldElsewhere(const Battery& battery, const Readings& readings) {
    if (!battery.isJoining || battery.firstUsable)
        return false;
    const std::string identity = identityOf(battery);
    return !identity.empty() && std::ranges::any_of(readings.batteries(), [&](const auto& entry) {
        const Battery& other = entry.second;
        return &other != &battery && other.left && other.firstUsable &&
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
    if (entry.pathName.empty()) {
        entry.name = firstFree(entry.name, " ", entry.instance, taken.names);
        const std::string path = slug(entry.name, false);
        entry.pathName =
            firstFree(path.empty() ? "Battery" : path, "_", entry.instance, taken.pathNames);
    }
    if (!entry.id.empty())
        return;
    const std::string id = slug(identity, true);
    entry.id = firstFree(id.empty() ? "battery" : id, "_", entry.instance, taken.ids);
}

const Battery* batteryOf(const RosterEntry& entry, const Readings& readings) {
    const auto found = readings.batteries().find(entry.readingsKey());
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

/// It wants to be called as it did then. What a file says is only taken if it could have been
/// given.
bool isStillCalled(const RosterEntry& entry, const RememberedBattery& remembered) {
    return remembered.wantedName == entry.wanted && !remembered.pathName.empty() &&
           remembered.givenName.starts_with(entry.wanted) &&
           isName(std::string_view(remembered.givenName).substr(entry.wanted.size())) &&
           remembered.pathName == slug(remembered.pathName, false);
}

/// A name stays with its id, also while others of that name come and go.
void keepNames(std::vector<RosterEntry>& roster, const IdentityBook& book, Taken& taken) {
    std::set<std::string_view> shown;
    for (RosterEntry& entry : roster) {
        const auto known = book.find(entry.id);
        if (known == book.end())
            continue;
        shown.insert(known->first);
        const RememberedBattery& remembered = known->second;
        if (!isStillCalled(entry, remembered) || taken.names.contains(remembered.givenName) ||
            taken.pathNames.contains(remembered.pathName))
            continue;
        entry.name = remembered.givenName;
        entry.pathName = remembered.pathName;
        taken.names.insert(entry.name);
        taken.pathNames.insert(entry.pathName);
    }
    for (const auto& [id, remembered] : book) {
        if (shown.contains(id))
            continue;
        taken.names.insert(remembered.givenName);
        taken.pathNames.insert(remembered.pathName);
    }
}

/// Those that are there first here, too; missing ones last.
void nameAll(std::vector<RosterEntry>& roster, const Readings& readings, const IdentityBook& book) {
    Taken taken;
    for (const auto& [id, battery] : book)
        taken.ids.insert(id);
    keepNames(roster, book, taken);
    for (const bool left : {false, true})
        for (RosterEntry* entry : entriesThat(left, roster, readings))
            nameOne(*entry, identityOf(*batteryOf(*entry, readings)), taken);
    for (RosterEntry& entry : roster)
        if (batteryOf(entry, readings) == nullptr)
            nameOne(entry, "missing " + entry.name, taken);
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
        selectFromList(roster, readings, settings);
    takeKnownIds(roster, readings, book);
    dropSwapped(roster, readings, book);
    nameAll(roster, readings, book);
    return roster;
}

std::set<int> echoes(const Readings& readings, const OwnSerials& own,
                     const std::vector<Selector>& listed) {
    std::set<int> found;
    for (const auto& [instance, battery] : readings.batteries()) {
        if (battery.left || readings.isDuplicate(battery))
            continue;
        const auto serial = saidNow(battery, row("/Serial"));
        const bool isOwn = !serial.empty() && std::ranges::find(own, serial) != own.end();
        const bool isABusbar =
            lastElement(saidNow(battery, row("/Mgmt/ProcessName"))) == kOurProcess;
        if (isOwn || (isABusbar && !isPicked(battery, listed)))
            found.insert(instance);
    }
    return found;
}

} // namespace busbar
