// SPDX-License-Identifier: MIT
// Takes both from one site.
#include "app/compare/moment.hpp"

#include "app/run/site_run.hpp"
#include "core/bank.hpp"
#include "core/cycle/findings.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/gx/gx_advice.hpp"
#include "core/gx/gx_state.hpp"
#include "core/members/membership.hpp"
#include "core/members/roster_names.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/units/selector_match.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace busbar {

namespace {

std::string otherName(const Unit& unit) {
    return displayName(unit) + " (instance " + std::to_string(unit.instance) + ")";
}

bool isOther(const Verdict& verdict, const std::optional<Selector>& wanted) {
    if (verdict.battery == nullptr)
        return false;
    return wanted ? matches(*wanted, *verdict.battery)
                  : verdict.reason == OutReason::Aggregate && !verdict.maybeSum;
}

std::string whyNoOther(const std::vector<const Unit*>& found, bool isWanted) {
    if (found.empty())
        return isWanted ? "no battery on the GX is the one that --with names; busbar discover "
                          "lists all"
                        : "no other aggregate of batteries is on the GX; name the service to "
                          "compare with by --with instance:8 (busbar discover lists all)";
    std::string text = "several could be meant, name one by --with:";
    for (const Unit* one : found)
        text += " " + otherName(*one);
    return text;
}

/// A share by what is known best.
double shareOfMember(const MemberReport& member, double capacity_Ah, std::size_t count) {
    if (member.share)
        return *member.share;
    if (member.capacity_Ah && capacity_Ah > 0.0)
        return *member.capacity_Ah / capacity_Ah;
    return 1.0 / static_cast<double>(count);
}

/// Of those that take part; 0 if one does not say it.
double capacityOfAll_Ah(const std::vector<MemberReport>& members) {
    double sum_Ah = 0.0;
    for (const MemberReport& member : members) {
        if (member.takesPart && !member.capacity_Ah)
            return 0.0;
        sum_Ah += member.takesPart ? *member.capacity_Ah : 0.0;
    }
    return sum_Ah;
}

std::vector<ComparedMember> comparedMembers(const BankReport& report) {
    const double capacity_Ah = capacityOfAll_Ah(report.members);
    const auto count = static_cast<std::size_t>(
        std::ranges::count(report.members, true, &MemberReport::takesPart));
    std::vector<ComparedMember> members;
    for (const MemberReport& one : report.members)
        if (one.takesPart)
            members.push_back({.name = one.name,
                               .share = shareOfMember(one, capacity_Ah, count),
                               .current_A = one.current_A,
                               .maxCharge_A = one.maxCharge_A,
                               .maxDischarge_A = one.maxDischarge_A,
                               .maxCharge_V = one.maxCharge_V});
    return members;
}

std::string causeOf(const std::optional<Limit>& limit) {
    if (!limit)
        return {};
    std::string text(toText(limit->cause));
    return limit->member.empty() ? text : text + " " + limit->member;
}

std::string causeOfRow(const BankReport& report, RowIndex row) {
    if (row == rows::kMaxChargeCurrent)
        return causeOf(report.charge);
    if (row == rows::kMaxDischargeCurrent)
        return causeOf(report.discharge);
    return row == rows::kMaxChargeVoltage ? causeOf(report.chargeVoltage) : std::string();
}

} // namespace

FoundOther findOther(SiteRun& run, std::size_t bank, const std::optional<Selector>& wanted) {
    const Bank& ours = run.site().banks().at(bank);
    std::vector<const Unit*> found;
    for (const Verdict& verdict : ours.view().parts.verdicts)
        if (isOther(verdict, wanted))
            found.push_back(verdict.battery);
    if (found.size() != 1)
        return {.problem = whyNoOther(found, wanted.has_value())};
    run.site().hear({Selector::Kind::Instance, std::to_string(found.front()->instance)});
    return {.instance = found.front()->instance,
            .bank = ours.settings().name,
            .other = otherName(*found.front())};
}

const Unit* otherOf(SiteRun& run, int instance) {
    const auto& batteries = run.site().readings().batteries();
    const auto found = batteries.find(instance);
    return found != batteries.end() && !found->second.left ? &found->second : nullptr;
}

ComparedMoment momentOf(const Bank& bank, const Unit* other) {
    const BankReport report = bank.report();
    ComparedMoment moment;
    for (std::size_t i = 0; i < kComparedCount; ++i) {
        const RowIndex row = kComparedRows.at(i).row;
        moment.ours.at(i) = bank.snapshot()[row].number();
        if (other != nullptr)
            moment.theirs.at(i) = numberOf(*other, row);
        moment.causes.at(i) = causeOfRow(report, row);
    }
    moment.members = comparedMembers(report);
    return moment;
}

void sayTotals(ComparedMoment& moment, const GxTotals& totals) {
    const std::map<RowIndex, std::optional<double>> said = {
        {rows::kVoltage, totals.voltage_V},
        {rows::kCurrent, totals.current_A},
        {rows::kPower, totals.power_W},
        {rows::kSoc, totals.soc_pct},
        {rows::kTemperature, totals.temperature_C},
        {rows::kMaxChargeVoltage, totals.chargeVoltage_V}};
    for (std::size_t i = 0; i < kComparedCount; ++i)
        if (const auto found = said.find(kComparedRows.at(i).row); found != said.end())
            moment.theirs.at(i) = found->second;
}

std::string whomGxObeys(SiteRun& run, std::size_t bank) {
    const CycleView view = run.site().banks().at(bank).view();
    const Readings& readings = run.site().readings();
    return whomItObeys({.readings = readings,
                        .ownSerials = view.surroundings.ownSerials,
                        .reach = reachNow(view.surroundings, readings)});
}

} // namespace busbar
