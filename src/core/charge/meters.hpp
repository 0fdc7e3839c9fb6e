// SPDX-License-Identifier: MIT
// Counts the charge and the energy that flow in and out of a member or of the bank.
#pragma once

#include "core/now.hpp"

#include <optional>

namespace busbar {

/// What flowed between two samples, split by direction; both ≥ 0, in the sample's unit times hours.
struct Flow {
    double in = 0.0;  ///< charging
    double out = 0.0; ///< discharging
};

/// The last sample of a current (A) or power (W), positive = charging.
struct Trapezoid {
    struct Sample {
        SteadyTime at{};
        double value = 0.0;
    };
    std::optional<Sample> last;
};

/// Adds a sample and returns what flowed since the one before, by the trapezoid between them, split
/// where it crosses zero. Nothing flowed with the first sample, across more than `maxGap`, or when
/// the time went back; unknown or non-finite is no sample, so it lengthens the gap.
[[nodiscard]] Flow advance(Trapezoid& state, std::optional<double> value,
                           std::chrono::milliseconds maxGap, const Now& now);

/// What has flowed since counting began. Survives a restart. All ≥ 0.
struct MeterTotals {
    double charged_Ah = 0.0;
    double discharged_Ah = 0.0;
    double charged_Wh = 0.0;
    double discharged_Wh = 0.0;

    friend bool operator==(const MeterTotals&, const MeterTotals&) = default;
};

struct MeterState {
    MeterTotals totals;
    Trapezoid current;
    Trapezoid power;
};

/// Unknown = that meter pauses. Power may be V·I.
struct MeterInput {
    std::optional<double> current_A;
    std::optional<double> power_W;
};

/// One cycle; `maxGap` is MeterSettings::maxGap.
void step(MeterState& state, const MeterInput& input, std::chrono::milliseconds maxGap,
          const Now& now);

/// Charge that went in plus charge that came out, Ah.
[[nodiscard]] double throughput_Ah(const MeterTotals& totals);
/// Equivalent full cycles: throughput / (2 · capacity); unknown without a capacity above 0.
[[nodiscard]] std::optional<double> fullCycles(const MeterTotals& totals,
                                               std::optional<double> capacity_Ah);

} // namespace busbar
