// SPDX-License-Identifier: MIT
// Marks of one battery against the newest sweep.
#include "core/units/marks.hpp"

#include "core/members/sieve.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery_slots.hpp"
#include "core/units/freshness.hpp"
#include "core/units/sharing.hpp"

#include <algorithm>
#include <utility>

namespace busbar {

namespace {

bool isMarkedBy(const Slot& slot, Sweep sweep) {
    return slot.present && slot.sweep == sweep;
}

bool hasMark(const Battery& battery, Sweep sweep) {
    const auto isMarked = [sweep](const Slot& slot) { return isMarkedBy(slot, sweep); };
    return std::ranges::any_of(battery.slots, isMarked) ||
           std::ranges::any_of(battery.cells, isMarked);
}

void noteProven(Battery& battery, Changes& changes) {
    if (!std::exchange(battery.wasProven, true))
        ++changes.rosterVersion;
}

void dropSlots(Battery& battery, const Ledger& ledger) {
    const Sweep sweep = ledger.freshness.sweep();
    forEachSlot(battery, [&](Slot& slot) {
        if (!slot.present || isMarkedBy(slot, sweep))
            return;
        loseValue(slot);
        slot.present = false;
        battery.hasHeld = true;
        ++ledger.changes.rosterVersion;
        ledger.changes.isAny = true;
        noteUrgent(ledger.changes, battery);
    });
    battery.confirmed = sweep;
    noteProven(battery, ledger.changes);
}

} // namespace

void markLeft(Battery& battery, const Ledger& ledger) {
    if (isDuplicate(battery, ledger.freshness))
        ledger.changes.wantsSweep = true; // the other service of the pair may live on
    battery.left = true;
    battery.hasHeld = true;
    forEachSlot(battery, loseValue);
    forgetGood(battery);
    ++ledger.changes.rosterVersion;
    ledger.changes.isAny = true;
    noteUrgent(ledger.changes, battery);
}

void dropUnmarked(Battery& battery, const Ledger& ledger, const Now& now) {
    if (!battery.left && hasMark(battery, ledger.freshness.sweep()))
        dropSlots(battery, ledger);
    else if (!battery.left)
        markLeft(battery, ledger);
    if (battery.left && !battery.lost)
        battery.lost = now.steady;
}

void noteWholeRead(Battery& battery, const Ledger& ledger) {
    if (battery.left)
        return;
    battery.confirmed = std::max(battery.confirmed, ledger.freshness.sweep());
    battery.isMute = false;
    noteProven(battery, ledger.changes);
    ledger.changes.isAny = true;
}

bool wantsRead(const Battery& battery, const Freshness& freshness) {
    return freshness.everComplete() && !freshness.inDoubt() && !battery.left &&
           (battery.confirmed == 0 || battery.isMute);
}

bool isDescribedIn(const Battery& battery, Sweep sweep) {
    return isMarkedBy(battery.slot(row("/DeviceInstance")), sweep) ||
           isMarkedBy(battery.slot(row("/ProductName")), sweep);
}

} // namespace busbar
