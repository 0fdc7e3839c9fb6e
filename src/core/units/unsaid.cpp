// SPDX-License-Identifier: MIT
// From what is held to what is unsaid.
#include "core/units/unsaid.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace busbar {

namespace {

/// Of rows that are silent, what is held is the last word.
std::vector<Unsaid> takeHeld(Battery& battery) {
    std::vector<Unsaid> silent;
    for (std::uint16_t i = 0; i < kRowCount; ++i) {
        Slot& slot = battery.slots.at(i);
        if (const auto number = slot.held.number(); number && !slot.value.isKnown())
            silent.push_back({i, *number});
        slot.held = Value();
    }
    for (Slot& cell : battery.cells) {
        cell.isLost = cell.isLost || (cell.held.isKnown() && !cell.value.isKnown());
        cell.held = Value();
    }
    return silent;
}

/// After `takeHeld`: nothing of a former occupant is seen any more. One that was heard all the time
/// is the same, whatever it calls itself now.
bool isAnotherNow(Battery& battery, bool wasLost) {
    if (!wasLost && !battery.occupant.empty())
        return false;
    std::string identity = identityOf(battery);
    const bool isAnother = wasLost && battery.occupant != identity;
    battery.occupant = std::move(identity);
    return isAnother;
}

/// A service that has come back without a path does not have it: that is no silence.
void forgetAbsent(Battery& battery, std::vector<Unsaid>& silent) {
    const auto isAbsent = [&battery](const Unsaid& one) {
        return !battery.slot(one.index).present;
    };
    std::erase_if(silent, isAbsent);
    std::erase_if(battery.unsaid, isAbsent);
    for (Slot& cell : battery.cells)
        cell.isLost = cell.isLost && cell.present;
}

void addUnsaid(Battery& battery, std::vector<Unsaid> silent, bool wasLost) {
    if (isAnotherNow(battery, wasLost)) {
        forgetUnsaid(battery);
        return;
    }
    if (wasLost)
        forgetAbsent(battery, silent);
    for (const Unsaid& one : silent) {
        std::erase_if(battery.unsaid, [&one](const Unsaid& old) { return old.index == one.index; });
        battery.unsaid.push_back(one);
    }
}

} // namespace

void noteSaid(Battery& battery, Place place, Slot& slot) {
    slot.isLost = false;
    if (place.kind == Place::Kind::Row)
        std::erase_if(battery.unsaid,
                      [place](const Unsaid& one) { return one.index == place.index; });
}

void noteUnsaid(Battery& battery, bool wasLost) {
    const bool hadHeld = std::exchange(battery.hasHeld, false);
    addUnsaid(battery, hadHeld ? takeHeld(battery) : std::vector<Unsaid>(), wasLost);
    if (hadHeld)
        battery.cells.resize(cellCount(battery));
}

void forgetUnsaid(Battery& battery) {
    battery.unsaid.clear();
    for (Slot& cell : battery.cells)
        cell.isLost = false;
}

} // namespace busbar
