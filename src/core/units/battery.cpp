// SPDX-License-Identifier: MIT
// Places of paths.
#include "core/units/battery.hpp"

#include "core/table/path_table.hpp"
#include "core/units/display_name.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace busbar {

namespace {

constexpr Row kCellRow = {
    "/Voltages/Cell", Rule::Input, Rule::None, Quantity::CellVoltage, 0, 10, "", ""};

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

bool saysItIsAway(const Battery& battery) {
    return battery.wasConnected && numberOf(battery, row("/Connected")) == 0.0;
}

Value plausible(Place place, Value value) {
    Value fitting = plausible(place.kind == Place::Kind::Cell ? kCellRow : kRows.at(place.index),
                              std::move(value));
    const std::string* text = fitting.text();
    return text != nullptr ? Value(fittedText(*text)) : fitting;
}

} // namespace busbar
