// SPDX-License-Identifier: MIT
// Advice and events of a cycle.
#include "core/cycle/findings.hpp"

#include "core/calendar.hpp"
#include "core/cycle/charge_stage.hpp"
#include "core/cycle/evidence.hpp"
#include "core/cycle/limit_stage.hpp"
#include "core/cycle/measured.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/gx/balance_advice.hpp"
#include "core/gx/pack_advice.hpp"
#include "core/gx/shunt_advice.hpp"
#include "core/made/suggestion.hpp"
#include "core/members/loss.hpp"
#include "core/members/lost_members.hpp"
#include "core/members/member.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "core/units/readings.hpp"

#include <string>

namespace busbar {

namespace {

std::string limitsThatLack(const CycleView& view, const Members& members) {
    const LimitStageState& state = view.limitState;
    return missingLimits(
        {.members = members,
         .curves = state.own.curves,
         .charge = view.limits.charge,
         .discharge = view.limits.discharge,
         .preset = state.preset.preset,
         .isOwnMode = view.settings.limits.mode == LimitMode::Own,
         .takesAll = view.settings.membership.takeAll,
         .lacks = lacksOf({members, view.settings.limits, state.preset,
                           isUnrecognised(view.settings, state.preset), view.settings.cells > 0})});
}

/// What waits for the calendar; empty = nothing, or the clock is set.
std::string withoutClock(const BankSettings& settings, const Now& now) {
    const bool isOwn = settings.limits.cvl.mode == CvlMode::Own;
    const bool hasList = isOwn && hasMonths(settings.limits.cvl);
    if (isClockSet(now.wall) || (!hasList && !hasBalancing(settings)))
        return "";
    return std::string("The clock of the machine that Busbar runs on is not set: until it is, ") +
           (hasList ? "the smallest charge voltage of the twelve months holds" : "") +
           (hasList && hasBalancing(settings) ? ", and " : "") +
           (hasBalancing(settings) ? "balancing does not start by itself" : "") +
           ". See that it reaches a time server, or set it by hand";
}

/// What advice looks at, but for serials, which cost more.
AdviceInput inputOf(const CycleView& view, const Members& members, const Readings& readings,
                    const Now& now) {
    const BankSettings& settings = view.settings;
    const LimitStageState& limits = view.limitState;
    const auto& agreement = view.evidence.agreement.known;
    const GuardState& guard = view.partsState.membership.guard;
    return {
        .readings = readings,
        .ownSerials = view.surroundings.ownSerials,
        .reach = reachNow(view.surroundings, readings),
        .isWorking = view.loss.stage == Stage::Normal,
        .current_A = controlledCurrent_A(view.measured, agreement),
        .maxCharge_A = view.snapshot[row("/Info/MaxChargeCurrent")].number(),
        .maxDischarge_A = view.snapshot[row("/Info/MaxDischargeCurrent")].number(),
        .voltage_V = view.measured.voltage_V,
        .maxCharge_V = view.snapshot[row("/Info/MaxChargeVoltage")].number(),
        .needsFeedInOff = feedInNeeds(view).wantsOff,
        .mayWriteFeedIn = settings.feedIn.mayWrite,
        .packs = {.lostMembers = lostNames(limits.own.unheard, settings.loss.unheard),
                  .unequalCharge = unequalCharge(view.parts.verdicts, members, limits.own.share),
                  .noLimits = limitsThatLack(view, members),
                  .currentDiffers = disagreement(agreement, capacityOf_Ah(members).value_or(0.0)),
                  .series = guard.series,
                  .seriesLines =
                      guard.series.empty() ? "" : seriesLines(view.parts.verdicts, guard.blocks),
                  .doubleCount = doubleCount(view.partsState.sums, view.parts.verdicts),
                  .unbelievable = doubtedNames(view.evidence.belief, members),
                  .balancing = failingBalance(view.charge.upkeep.balancingNow),
                  .clockUnset = withoutClock(settings, now)}};
}

/// Where batteries are taken as they come and their currents add up, whoever has said nothing else
/// may not know that a shunt would do.
bool asksForShunts(const BankSettings& settings) {
    return settings.membership.takeAll && settings.current.source == CurrentSource::Batteries &&
           settings.soc.source != SocSource::Battery;
}

} // namespace

/// What the bridge shows of its own bus is the surest sign.
Reach reachNow(const Surroundings& surroundings, const Readings& readings) {
    const Reach& reach = surroundings.reach;
    if (surroundings.identity.serial.empty() || (reach.isOnGx && reach.instance))
        return reach;
    for (const auto& [instance, battery] : readings.batteries())
        if (!battery.left && textOf(battery, row("/Serial")) == surroundings.identity.serial)
            return {true, instance, reach.isIndirect};
    return reach;
}

void advise(Findings& findings, const CycleView& view, const Members& members,
            const Readings& readings, const Now& now) {
    if (!view.settings.advice.isEnabled) {
        findings.adviceState = {};
        findings.shunts = {};
        findings.advice.clear();
        return;
    }
    if (view.parts.isNewRoster)
        findings.sameSerial = sameSerial(view.parts.verdicts);
    AdviceInput input = inputOf(view, members, readings, now);
    input.packs.sameSerial = findings.sameSerial;
    if (asksForShunts(view.settings)) {
        step(findings.shunts, view.parts.verdicts, members, now);
        input.packs.unusedShunts = unusedShunts(findings.shunts, view.parts.verdicts, members);
    } else {
        findings.shunts = {};
    }
    findings.advice = step(findings.adviceState, input, now);
}

std::vector<Advice> adviceAtOnce(const CycleView& view, const Reach& reach,
                                 const Readings& readings, const Now& now) {
    AdviceInput input = inputOf(view, membersOf(view.parts.verdicts, false), readings, now);
    input.reach = reach;
    input.packs.sameSerial = sameSerial(view.parts.verdicts);
    return findNow(input, now.steady);
}

void findEvents(Findings& findings, const CycleView& view) {
    findings.events = findings.finder.find(
        {view.parts.verdicts, view.loss.stage, view.limits.charge, view.limits.discharge,
         view.charge.upkeep.balancingNow, view.measured.current, view.snapshot, findings.advice});
}

} // namespace busbar
