// SPDX-License-Identifier: MIT
// The limits of a bank by name.
#pragma once

#include "core/report.hpp"
#include "core/table/quantity.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace busbar::documents {

struct LimitName {
    std::string_view name;  ///< in documents
    std::string_view label; ///< for people …
    std::string_view abbreviation;
    Quantity quantity;
    const Limit* (*of)(const BankReport& report); ///< nullptr = nobody gives one
    std::vector<Limiter> LimiterLists::*limiters; ///< ascending, the one in force first
};

// clang-format off
inline constexpr auto kLimits = std::to_array<LimitName>({
    {"charge",         "Charge",         "CCL", Quantity::Current, [](const BankReport& r) { return &r.charge; }, &LimiterLists::charge},
    {"discharge",      "Discharge",      "DCL", Quantity::Current, [](const BankReport& r) { return &r.discharge; }, &LimiterLists::discharge},
    {"charge_voltage", "Charge voltage", "CVL", Quantity::Voltage, [](const BankReport& r) { return r.chargeVoltage ? &*r.chargeVoltage : nullptr; }, &LimiterLists::chargeVoltage},
});
// clang-format on

} // namespace busbar::documents
