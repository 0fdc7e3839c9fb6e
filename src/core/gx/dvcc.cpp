// SPDX-License-Identifier: MIT
// What the two DVCC settings should be, and what the last will may have done to them.
#include "core/gx/dvcc.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

namespace busbar {

namespace {

using namespace std::chrono_literals;

constexpr auto kRhythm = 3s;         // DVCC takes new limits over every 3 s (dbus/VENUS.md)
constexpr auto kStartPatience = 60s; // batteries come in one by one
constexpr auto kMayArrive = 600s;    // a cloud broker, a GX that restarts
/// A broker gives a silent session up after 1.5 keepalives of 60 s, and then executes its will.
constexpr auto kWillPatience = 120s;
constexpr double kWill_A = 0.0;
constexpr double kForgiven = 1e-3; // part of a step: 55.2 is 55.199999999999996

// Words are part of the published interface.
constexpr OwnedRows kDvccRows = {{
    {OwnedStatus::Idle, "idle", false, 0s, "is as the owner has set it"},
    {OwnedStatus::InForce, "following", false, 0s, "follows the bank"},
    {OwnedStatus::Writing, "writing", false, std::nullopt, "is being written"},
    {OwnedStatus::Saving, "saving", true, 10s,
     "is not changed: the owner's value has to be saved before"},
    {OwnedStatus::Restoring, "restoring", false, std::nullopt, "is being set as the owner had it"},
    {OwnedStatus::Contested, "contested", true, 0s,
     "is changed by somebody else again and again, so it is written once a minute only"},
    {OwnedStatus::Refused, "refused", true, 0s, "is not taken over by the GX; trying again"},
    {OwnedStatus::Unreadable, "unreadable", true, 60s, "cannot be read, so it is not changed"},
}};
static_assert(areInOrder(kDvccRows));

constexpr OwnedPolicy policyOf(std::string_view subject, double noLimit) {
    return {.name = "dvcc",
            .subject = subject,
            .rows = &kDvccRows,
            .tenure = OwnedTenure::Lasting,
            .mayArrive = kMayArrive,
            .rhythm = kRhythm,
            .noLimit = noLimit};
}

/// One of the two settings.
struct DvccSetting {
    OwnedPolicy policy;
    OwnedState DvccState::*state = nullptr;
    std::optional<double> DvccValues::*value = nullptr;
    double highest = 0.0; ///< of the setting's range (dbus/VENUS.md)
    double stepsPerUnit = 1.0;
};
constexpr DvccSetting kSetCurrent = {policyOf("the GX's charge current limit ", kNoCurrentLimit_A),
                                     &DvccState::current, &DvccValues::maxCharge_A, 10000.0, 1.0};
constexpr DvccSetting kSetVoltage = {policyOf("the GX's charge voltage limit ", kNoVoltageLimit_V),
                                     &DvccState::voltage, &DvccValues::maxCharge_V, 80.0, 10.0};

/// As the setting takes it, rounded down; nothing for what is no number or negative.
std::optional<double> settable(const DvccSetting& setting, std::optional<double> limit) {
    if (!limit || !std::isfinite(*limit) || *limit < 0.0)
        return std::nullopt;
    const double steps = std::floor(*limit * setting.stepsPerUnit + kForgiven);
    return std::min(steps / setting.stepsPerUnit, setting.highest);
}

std::optional<double> currentLimitOf(const DvccState& state, const DvccInput& input,
                                     SteadyTime now) {
    const auto limit_A = settable(kSetCurrent, input.limit_A);
    const bool isEarly = input.isStarting && now - state.started.value_or(now) < kStartPatience;
    return limit_A || isEarly ? limit_A : std::optional(0.0);
}

/// 0 V would mean no limit.
std::optional<double> voltageLimitOf(const DvccInput& input) {
    const auto limit_V = settable(kSetVoltage, input.limit_V);
    return limit_V && *limit_V > 0.0 ? limit_V : std::nullopt;
}

void noteWill(DvccState& state, bool isArmed, SteadyTime now) {
    if (state.wasWillArmed && !isArmed)
        state.willLost = now;
    state.wasWillArmed = isArmed;
}

bool mayBeWill(const DvccState& state, SteadyTime now) {
    const auto isRecent = [now](SteadyTime moment) { return now - moment < kWillPatience; };
    return isRecent(state.started.value_or(now)) || isRecent(state.current.doubted) ||
           (state.willLost && isRecent(*state.willLost));
}

/// What both settings have in common.
OwnedInput wishOf(const DvccSetting& setting, const DvccInput& input) {
    OwnedInput wish;
    wish.shown = input.shown.*setting.value;
    wish.persisted = input.persisted.*setting.value;
    wish.isWanted = input.settings.isEnabled;
    wish.interval = input.settings.interval;
    return wish;
}

void stepOne(DvccState& state, const DvccSetting& setting, const OwnedInput& wish, SteadyTime now,
             DvccOutput& out) {
    OwnedOutput one = step(state.*setting.state, setting.policy, wish, now);
    out.write.*setting.value = one.write;
    out.toPersist.*setting.value = one.toPersist;
    if (out.text.empty() || one.status > out.status) {
        out.status = one.status;
        out.text = one.text;
    }
    for (OwnedEvent& event : one.events)
        out.events.push_back(std::move(event));
}

void stepCurrent(DvccState& state, const DvccInput& input, SteadyTime now, DvccOutput& out) {
    OwnedInput wish = wishOf(kSetCurrent, input);
    wish.deadBand = input.settings.deadBand_A;
    wish.target = currentLimitOf(state, input, now);
    if (mayBeWill(state, now))
        wish.stray = kWill_A;
    stepOne(state, kSetCurrent, wish, now, out);
}

void stepVoltage(DvccState& state, const DvccInput& input, SteadyTime now, DvccOutput& out) {
    OwnedInput wish = wishOf(kSetVoltage, input);
    wish.deadBand = input.settings.deadBand_V;
    wish.target = voltageLimitOf(input);
    stepOne(state, kSetVoltage, wish, now, out);
}

} // namespace

DvccOutput step(DvccState& state, const DvccInput& input, const Now& now) {
    state.started = state.started.value_or(now.steady);
    noteWill(state, input.isWillArmed, now.steady);
    DvccOutput out;
    stepCurrent(state, input, now.steady, out);
    stepVoltage(state, input, now.steady, out);
    const DvccValues owners{state.current.owners, state.voltage.owners};
    if (owners != DvccValues())
        out.owners = owners;
    if (input.settings.isEnabled && state.current.owners &&
        isSameSetting(input.persisted.maxCharge_A, state.current.owners))
        out.willCurrent_A = kWill_A;
    return out;
}

std::optional<DvccValues> ownersAtStart(const DvccSettings& settings, const DvccValues& persisted) {
    if (!settings.isEnabled || persisted == DvccValues())
        return std::nullopt;
    return persisted;
}

DvccValues finalWrites(const DvccState& state) {
    return {finalWrite(state.current), finalWrite(state.voltage)};
}

const OwnedPolicy& dvccCurrentPolicy() {
    return kSetCurrent.policy;
}

const OwnedPolicy& dvccVoltagePolicy() {
    return kSetVoltage.policy;
}

} // namespace busbar
