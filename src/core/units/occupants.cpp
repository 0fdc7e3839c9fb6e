// SPDX-License-Identifier: MIT
// Who has come to an instance, and who was there before.
#include "core/units/occupants.hpp"

#include "core/members/sieve.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery_slots.hpp"
#include "core/units/unsaid.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace busbar {

namespace {

constexpr auto kForgetAfter = std::chrono::hours(24);

/// A word by which a battery that is back shows that it is not the one that was there: another
/// serial, or, where that one had none, another of its texts. An empty text says nothing.
bool isAnothers(const Battery& battery, RowIndex index, const Value& value) {
    const auto heldText = [&battery](RowIndex at) {
        const std::string* text = battery.slot(at).held.text();
        return battery.lost && text != nullptr ? std::string_view(*text) : std::string_view();
    };
    const bool isDecisive = index == row("/Serial") || heldText(row("/Serial")).empty();
    const std::string* text = value.text();
    return isDecisive && text != nullptr && !text->empty() && !heldText(index).empty() &&
           heldText(index) != *text;
}

/// Each comes back as itself.
void keepFormer(const Battery& battery, std::map<int, Battery>& batteries) {
    if (!battery.firstUsable || batteries.size() >= kMostBatteries)
        return;
    Battery former = battery;
    former.left = true;
    former.isJoining = false;
    former.isMute = false;
    former.hasHeld = true;
    former.confirmed = 0;
    former.fillingSince.reset();
    former.sharing.reset();
    forEachSlot(former, [](Slot& slot) {
        slot.value = Value();
        slot.present = false;
    });
    batteries.emplace(std::min(kFirstFormer, batteries.begin()->first - 1), std::move(former));
}

/// Nothing of the one that was here before is its own.
void beginAnew(Battery& battery, const Ledger& ledger) {
    keepFormer(battery, ledger.batteries);
    forEachSlot(battery, [](Slot& slot) { slot.held = Value(); });
    forgetGood(battery);
    forgetUnsaid(battery);
    battery.hasHeld = false;
    battery.hasBms = hasBmsValue(battery);
    battery.wasProven = battery.confirmed != 0;
    battery.firstUsable.reset();
    battery.fillingSince.reset();
    battery.lost = battery.appeared;
    battery.lostWithLink = false;
    ++ledger.changes.rosterVersion;
    ledger.changes.isAny = true;
    noteUrgent(ledger.changes, battery);
}

/// The former occupant works under another instance, or only had another name: nobody is missed.
bool isBackElsewhere(int key, const Battery& former, const std::map<int, Battery>& batteries) {
    const auto connection = textOf(former, row("/Mgmt/Connection"));
    const bool hasSerial = !textOf(former, row("/Serial")).empty();
    return key <= kFirstFormer && std::ranges::any_of(batteries, [&](const auto& entry) {
               const Battery& other = entry.second;
               if (other.lost || other.left || !other.firstUsable)
                   return false;
               const bool isRenamed = !hasSerial && other.instance == former.instance &&
                                      textOf(other, row("/Serial")).empty() &&
                                      !connection.empty() &&
                                      textOf(other, row("/Mgmt/Connection")) == connection;
               return isRenamed || identityOf(other) == identityOf(former);
           });
}

} // namespace

void noteOccupant(Battery& battery, RowIndex index, const Value& value, const Ledger& ledger) {
    if (isAnothers(battery, index, value))
        beginAnew(battery, ledger);
}

/// Only a serial is sure.
const Battery& formerOf(const Battery& battery, const std::map<int, Battery>& batteries) {
    const auto serial = textOf(battery, row("/Serial"));
    if (battery.firstUsable || serial.empty())
        return battery;
    const auto former = std::ranges::find_if(batteries, [&](const auto& entry) {
        const Battery& other = entry.second;
        return &other != &battery && other.left && other.firstUsable &&
               textOf(other, row("/Serial")) == serial;
    });
    return former == batteries.end() ? battery : former->second;
}

void forgetGone(const Ledger& ledger, const Now& now) {
    ledger.changes.rosterVersion += std::erase_if(ledger.batteries, [&](const auto& entry) {
        const Battery& battery = entry.second;
        const bool wasThere = battery.firstUsable.has_value(); // nobody misses one that never was
        return battery.left && battery.lost &&
               (!wasThere || now.steady - *battery.lost > kForgetAfter ||
                isBackElsewhere(entry.first, battery, ledger.batteries));
    });
}

} // namespace busbar
