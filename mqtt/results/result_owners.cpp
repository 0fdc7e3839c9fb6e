// SPDX-License-Identifier: MIT
// Batteries that come, go, and go over to another bank.
#include "mqtt/results/result_owners.hpp"

#include "core/report.hpp"
#include "documents/battery.hpp"

#include <algorithm>
#include <utility>

namespace busbar::mqtt {

namespace {

BatteryEntry unknownEntry(const std::string& id) {
    BatteryEntry entry;
    entry.id = id;
    return entry;
}

/// A battery with a document, and one that had one and is missing for now.
bool isWanted(const BatteryEntry& entry, const MemberReport& member) {
    return documents::hasDocument(member) || (entry.isOurs && member.reason == OutReason::Missing);
}

} // namespace

void ResultOwners::follow(std::size_t bank, BankEntry& entry,
                          const std::vector<MemberReport>& members, ResultLeftovers& leftovers) {
    const auto isSame = [](const BatteryEntry& battery, const MemberReport& member) {
        return battery.id == member.id && battery.isWanted == isWanted(battery, member);
    };
    if (entry.ownersSeen == version_ && std::ranges::equal(entry.batteries, members, isSame))
        return;
    std::vector<BatteryEntry> before = std::exchange(entry.batteries, {});
    for (const MemberReport& member : members) {
        const auto known = std::ranges::find(before, member.id, &BatteryEntry::id);
        entry.batteries.push_back(known != before.end() ? std::exchange(*known, {})
                                                        : unknownEntry(member.id));
        BatteryEntry& battery = entry.batteries.back();
        battery.isWanted = isWanted(battery, member);
        if (battery.isWanted)
            take(bank, battery, leftovers);
        else
            leave(bank, battery, leftovers);
    }
    for (BatteryEntry& battery : before)
        leave(bank, battery, leftovers);
    entry.ownersSeen = version_;
}

/// A battery that goes over to an earlier bank keeps its topics.
void ResultOwners::take(std::size_t bank, BatteryEntry& entry, ResultLeftovers& leftovers) {
    const auto [owner, isNew] = owners_.try_emplace(entry.id, bank);
    if (owner->second > bank) {
        owner->second = bank;
        ++version_;
    }
    if (owner->second == bank) {
        entry.isOurs = true;
        leftovers.reported(entry.id, isPublished_);
        return;
    }
    entry = unknownEntry(entry.id);
    entry.isWanted = true;
}

/// Its topics are emptied, unless an earlier bank has taken it over meanwhile.
void ResultOwners::leave(std::size_t bank, BatteryEntry& entry, ResultLeftovers& leftovers) {
    const auto owner = owners_.find(entry.id);
    if (entry.isOurs && owner != owners_.end() && owner->second == bank) {
        owners_.erase(owner);
        ++version_;
        if (entry.isKnown)
            leftovers.forget(entry.id);
    }
    entry = unknownEntry(entry.id);
}

} // namespace busbar::mqtt
