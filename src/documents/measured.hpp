// SPDX-License-Identifier: MIT
// What a battery of a bank measures and allows, by name.
#pragma once

#include "core/report.hpp"
#include "core/table/quantity.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace busbar::documents {

/// As the bank took it.
struct Measured {
    std::string_view name;
    Quantity quantity;
    std::optional<double> MemberReport::*value;
};
inline constexpr auto kMeasured = std::to_array<Measured>({
    {"voltage_V", Quantity::Voltage, &MemberReport::voltage_V},
    {"current_A", Quantity::Current, &MemberReport::current_A},
    {"power_W", Quantity::Power, &MemberReport::power_W},
    {"soc_pct", Quantity::Percent, &MemberReport::soc_pct},
    {"capacity_Ah", Quantity::Charge, &MemberReport::capacity_Ah},
    {"min_cell_V", Quantity::CellVoltage, &MemberReport::minCell_V},
    {"max_cell_V", Quantity::CellVoltage, &MemberReport::maxCell_V},
    {"max_charge_A", Quantity::Current, &MemberReport::maxCharge_A},
    {"max_discharge_A", Quantity::Current, &MemberReport::maxDischarge_A},
    {"max_charge_V", Quantity::Voltage, &MemberReport::maxCharge_V},
});
/// A name that is not there does not compile.
[[nodiscard]] consteval Measured measured(std::string_view name) {
    for (const Measured& one : kMeasured)
        if (one.name == name)
            return one;
    throw "no such value"; // NOLINT: is never thrown, ends the compilation
}

} // namespace busbar::documents
