// SPDX-License-Identifier: MIT
// Peak control.
#include "core/limits/peak.hpp"

#include <algorithm>

namespace busbar {

namespace {

// Tuned on the twin (tests/bench, control). The loop answers after about six seconds (BMS report,
// the GX's 3 s control period, the charger), so an integrating gain above 0.2/s would swing.
constexpr double kDeadBand_V = 0.0025; ///< of a cell; resolution and noise of BMSs are 1 … 3 mV
constexpr double kBelow_V = 0.004;     ///< of a cell: how far below the target it is held, so that
                                       ///< noise and drift do not pass it and call the bound
constexpr double kLower = 0.10;        ///< per second, of the cell's excess
constexpr double kRise = 0.02;         ///< per second, of what the cell lacks
constexpr double kFastest_V = 0.02;    ///< per cell and second, both ways
constexpr double kAhead = 6.0;         ///< s; where the cell will be when the loop answers
constexpr double kSmooth = 5.0;        ///< s, of the slope
constexpr double kAboveBank_V = 0.02;  ///< per cell: how far above the bank it may stand
constexpr double kBelowBank_V = 0.05;  ///< per cell: how far below
constexpr double kMargin_V = 0.001;    ///< per cell, below the bound
constexpr double kCalm_V = 0.2;        ///< of a cell, below the target for long: lets go
/// A cell of high resistance falls as far under any load, and is at its target again a second after
/// the load; what is discharged stays below.
constexpr auto kCalmFor = std::chrono::minutes(30);
constexpr double kLongestGap_s = 5.0; ///< s; a longer gap counts as this

double secondsSince(SteadyTime at, const Now& now) {
    return std::clamp(std::chrono::duration<double>(now.steady - at).count(), 0.0, kLongestGap_s);
}

double comingOf(const PeakInput& input) {
    return input.highest_V + input.pushed_V;
}

void noteSlope(const PeakInput& input, PeakState& state, double span) {
    if (span <= 0.0)
        return;
    const double slope_V = (comingOf(input) - state.coming_V) / span;
    state.rise_V += std::min(span / kSmooth, 1.0) * (slope_V - state.rise_V);
}

/// Of a cell, V/s; negative lowers.
double rateFor(double error_V) {
    if (error_V > kDeadBand_V)
        return -std::min(kLower * (error_V - kDeadBand_V), kFastest_V);
    if (error_V < -kDeadBand_V)
        return std::min(kRise * (-kDeadBand_V - error_V), kFastest_V);
    return 0.0;
}

} // namespace

double holdPeak(const PeakInput& input, PeakState& state, const Now& now) {
    const bool isFirst = state.at == SteadyTime{};
    const double span = isFirst ? 0.0 : secondsSince(state.at, now);
    if (isFirst)
        state.coming_V = comingOf(input);
    if (isFirst || std::chrono::duration<double>(now.steady - state.at).count() > kLongestGap_s)
        state.calmSince = now.steady;
    noteSlope(input, state, span);
    state.coming_V = comingOf(input);
    state.at = now.steady;

    const double ahead_V = comingOf(input) + std::max(0.0, state.rise_V) * kAhead;
    const double error_V = ahead_V - (input.target_V - kBelow_V);
    if (error_V >= -kCalm_V)
        state.calmSince = now.steady;
    else if (now.steady - state.calmSince >= kCalmFor)
        state.cvl_V.reset();
    if (!state.cvl_V) {
        if (error_V < -kDeadBand_V)
            return input.base_V;
        state.cvl_V = std::min(input.base_V, input.bank_V + kAboveBank_V * input.cells);
    }
    double cvl_V = *state.cvl_V + rateFor(error_V) * input.cells * span;
    cvl_V = std::clamp(cvl_V, input.bank_V - kBelowBank_V * input.cells,
                       input.bank_V + kAboveBank_V * input.cells);
    if (input.highest_V > input.target_V)
        cvl_V = std::min(cvl_V, input.bound_V - kMargin_V * input.cells);
    if (cvl_V >= input.base_V) {
        state.cvl_V.reset();
        return input.base_V;
    }
    state.cvl_V = cvl_V;
    return cvl_V;
}

} // namespace busbar
