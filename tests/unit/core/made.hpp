// SPDX-License-Identifier: MIT
// Batteries made by hand for the tests of the core.
#pragma once

#include "core/aggregate.hpp"
#include "core/member.hpp"
#include "core/path_table.hpp"
#include "core/readings.hpp"

#include <deque>
#include <initializer_list>
#include <string>
#include <utility>

namespace busbar::made {

using Values = std::initializer_list<std::pair<RowIndex, Value>>;

/// A moment far from the clock's zero.
inline Now start() {
    return {SteadyTime(std::chrono::hours(1000)), WallTime(std::chrono::hours(500000))};
}

/// A battery with its roster entry; stays where it is, because members point into it.
struct Pack {
    Battery battery;
    RosterEntry entry;

    Pack(std::string name, Values values) {
        entry.id = name;
        entry.name = std::move(name);
        for (const auto& [index, value] : values)
            set(index, value);
    }
    void set(RowIndex index, Value value) {
        battery.slots.at(index).present = true;
        battery.slots.at(index).value = std::move(value);
    }
    void setCells(std::initializer_list<Value> cells) {
        battery.cells.clear();
        for (const Value& cell : cells) {
            battery.cells.emplace_back().value = cell;
            battery.cells.back().present = true;
        }
    }
};

inline void addTo(Members& members, const Pack& pack, bool held = false) {
    members.emplace_back(pack.battery, pack.entry, held);
}

/// Puts a row's value as if it had arrived.
inline void put(Readings& readings, int instance, RowIndex index, Value value, const Now& now) {
    readings.put(instance, {Place::Kind::Row, index}, std::move(value), now);
}

/// What makes a battery usable, and a BMS to be seen.
inline void putBasics(Readings& readings, int instance, const Now& now) {
    put(readings, instance, row("/DeviceInstance"), static_cast<double>(instance), now);
    put(readings, instance, row("/Serial"), "S" + std::to_string(instance), now);
    put(readings, instance, row("/CustomName"), "B" + std::to_string(instance), now);
    put(readings, instance, row("/Dc/0/Voltage"), 26.4, now);
    put(readings, instance, row("/Dc/0/Current"), 10.0, now);
    put(readings, instance, row("/Info/MaxChargeVoltage"), 28.4, now);
    put(readings, instance, row("/Info/MaxChargeCurrent"), 50.0, now);
    put(readings, instance, row("/Info/MaxDischargeCurrent"), 80.0, now);
}

} // namespace busbar::made
