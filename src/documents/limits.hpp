// SPDX-License-Identifier: MIT
// The limits of a bank by name.
#pragma once

#include "core/report.hpp"
#include "core/table/quantity.hpp"

#include <array>
#include <string_view>

namespace busbar::documents {

struct LimitName {
    std::string_view name;  ///< in documents
    std::string_view label; ///< for people …
    std::string_view abbreviation;
    Quantity quantity;
    const Limit* (*of)(const BankReport& report); ///< nullptr = nobody gives one
};

// clang-format off
inline constexpr auto kLimits = std::to_array<LimitName>({
    {"charge",         "Charge",         "CCL", Quantity::Current, [](const BankReport& r) { return &r.charge; }},
    {"discharge",      "Discharge",      "DCL", Quantity::Current, [](const BankReport& r) { return &r.discharge; }},
    {"charge_voltage", "Charge voltage", "CVL", Quantity::Voltage, [](const BankReport& r) { return r.chargeVoltage ? &*r.chargeVoltage : nullptr; }},
});
// clang-format on

} // namespace busbar::documents
