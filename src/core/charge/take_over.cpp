// SPDX-License-Identifier: MIT
// Finds a battery in the books of other banks.
#include "core/charge/take_over.hpp"

#include "core/charge/meters.hpp"
#include "core/charge/upkeep.hpp"
#include "core/members/member.hpp"
#include "core/memory.hpp"
#include "core/units/identity_book.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace busbar {

namespace {

bool isSameBattery(const RememberedBattery& a, const RememberedBattery& b) {
    if (a.product != b.product || isUnrecognisable(a))
        return false;
    if (!a.serial.empty() || !b.serial.empty())
        return a.serial == b.serial;
    return a.connection == b.connection && a.name == b.name && a.instance == b.instance;
}

/// Of one battery that is read twice both entries have its serial; each is counted by itself.
bool isSameReading(const RememberedBattery& a, const RememberedBattery& b) {
    return isSameBattery(a, b) && a.connection == b.connection;
}

using IsSame = bool (*)(const RememberedBattery&, const RememberedBattery&);

/// nullptr = it is not there, or two are.
const MemberMemory* theOnlyOne(const BankMemory& memory, const RememberedBattery& wanted,
                               IsSame isSame) {
    const MemberMemory* found = nullptr;
    for (const auto& [id, battery] : memory.book) {
        const auto member = memory.members.find(id);
        if (member == memory.members.end() || !isSame(wanted, battery))
            continue;
        if (found != nullptr)
            return nullptr;
        found = &member->second;
    }
    return found;
}

const MemberMemory* memoryOfSame(const BankMemory& memory, const RememberedBattery& wanted) {
    const MemberMemory* found = theOnlyOne(memory, wanted, &isSameReading);
    return found != nullptr ? found : theOnlyOne(memory, wanted, &isSameBattery);
}

void adopt(Upkeep& upkeep, const std::string& id, const MemberMemory& from) {
    MemberMemory& own = upkeep.memory.members[id];
    own.counter = from.counter;
    own.measured = from.measured;
    own.meters = from.meters;
    own.stats = from.stats;
    own.resistance_Ohm = from.resistance_Ohm;
    upkeep.soc.members[id].counter = from.counter;
    upkeep.soc.members[id].measured = from.measured;
    upkeep.members[id].meters.totals = from.meters;
    upkeep.members[id].stats.stats = from.stats;
}

double counted_Ah(const Upkeep& upkeep, const std::string& id) {
    const auto own = upkeep.members.find(id);
    return own == upkeep.members.end() ? 0.0 : throughput_Ah(own->second.meters.totals);
}

void takeOverOne(Upkeep& upkeep, const std::string& id, const OtherMemories& others) {
    const auto wanted = upkeep.memory.book.find(id);
    if (wanted == upkeep.memory.book.end())
        return;
    const MemberMemory* most = nullptr;
    double most_Ah = counted_Ah(upkeep, id);
    for (const BankMemory* other : others) {
        const MemberMemory* found = memoryOfSame(*other, wanted->second);
        if (found == nullptr || !(throughput_Ah(found->meters) > most_Ah))
            continue;
        most = found;
        most_Ah = throughput_Ah(found->meters);
    }
    if (most != nullptr)
        adopt(upkeep, id, *most);
}

bool areAsBefore(const Upkeep& upkeep, const Members& members) {
    return std::ranges::equal(
        upkeep.present, members,
        [](const std::string& id, const Member& member) { return id == member.entry().id; });
}

} // namespace

void takeOver(Upkeep& upkeep, const Members& members, const OtherMemories& others) {
    if (areAsBefore(upkeep, members))
        return;
    std::vector<std::string> present;
    for (const Member& member : members) {
        const std::string& id = present.emplace_back(member.entry().id);
        if (std::ranges::find(upkeep.present, id) == upkeep.present.end())
            takeOverOne(upkeep, id, others);
    }
    upkeep.present = std::move(present);
}

} // namespace busbar
