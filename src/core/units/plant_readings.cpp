// SPDX-License-Identifier: MIT
// Mark and sweep over devices of the plant.
#include "core/units/plant_readings.hpp"

#include "core/table/identity_rows.hpp"
#include "core/table/plant_rows.hpp"
#include "core/units/freshness.hpp"
#include "core/units/ledger.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace busbar {

namespace {

constexpr std::size_t kMostDevices = 256; // bounds what hostile topics can take

/// As for batteries: two services answer one full publish twice.
void noteDeviceWord(PlantDevice& device, std::size_t path, const Value& value,
                    const Freshness& freshness, Changes& changes) {
    const PlantSlot& slot = device.slots.at(path);
    if (std::ranges::find(kIdentityRows, kPlantRows.at(path)) == kIdentityRows.end() ||
        !value.isKnown() || !slot.value.isKnown() || slot.value == value)
        return;
    changes.wantsSweep = true;
    if (freshness.isOfOpenSweep(slot.sweep))
        device.duplicateSeen = freshness.cleanSweeps() + 1;
}

} // namespace

void PlantReadings::put(const PlantKey& key, std::size_t path, Value value,
                        const Freshness& freshness, Changes& changes) {
    auto found = devices_.find(key);
    if (found == devices_.end()) {
        if (devices_.size() >= kMostDevices)
            return;
        found = devices_.try_emplace(key).first;
        found->second.key = key;
        found->second.appearedIn = freshness.sweep();
    }
    noteDeviceWord(found->second, path, value, freshness, changes);
    PlantSlot& slot = found->second.slots.at(path);
    slot.sweep = freshness.sweep();
    changes.isAny = changes.isAny || slot.value != value;
    slot.value = std::move(value);
}

void PlantReadings::leave(const PlantKey& key, Changes& changes) {
    const auto found = devices_.find(key);
    if (found == devices_.end())
        return;
    if (found->second.duplicateSeen)
        changes.wantsSweep = true; // the other one may live on
    devices_.erase(found);
    changes.isAny = true;
}

void PlantReadings::complete(const PlantKey& key, Sweep sweep, Changes& changes) {
    const auto found = devices_.find(key);
    if (found == devices_.end())
        return;
    PlantDevice& device = found->second;
    const auto isMarked = [sweep](const PlantSlot& slot) { return slot.sweep == sweep; };
    if (std::ranges::none_of(device.slots, isMarked)) {
        leave(key, changes);
        return;
    }
    for (PlantSlot& slot : device.slots)
        if (!isMarked(slot))
            slot.value = Value();
    device.confirmed = sweep;
    changes.isAny = true;
}

void PlantReadings::completeAll(Sweep sweep, Changes& changes) {
    std::vector<PlantKey> all;
    for (const auto& [key, device] : devices_)
        all.push_back(key);
    for (const PlantKey& key : all)
        complete(key, sweep, changes);
}

void PlantReadings::forgiveDuplicates(const Freshness& freshness, Changes& changes) {
    for (auto& [key, device] : devices_) {
        if (device.duplicateSeen && freshness.cleanSweeps() >= *device.duplicateSeen + kCleanSweeps)
            device.duplicateSeen.reset();
        changes.wantsSweep = changes.wantsSweep || device.duplicateSeen.has_value();
    }
}

void PlantReadings::settle(const Freshness& freshness) {
    for (auto& [key, device] : devices_) {
        const bool isNew =
            device.confirmed == 0 && freshness.isTrusted(device.appearedIn) && !freshness.inDoubt();
        device.isFresh =
            freshness.isLinkUp() &&
            (isNew || (device.confirmed != 0 && freshness.isTrusted(device.confirmed)));
    }
}

bool PlantReadings::isDescribedIn(const PlantKey& key, Sweep sweep) const {
    const auto found = devices_.find(key);
    if (found == devices_.end())
        return false;
    const auto path = findPlantPath("/ProductName");
    return path && found->second.slots.at(*path).sweep == sweep;
}

} // namespace busbar
