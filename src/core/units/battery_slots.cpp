// SPDX-License-Identifier: MIT
// What is done with all slots of a battery.
#include "core/units/battery_slots.hpp"

#include "core/table/path_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

namespace busbar {

namespace {

/// What only a BMS gives: a limit, or a cell.
constexpr std::array kBmsLimits = {row("/Info/MaxChargeCurrent"), row("/Info/MaxDischargeCurrent")};
constexpr std::array kBmsCells = {row("/System/MinCellVoltage"), row("/System/MaxCellVoltage")};
constexpr RowIndex kBmsVoltage = row("/Info/MaxChargeVoltage");
/// No sensor shows as much where nothing flows (as offset_A in member.hpp).
constexpr double kFlows_A = 1.0;

} // namespace

void loseValue(Slot& slot) {
    if (slot.value.isKnown())
        slot.held = std::exchange(slot.value, Value());
}

bool saysWho(Place place) {
    return place.kind == Place::Kind::Row && tellsWho(place.index);
}

void forgetValues(Battery& battery) {
    for (std::uint16_t i = 0; i < kRowCount; ++i)
        if (!saysWho({Place::Kind::Row, i}))
            battery.slots.at(i) = Slot();
    battery.cells.clear();
}

bool isOfBms(Place place) {
    const auto is = [&place](RowIndex index) { return place.index == index; };
    return place.kind == Place::Kind::Cell || std::ranges::any_of(kBmsLimits, is) ||
           std::ranges::any_of(kBmsCells, is) || is(kBmsVoltage) || is(row("/Dc/0/Current"));
}

bool hasBmsValue(const Battery& battery) {
    const auto isCell = [](const Slot& slot) { return slot.value.number().value_or(0.0) > 0.0; };
    const bool isCarrying =
        std::abs(numberOf(battery, row("/Dc/0/Current")).value_or(0.0)) >= kFlows_A;
    return std::ranges::any_of(
               kBmsLimits, [&](RowIndex index) { return battery.slot(index).value.isKnown(); }) ||
           std::ranges::any_of(kBmsCells,
                               [&](RowIndex index) { return isCell(battery.slot(index)); }) ||
           std::ranges::any_of(battery.cells, isCell) ||
           (isCarrying && isCell(battery.slot(kBmsVoltage)));
}

} // namespace busbar
