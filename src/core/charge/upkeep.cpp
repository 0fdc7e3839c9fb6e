// SPDX-License-Identifier: MIT
// Feeds the counters of a bank and gathers what they remember.
#include "core/charge/upkeep.hpp"

#include "core/limits/charge_voltage.hpp"
#include "core/limits/preset.hpp"
#include "core/limits/share.hpp"
#include "core/members/member.hpp"
#include "core/settings.hpp"
#include "core/table/aggregate.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace busbar {

namespace {

constexpr RowIndex kChargeVoltageLimit = row("/Info/MaxChargeVoltage");

/// A BMS that charges to a lower voltage than the preset's is full this much below it, V per cell.
/// BMSs read 1 to 10 mV apart, and chargers regulate within 0.1 V of a pack.
constexpr double kBelowCvl_V = 0.01;

std::optional<double> fresh(const Member& member, RowIndex index) {
    if (member.isHeld())
        return std::nullopt;
    return member.number(index);
}

std::optional<int> whole(std::optional<double> cells) {
    return cells ? std::optional(static_cast<int>(std::lround(*cells))) : std::nullopt;
}

SocMember socMemberOf(const Member& member) {
    SocMember out;
    out.id = member.entry().id;
    out.current_A = fresh(member, row("/Dc/0/Current"));
    out.voltage_V = fresh(member, row("/Dc/0/Voltage"));
    out.highestCell_V = fresh(member, row("/System/MaxCellVoltage"));
    out.lowestCell_V = fresh(member, row("/System/MinCellVoltage"));
    out.isHeld = member.isHeld();
    out.soc_pct = member.number(row("/Soc"));
    out.capacity_Ah = member.nominalCapacity_Ah();
    out.cells = whole(cellsInSeries(member));
    return out;
}

std::optional<double> lowestCvlPerCell(const Members& members) {
    std::optional<double> lowest_V;
    for (const Member& member : members) {
        const auto charge_V = member.number(kChargeVoltageLimit);
        const auto cells = cellsInSeries(member);
        if (charge_V && cells && (!lowest_V || *charge_V / *cells < *lowest_V))
            lowest_V = *charge_V / *cells;
    }
    return lowest_V;
}

/// Cell voltage at which a member is full: the owner's, else the preset's, but a little below what
/// the members charge to, and not below where the chemistry is ever full. Unknown = never.
std::optional<double> fullCellVoltage(const UpkeepInput& input) {
    if (input.settings.soc.fullCell_V)
        return input.settings.soc.fullCell_V;
    if (!input.preset.fullCell_V || !input.preset.lowestFullCell_V)
        return std::nullopt;
    const auto charge_V = lowestCvlPerCell(input.members);
    return std::clamp(charge_V.value_or(*input.preset.fullCell_V) - kBelowCvl_V,
                      *input.preset.lowestFullCell_V, *input.preset.fullCell_V);
}

SocInput socInput(const UpkeepInput& input, std::optional<double> fullCell_V) {
    SocInput soc;
    for (const Member& member : input.members)
        soc.members.push_back(socMemberOf(member));
    if (input.isMeasuredElsewhere)
        soc.elsewhere_A = input.current_A;
    soc.selected = input.selected;
    soc.isGathering = input.isGathering;
    soc.fullCell_V = fullCell_V;
    soc.fullSpread_V = input.preset.fullSpread_V;
    const SocSettings& settings = input.settings.soc;
    soc.emptyCell_V = settings.emptyCell_V ? settings.emptyCell_V : input.preset.emptyCell_V;
    soc.maxGap = input.settings.meters.maxGap;
    return soc;
}

std::optional<double> spreadOf(const Members& members) {
    const auto highest_V = fold(row("/System/MaxCellVoltage"), members).number();
    const auto lowest_V = fold(row("/System/MinCellVoltage"), members).number();
    return highest_V && lowest_V ? std::optional(*highest_V - *lowest_V) : std::nullopt;
}

/// Highest minus lowest cell within a member, of the worst one.
std::optional<double> ownSpreadOf(const Members& members) {
    std::optional<double> most_V;
    for (const Member& member : members) {
        const auto high_V = member.number(row("/System/MaxCellVoltage"));
        const auto low_V = member.number(row("/System/MinCellVoltage"));
        if (high_V && low_V)
            most_V = std::max(most_V.value_or(0.0), *high_V - *low_V);
    }
    return most_V;
}

std::string textOf(const Member& member, RowIndex index) {
    const Value* value = member.value(index);
    return value == nullptr || value->text() == nullptr ? std::string() : *value->text();
}

/// One end of a member's cells and who it is.
struct CellEnd {
    RowIndex voltage{};
    RowIndex id{};
};
constexpr auto kCellEnds = std::to_array<CellEnd>({
    {row("/System/MaxCellVoltage"), row("/System/MaxVoltageCellId")},
    {row("/System/MinCellVoltage"), row("/System/MinVoltageCellId")},
});

/// "Pack A/C3": who is farthest from the mean of all cells.
std::string oddCell(const Members& members, double mean_V) {
    std::string odd;
    double most_V = 0.0;
    for (const Member& member : members)
        for (const CellEnd& end : kCellEnds) {
            const auto cell_V = member.number(end.voltage);
            if (!cell_V || std::abs(*cell_V - mean_V) <= most_V)
                continue;
            most_V = std::abs(*cell_V - mean_V);
            const std::string id = textOf(member, end.id);
            odd = id.empty() ? member.name() : member.name() + "/" + id;
        }
    return odd;
}

/// What keeps the CVL below what is configured: somebody, or a lost one's last word.
std::optional<BalancingHold> heldBy(const std::optional<Limit>& limit) {
    if (!limit || limit->cause == Cause::Configured || limit->cause == Cause::Balancing)
        return std::nullopt;
    BalancingHold held{limit->value, limit->cause == Cause::PeakControl, limit->member};
    if (held.who.empty())
        held.who = describe(*limit);
    else if (!limit->cell.empty())
        held.who += "/" + limit->cell;
    return held;
}

BalancingInput balancingInput(const UpkeepInput& input, std::optional<double> fullCell_V,
                              bool isRaised) {
    const BankSettings& settings = input.settings;
    BalancingInput out;
    out.voltage_V = input.voltage_V;
    out.spread_V = spreadOf(input.members);
    out.ownSpread_V = ownSpreadOf(input.members);
    out.cells = whole(cellsOfBank(input.members));
    out.regularCell_V = regularCellVoltage(settings.limits.cvl, input.preset, input.month);
    out.raisedCell_V =
        settings.balancing.cell_V ? settings.balancing.cell_V : input.preset.balancingCell_V;
    out.cellDiffMax_V = settings.limits.cvl.cellDiffMax_V ? settings.limits.cvl.cellDiffMax_V
                                                          : input.preset.cellDiffMax_V;
    out.fullCell_V = fullCell_V;
    out.held = heldBy(input.chargeVoltage);
    if (isRaised && out.voltage_V && out.cells && *out.cells > 0)
        out.odd = oddCell(input.members, *out.voltage_V / *out.cells);
    out.isRequested = input.wishes.balanceNow;
    out.maxGap = settings.meters.maxGap;
    return out;
}

/// Where the charge voltage is not Busbar's own there is nothing to raise.
BalancingSettings balancingWanted(const BankSettings& settings) {
    BalancingSettings wanted = settings.balancing;
    wanted.isEnabled = hasBalancing(settings);
    return wanted;
}

ChargeTargetInput targetInput(const Upkeep& upkeep, const UpkeepInput& input) {
    return {.chosen_pct = input.wishes.target_pct,
            .soc_pct = highest_pct(upkeep.socNow),
            .areAllFull = upkeep.socNow.areAllFull,
            .isBalancing =
                upkeep.balancingNow.isRaised && upkeep.balancingNow.stage != BalancingStage::Done,
            .isFullWanted = input.wishes.fullChargeNow,
            .lastFull = upkeep.memory.lastFull,
            .firstSeen = upkeep.balancing.memory.firstSeen};
}

void keepMember(MemberUpkeep& upkeep, const Member& member, const UpkeepInput& input,
                std::optional<double> bankCapacity_Ah, const Now& now) {
    const auto maxGap = input.settings.meters.maxGap;
    const auto current_A = fresh(member, row("/Dc/0/Current"));
    step(upkeep.meters, {current_A, fresh(member, row("/Dc/0/Power"))}, maxGap, now);
    MemberStatsInput stats;
    stats.current_A = current_A;
    stats.bankCurrent_A = input.current_A;
    stats.capacity_Ah = member.nominalCapacity_Ah();
    stats.bankCapacity_Ah = bankCapacity_Ah;
    stats.lowestCell = textOf(member, row("/System/MinVoltageCellId"));
    stats.highestCell = textOf(member, row("/System/MaxVoltageCellId"));
    stats.maxGap = maxGap;
    step(upkeep.stats, stats, now);
}

bool isShare(double share) {
    return share >= 0.0 && share <= 1.0;
}

/// Only what was learned among all that are there, two or more: a full member that rests for an
/// hour leaves what is known of all as it is.
void rememberShares(BankMemory& memory, const Members& members, const ShareState& share) {
    if (members.size() < 2 || share.tracks.size() != members.size())
        return;
    const auto shares = certainShares(share);
    const bool isWhole = std::ranges::all_of(members, [&shares](const Member& member) {
        const auto found = shares.find(member.entry().id);
        return found != shares.end() && isShare(found->second);
    });
    if (!isWhole)
        return;
    for (auto& [id, member] : memory.members)
        if (const auto found = shares.find(id); found != shares.end())
            member.learnedShare = found->second;
}

void rememberMembers(Upkeep& upkeep, const ShareState& share) {
    for (auto& [id, memory] : upkeep.memory.members) {
        if (const auto soc = upkeep.soc.members.find(id); soc != upkeep.soc.members.end()) {
            memory.counter = soc->second.counter;
            memory.measured = soc->second.measured;
        }
        if (const auto own = upkeep.members.find(id); own != upkeep.members.end()) {
            memory.meters = own->second.meters.totals;
            memory.stats = own->second.stats.stats;
        }
        if (const auto learned_Ohm = resistanceOf(share, id))
            memory.resistance_Ohm = learned_Ohm;
    }
}

} // namespace

void restore(Upkeep& upkeep, ShareState& share, const BankMemory& memory) {
    upkeep.memory = memory;
    upkeep.balancing.memory = memory.balancing;
    upkeep.meters.totals = memory.meters;
    upkeep.soc.handedOver = memory.handedOver;
    upkeep.chargeTarget.memory = memory.chargeTarget;
    for (const auto& [id, member] : memory.members) {
        upkeep.soc.members[id].counter = member.counter;
        upkeep.soc.members[id].measured = member.measured;
        upkeep.members[id].meters.totals = member.meters;
        upkeep.members[id].stats.stats = member.stats;
        if (member.learnedShare)
            share.remembered[id] = *member.learnedShare;
    }
}

void count(Upkeep& upkeep, const UpkeepInput& input, const Now& now) {
    const auto fullCell_V = fullCellVoltage(input);
    const bool isRaised = upkeep.balancing.memory.stage != BalancingStage::Idle;
    upkeep.socNow = step(upkeep.soc, socInput(input, fullCell_V), input.settings.soc, now);
    upkeep.balancingNow = step(upkeep.balancing, balancingInput(input, fullCell_V, isRaised),
                               balancingWanted(input.settings), now);
    step(upkeep.chargeTarget, targetInput(upkeep, input), input.settings.chargeTarget, now);
}

void keepBooks(Upkeep& upkeep, const UpkeepInput& input, const ShareState& share, const Now& now) {
    step(upkeep.meters, {input.current_A, input.power_W}, input.settings.meters.maxGap, now);
    const auto capacity_Ah = fold(row("/InstalledCapacity"), input.members).number();
    std::vector<std::string> present;
    for (const Member& member : input.members) {
        present.push_back(member.entry().id);
        keepMember(upkeep.members[member.entry().id], member, input, capacity_Ah, now);
    }
    noteMembers(upkeep.memory, present, now);
    std::erase_if(upkeep.members, [&upkeep](const auto& entry) {
        return !upkeep.memory.members.contains(entry.first);
    });
    rememberMembers(upkeep, share);
    rememberShares(upkeep.memory, input.members, share);
    upkeep.memory.balancing = upkeep.balancing.memory;
    upkeep.memory.meters = upkeep.meters.totals;
    upkeep.memory.handedOver = upkeep.soc.handedOver;
    upkeep.memory.chargeTarget = upkeep.chargeTarget.memory;
    if (upkeep.socNow.becameFull)
        upkeep.memory.lastFull = std::chrono::floor<std::chrono::seconds>(now.wall);
}

} // namespace busbar
