// SPDX-License-Identifier: MIT
// Readings filled by hand for the tests of the core.
#pragma once

#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"
#include "unit/core/made_now.hpp"

#include <string>
#include <utility>

namespace busbar::made {

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
