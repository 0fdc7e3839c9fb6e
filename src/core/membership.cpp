// SPDX-License-Identifier: MIT
// Who takes part now.
#include "core/membership.hpp"

#include "core/limits/direction.hpp"
#include "core/member.hpp"
#include "core/membership_settings.hpp"
#include "core/readings.hpp"
#include "core/roster.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace busbar {

namespace {

/// /State of a battery that is not joined to the busbar: initialising (0–8), shut down, updating,
/// going to run, pre-charging, contactor check, pending (venus-dbus: battery states; Victron's
/// parallel aggregate leaves 18 out).
constexpr std::array kNotJoined = {0.0, 1.0,  2.0,  3.0,  4.0,  5.0,  6.0, 7.0,
                                   8.0, 12.0, 13.0, 15.0, 16.0, 17.0, 18.0};

constexpr double kWorkingShare = 0.02; // of the capacity, per hour: product.md §2

std::optional<double> shownNumber(const Battery& battery, RowIndex index) {
    const Value* value = battery.valueOf(battery.slot(index), battery.lost.has_value());
    return value == nullptr ? std::nullopt : value->number();
}

OutReason lossReason(const Battery& battery, const Readings& readings) {
    const auto isKnown = [&](RowIndex index) { return battery.slot(index).value.isKnown(); };
    if (battery.isJoining)
        return OutReason::Joining;
    if (battery.left || battery.isMute || !readings.linkUp() || battery.lostWithLink)
        return OutReason::Stale;
    if (!isKnown(row("/Dc/0/Voltage")))
        return OutReason::NoVoltage;
    if (!isKnown(row("/Dc/0/Current")) && !isKnown(row("/Dc/0/Power")))
        return OutReason::NoCurrent;
    return OutReason::Stale;
}

bool isNotJoined(const Battery& battery) {
    const auto state = shownNumber(battery, row("/State"));
    return state && std::ranges::find(kNotJoined, *state) != kNotJoined.end();
}

std::string stateText(const Battery& battery) {
    const auto state = shownNumber(battery, row("/State"));
    return state ? "its /State is " + displayText(Quantity::Enum, *state) : std::string();
}

/// When the battery was found frozen: its values have stood still although the bank worked. It
/// stays so until one moves.
std::optional<SteadyTime> frozenSince(const Battery& battery, const MembershipSettings& settings,
                                      MembershipState& state, const Now& now) {
    if (!settings.frozenTest)
        return std::nullopt;
    const auto known = state.frozenSince.find(battery.instance);
    if (known != state.frozenSince.end()) {
        if (battery.moved < known->second)
            return known->second;
        state.frozenSince.erase(known);
    }
    if (!state.workingSince ||
        now.steady - std::max(battery.moved, *state.workingSince) < settings.frozen)
        return std::nullopt;
    return state.frozenSince[battery.instance] = now.steady;
}

std::string ageText(SteadyTime since, const Now& now) {
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now.steady - since).count();
    return "for " + std::to_string(age) + " s";
}

/// A battery that cannot be read any more: held for a while, then out.
void judgeLost(Verdict& verdict, SteadyTime since, std::chrono::milliseconds hold, const Now& now) {
    verdict.detail = ageText(since, now);
    verdict.held = verdict.battery->firstUsable.has_value() && now.steady - since < hold;
    verdict.takesPart = verdict.held;
}

void judgeOne(Verdict& verdict, const MembershipInput& input, MembershipState& state,
              const Now& now) {
    const Battery& battery = *verdict.battery;
    verdict.reason = verdict.entry->reason;
    verdict.detail = verdict.entry->detail;
    if (verdict.reason != OutReason::None)
        return;
    if (state.outOfService.contains(verdict.entry->id)) {
        verdict.reason = OutReason::OutOfService;
        return;
    }
    if (isNotJoined(battery)) {
        verdict.reason = OutReason::Pending;
        verdict.detail = stateText(battery);
        return;
    }
    if (battery.lost) {
        verdict.reason = lossReason(battery, input.readings);
        verdict.returning = battery.isJoining && battery.firstUsable;
        const bool byLink = battery.lostWithLink && (input.readings.inDoubt() || battery.isJoining);
        judgeLost(verdict, *battery.lost, byLink ? input.linkTimeout : input.settings.hold, now);
        return;
    }
    if (const auto since = frozenSince(battery, input.settings, state, now)) {
        verdict.reason = OutReason::Frozen;
        judgeLost(verdict, *since, input.settings.hold, now);
        verdict.detail = "no change of voltage, current or cells " + ageText(battery.moved, now);
        return;
    }
    verdict.takesPart = true;
}

std::optional<double> median(std::vector<double> values) {
    if (values.empty())
        return std::nullopt;
    std::ranges::sort(values);
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2.0;
}

/// Its BMS allows a direction: a switch is closed. One that allows neither may be open, and measure
/// a voltage that is not the busbar's.
bool isConnected(const Battery& battery) {
    constexpr std::array kDirections = {Direction::Charge, Direction::Discharge};
    return std::ranges::any_of(kDirections, [&battery](Direction direction) {
        const auto allow = shownNumber(battery, rowsOf(direction).allow);
        const auto limit_A = shownNumber(battery, rowsOf(direction).limit);
        return (allow || limit_A) && allow != 0.0 && limit_A != 0.0;
    });
}

/// Of those that are known to be connected; of all where none is.
std::optional<double> medianVoltage(const std::vector<Verdict>& verdicts) {
    std::vector<double> all;
    std::vector<double> connected;
    for (const Verdict& verdict : verdicts) {
        if (!verdict.takesPart || verdict.held)
            continue;
        all.push_back(shownNumber(*verdict.battery, row("/Dc/0/Voltage")).value_or(0.0));
        if (isConnected(*verdict.battery))
            connected.push_back(all.back());
    }
    return median(connected.empty() ? all : connected);
}

/// Compares fresh voltages only: one that is held is of another moment.
void guardVoltages(std::vector<Verdict>& verdicts, const MembershipSettings& settings) {
    const auto middle_V = medianVoltage(verdicts);
    if (!middle_V)
        return;
    const double band_V = *middle_V * settings.guard_pct / 100.0 + settings.guard_V;
    for (Verdict& verdict : verdicts) {
        const auto own_V = verdict.takesPart && !verdict.held
                               ? shownNumber(*verdict.battery, row("/Dc/0/Voltage"))
                               : std::nullopt;
        if (!own_V || std::abs(*own_V - *middle_V) <= band_V)
            continue;
        verdict.takesPart = false;
        verdict.reason = OutReason::VoltageMismatch;
        verdict.detail = displayText(Quantity::Voltage, *own_V) + ", the bank's median is " +
                         displayText(Quantity::Voltage, *middle_V);
    }
}

} // namespace

std::vector<Verdict> judge(const MembershipInput& input, MembershipState& state, const Now& now) {
    std::vector<Verdict> verdicts;
    verdicts.reserve(input.roster.size());
    for (const RosterEntry& entry : input.roster) {
        Verdict& verdict = verdicts.emplace_back();
        verdict.entry = &entry;
        const auto battery = input.readings.batteries().find(entry.instance);
        if (battery == input.readings.batteries().end()) {
            verdict.reason = OutReason::Missing;
            verdict.detail = entry.detail;
            continue;
        }
        verdict.battery = &battery->second;
        judgeOne(verdict, input, state, now);
    }
    guardVoltages(verdicts, input.settings);
    return verdicts;
}

void noteWork(MembershipState& state, std::optional<double> current_A,
              std::optional<double> capacity_Ah, const Now& now) {
    const bool isWorking =
        current_A && capacity_Ah && std::abs(*current_A) > kWorkingShare * *capacity_Ah;
    if (!isWorking)
        state.workingSince.reset();
    else if (!state.workingSince)
        state.workingSince = now.steady;
}

bool isForeign(const Verdict& verdict) {
    return isForeign(verdict.reason) && !verdict.maybeSum;
}

bool saysItIsOff(const Verdict& verdict) {
    const bool talks = verdict.battery != nullptr && !verdict.battery->lost;
    if (!talks ||
        (verdict.reason != OutReason::Pending && verdict.reason != OutReason::VoltageMismatch))
        return false;
    return carriesNothing(Member(*verdict.battery, *verdict.entry, false));
}

bool isLoss(OutReason reason) {
    using enum OutReason;
    constexpr std::array kLosses = {Missing, Ambiguous, Duplicate, Stale,
                                    Frozen,  NoVoltage, NoCurrent, VoltageMismatch};
    return std::ranges::find(kLosses, reason) != kLosses.end();
}

} // namespace busbar
