// SPDX-License-Identifier: MIT
// Ids from the book, names that are free.
#include "core/members/roster_names.hpp"

#include "core/made/made_key.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "core/units/display_name.hpp"
#include "core/units/readings.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

namespace busbar {

namespace {

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

/// What tells batteries of one name apart. Made ones have no instance that people know.
std::string numberOfInstance(int instance) {
    if (isMade(instance))
        return "m" + std::to_string(instance - kMadeFrom + 1);
    return instance < 0 ? "x" : std::to_string(instance);
}

std::string firstFree(std::string wanted, std::string_view separator, int instance,
                      std::set<std::string>& taken) {
    if (taken.insert(wanted).second)
        return wanted;
    std::string candidate = wanted + std::string(separator) + numberOfInstance(instance);
    while (!taken.insert(candidate).second)
        candidate += std::string(separator) + "x";
    return candidate;
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

/// It wants to be called as it did then. What a file says is only taken if it could have been
/// given.
bool isStillCalled(const RosterEntry& entry, const RememberedBattery& remembered) {
    return remembered.wantedName == entry.wanted && !remembered.pathName.empty() &&
           remembered.givenName.starts_with(entry.wanted) &&
           isName(std::string_view(remembered.givenName).substr(entry.wanted.size())) &&
           remembered.pathName == slug(remembered.pathName, false);
}

/// One that the owner has made something of is who it was.
bool mayBeKnown(OutReason reason) {
    return reason == OutReason::PartOf || !isForeign(reason);
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

} // namespace

void takeKnownIds(std::vector<RosterEntry>& roster, const Readings& readings,
                  const IdentityBook& book) {
    std::vector<RosterEntry*> present = entriesThat(false, roster, readings);
    std::erase_if(present, [](const RosterEntry* entry) { return !mayBeKnown(entry->reason); });
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
        if (!mayBeKnown(entry->reason))
            continue;
        entry->id = rememberedId(*entry, readings, rest);
        rest.erase(entry->id);
    }
}

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

void nameAll(std::vector<RosterEntry>& roster, const Readings& readings, const IdentityBook& book) {
    Taken taken;
    for (const auto& [id, battery] : book)
        taken.ids.insert(id);
    keepNames(roster, book, taken);
    std::vector<RosterEntry*> found;
    for (const bool left : {false, true})
        for (RosterEntry* entry : entriesThat(left, roster, readings)) {
            const Battery& battery = *batteryOf(*entry, readings);
            if (isMade(battery.instance)) // the owner has chosen its id
                nameOne(*entry, std::string(textOf(battery, row("/Serial"))), taken);
            else
                found.push_back(entry);
        }
    for (RosterEntry* entry : found)
        nameOne(*entry, identityOf(*batteryOf(*entry, readings)), taken);
    for (RosterEntry& entry : roster)
        if (batteryOf(entry, readings) == nullptr)
            nameOne(entry, "missing " + entry.name, taken);
}

std::string displayName(const Unit& unit) {
    for (const RowIndex index : {row("/CustomName"), row("/ProductName")})
        if (std::string name = fittedName(textOf(unit, index)); !name.empty())
            return name;
    return "Battery";
}

} // namespace busbar
