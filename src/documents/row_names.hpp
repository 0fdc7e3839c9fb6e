// SPDX-License-Identifier: MIT
// Names of rows in documents: their key, with the unit where they have one; only sources of this
// folder and renderers include it.
#pragma once

#include "core/table/path_table.hpp"
#include "core/units/value_key.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace busbar::documents {

namespace detail {

/// As a part of a name; in step with the units of quantity.cpp (a test).
[[nodiscard]] constexpr std::string_view unitInName(Quantity quantity) {
    switch (quantity) {
    case Quantity::Voltage:
    case Quantity::CellVoltage:
        return "_V";
    case Quantity::Current:
        return "_A";
    case Quantity::Power:
        return "_W";
    case Quantity::Temperature:
        return "_C";
    case Quantity::Percent:
        return "_pct";
    case Quantity::Charge:
        return "_Ah";
    case Quantity::Energy:
        return "_kWh";
    case Quantity::Duration:
        return "_s";
    default:
        return "";
    }
}

struct RowName {
    std::array<char, 56> text{};
    std::size_t size{0};
    [[nodiscard]] constexpr std::string_view view() const { return {text.data(), size}; }
};

consteval auto rowNames() {
    std::array<RowName, kRowCount> names{};
    for (std::size_t i = 0; i < kRowCount; ++i)
        for (const std::string_view part :
             {keyOf(static_cast<RowIndex>(i)), unitInName(kRows.at(i).quantity)})
            for (const char c : part)
                names.at(i).text.at(names.at(i).size++) = c;
    return names;
}

inline constexpr auto kRowNames = rowNames();

} // namespace detail

/// /Dc/0/Voltage → voltage_V, /Soc → soc_pct, /Alarms/LowSoc → alarm_low_soc. Published: never
/// changed. `keyOf`, without a unit, is what it was in layout 1.
[[nodiscard]] constexpr std::string_view rowName(RowIndex row) {
    return detail::kRowNames.at(row).view();
}

/// The name of a path that must exist; a misspelt one does not compile.
[[nodiscard]] consteval std::string_view rowName(const char* path) {
    return rowName(row(path));
}

} // namespace busbar::documents
