// SPDX-License-Identifier: MIT
// Currents, then the voltage, then ramps.
#include "core/cycle/limit_stage.hpp"

#include "core/charge/upkeep.hpp"
#include "core/charge/usable_soc.hpp"
#include "core/cycle/measured.hpp"
#include "core/cycle/parts.hpp"
#include "core/limits/charge_voltage.hpp"
#include "core/limits/direction.hpp"
#include "core/limits/open_switch.hpp"
#include "core/limits/still.hpp"
#include "core/members/last_words.hpp"
#include "core/members/lost_members.hpp"
#include "core/members/member.hpp"
#include "core/settings.hpp"
#include "core/table/controls.hpp"
#include "core/table/path_table.hpp"
#include "core/units/inner_name.hpp"
#include "core/units/readings.hpp"

#include <algorithm>
#include <utility>

namespace busbar {

namespace {

/// Nothing from the GX for this long, and no link: as long as its bridge's heartbeat may be missing
/// (gx.heartbeat_timeout_s). Waiting longer would only charge blindly.
constexpr auto kSilent = std::chrono::seconds(10);

/// `kept`: what the owner has set, if something else is shown in its place.
std::optional<double> ownersLimit(const std::optional<double>& kept, double none,
                                  const std::optional<double>& shown) {
    if (!kept)
        return shown;
    return *kept == none ? std::nullopt : kept;
}

CellCountInput cellCountInput(const BankSettings& settings, const PresetValues& preset) {
    const bool isGiven = settings.preset != Preset::Auto;
    const auto& months_V = settings.limits.cvl.cell_V;
    return {settings.cells > 0 ? std::optional<double>(settings.cells) : std::nullopt,
            isGiven ? settings.preset : preset.preset,
            months_V.empty() ? preset.regularCell_V : *std::ranges::max_element(months_V)};
}

UnheardInput unheardOf(const Members& members, const LimitStageInput& input,
                       const PresetValues& preset) {
    return {input.settings.loss.unheard,
            input.settings.limits,
            preset,
            input.measured.unbridged_V,
            input.measured.current.current_A,
            cellsOfBank(members),
            meanSoc_pct(members),
            amongThem_A(members)};
}

StillLimits stillNow(const LimitStageInput& input, const PresetValues& preset, const Now& now) {
    if (!input.settings.membership.frozenTest)
        return {};
    return stillLimits({input.all, input.settings.membership.frozen,
                        input.settings.loss.rideThrough, input.isComfortable, steepEnds(preset)},
                       now);
}

LimitInput limitInput(const Members& members, const LimitStageInput& input,
                      const LimitStageState& state, const Now& now) {
    const Readings& readings = input.readings;
    const bool isSilent = !readings.linkUp() && now.steady - readings.lastSign() >= kSilent;
    return {.members = members,
            .settings = input.settings.limits,
            .minBatteries = input.settings.membership.minBatteries,
            .preset = state.preset,
            .soc = socForCurves(members, input.charge.socNow),
            .gxCharge_A = ownersLimit(input.ownersLimits.value_or(DvccValues()).maxCharge_A,
                                      kNoCurrentLimit_A, readings.gx().maxCharge_A),
            .lost = lostCount(input.verdicts, state.own.unheard, input.settings),
            .ownersCharge_A = chargeCeiling_A(input.controls),
            .ownersDischarge_A = dischargeCeiling_A(input.controls),
            .unheard = unheardOf(members, input, state.preset),
            .silentCharge_A =
                isSilent ? std::optional(input.settings.loss.safeCharge_A) : std::nullopt,
            .agreement = input.agreement,
            .isUnrecognised = isUnrecognised(input.settings, state.preset),
            .still = state.still,
            .replaced = input.replaced};
}

void workOutCurrents(BankLimits& limits, LimitState& memory, const LimitInput& input,
                     const Now& now) {
    estimate(memory.unheard, input.unheard, now);
    learn(memory.share, input.members, now);
    noteCurveData(curveInput(input), memory.curves);
    limits.limiters.charge = limitersOf(Direction::Charge, input, memory);
    limits.charge = strictest(limits.limiters.charge);
    limits.limiters.discharge = limitersOf(Direction::Discharge, input, memory);
    limits.discharge = strictest(limits.limiters.discharge);
}

/// Once nobody may be a sum any more. One that turned out to be a battery of its own takes along
/// what was learned while it was counted as one, or limits would rise as it joins.
void endSuspicion(LimitStageState& state, const LimitStageInput& input) {
    if (!state.withSuspects || hasSuspects(input.verdicts))
        return;
    const auto& learned = state.withSuspects->share.tracks;
    const auto known = std::ranges::count_if(input.members, [&learned](const Member& member) {
        return learned.contains(member.entry().id);
    });
    const bool isOfThese = static_cast<std::size_t>(known) == learned.size();
    if (isOfThese && learned.size() > state.own.share.tracks.size()) {
        state.withSuspects->unheard = std::move(state.own.unheard);
        state.own = std::move(*state.withSuspects);
    }
    state.withSuspects.reset();
}

/// What may be a sum may be a battery: of the two readings the smaller limits. The same steps with
/// a memory of their own.
void boundBySuspects(BankLimits& limits, LimitStageState& state, const LimitStageInput& input,
                     const Now& now) {
    if (!hasSuspects(input.verdicts))
        return;
    if (!state.withSuspects)
        state.withSuspects = state.own;
    state.withSuspects->unheard = state.own.unheard;
    BankLimits ofAll;
    workOutCurrents(ofAll, *state.withSuspects, limitInput(input.all, input, state, now), now);
    if (ofAll.charge.value < limits.charge.value) {
        limits.charge = std::move(ofAll.charge);
        limits.limiters.charge = std::move(ofAll.limiters.charge);
    }
    if (ofAll.discharge.value < limits.discharge.value) {
        limits.discharge = std::move(ofAll.discharge);
        limits.limiters.discharge = std::move(ofAll.limiters.discharge);
    }
}

ChargeVoltageInput voltageInput(const Members& members, const LimitStageInput& input,
                                const LimitStageState& state) {
    const CvlSettings& settings = input.settings.limits.cvl;
    return {.members = members,
            .settings = settings,
            .mode = input.settings.limits.mode,
            .preset = state.preset,
            .share = state.own.share,
            .gx_V = ownersLimit(input.ownersLimits.value_or(DvccValues()).maxCharge_V,
                                kNoVoltageLimit_V, input.readings.gx().maxCharge_V),
            .cell_V = input.charge.balancingNow.cell_V
                          ? input.charge.balancingNow.cell_V
                          : regularCellVoltage(settings, state.preset, input.month),
            .isBalancing = input.charge.balancingNow.isRaised,
            .replaced = input.replaced.chargeVoltage};
}

/// Where a bank stands still, nobody sees its cells rise: no more than blind ones bear, or, where
/// it stands higher already, where it stands. Without either, its current limit has to do.
Limit stillVoltage(Limit wanted, const StillLimits& still, const UnheardInput& input) {
    const auto blind_V = input.cells ? unseenString_V(*input.cells, input) : std::nullopt;
    if (!still.charge_A || !blind_V)
        return wanted;
    const double most_V = std::max(*blind_V, input.bank_V.value_or(0.0));
    return most_V < wanted.value ? Limit{most_V, Cause::NoData, "", ""} : wanted;
}

/// Each of these only takes the voltage down.
void noteStep(std::vector<Limiter>& steps, const Limit& wanted) {
    if (wanted.value < steps.back().limit.value)
        steps.push_back({wanted, {}, {}});
}

/// What a higher limit would rest on.
Basis basisOf(const LimitStageInput& input, const PresetValues& preset, const Now& now) {
    return isOverdue(input.all, steepEnds(preset), now) ? Basis::Held : input.basis;
}

/// Peak control and lost batteries on top; what may not rise stays, the controller with it.
void holdVoltage(BankLimits& limits, LimitStageState& state, Limit base,
                 const LimitStageInput& input, const Now& now) {
    const ChargeVoltageInput voltage = voltageInput(input.all, input, state);
    const PeakState before = state.peak;
    auto& steps = limits.limiters.chargeVoltage;
    steps = {{base, {}, {}}};
    Limit wanted = withPeakControl(std::move(base), voltage, state.peak, now);
    noteStep(steps, wanted);
    const UnheardInput unheard = unheardOf(input.all, input, state.preset);
    wanted = unheardVoltage(std::move(wanted), state.own.unheard, unheard);
    noteStep(steps, wanted);
    wanted = stillVoltage(std::move(wanted), state.still, unheard);
    noteStep(steps, wanted);
    const bool mayRise = basisOf(input, state.preset, now) == Basis::New && !isPeakUnseen(voltage);
    if (!mayRise && limits.chargeVoltage && wanted.value > limits.chargeVoltage->value) {
        state.peak = before;
        return;
    }
    limits.chargeVoltage = std::move(wanted);
}

/// A CVL that nobody gives any more stays as a number, because the GX needs all three; then nothing
/// may flow in.
void workOutVoltage(BankLimits& limits, LimitStageState& state, const LimitStageInput& input,
                    const Now& now) {
    auto base = baseVoltage(voltageInput(input.members, input, state));
    if (input.all.size() > input.members.size())
        if (auto ofAll = baseVoltage(voltageInput(input.all, input, state));
            ofAll && (!base || ofAll->value < base->value))
            base = std::move(ofAll);
    const bool isOfThePast = base && base->cause == Cause::Member && !isVoltageGiven(input.members);
    if (base)
        holdVoltage(limits, state, std::move(*base), input, now);
    if (limits.chargeVoltage && (!base || isOfThePast))
        limits.charge = {0.0, Cause::UnknownLimit, limits.chargeVoltage->member, ""};
}

/// "Barn/Pack C": whose limit a made battery has.
void nameDeep(Limit& limit, RowIndex said, RowIndex allow, const std::vector<Verdict>& verdicts) {
    const auto found = std::ranges::find_if(verdicts, [&limit](const Verdict& verdict) {
        return verdict.battery != nullptr && verdict.entry->name == limit.member;
    });
    if (limit.member.empty() || found == verdicts.end())
        return;
    const auto deeper = deciderOf(*found->battery, limit.cause == Cause::Blocked ? allow : said);
    const bool isIts = limit.cause == Cause::Member || limit.cause == Cause::Blocked ||
                       limit.cause == Cause::UnknownLimit;
    if (isIts && !deeper.empty())
        limit.member = innerName(limit.member, deeper);
}

void nameDeepAll(BankLimits& limits, const std::vector<Verdict>& verdicts) {
    for (const auto& [limit, direction] : {std::pair{&limits.charge, Direction::Charge},
                                           std::pair{&limits.discharge, Direction::Discharge}})
        nameDeep(*limit, rowsOf(direction).limit, rowsOf(direction).allow, verdicts);
    for (const auto& [limiters, direction] :
         {std::pair{&limits.limiters.charge, Direction::Charge},
          std::pair{&limits.limiters.discharge, Direction::Discharge}})
        for (Limiter& one : *limiters)
            nameDeep(one.limit, rowsOf(direction).limit, rowsOf(direction).allow, verdicts);
    constexpr RowIndex kVoltageLimit = row("/Info/MaxChargeVoltage");
    for (Limiter& one : limits.limiters.chargeVoltage)
        nameDeep(one.limit, kVoltageLimit, kVoltageLimit, verdicts);
    if (limits.chargeVoltage)
        nameDeep(*limits.chargeVoltage, kVoltageLimit, kVoltageLimit, verdicts);
}

void noteOverrun(OverrunState& overrun, const LimitStageInput& input, const Limit& charge,
                 const Now& now) {
    const bool isOwn = input.measured.current.used == CurrentSource::Batteries;
    step(overrun,
         {input.members,
          less(controlledCurrent_A(input.measured, input.agreement),
               isOwn ? input.measured.leapt_A : 0.0),
          charge.value},
         now);
}

/// A wish protects nothing: chargers that do not obey it are no overrun, and a battery that is lost
/// meanwhile is not held to it.
void endAtTarget(Limit& charge, const LimitStageInput& input) {
    if (input.charge.chargeTarget.now.isReached && charge.value > 0.0)
        charge = {0.0, Cause::ChargeTarget, "", ""};
}

} // namespace

void knowPreset(PresetValues& preset, const BankSettings& settings, const Members& members) {
    const Preset wanted = settings.preset;
    if (wanted != Preset::Auto) {
        if (preset.preset != wanted)
            preset = presetValues(wanted);
    } else if (preset.preset == Preset::None) {
        if (const auto found = recognise(members))
            preset = presetValues(*found);
    }
}

void know(Members& members, LimitStageState& state, const BankSettings& settings, const Now& now) {
    markOpen(members, state.own.share);
    countCells(state.cells, members, cellCountInput(settings, state.preset), now);
}

void noteDoubted(LimitStageState& state, std::set<std::string> doubted,
                 std::optional<Deduced> deduced) {
    if (state.withSuspects) {
        state.withSuspects->share.doubted = doubted;
        state.withSuspects->share.deduced = deduced;
    }
    state.own.share.doubted = std::move(doubted);
    state.own.share.deduced = std::move(deduced);
}

void workOut(BankLimits& limits, LimitStageState& state, const LimitStageInput& input,
             const Now& now) {
    endSuspicion(state, input);
    state.still = stillNow(input, state.preset, now);
    workOutCurrents(limits, state.own, limitInput(input.members, input, state, now), now);
    boundBySuspects(limits, state, input, now);
    workOutVoltage(limits, state, input, now);
    noteWords(state.own.unheard, input.all, state.own.share,
              {limits.charge, limits.discharge, limits.chargeVoltage}, now);
    noteOverrun(state.overrun, input, limits.charge, now);
    endAtTarget(limits.charge, input);
    const double rate_A = input.settings.limits.ramp_A;
    const Basis basis = basisOf(input, state.preset, now);
    limits.charge = ramped(limits.charge, rate_A, state.chargeRamp, now, basis);
    limits.discharge = ramped(limits.discharge, rate_A, state.dischargeRamp, now, basis);
    nameDeepAll(limits, input.verdicts);
}

UnheardInput unheardInput(const LimitStageInput& input, const LimitStageState& state) {
    return unheardOf(input.members, input, state.preset);
}

bool isUnrecognised(const BankSettings& settings, const PresetValues& preset) {
    return settings.preset == Preset::Auto && preset.preset == Preset::None;
}

} // namespace busbar
