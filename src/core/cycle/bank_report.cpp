// SPDX-License-Identifier: MIT
// From the state of a bank to its report.
#include "core/cycle/charge_stage.hpp"
#include "core/cycle/limit_stage.hpp"
#include "core/cycle/measured.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/rows.hpp"
#include "core/cycle/view.hpp"
#include "core/members/loss.hpp"
#include "core/members/member.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>

namespace busbar {

namespace {

void addReadings(MemberReport& report, const Verdict& verdict) {
    if (verdict.battery == nullptr)
        return;
    Member member(*verdict.battery, *verdict.entry, verdict.held);
    if (verdict.instead_V)
        member.setVoltage(*verdict.instead_V);
    report.voltage_V = member.number(row("/Dc/0/Voltage"));
    report.current_A = member.number(row("/Dc/0/Current"));
    report.power_W = member.number(row("/Dc/0/Power"));
    report.soc_pct = member.number(row("/Soc"));
    report.capacity_Ah = member.nominalCapacity_Ah();
    report.maxCharge_A = member.number(row("/Info/MaxChargeCurrent"));
    report.maxDischarge_A = member.number(row("/Info/MaxDischargeCurrent"));
    report.maxCharge_V = member.number(row("/Info/MaxChargeVoltage"));
    report.minCell_V = member.number(row("/System/MinCellVoltage"));
    report.maxCell_V = member.number(row("/System/MaxCellVoltage"));
}

void addLearned(MemberReport& report, const Upkeep& upkeep) {
    const auto memory = upkeep.memory.members.find(report.id);
    if (memory != upkeep.memory.members.end()) {
        report.share = memory->second.stats.share;
        report.resistance_Ohm = memory->second.resistance_Ohm;
        report.weakestCell = memory->second.stats.lowest.named;
        report.highestCell = memory->second.stats.highest.named;
        report.meters = memory->second.meters;
        report.fullCycles = fullCycles(report.meters, report.capacity_Ah);
    }
    const auto& counted = upkeep.socNow.members;
    const auto own = std::ranges::find(counted, report.id, &SocMemberOutput::id);
    if (own == counted.end())
        return;
    report.counter_pct = own->counter_pct;
    report.deviation_pct = own->deviation_pct;
    report.measured = own->measured;
}

MemberReport memberReport(const Verdict& verdict, const Upkeep& upkeep) {
    MemberReport report;
    report.id = verdict.entry->id;
    report.name = verdict.entry->name;
    report.instance = verdict.entry->instance;
    report.key = verdict.entry->key;
    report.within = verdict.entry->within;
    report.takesPart = verdict.takesPart;
    report.held = verdict.held;
    report.reason = verdict.reason;
    report.isHeard = verdict.battery != nullptr && !verdict.battery->lost;
    if (verdict.battery != nullptr && verdict.battery->heard != SteadyTime{})
        report.heard = verdict.battery->heard;
    report.maybeSum = verdict.maybeSum;
    report.detail = verdict.detail;
    addReadings(report, verdict);
    addLearned(report, upkeep);
    return report;
}

bool isOwn(const Verdict& verdict) {
    return !isForeign(verdict) && verdict.reason != OutReason::OutOfService;
}

} // namespace

BankReport reportOf(const CycleView& view) {
    const Upkeep& upkeep = view.charge.upkeep;
    const auto& verdicts = view.parts.verdicts;
    BankReport report;
    report.preset = view.limitState.preset.preset;
    report.currentSource = view.measured.current.used;
    report.currentWhyNot = view.measured.current.whyNot;
    report.soc = upkeep.socNow;
    report.reach.stopSoc_pct = view.rows.stopSoc_pct;
    report.reach.timeToFull_s = view.rows.timeToFull_s;
    report.reach.usableSoc_pct = view.charge.usableSoc_pct;
    report.balancing = upkeep.balancingNow;
    report.reach.target = upkeep.chargeTarget.now;
    report.meters = upkeep.memory.meters;
    report.fullCycles =
        fullCycles(report.meters, view.snapshot[row("/InstalledCapacity")].number());
    report.lastFull = upkeep.memory.lastFull;
    report.stage = view.loss.stage;
    report.isUnheard = !view.loss.wasNormal;
    report.charge = view.limits.charge;
    report.discharge = view.limits.discharge;
    report.chargeVoltage = view.limits.chargeVoltage;
    report.limiters.charge = withPublished(view.limits.limiters.charge, report.charge);
    report.limiters.discharge = withPublished(view.limits.limiters.discharge, report.discharge);
    if (report.chargeVoltage)
        report.limiters.chargeVoltage =
            withPublished(view.limits.limiters.chargeVoltage, *report.chargeVoltage);
    for (const Verdict& verdict : verdicts)
        report.members.push_back(memberReport(verdict, upkeep));
    report.online = onlineCount(verdicts);
    const auto own = std::ranges::count_if(verdicts, isOwn);
    const int absent = absentCount(verdicts, view.limitState.own.unheard, view.settings);
    report.total = std::max(static_cast<int>(own) + absent, view.settings.membership.expected);
    return report;
}

} // namespace busbar
