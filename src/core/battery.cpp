// SPDX-License-Identifier: MIT
// Places of paths, and the identity of a battery.
#include "core/battery.hpp"

#include "core/display_name.hpp"
#include "core/path_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace busbar {

namespace {

/// /State of a battery that is not joined to the busbar: initialising (0–8), shut down, updating,
/// going to run, pre-charging, contactor check, pending (dbus/VENUS.md).
constexpr std::array kNotJoined = {0.0, 1.0,  2.0,  3.0,  4.0,  5.0,  6.0, 7.0,
                                   8.0, 12.0, 13.0, 15.0, 16.0, 17.0, 18.0};

constexpr Row kCellRow = {"/Voltages/Cell", Rule::Input, Quantity::CellVoltage, 0, 10, "", ""};

std::optional<Place> cellPlace(std::string_view digits) {
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size() || number < 1 ||
        number > kMostCells)
        return std::nullopt;
    return Place{Place::Kind::Cell, static_cast<std::uint16_t>(number - 1)};
}

constexpr bool describes(std::string_view path) {
    return path == "/Serial" || path == "/Mgmt/Connection" || path == "/CustomName" ||
           path == "/ProductName" || path == "/ProductId" || path == "/NumberOfBmses" ||
           path == "/Mgmt/ProcessName";
}

constexpr auto kDescriptive = [] {
    std::array<bool, kRowCount> rows{};
    for (std::size_t i = 0; i < kRowCount; ++i)
        rows[i] = describes(kRows[i].path);
    return rows;
}();

} // namespace

bool isDescriptive(RowIndex index) {
    return kDescriptive.at(index);
}

bool tellsWho(RowIndex index) {
    return isDescriptive(index) || index == row("/DeviceInstance");
}

std::optional<Place> findPlace(std::string_view path) {
    if (path.starts_with("/Voltages/Cell"))
        return cellPlace(path.substr(14));
    if (path.starts_with("/Cell/") && path.ends_with("/Volts") && path.size() > 12)
        return cellPlace(path.substr(6, path.size() - 12));
    if (const auto index = findRow(path))
        return Place{Place::Kind::Row, *index};
    return std::nullopt;
}

Value plausible(Place place, Value value) {
    Value fitting = plausible(place.kind == Place::Kind::Cell ? kCellRow : kRows.at(place.index),
                              std::move(value));
    const std::string* text = fitting.text();
    return text != nullptr ? Value(fittedText(*text)) : fitting;
}

const Value* Battery::valueOf(const Slot& slot, bool held) const {
    if (slot.value.isKnown())
        return &slot.value;
    return held && slot.held.isKnown() ? &slot.held : nullptr;
}

bool isThere(const Battery& battery, const Slot& slot) {
    return slot.present || (battery.lost && slot.held.isKnown());
}

std::size_t cellCount(const Battery& battery) {
    std::size_t count = battery.cells.size();
    while (count > 0 && !isThere(battery, battery.cells[count - 1]))
        --count;
    return count;
}

bool isNotJoined(const Battery& battery) {
    const auto state = lastNumberOf(battery, row("/State"));
    return state && std::ranges::find(kNotJoined, *state) != kNotJoined.end();
}

std::optional<double> numberOf(const Battery& battery, RowIndex index) {
    return battery.slot(index).value.number();
}

std::optional<double> nominalCapacity_Ah(const Battery& battery) {
    for (const RowIndex index : {row("/InstalledCapacity"), row("/Capacity")})
        if (const auto own_Ah = numberOf(battery, index); own_Ah && *own_Ah > 0.0)
            return own_Ah;
    return std::nullopt;
}

std::optional<double> lastNumberOf(const Battery& battery, RowIndex index) {
    if (const Value* value = battery.valueOf(battery.slot(index), battery.lost.has_value()))
        return value->number();
    const auto unsaid = std::ranges::find(battery.unsaid, index, &Unsaid::index);
    if (unsaid == battery.unsaid.end())
        return std::nullopt;
    return unsaid->number;
}

bool lacksCell(const Battery& battery) {
    return std::ranges::any_of(battery.cells, [](const Slot& slot) {
        return slot.isLost && !slot.value.isKnown() && !slot.held.isKnown();
    });
}

std::string_view textOf(const Battery& battery, RowIndex index) {
    const Value* value = battery.valueOf(battery.slot(index), true);
    const std::string* text = value != nullptr ? value->text() : nullptr;
    return text != nullptr ? std::string_view(*text) : std::string_view();
}

std::string identityOf(const Battery& battery) {
    if (const auto serial = textOf(battery, row("/Serial")); !serial.empty())
        return "serial " + std::string(serial);
    const auto connection = textOf(battery, row("/Mgmt/Connection"));
    auto name = textOf(battery, row("/CustomName"));
    if (name.empty())
        name = textOf(battery, row("/ProductName"));
    if (connection.empty() && name.empty())
        return {};
    return std::string(connection) + " " + std::string(name);
}

} // namespace busbar
