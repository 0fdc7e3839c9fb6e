// SPDX-License-Identifier: MIT
// Which part does what, when something arrives and when a cycle begins.
#include "core/units/readings.hpp"

#include "core/units/intake.hpp"
#include "core/units/marks.hpp"
#include "core/units/occupants.hpp"
#include "core/units/settling.hpp"
#include "core/units/sharing.hpp"

#include <utility>

namespace busbar {

void Readings::put(int instance, Place place, Value value, const Now& now, bool isOdd) {
    noteSign(now);
    if (isMade(instance))
        return; // no service has such a number
    const Ledger books = ledger();
    Battery* battery = findOrMake(instance, books, now);
    if (battery != nullptr)
        take(*battery, {.place = place, .value = value, .isOdd = isOdd}, books, now);
}

void Readings::leave(int instance, const Now& now) {
    noteSign(now);
    const auto found = batteries_.find(instance);
    if (found == batteries_.end() || isMade(instance))
        return;
    ignored_.forget(instance);
    Battery& battery = found->second;
    battery.isMute = false;
    if (battery.left)
        return;
    markLeft(battery, ledger());
    battery.lost = battery.lost.value_or(now.steady);
}

Sweep Readings::beginSweep() {
    return freshness_.beginSweep();
}

void Readings::completeSweep(const Now& now) {
    for (auto& [instance, battery] : foundOf(batteries_))
        dropUnmarked(battery, ledger(), now);
    noteDoubled(ledger());
    plant_.completeAll(sweep(), changes_);
    gx_.forget(sweep());
    freshness_.completeSweep();
    changes_.isAny = true;
    forgiveDuplicates(ledger());
    plant_.forgiveDuplicates(freshness_, changes_);
}

void Readings::completeBattery(int instance, const Now& now) {
    const auto found = batteries_.find(instance);
    if (found == batteries_.end())
        return;
    dropUnmarked(found->second, ledger(), now);
    changes_.isAny = true;
}

bool Readings::wantsRead(const Battery& battery) const {
    return busbar::wantsRead(battery, freshness_);
}

void Readings::completeRead(int instance) {
    if (const auto found = batteries_.find(instance); found != batteries_.end())
        noteWholeRead(found->second, ledger());
}

void Readings::setOldCells(int instance, bool areOld) {
    if (const auto found = batteries_.find(instance); found != batteries_.end())
        found->second.hasOldCells = areOld;
}

void Readings::unanswered(int instance, const Now& now) {
    leave(instance, now);
    if (const auto found = batteries_.find(instance); found != batteries_.end())
        found->second.isMute = true;
}

void Readings::abandonSweep(bool distrust) {
    freshness_.abandonSweep(distrust);
    if (distrust)
        gx_.forget(sweep());
    changes_.isAny = true;
}

void Readings::doubt() {
    freshness_.doubt();
    changes_.wantsSweep = true;
    gx_.forgetAll();
}

void Readings::startOver(const Now& now) {
    batteries_.erase(batteries_.begin(), batteries_.lower_bound(kMadeFrom));
    ignored_.clear();
    plant_.clear();
    gx_.clear();
    freshness_.loseLink(now);
    ++changes_.rosterVersion;
    changes_.isAny = true;
    changes_.isUrgent = true;
    doubt();
}

void Readings::setLink(bool up, const Now& now) {
    if (up == linkUp())
        return;
    changes_.isAny = true;
    if (up) {
        freshness_.noteLink();
        doubt();
        return;
    }
    changes_.isUrgent = true;
    freshness_.loseLink(now);
    gx_.forgetAll();
}

bool Readings::putGx(GxItem item, const Value& value) {
    return gx_.put(item, value, sweep(), changes_);
}

void Readings::putPlant(const PlantKey& key, std::size_t path, Value value) {
    plant_.put(key, path, std::move(value), freshness_, changes_);
}

void Readings::leavePlant(const PlantKey& key) {
    plant_.leave(key, changes_);
}

void Readings::completePlant(const PlantKey& key) {
    plant_.complete(key, sweep(), changes_);
}

void Readings::settle(const Now& now) {
    freshness_.settle();
    for (auto& [instance, battery] : foundOf(batteries_))
        busbar::settle(battery, ledger(), now);
    plant_.settle(freshness_);
    forgetGone(ledger(), now);
}

void Readings::ignore(std::set<int> instances) {
    ignored_.set(std::move(instances), ledger());
}

Battery& Readings::make(int instance) {
    const auto [made, isNew] = batteries_.try_emplace(instance);
    if (isNew) {
        made->second.instance = instance;
        made->second.confirmed = 1;
        made->second.wasProven = true;
        noteRoster();
    }
    return made->second;
}

void Readings::unmakeFrom(int instance) {
    if (std::erase_if(batteries_, [instance](const auto& one) { return one.first >= instance; }) >
        0)
        noteRoster();
}

void Readings::setBanks(const std::map<int, std::string>& banks) {
    for (auto& [instance, battery] : batteries_) {
        const auto found = banks.find(instance);
        battery.banks = found == banks.end() ? std::string() : found->second;
    }
}

void Readings::setPartOf(PartOf partOf) {
    if (partOf_ == partOf)
        return;
    partOf_ = std::move(partOf);
    noteRoster();
}

std::vector<std::string> Readings::wholesOf(int key) const {
    const auto found = partOf_.find(key);
    return found == partOf_.end() ? std::vector<std::string>() : found->second;
}

bool Readings::isDuplicate(const Battery& battery) const {
    return busbar::isDuplicate(battery, freshness_);
}

bool Readings::wasRepublished(int instance) const {
    const auto found = batteries_.find(instance);
    return found != batteries_.end() && isDescribedIn(found->second, sweep());
}

bool Readings::wasRepublished(const PlantKey& key) const {
    return plant_.isDescribedIn(key, sweep());
}

bool hasOldCells(const Readings& readings, int instance) {
    const auto found = readings.batteries().find(instance);
    return found != readings.batteries().end() && found->second.hasOldCells;
}

} // namespace busbar
