// SPDX-License-Identifier: MIT
// How two services betray themselves.
#include "core/units/sharing.hpp"

#include "core/table/path_table.hpp"

#include <algorithm>
#include <array>

namespace busbar {

namespace {

/// What a service says once in its life.
constexpr std::array kUnchanging = {row("/DeviceInstance"), row("/ProductId"), row("/ProductName"),
                                    row("/Mgmt/Connection"), row("/Mgmt/ProcessName")};

/// Whoever has the word, what the other one has said is kept: it may be a member.
void keepOther(Battery& battery, RowIndex index, const Value& value, Changes& changes) {
    SharedInstance& sharing = *battery.sharing;
    const Value& before = battery.slot(index).value;
    const auto [other, isFirst] = sharing.other.try_emplace(index, before);
    sharing.areMore =
        sharing.areMore || (!isFirst && other->second != before && other->second != value);
    other->second = before;
    ++changes.rosterVersion;
}

/// One service answers a full publish once; what changes meanwhile is not what it is. Another
/// client's publish at the same time would look the same.
bool isAnsweredTwice(const Battery& battery, const Freshness& freshness) {
    const auto isDoubled = [sweep = freshness.sweep()](const Slot& slot) {
        return slot.present && slot.sweep == sweep && slot.cameTwice;
    };
    const auto doubled = std::ranges::count_if(
        kUnchanging, [&](RowIndex index) { return isDoubled(battery.slot(index)); });
    const auto differs = [&](const Slot& slot) { return isDoubled(slot) && slot.differed; };
    return !freshness.isDisturbed() && doubled >= 2 &&
           (std::ranges::any_of(battery.slots, differs) ||
            std::ranges::any_of(battery.cells, differs));
}

} // namespace

bool isDuplicate(const Battery& battery, const Freshness& freshness) {
    return battery.sharing && freshness.cleanSweeps() < battery.sharing->seen + kCleanSweeps;
}

void noteWord(Battery& battery, RowIndex index, const Value& value, const Ledger& ledger) {
    const Slot& slot = battery.slot(index);
    if (isDuplicate(battery, ledger.freshness) && slot.present && slot.value != value)
        keepOther(battery, index, value, ledger.changes);
    if (!value.isKnown() || !slot.value.isKnown() || slot.value == value)
        return;
    // A rename happens once; two services answer one full publish twice. So any change asks for
    // one.
    ledger.changes.wantsSweep = true;
    if (!ledger.freshness.isOfOpenSweep(slot.sweep))
        return;
    if (!isDuplicate(battery, ledger.freshness)) {
        ++ledger.changes.rosterVersion;
        battery.sharing = SharedInstance();
        keepOther(battery, index, value, ledger.changes);
    }
    battery.sharing->seen = ledger.freshness.cleanSweeps() + 1; // the open one is not a clean one
    noteUrgent(ledger.changes, battery);
}

void noteDoubled(const Ledger& ledger) {
    for (auto& [instance, battery] : foundOf(ledger.batteries)) {
        if (battery.left || !isAnsweredTwice(battery, ledger.freshness))
            continue;
        if (!isDuplicate(battery, ledger.freshness)) {
            battery.sharing = SharedInstance();
            ++ledger.changes.rosterVersion;
            ledger.changes.isUrgent = true;
        }
        battery.sharing->seen = ledger.freshness.cleanSweeps() + 1; // this one is not a clean one
    }
}

void forgiveDuplicates(const Ledger& ledger) {
    for (auto& [instance, battery] : foundOf(ledger.batteries)) {
        if (isDuplicate(battery, ledger.freshness)) {
            // A GX that had just started, and answered on top of that, looks like two.
            ledger.changes.wantsSweep = true;
        } else if (battery.sharing) {
            battery.sharing.reset();
            ++ledger.changes.rosterVersion;
        }
    }
}

} // namespace busbar
