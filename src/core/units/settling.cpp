// SPDX-License-Identifier: MIT
// When a battery that speaks joins, and when it is lost.
#include "core/units/settling.hpp"

#include "core/members/current_leap.hpp"
#include "core/members/sieve.hpp"
#include "core/table/identity_rows.hpp"
#include "core/table/path_table.hpp"
#include "core/units/freshness.hpp"
#include "core/units/occupants.hpp"
#include "core/units/unsaid.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace busbar {

namespace {

/// A service's values arrive in one burst when it appears; a battery joins when they have settled.
constexpr auto kSettle = std::chrono::seconds(1);
/// A driver that starts has its paths before their values: State, voltage and current come first,
/// cells and limits with the next poll of the BMS, a few seconds later (seen with
/// dbus-serialbattery, mqtt/VENUS.md). What is not there after this long does not come.
constexpr auto kLongestFill = std::chrono::seconds(10);

/// What membership, limits and curves look at: a battery that gave it before gives it again.
constexpr std::array kNeeded = {row("/Dc/0/Temperature"),
                                row("/Soc"),
                                row("/Capacity"),
                                row("/InstalledCapacity"),
                                row("/Info/MaxChargeVoltage"),
                                row("/Info/MaxChargeCurrent"),
                                row("/Info/MaxDischargeCurrent"),
                                row("/Io/AllowToCharge"),
                                row("/Io/AllowToDischarge"),
                                row("/System/MinCellVoltage"),
                                row("/System/MaxCellVoltage"),
                                row("/System/MinCellTemperature"),
                                row("/System/MaxCellTemperature")};
/// What a battery that starts gives sooner or later, if it has the path.
constexpr std::array kLimits = {row("/Info/MaxChargeVoltage"), row("/Info/MaxChargeCurrent"),
                                row("/Info/MaxDischargeCurrent")};

bool hasVoltageAndCurrent(const Battery& battery) {
    const auto isKnown = [&](RowIndex index) { return battery.slot(index).value.isKnown(); };
    return isKnown(row("/Dc/0/Voltage")) &&
           (isKnown(row("/Dc/0/Current")) || isKnown(row("/Dc/0/Power")));
}

/// The path is there, but what it held before the loss has not come again.
bool isToCome(const Slot& slot) {
    return slot.present && !slot.value.isKnown() && slot.held.isKnown();
}

/// Values that will still come, as far as can be known: of a battery that worked before, what it
/// gave then; of one that was seen to start, its limits.
bool isFilling(const Battery& battery) {
    const auto isSlotToCome = [&](RowIndex index) { return isToCome(battery.slot(index)); };
    const auto isEmpty = [&](RowIndex index) {
        return battery.slot(index).present && !battery.slot(index).value.isKnown();
    };
    if (battery.firstUsable)
        return std::ranges::any_of(kNeeded, isSlotToCome) ||
               std::ranges::any_of(battery.cells, isToCome);
    return battery.appearedLive && std::ranges::any_of(kLimits, isEmpty);
}

bool lacksCellOf(const Battery& former, const Battery& battery) {
    for (std::size_t i = 0; i < former.cells.size(); ++i)
        if (former.cells[i].held.isKnown() &&
            (i >= battery.cells.size() || !battery.cells[i].value.isKnown()))
            return true;
    return false;
}

/// It is who it was and has given all that it gave before.
bool isWholeAgain(const Battery& battery, const std::map<int, Battery>& batteries) {
    const Battery& former = formerOf(battery, batteries);
    if (!former.firstUsable)
        return false;
    const auto isBack = [&](RowIndex index) {
        return battery.slot(index).value.isKnown() || !former.slot(index).held.isKnown();
    };
    const auto isSame = [&](RowIndex index) {
        return !former.slot(index).held.isKnown() ||
               battery.slot(index).value == former.slot(index).held;
    };
    return !lacksCellOf(former, battery) && std::ranges::all_of(kNeeded, isBack) &&
           isSame(row("/Serial")) && std::ranges::all_of(kIdentityRows, isBack);
}

bool isProven(const Battery& battery, const Ledger& ledger, const Now& now) {
    if (battery.isMute)
        return false;
    if (battery.confirmed != 0)
        return ledger.freshness.isTrusted(battery.confirmed);
    return ledger.freshness.isTrusted(battery.appearedIn) && !ledger.freshness.inDoubt() &&
           now.steady - battery.appeared >= kSettle && isWholeAgain(battery, ledger.batteries);
}

/// Notes since when it waits for the rest of its burst, and whether it is about to join.
void noteFilling(Battery& battery, bool isProven, const Freshness& freshness, const Now& now) {
    const bool talks = hasVoltageAndCurrent(battery);
    if (!isProven || !talks || !battery.lost || !isFilling(battery))
        battery.fillingSince.reset();
    else if (!battery.fillingSince)
        battery.fillingSince = now.steady;
    const bool waits = battery.fillingSince && now.steady - *battery.fillingSince < kLongestFill;
    const bool isStarting = battery.appearedLive && !talks && battery.lost &&
                            battery.appeared >= *battery.lost &&
                            now.steady - battery.appeared < kLongestFill;
    battery.isJoining = !freshness.inDoubt() && !battery.left && !battery.isMute &&
                        ((battery.confirmed == 0 && !isProven) || waits || isStarting);
}

void noteUsable(Battery& battery, Changes& changes, const Now& now) {
    const bool wasLost = std::exchange(battery.lost, std::nullopt).has_value();
    if (wasLost) {
        ++changes.rosterVersion; // it may supersede one that was lost
        changes.isAny = true;
    }
    if (battery.confirmed == 0) // whole by its own measure
        battery.confirmed = battery.appearedIn;
    battery.wasProven = true;
    battery.firstUsable = battery.firstUsable.value_or(now.steady);
    battery.lostWithLink = false;
    battery.fillingSince.reset();
    noteUnsaid(battery, wasLost);
}

void noteUnusable(Battery& battery, const Freshness& freshness, const Now& now) {
    if (battery.lost)
        return;
    battery.lostWithLink = freshness.inDoubt() && freshness.linkLost() && !battery.left;
    battery.lost = battery.lostWithLink ? *freshness.linkLost() : now.steady;
}

} // namespace

void settle(Battery& battery, const Ledger& ledger, const Now& now) {
    if (sift(battery, now))
        ledger.changes.isAny = true;
    stepLeap(battery, now);
    const bool proven = isProven(battery, ledger, now);
    const bool wasJoining = battery.isJoining;
    noteFilling(battery, proven, ledger.freshness, now);
    if (battery.isJoining != wasJoining)
        ++ledger.changes.rosterVersion; // one without limits and cells is a monitor from then on
    const bool isUsable = ledger.freshness.isLinkUp() && !battery.left && proven &&
                          hasVoltageAndCurrent(battery) && !battery.isJoining &&
                          !saysItIsAway(battery);
    if (isUsable)
        noteUsable(battery, ledger.changes, now);
    else
        noteUnusable(battery, ledger.freshness, now);
}

} // namespace busbar
