// SPDX-License-Identifier: MIT
// Subscribes and unsubscribes so that nothing is missed in between.
#include "mqtt/venus/source_filters.hpp"

#include "core/table/plant_rows.hpp"
#include "mqtt/venus/battery_filters.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace busbar::mqtt {

void SourceFilters::start() {
    isNarrow_ = false;
    heard_.clear();
    bridge_.port.subscribe({everyBattery(bridge_.base), bridge_.base + "heartbeat",
                            bridge_.base + "full_publish_completed"});
    subscribeToGx();
}

/// Only single paths of the plant: a vebus service alone changes dozens of others per second.
void SourceFilters::subscribeToGx() {
    std::vector<std::string> filters;
    for (const GxTopic& gxTopic : kGxTopics)
        if (isNeeded(gxTopic, bridge_.needs))
            filters.push_back(bridge_.base + tailOf(gxTopic));
    if (bridge_.needs.plant)
        for (const PlantClassRow& kind : kPlantClasses)
            for (const RowIndex path : kPlantRows)
                filters.push_back(bridge_.base + std::string(kind.type) + "/+" +
                                  std::string(kRows.at(path).path));
    if (!filters.empty())
        bridge_.port.subscribe(filters);
}

/// The wide filter goes last, so nothing is missed. What the session does not take is tried again.
void SourceFilters::narrow() {
    if (isNarrow_ || !bridge_.port.subscribe(whoTheyAre(bridge_.base)))
        return;
    (void)hearAll();
    const auto isHeard = [this](const auto& entry) {
        return entry.first < 0 || entry.second.left || bridge_.readings.isIgnored(entry.first) ||
               heard_.contains(entry.first);
    };
    isNarrow_ = std::ranges::all_of(bridge_.readings.found(), isHeard) &&
                bridge_.port.unsubscribe({everyBattery(bridge_.base)});
}

/// One that comes in as ignored no longer, or late, has said something that nobody heard.
void SourceFilters::follow(bool isIdle) {
    if (!isNarrow_) {
        if (bridge_.readings.everComplete() && isIdle)
            narrow();
        return;
    }
    if (hearAll())
        bridge_.readings.wishSweep();
    leaveGone();
}

void SourceFilters::leaveGone() {
    std::set<int> gone = heard_;
    for (const auto& [instance, battery] : bridge_.readings.found())
        if (!bridge_.readings.isIgnored(instance))
            gone.erase(instance);
    for (const int instance : gone)
        if (bridge_.port.unsubscribe(filtersOf(bridge_.base, instance)))
            heard_.erase(instance);
}

/// True if one of them was not heard before.
bool SourceFilters::hearAll() {
    bool isNew = false;
    for (const auto& [instance, battery] : bridge_.readings.found())
        isNew = (!battery.left && !bridge_.readings.isIgnored(instance) && hear(instance)) || isNew;
    return isNew;
}

/// True if it was not heard before.
bool SourceFilters::hear(int instance) {
    if (instance < 0 || heard_.contains(instance) ||
        !bridge_.readings.batteries().contains(instance) ||
        !bridge_.port.subscribe(filtersOf(bridge_.base, instance)))
        return false;
    heard_.insert(instance);
    return true;
}

void SourceFilters::heard(int instance) {
    if (isNarrow_)
        hear(instance);
}

} // namespace busbar::mqtt
