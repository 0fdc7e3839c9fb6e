// SPDX-License-Identifier: MIT
// What a unit says, now or last.
#include "core/units/unit.hpp"

#include "core/table/path_table.hpp"

#include <algorithm>
#include <array>

namespace busbar {

namespace {

/// /State of a battery that is not joined to the busbar: initialising (0–8), shut down, updating,
/// going to run, pre-charging, contactor check, pending (dbus/VENUS.md).
constexpr std::array kNotJoined = {0.0, 1.0,  2.0,  3.0,  4.0,  5.0,  6.0, 7.0,
                                   8.0, 12.0, 13.0, 15.0, 16.0, 17.0, 18.0};

} // namespace

const Value* Unit::valueOf(const Slot& slot, bool held) const {
    if (slot.value.isKnown())
        return &slot.value;
    return held && slot.held.isKnown() ? &slot.held : nullptr;
}

bool isThere(const Unit& unit, const Slot& slot) {
    return slot.present || (unit.lost && slot.held.isKnown());
}

std::size_t cellCount(const Unit& unit) {
    std::size_t count = unit.cells.size();
    while (count > 0 && !isThere(unit, unit.cells[count - 1]))
        --count;
    return count;
}

bool isNotJoinedState(double state) {
    return std::ranges::find(kNotJoined, state) != kNotJoined.end();
}

bool isNotJoined(const Unit& unit) {
    const auto state = lastNumberOf(unit, row("/State"));
    return state && isNotJoinedState(*state);
}

std::optional<double> numberOf(const Unit& unit, RowIndex index) {
    return unit.slot(index).value.number();
}

std::optional<double> nominalCapacity_Ah(const Unit& unit) {
    for (const RowIndex index : {row("/InstalledCapacity"), row("/Capacity")})
        if (const auto own_Ah = numberOf(unit, index); own_Ah && *own_Ah > 0.0)
            return own_Ah;
    return std::nullopt;
}

std::optional<double> lastNumberOf(const Unit& unit, RowIndex index) {
    if (const Value* value = unit.valueOf(unit.slot(index), unit.lost.has_value()))
        return value->number();
    const auto unsaid = std::ranges::find(unit.unsaid, index, &Unsaid::index);
    if (unsaid == unit.unsaid.end())
        return std::nullopt;
    return unsaid->number;
}

bool lacksCell(const Unit& unit) {
    return std::ranges::any_of(unit.cells, [](const Slot& slot) {
        return slot.isLost && !slot.value.isKnown() && !slot.held.isKnown();
    });
}

std::string_view deciderOf(const Unit& unit, RowIndex index) {
    const auto found = std::ranges::find(unit.deciders, index, &Decider::index);
    return found == unit.deciders.end() ? std::string_view() : std::string_view(found->name);
}

std::string_view textOf(const Unit& unit, RowIndex index) {
    const Value* value = unit.valueOf(unit.slot(index), true);
    const std::string* text = value != nullptr ? value->text() : nullptr;
    return text != nullptr ? std::string_view(*text) : std::string_view();
}

std::string identityOf(const Unit& unit) {
    if (const auto serial = textOf(unit, row("/Serial")); !serial.empty())
        return "serial " + std::string(serial);
    const auto connection = textOf(unit, row("/Mgmt/Connection"));
    auto name = textOf(unit, row("/CustomName"));
    if (name.empty())
        name = textOf(unit, row("/ProductName"));
    if (connection.empty() && name.empty())
        return {};
    return std::string(connection) + " " + std::string(name);
}

} // namespace busbar
