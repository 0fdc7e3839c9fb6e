// SPDX-License-Identifier: MIT
// Trapezoids over monotonic time.
#include "core/charge/meters.hpp"

#include <cmath>

namespace busbar {

namespace {

/// From `a` to `b` in a straight line over `hours`.
Flow flowBetween(double a, double b, double hours) {
    if (a >= 0.0 && b >= 0.0)
        return {(a + b) / 2.0 * hours, 0.0};
    if (a <= 0.0 && b <= 0.0)
        return {0.0, -(a + b) / 2.0 * hours};
    const double untilZero = a / (a - b);
    const double first = std::abs(a) / 2.0 * hours * untilZero;
    const double second = std::abs(b) / 2.0 * hours * (1.0 - untilZero);
    return a > 0.0 ? Flow{first, second} : Flow{second, first};
}

} // namespace

Flow advance(Trapezoid& state, std::optional<double> value, std::chrono::milliseconds maxGap,
             const Now& now) {
    if (!value || !std::isfinite(*value))
        return {};
    const auto before = state.last;
    state.last = {now.steady, *value};
    if (!before || now.steady <= before->at || now.steady - before->at > maxGap)
        return {};
    const std::chrono::duration<double, std::ratio<3600>> span = now.steady - before->at;
    return flowBetween(before->value, *value, span.count());
}

void step(MeterState& state, const MeterInput& input, std::chrono::milliseconds maxGap,
          const Now& now) {
    const Flow charge = advance(state.current, input.current_A, maxGap, now);
    state.totals.charged_Ah += charge.in;
    state.totals.discharged_Ah += charge.out;
    const Flow energy = advance(state.power, input.power_W, maxGap, now);
    state.totals.charged_Wh += energy.in;
    state.totals.discharged_Wh += energy.out;
}

double throughput_Ah(const MeterTotals& totals) {
    return totals.charged_Ah + totals.discharged_Ah;
}

std::optional<double> fullCycles(const MeterTotals& totals, std::optional<double> capacity_Ah) {
    if (!capacity_Ah || !(*capacity_Ah > 0.0))
        return std::nullopt;
    return throughput_Ah(totals) / (2.0 * *capacity_Ah);
}

} // namespace busbar
