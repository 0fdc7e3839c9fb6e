// SPDX-License-Identifier: MIT
// Tells when limits have fallen so far that whoever was told the old ones must hear at once.
#pragma once

#include "core/report.hpp"
#include "core/table/quantity.hpp"

#include <optional>

namespace busbar::mqtt {

/// The bank's limits as documents show them.
struct ShownLimits {
    double charge_A{0.0};
    double discharge_A{0.0};
    std::optional<double> chargeVoltage_V;
};

[[nodiscard]] inline ShownLimits shownLimits(const BankReport& report) {
    const auto shown = [](Quantity quantity, double value) {
        return rounded(quantity, value).number().value_or(0.0);
    };
    ShownLimits limits{shown(Quantity::Current, report.charge.value),
                       shown(Quantity::Current, report.discharge.value), std::nullopt};
    if (report.chargeVoltage)
        limits.chargeVoltage_V = shown(Quantity::Voltage, report.chargeVoltage->value);
    return limits;
}

/// True if one is lower than before by more than a step of what is shown (0.1 A, 0.01 V), so that
/// noise at the edge of rounding is no cut; to 0 A always.
[[nodiscard]] inline bool isCut(const ShownLimits& now, const ShownLimits& before) {
    constexpr double kMoreThanOne = 1.5;
    const auto isLower = [](double value, double last, double step) {
        return value < last - step * kMoreThanOne || (value <= 0.0 && last > 0.0);
    };
    return isLower(now.charge_A, before.charge_A, 0.1) ||
           isLower(now.discharge_A, before.discharge_A, 0.1) ||
           (now.chargeVoltage_V && before.chargeVoltage_V &&
            isLower(*now.chargeVoltage_V, *before.chargeVoltage_V, 0.01));
}

} // namespace busbar::mqtt
