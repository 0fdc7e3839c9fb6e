// SPDX-License-Identifier: MIT
// A value into its slot, and what follows from it.
#include "core/units/intake.hpp"

#include "core/members/sieve.hpp"
#include "core/slack.hpp"
#include "core/table/identity_rows.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery_slots.hpp"
#include "core/units/freshness.hpp"
#include "core/units/occupants.hpp"
#include "core/units/sharing.hpp"
#include "core/units/unsaid.hpp"
#include "core/urgency.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace busbar {

namespace {

constexpr std::array kMovingRows = {row("/Dc/0/Voltage"), row("/Dc/0/Current"),
                                    row("/System/MinCellVoltage"), row("/System/MaxCellVoltage")};

bool isRow(Place place) {
    return place.kind == Place::Kind::Row;
}

Slot& slotAt(Battery& battery, Place place) {
    if (isRow(place))
        return battery.slots.at(place.index);
    if (battery.cells.size() <= place.index)
        battery.cells.resize(place.index + 1U);
    return battery.cells[place.index];
}

/// It speaks, and did not before.
void appear(Battery& battery, const Ledger& ledger, const Now& now) {
    forEachSlot(battery, [](Slot& slot) { slot.present = false; });
    battery.left = false;
    battery.wasConnected = false;
    battery.appeared = now.steady;
    battery.appearedIn = ledger.freshness.sweep();
    battery.appearedLive = ledger.freshness.everComplete() && !ledger.freshness.inDoubt();
    battery.moved = now.steady;
    battery.confirmed = 0;
    ++ledger.changes.rosterVersion;
}

void noteIdentity(Battery& battery, RowIndex index, const Value& value, const Ledger& ledger) {
    if (std::ranges::find(kIdentityRows, index) == kIdentityRows.end())
        return;
    noteOccupant(battery, index, value, ledger);
    noteWord(battery, index, value, ledger);
}

/// Of many limits that move, most are far from being the bank's: the next cycle is soon enough.
bool bindsNothing(const Battery& battery, RowIndex index, const Value& value,
                  const Changes& changes) {
    return changes.slacks && isSlack(*changes.slacks, battery.instance, index, value,
                                     battery.slots.at(row("/Dc/0/Current")).value);
}

/// What a new value of a row changes for others.
void noteNews(Battery& battery, RowIndex index, const Value& before, const Value& value,
              Changes& changes) {
    if (isDescriptive(index)) {
        ++changes.rosterVersion;
        if (!battery.lost)
            battery.occupant.clear();
    }
    if (index == row("/Connected") && value.number() == 1.0)
        battery.wasConnected = true;
    if (!battery.hasBms && index == row("/State"))
        ++changes.rosterVersion; // one that is not joined is no monitor
    if (isCut(index, before, value) && !bindsNothing(battery, index, value, changes))
        noteUrgent(changes, battery);
}

/// A new value into its slot; what it was is held if nothing takes its place.
void show(Battery& battery, Slot& slot, Place place, Value&& value, Changes& changes) {
    if (slot.value.isKnown() && !value.isKnown()) {
        slot.held = slot.value;
        battery.hasHeld = true;
    }
    if (isRow(place))
        noteNews(battery, place.index, slot.value, value, changes);
    if (value.isKnown())
        noteSaid(battery, place, slot);
    slot.value = std::move(value);
    if (!battery.hasBms && isOfBms(place) && hasBmsValue(battery)) {
        battery.hasBms = true;
        ++changes.rosterVersion; // until now it was taken for a monitor
    }
    changes.isAny = true;
}

void noteSpoken(Battery& battery, Place place, const Now& now) {
    battery.spoke = now.steady;
    if (!isRow(place) || std::ranges::find(kMovingRows, place.index) != kMovingRows.end())
        battery.moved = now.steady;
}

} // namespace

Battery* findOrMake(int instance, const Ledger& ledger, const Now& now) {
    const auto found = ledger.batteries.find(instance);
    if (found != ledger.batteries.end())
        return &found->second;
    if (ledger.batteries.size() >= kMostBatteries) {
        ledger.changes.wantsSweep = true;
        return nullptr;
    }
    Battery& battery = ledger.batteries.try_emplace(instance).first->second;
    battery.instance = instance;
    battery.left = true;
    battery.lost = now.steady;
    return &battery;
}

void take(Battery& battery, const Arrival& arrival, const Ledger& ledger, const Now& now) {
    const Place place = arrival.place;
    if (battery.left)
        appear(battery, ledger, now);
    if (isRow(place))
        noteIdentity(battery, place.index, arrival.value, ledger);
    Slot& slot = slotAt(battery, place);
    if (!slot.present)
        ++ledger.changes.rosterVersion; // a path that exists, even without a value, may tell a
                                        // battery from a shunt
    const Value& said = isRow(place) ? saidOf(battery, place.index) : slot.value;
    const bool isNew = said != arrival.value;
    if (isRow(place))
        noteArrival(battery, place.index, arrival.value, arrival.isOdd, now);
    noteTwice(slot, isNew, ledger.freshness);
    slot.sweep = ledger.freshness.sweep();
    slot.present = true;
    battery.heard = now.steady;
    if (!isNew)
        return;
    show(battery, slot, place, std::move(arrival.value), ledger.changes);
    noteSpoken(battery, place, now);
}

} // namespace busbar
