// SPDX-License-Identifier: MIT
// How results of a cycle are shown.
#include "core/cycle/rows.hpp"

#include "core/cycle/limit_stage.hpp"
#include "core/cycle/measured.hpp"
#include "core/cycle/parts.hpp"
#include "core/limits/direction.hpp"
#include "core/made/made_key.hpp"
#include "core/members/member.hpp"
#include "core/memory.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/controls.hpp"
#include "core/table/path_table.hpp"
#include "core/table/product_id.hpp"
#include "core/units/battery.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <utility>

namespace busbar {

namespace {

constexpr double kRunning = 9.0;  // /State: running
constexpr double kStarting = 0.0; // /State: initialising
/// What nobody looks at costs the GX's bus and its MQTT bridge as much as what somebody does.
constexpr auto kOtherPages = std::chrono::seconds(10);
constexpr double kWarning = 1.0;
constexpr double kAlarm = 2.0;
constexpr double kWhPerWh = 1e-3;

/// 0 is none, and 255 is what a byte says for "unknown": no lithium cell is at 0.2 V, or at 6 V.
bool isCellCount(double cells, std::optional<double> voltage_V) {
    constexpr double kLeast_V = 0.8;
    constexpr double kMost_V = 5.0;
    return cells >= 1.0 &&
           (!voltage_V || (*voltage_V >= kLeast_V * cells && *voltage_V <= kMost_V * cells));
}

/// Blocks of the longest string; 0 of nobody. What a found battery says is its own business.
double inSeries(const Members& members) {
    double most = members.empty() ? 0.0 : 1.0;
    for (const Member& member : members)
        if (isMade(member.entry().instance))
            most = std::max(most, member.number(row("/System/BatteriesSeries")).value_or(1.0));
    return most;
}

void raise(Value& alarm, double level) {
    alarm = std::max(alarm.number().value_or(0.0), level);
}

/// "Float" if all agree, "Pack A: Bulk, Pack B: Float" if not; unknown if nobody says.
Value chargeModeOf(const Members& members) {
    constexpr RowIndex kMode = row("/Info/ChargeMode");
    std::set<std::string> modes;
    std::set<std::string> lines;
    for (const Member& member : members) {
        const Value* value = member.value(kMode);
        if (value == nullptr || value->text() == nullptr || value->text()->empty())
            continue;
        modes.insert(*value->text());
        lines.insert(member.name() + ": " + *value->text());
    }
    if (modes.empty())
        return {};
    if (modes.size() == 1)
        return *modes.begin();
    std::string text;
    for (const std::string& line : lines)
        text += (text.empty() ? "" : ", ") + line;
    return text;
}

/// Members count as one module each unless they know better.
double modulesOf(const Members& members, RowIndex index, double otherwise) {
    double sum = 0.0;
    for (const Member& member : members)
        sum += member.number(index).value_or(otherwise);
    return sum;
}

/// Modules that are offline count as that.
double blockingModules(const Members& members, Direction direction) {
    double sum = 0.0;
    for (const Member& member : members)
        sum += std::max(member.number(rowsOf(direction).blockingModules).value_or(0.0),
                        member.isBlocked(direction) && !isOffline(member) ? 1.0 : 0.0);
    return sum;
}

/// Limits are cut off, not rounded: a published limit is never above the one that was worked out. A
/// hundredth of the last digit is forgiven, because 13.499999771 is a widened float32 of 13.5.
double roundedDown(double value, Quantity quantity) {
    const double scale = std::pow(10.0, spec(quantity).decimals);
    return std::floor(value * scale + 0.01) / scale;
}

/// A part that speaks while its whole is lost for want of another: it still hangs on the busbar. Of
/// a shunt that says nothing.
bool speaksAlone(const Verdict& part, const std::vector<Verdict>& verdicts) {
    if (part.battery == nullptr || !part.battery->hasBms || part.battery->lost)
        return false;
    const Verdict* whole = wholeOf(part, verdicts);
    return whole != nullptr && whole->reason == OutReason::PartLost;
}

/// A battery of this bank that speaks has its full say, whether it takes part or not. One that is
/// lost leaves what it last said as a warning, unless the owner has taken it out; so does an alarm
/// that fell silent.
void raiseAlarmsOf(const Verdict& verdict, const std::vector<Verdict>& verdicts,
                   Snapshot& snapshot) {
    if (verdict.battery == nullptr || (isForeign(verdict) && !speaksAlone(verdict, verdicts)))
        return;
    const Unit& battery = *verdict.battery;
    const bool isSilent =
        verdict.reason == OutReason::Frozen || (battery.lost && !battery.isJoining);
    if (isSilent && verdict.reason == OutReason::OutOfService)
        return;
    for (const Unsaid& one : battery.unsaid)
        if (kRows.at(one.index).quantity == Quantity::Alarm)
            raise(snapshot.rows.at(one.index), std::min(one.number, kWarning));
    if (verdict.takesPart)
        return;
    for (std::size_t i = 0; i < kRowCount; ++i) {
        const Slot& slot = battery.slots.at(i);
        const Value* own = battery.valueOf(slot, battery.lost.has_value());
        if (kRows.at(i).quantity != Quantity::Alarm || own == nullptr || !own->number())
            continue;
        const bool isNow = !isSilent && own == &slot.value;
        raise(snapshot.rows.at(i), isNow ? *own->number() : std::min(*own->number(), kWarning));
    }
}

/// Minutes, so that the bus has no change of it in every second.
Value sinceFull(const std::optional<WallTime>& lastFull, const Now& now) {
    if (!lastFull || now.wall < *lastFull)
        return {};
    const auto minutes = std::chrono::floor<std::chrono::minutes>(now.wall - *lastFull);
    return std::chrono::duration<double>(minutes).count();
}

std::optional<double> wholeCycles(const MeterTotals& meters, std::optional<double> capacity_Ah) {
    const auto cycles = fullCycles(meters, capacity_Ah);
    return cycles ? std::optional(std::floor(*cycles)) : std::nullopt;
}

/// Own meters where no battery has ever told; once one has, it is not mixed with ours. A count of
/// 0 is no word, because some write nothing else; no time since the last full charge is one.
void fillHistory(Snapshot& snapshot, RowsState& state, BankMemory& memory, const Members& members,
                 const Now& now) {
    foldLifetime(memory, state.lifetime, members, snapshot, now);
    const MeterTotals& meters = memory.meters;
    const auto installed_Ah = snapshot[row("/InstalledCapacity")].number();
    const std::array<std::pair<RowIndex, Value>, RowsState::kOwnHistory> own = {{
        {row("/History/ChargedEnergy"), meters.charged_Wh * kWhPerWh},
        {row("/History/DischargedEnergy"), meters.discharged_Wh * kWhPerWh},
        {row("/History/TotalAhDrawn"), -meters.discharged_Ah},
        {row("/History/ChargeCycles"), wholeCycles(meters, installed_Ah)},
        {row("/History/TimeSinceLastFullCharge"), sinceFull(memory.lastFull, now)},
    }};
    for (std::size_t i = 0; i < own.size(); ++i) {
        Value& shown = snapshot[own.at(i).first];
        const bool isSilent = kRows.at(own.at(i).first).quantity == Quantity::Count &&
                              shown.number().value_or(0.0) <= 0.0;
        if (shown.isKnown() && !isSilent)
            state.historyOfMembers.set(i);
        else if (!state.historyOfMembers.test(i))
            shown = own.at(i).second;
        if (i < state.lifetime.sums.size())
            state.lifetime.sums.at(i) = std::abs(shown.number().value_or(0.0));
    }
}

void fillLimits(Snapshot& snapshot, const RowsInput& input) {
    const BankLimits& limits = input.limits;
    const bool isStarting = input.stage == Stage::Starting;
    if (isStarting && limits.charge.cause == Cause::None)
        return;
    snapshot[row("/Info/ChargeLimitation")] = describe(limits.charge);
    snapshot[row("/Info/DischargeLimitation")] = describe(limits.discharge);
    const double charge_A = roundedDown(limits.charge.value, Quantity::Current);
    const double discharge_A = roundedDown(limits.discharge.value, Quantity::Current);
    snapshot[row("/Io/AllowToCharge")] = charge_A > 0.0 ? 1.0 : 0.0;
    snapshot[row("/Io/AllowToDischarge")] = discharge_A > 0.0 ? 1.0 : 0.0;
    if (limits.chargeVoltage)
        snapshot[row("/Info/MaxChargeVoltage")] =
            roundedDown(limits.chargeVoltage->value, Quantity::Voltage);
    else if (!isStarting)
        return; // systemcalc takes a battery without CVL for no BMS; then the other two must be
                // unknown too
    snapshot[row("/Info/MaxChargeCurrent")] = charge_A;
    snapshot[row("/Info/MaxDischargeCurrent")] = discharge_A;
}

void fillCellCount(Snapshot& snapshot, const RowsInput& input) {
    Value& cells = snapshot[row("/System/NrOfCellsPerBattery")];
    if (const auto said = cells.number();
        said && !isCellCount(*said, snapshot[row("/Dc/0/Voltage")].number()))
        cells = {};
    if (cells.isKnown())
        return;
    if (const auto most = mostCells(input.verdicts); most > 0)
        cells = static_cast<double>(most);
    else if (const auto found = cellsOfBank(input.members))
        cells = *found;
}

void fillCounts(Snapshot& snapshot, const RowsInput& input) {
    snapshot[row("/Connected")] = 1.0;
    snapshot[row("/State")] = input.stage == Stage::Normal ? kRunning : kStarting;
    if (input.stage == Stage::Starting)
        return;
    const Members& members = input.members;
    constexpr RowIndex kOnline = row("/System/NrOfModulesOnline");
    constexpr RowIndex kOffline = row("/System/NrOfModulesOffline");
    // The GUI's choice of a battery ends here, so it counts those that were dropped, too, and such
    // as the owner expects and nobody has seen.
    snapshot[row("/System/NrOfBatteries")] =
        std::max(pageCount(input.verdicts), input.settings.membership.expected);
    snapshot[row("/System/BatteriesParallel")] = static_cast<double>(members.size());
    snapshot[row("/System/BatteriesSeries")] = inSeries(members);
    fillCellCount(snapshot, input);
    snapshot[kOnline] = modulesOf(members, kOnline, 1.0);
    snapshot[kOffline] = modulesOf(members, kOffline, 0.0) +
                         lostCount(input.verdicts, input.unheard, input.settings);
    for (const Direction direction : {Direction::Charge, Direction::Discharge})
        snapshot[rowsOf(direction).blockingModules] = blockingModules(members, direction);
}

void fillAlarms(Snapshot& snapshot, const RowsInput& input) {
    if (input.stage == Stage::Starting)
        return;
    Value& cable = snapshot[row("/Alarms/BmsCable")];
    raise(cable, 0.0);
    for (const Verdict& verdict : input.verdicts)
        raiseAlarmsOf(verdict, input.verdicts, snapshot);
    if (lostCount(input.verdicts, input.unheard, input.settings) > 0)
        raise(cable, kWarning);
    if (input.stage != Stage::Normal)
        raise(cable, kAlarm);
    if (input.controls.doubt.isUnconfirmed)
        raise(snapshot[row("/Alarms/InternalFailure")], kAlarm);
    const auto spread_V = snapshot[row("/Voltages/Diff")].number();
    if (!spread_V)
        return;
    const AlarmSettings& levels = input.settings.alarms;
    const auto isOver = [&](double level_V) { return level_V > 0.0 && *spread_V >= level_V; };
    if (isOver(levels.cellSpreadWarning_V))
        raise(snapshot[row("/Alarms/CellImbalance")], kWarning);
    if (isOver(levels.cellSpreadAlarm_V))
        raise(snapshot[row("/Alarms/CellImbalance")], kAlarm);
}

} // namespace

void fillFixed(Snapshot& snapshot, const Identity& identity) {
    snapshot[row("/Mgmt/ProcessName")] = "busbar";
    snapshot[row("/Mgmt/ProcessVersion")] = identity.version;
    snapshot[row("/Mgmt/Connection")] = identity.connection;
    snapshot[row("/ProductId")] = static_cast<double>(kProductId);
    snapshot[row("/ProductName")] = identity.productName;
    snapshot[row("/CustomName")] = identity.customName;
    snapshot[row("/FirmwareVersion")] = identity.version;
    snapshot[row("/HardwareVersion")] = Value();
    snapshot[row("/Serial")] = identity.serial;
    snapshot[row("/DeviceInstance")] = identity.instance >= 0 ? Value(identity.instance) : Value();
}

void fillWork(Snapshot& snapshot, RowsState& state, BankMemory& memory, const WorkInput& input,
              const Now& now) {
    const Measured& measured = input.measured;
    state.meanCurrent.add(measured.current.current_A, now);
    const bool isDischarging = measured.current.current_A.value_or(0.0) < 0.0;
    snapshot[row("/TimeToGo")] =
        isDischarging ? Value(timeToGo(input.soc_pct, input.stopSoc_pct, measured.nominal_Ah,
                                       state.meanCurrent.mean()))
                      : Value();
    state.timeToFull_s = isDischarging ? std::nullopt
                                       : timeToFull(snapshot[row("/Soc")].number(),
                                                    measured.nominal_Ah, state.meanCurrent.mean());
    state.stopSoc_pct = input.stopSoc_pct;
    snapshot[row("/Info/ChargeMode")] = chargeModeOf(input.members);
    if (measured.highestCell_V && measured.lowestCell_V)
        snapshot[row("/Voltages/Diff")] = *measured.highestCell_V - *measured.lowestCell_V;
    fillHistory(snapshot, state, memory, input.members, now);
}

void fillRows(Snapshot& snapshot, const RowsInput& input) {
    fillLimits(snapshot, input);
    fillCounts(snapshot, input);
    fillAlarms(snapshot, input);
    fillFixed(snapshot, input.identity);
    for (std::size_t i = 0; i < kRowCount; ++i)
        snapshot.rows[i] = rounded(kRows[i].quantity, snapshot.rows[i]);
}

void fillPages(Snapshot& snapshot, RowsState& state, const RowsInput& input, int page,
               const Now& now) {
    ExtrasInput extras{input.verdicts, input.settings};
    extras.hasTemperature = snapshot[row("/History/MinimumTemperature")].isKnown() ||
                            snapshot[row("/History/MaximumTemperature")].isKnown();
    extras.due.shown = page <= pageCount(input.verdicts) ? page : 0;
    extras.due.others = now.steady - state.pagesFilled >= kOtherPages;
    extras.due.cells = state.cellTurn;
    if (extras.due.others) {
        state.pagesFilled = now.steady;
        state.cellTurn = (state.cellTurn + 1) % kCellTurns;
    }
    fillExtras(state.extras, extras, snapshot.extras);
}

} // namespace busbar
