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
    seldom_.heard.clear();
    cells_.heard.clear();
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
void SourceFilters::follow(bool isIdle, const std::function<bool(int instance)>& isRead) {
    if (!isNarrow_) {
        if (bridge_.readings.everComplete() && isIdle)
            narrow();
        return;
    }
    if (hearAll())
        bridge_.readings.wishSweep();
    leaveGone();
    if (isIdle && bridge_.isLean())
        leaveAllSeldom(isRead);
}

/// What comes in between is asked for with the next full publish.
void SourceFilters::leaveAllSeldom(const std::function<bool(int instance)>& isRead) {
    const std::set<int> heard = seldom_.heard;
    for (const int instance : heard)
        if (!isRead(instance))
            (void)drop(seldom_, instance);
}

bool SourceFilters::add(Group& group, int instance) {
    if (group.heard.contains(instance))
        return true;
    if (!bridge_.port.subscribe(group.filtersOf(bridge_.base, instance)))
        return false;
    group.heard.insert(instance);
    return true;
}

bool SourceFilters::drop(Group& group, int instance) {
    if (!group.heard.contains(instance))
        return true;
    if (!bridge_.port.unsubscribe(group.filtersOf(bridge_.base, instance)))
        return false;
    group.heard.erase(instance);
    return true;
}

bool SourceFilters::widen() {
    return std::ranges::all_of(heard_, [this](int instance) { return widen(instance); });
}

/// As long as all batteries are subscribed to as one, or it is not subscribed to at all, nothing
/// lacks, or all does.
bool SourceFilters::widen(int instance) {
    return !heard_.contains(instance) || (add(seldom_, instance) && add(cells_, instance));
}

bool SourceFilters::hearCells(int instance) {
    return !heard_.contains(instance) || add(cells_, instance);
}

void SourceFilters::leaveGone() {
    std::set<int> gone = heard_;
    for (const auto& [instance, battery] : bridge_.readings.found())
        if (!bridge_.readings.isIgnored(instance))
            gone.erase(instance);
    for (const int instance : gone)
        if (leave(instance))
            heard_.erase(instance);
}

bool SourceFilters::leave(int instance) {
    return drop(cells_, instance) && drop(seldom_, instance) &&
           bridge_.port.unsubscribe(liveFilters(bridge_.base, instance));
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
        !bridge_.port.subscribe(allFilters(bridge_.base, instance)))
        return false;
    heard_.insert(instance);
    seldom_.heard.insert(instance);
    cells_.heard.insert(instance);
    return true;
}

void SourceFilters::heard(int instance) {
    if (isNarrow_)
        hear(instance);
}

} // namespace busbar::mqtt
