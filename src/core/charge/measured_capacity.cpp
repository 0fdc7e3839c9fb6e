// SPDX-License-Identifier: MIT
// Weighs one measurement against what is known.
#include "core/charge/measured_capacity.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ratio>

namespace busbar {

namespace {

/// Of the nominal capacity. Packs are sold with up to a tenth more than they are called; one that
/// holds less than this has a dead cell, or its shunt is wrong.
constexpr double kLeastHealth = 0.4;
constexpr double kMostHealth = 1.1;
/// One standard deviation, of the nominal capacity: of a battery that was never measured …
constexpr double kUnmeasured = 0.15;
/// … and of one measurement: where exactly full and empty are, 1 to 2 % each, and the shunt.
constexpr double kOneMeasurement = 0.03;
/// What a sensor is wrong by adds up: of what went in, and an offset, of the nominal capacity per
/// hour (0.14 A of 280 Ah: BMSs read less than 0.5 A as nothing) …
constexpr double kWrongGain = 0.005;
constexpr double kWrongOffset = 0.0005;
/// … until it tells nothing of the battery any more: after weeks without a full charge an offset
/// has counted a part of the capacity that nobody drew.
constexpr double kMostError = 0.1;
/// Ageing between two measurements.
constexpr double kDrift = 0.005;
constexpr double kQuickestGain = 0.6;
constexpr double kSlowestGain = 0.2;
constexpr double kMostUnseen = 0.02;
/// Charge efficiencies of lithium cells are 0.98 … 1; what is outside of this is a wrong shunt.
constexpr double kLeastEfficiency = 0.9;
constexpr double kMostEfficiency = 1.02;
/// A round trip of the whole capacity moves the efficiency by this much; a smaller one by less, and
/// one below a fifth not at all: where full is, is not known that well.
constexpr double kEfficiencyGain = 0.3;
constexpr double kLeastRoundTrip = 0.2;
/// The nominal one is a number that people or a BMS wrote; it does not move a little.
constexpr double kSameNominal = 0.01;

bool isOf(const MeasuredCapacity& measured, double nominal_Ah) {
    return measured.capacity_Ah && measured.nominal_Ah &&
           std::abs(*measured.nominal_Ah - nominal_Ah) <= kSameNominal * nominal_Ah;
}

double efficiencyOf(const MeasuredCapacity& measured, const MeasuringInput& input) {
    return measured.efficiency.value_or(input.efficiency);
}

void learnEfficiency(MeasuredCapacity& measured, const MeasuringState& state,
                     const MeasuringInput& input) {
    const double part = std::min(1.0, state.in_Ah / input.nominal_Ah);
    if (part < kLeastRoundTrip || !(state.in_Ah > 0.0))
        return;
    const double found = state.out_Ah / state.in_Ah;
    if (found < kLeastEfficiency || found > kMostEfficiency)
        return;
    const double known = efficiencyOf(measured, input);
    measured.efficiency = std::min(1.0, known + kEfficiencyGain * part * (found - known));
}

/// One standard deviation of what was counted since the battery was full, Ah.
double errorOf_Ah(const MeasuringState& state, double nominal_Ah, const Now& now) {
    const std::chrono::duration<double, std::ratio<3600>> span =
        now.steady - state.fullAt.value_or(now.steady);
    return (kOneMeasurement + kWrongOffset * span.count()) * nominal_Ah + state.unseen_Ah +
           kWrongGain * state.in_Ah;
}

/// False where the measurement cannot be true, or says too little.
bool learnCapacity(MeasuredCapacity& measured, double found_Ah, const MeasuringState& state,
                   const MeasuringInput& input, const Now& now) {
    const double nominal_Ah = input.nominal_Ah;
    const double error_Ah = errorOf_Ah(state, nominal_Ah, now);
    if (found_Ah < kLeastHealth * nominal_Ah || found_Ah > kMostHealth * nominal_Ah ||
        error_Ah > kMostError * nominal_Ah)
        return false;
    const bool isKnown = isOf(measured, nominal_Ah);
    const double known_Ah = isKnown ? *measured.capacity_Ah : nominal_Ah;
    const double before_Ah =
        isKnown ? measured.spread_Ah.value_or(kUnmeasured * nominal_Ah) : kUnmeasured * nominal_Ah;
    const double doubt_Ah = std::hypot(before_Ah, kDrift * nominal_Ah);
    const double weight = doubt_Ah * doubt_Ah / (doubt_Ah * doubt_Ah + error_Ah * error_Ah);
    const double gain = std::clamp(weight, kSlowestGain, kQuickestGain);
    measured.capacity_Ah = known_Ah + gain * (found_Ah - known_Ah);
    measured.spread_Ah = std::hypot((1.0 - gain) * doubt_Ah, gain * error_Ah);
    measured.nominal_Ah = nominal_Ah;
    measured.at = std::chrono::floor<std::chrono::days>(now.wall);
    return true;
}

} // namespace

double usable_Ah(const MeasuredCapacity& measured, double nominal_Ah) {
    return isOf(measured, nominal_Ah) ? *measured.capacity_Ah : nominal_Ah;
}

std::optional<double> health_pct(const MeasuredCapacity& measured) {
    if (!measured.capacity_Ah || !measured.nominal_Ah || !(*measured.nominal_Ah > 0.0))
        return std::nullopt;
    return 100.0 * *measured.capacity_Ah / *measured.nominal_Ah;
}

std::optional<double> step(MeasuredCapacity& measured, MeasuringState& state,
                           const MeasuringInput& input, const Now& now) {
    state.in_Ah += input.flow.in;
    state.out_Ah += input.flow.out;
    state.unseen_Ah += input.unseen_Ah;
    const bool isSeen = state.unseen_Ah <= kMostUnseen * input.nominal_Ah;
    if (input.isFull) {
        if (state.isRunning && isSeen)
            learnEfficiency(measured, state, input);
        state = {.isRunning = true, .fullAt = now.steady};
        return std::nullopt;
    }
    if (!input.isEmpty || !state.isRunning || state.wasEmpty)
        return std::nullopt;
    state.wasEmpty = true;
    const double drawn_Ah = state.out_Ah - state.in_Ah * efficiencyOf(measured, input);
    if (!isSeen || !learnCapacity(measured, drawn_Ah, state, input, now))
        return std::nullopt;
    return std::max(0.0, *measured.capacity_Ah - drawn_Ah);
}

} // namespace busbar
