// SPDX-License-Identifier: MIT
// Compares what flows with the limits of the last seconds, and words why they are not kept to.
#include "core/gx/obedience.hpp"

#include "core/gx/advice.hpp"
#include "core/table/quantity.hpp"
#include "core/units/readings.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace busbar {

namespace {

using namespace std::chrono_literals;

/// DVCC passes a limit on within 3 s (dbus/VENUS.md); chargers need some more to get there.
constexpr auto kReaction = 10s;
constexpr double kOverCurrent = 1.1;
constexpr double kOverCurrent_A = 1.0; // what inverters use for themselves, and offsets
/// While it feeds in, a GX lets solar chargers 0.4 V above the CVL of 48 V batteries (0.8 %), and
/// BMSs and chargers measure up to half a percent apart. BMSs of LFP open at 4 % above 3.50 V.
constexpr double kOverVoltage = 1.015;

std::string shownAmperes(double current_A) {
    return displayText(Quantity::Current, current_A);
}

std::string shownVolts(double voltage_V) {
    return displayText(Quantity::Voltage, voltage_V);
}

/// Keeps the largest limit of the last kReaction in front.
std::optional<double> largestLately(LimitTrail& trail, std::optional<double> limit,
                                    SteadyTime now) {
    auto& points = trail.points;
    if (!limit) {
        points.clear();
        return std::nullopt;
    }
    while (!points.empty() && points.back().limit <= *limit)
        points.pop_back();
    points.push_back({now, *limit});
    while (now - points.front().lastSeen > kReaction)
        points.pop_front();
    return points.front().limit;
}

bool isAboveLimit(double current_A, std::optional<double> limit_A) {
    return limit_A && current_A > *limit_A * kOverCurrent + kOverCurrent_A;
}

/// What does not keep to which limit: "is charged with 249.0A though its limit is 50.0A".
std::string overrunText(const AdviceInput& input, const Overrun& overrun) {
    const double current_A = input.current_A.value_or(0.0);
    if (overrun.isCharging)
        return "charged with " + shownAmperes(current_A) + " though its limit is " +
               shownAmperes(input.maxCharge_A.value_or(0.0));
    if (overrun.isDischarging)
        return "discharged with " + shownAmperes(-current_A) + " though its limit is " +
               shownAmperes(input.maxDischarge_A.value_or(0.0));
    return "charged at " + shownVolts(input.voltage_V.value_or(0.0)) +
           " though its charge voltage limit is " + shownVolts(input.maxCharge_V.value_or(0.0));
}

/// Why nobody keeps to it, and what to do.
std::string whyNot(const AdviceInput& input, const Overrun& overrun) {
    const auto& bms = input.readings.gx().activeBms;
    const bool isElsewhere = input.reach.isOnGx && !input.reach.isIndirect && bms &&
                             input.reach.instance && *bms != *input.reach.instance;
    if (!input.reach.isOnGx && !input.reach.isIndirect)
        return "nothing brings the limits of this bank to its chargers and loads. Let the GX "
               "follow it (dbus, control or driver_json in the configuration), count it into the "
               "bank that the GX follows, or set what charges and discharges it to its limits by "
               "hand";
    if (isElsewhere)
        return "the GX's chargers follow battery " + std::to_string(*bms) +
               ", and a GX follows one battery only. Select this bank in " +
               std::string(kChargeControl) +
               " → Controlling BMS, count both as one bank, or set what charges and discharges "
               "this one to its limits by hand";
    return joined({"see that DVCC is on and the right BMS controls (", kChargeControl,
                   overrun.isDischarging ? "), and which loads the GX cannot reduce"
                                         : "), and that every charger is connected to the GX"});
}

} // namespace

Overrun overrunOf(ObedienceState& state, const AdviceInput& input, SteadyTime now) {
    const auto charge_A = largestLately(state.charge, input.maxCharge_A, now);
    const auto discharge_A = largestLately(state.discharge, input.maxDischarge_A, now);
    const auto voltage_V = largestLately(state.voltage, input.maxCharge_V, now);
    if (!input.current_A)
        return {};
    const bool isCharged = *input.current_A > kOverCurrent_A;
    return {isAboveLimit(*input.current_A, charge_A), isAboveLimit(-*input.current_A, discharge_A),
            isCharged && voltage_V && input.voltage_V.value_or(0.0) > *voltage_V * kOverVoltage};
}

Finding limitsIgnored(const AdviceInput& input, const Overrun& overrun) {
    if (!overrun.isCharging && !overrun.isDischarging && !overrun.isTooHigh)
        return std::nullopt;
    return joined({"The bank is ", overrunText(input, overrun), ": ", whyNot(input, overrun)});
}

} // namespace busbar
