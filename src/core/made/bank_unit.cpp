// SPDX-License-Identifier: MIT
// From a snapshot to a battery.
#include "core/made/bank_unit.hpp"

#include "core/bank.hpp"
#include "core/cycle/limit_stage.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/view.hpp"
#include "core/limits/direction.hpp"
#include "core/made/folding.hpp"
#include "core/made/resolve.hpp"
#include "core/members/member.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>
#include <array>

namespace busbar {

namespace {

/// Sentences about the bank: the outer one has its own.
bool isSentence(const Row& r) {
    return r.rule == Rule::Computed && r.quantity == Quantity::Text;
}

bool isHeard(const Verdict& verdict) {
    return verdict.takesPart && !verdict.held;
}

Standing standingOf(const std::vector<Verdict>& verdicts, const Readings& readings) {
    Standing standing;
    if (std::ranges::any_of(verdicts, isHeard))
        return standing;
    standing.isWhole = false;
    standing.lacking = "none of its batteries takes part";
    for (const Verdict& verdict : verdicts) {
        standing.isJoining = standing.isJoining || verdict.reason == OutReason::Joining;
        const Part part = partAt(*verdict.entry, readings);
        if (part.battery != nullptr && !isForeign(verdict))
            loseLast(standing, *part.battery);
    }
    return standing;
}

/// Closed because something is not known: then the limit of the bank as a battery is unknown too,
/// or the outer bank would take it for one that blocks and work with the others.
bool isIgnorance(const Limit& limit) {
    constexpr std::array kIgnorance = {Cause::None,   Cause::UnknownLimit,  Cause::MissingData,
                                       Cause::NoData, Cause::TooFewMembers, Cause::InSeries};
    return limit.value <= 0.0 && std::ranges::find(kIgnorance, limit.cause) != kIgnorance.end();
}

/// Nothing flows that way: all of them block. That the bank wants none is no switch: what the outer
/// one lets flow would flow in it, too.
bool areAllBlocked(const std::vector<Verdict>& verdicts, Direction direction) {
    bool isAny = false;
    for (const Verdict& verdict : verdicts) {
        if (!verdict.takesPart)
            continue;
        if (!Member(*verdict.battery, *verdict.entry, verdict.held).isBlocked(direction))
            return false;
        isAny = true;
    }
    return isAny;
}

void setDirection(Battery& made, Direction direction, const Limit& limit,
                  const std::vector<Verdict>& verdicts) {
    const DirectionRows rows = rowsOf(direction);
    const bool isBlocked = areAllBlocked(verdicts, direction);
    setRow(made, rows.allow, isBlocked ? 0.0 : 1.0);
    made.slots.at(rows.limit).isWish = !isBlocked;
    if (isIgnorance(limit))
        setRow(made, rows.limit, Value());
}

/// Installed in those that take part, and in those that are lost and may still hang on the busbar.
struct Capacities {
    double heard_Ah{0.0};
    double lost_Ah{0.0};
};

Capacities capacitiesOf(const CycleView& view) {
    Capacities all;
    for (const Verdict& verdict : view.parts.verdicts) {
        const bool counts = verdict.takesPart || isLost(view, verdict.entry->id);
        if (verdict.battery == nullptr || !counts)
            continue;
        const auto own_Ah = lastNumberOf(*verdict.battery, row("/InstalledCapacity"));
        (verdict.takesPart ? all.heard_Ah : all.lost_Ah) += own_Ah.value_or(0.0);
    }
    return all;
}

void scaleRow(Battery& made, RowIndex index, double factor) {
    if (const auto number = numberOf(made, index))
        setRow(made, index, *number * factor);
}

/// What is lost of it takes its part by capacity: a current of the others alone would teach the
/// outer bank wrong shares, and so would their capacity.
void addLost(Battery& made, const CycleView& view) {
    const Capacities all = capacitiesOf(view);
    if (all.lost_Ah <= 0.0 || all.heard_Ah <= 0.0)
        return;
    setRow(made, row("/InstalledCapacity"), all.heard_Ah + all.lost_Ah);
    for (const RowIndex index : {row("/Dc/0/Current"), row("/Dc/0/Power")})
        scaleRow(made, index, (all.heard_Ah + all.lost_Ah) / all.heard_Ah);
}

/// "Pack C", or deeper where that one is made, too.
void nameDecider(Battery& made, const Limit& limit, std::initializer_list<RowIndex> rows) {
    if (limit.member.empty())
        return;
    for (const RowIndex index : rows)
        made.deciders.push_back({index, limit.member});
}

} // namespace

Standing foldBank(Battery& made, const Bank& bank, const Readings& readings) {
    const CycleView view = bank.view();
    Standing standing = standingOf(view.parts.verdicts, readings);
    if (!standing.isWhole)
        return standing;
    made.unsaid.clear();
    made.deciders.clear();
    for (std::size_t i = 0; i < kRowCount; ++i) {
        const auto index = static_cast<RowIndex>(i);
        if (!isOwnRow(index) && !isSentence(kRows.at(index)))
            setRow(made, index, view.snapshot[index]);
    }
    setDirection(made, Direction::Charge, view.limits.charge, view.parts.verdicts);
    setDirection(made, Direction::Discharge, view.limits.discharge, view.parts.verdicts);
    addLost(made, view);
    nameDecider(made, view.limits.charge,
                {row("/Info/MaxChargeCurrent"), row("/Io/AllowToCharge")});
    nameDecider(made, view.limits.discharge,
                {row("/Info/MaxDischargeCurrent"), row("/Io/AllowToDischarge")});
    if (view.limits.chargeVoltage)
        nameDecider(made, *view.limits.chargeVoltage, {row("/Info/MaxChargeVoltage")});
    made.hasBms = true;
    made.moved = {};
    made.heard = SteadyTime::max();
    for (const Verdict& verdict : view.parts.verdicts)
        if (isHeard(verdict)) {
            made.moved = std::max(made.moved, verdict.battery->moved);
            made.heard = std::min(made.heard, verdict.battery->heard);
        }
    return standing;
}

} // namespace busbar
