// SPDX-License-Identifier: MIT
// From a snapshot to a battery.
#include "core/made/bank_unit.hpp"

#include "core/bank.hpp"
#include "core/cycle/limit_stage.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/view.hpp"
#include "core/made/folding.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>

namespace busbar {

namespace {

/// Sentences about the bank: the outer one has its own.
bool isSentence(const Row& r) {
    return r.rule == Rule::Computed && r.quantity == Quantity::Text;
}

bool isHeard(const Verdict& verdict) {
    return verdict.takesPart && !verdict.held;
}

Standing standingOf(const std::vector<Verdict>& verdicts) {
    Standing standing;
    if (std::ranges::any_of(verdicts, isHeard))
        return standing;
    standing.isWhole = false;
    standing.lacking = "none of its batteries takes part";
    for (const Verdict& verdict : verdicts) {
        standing.isJoining = standing.isJoining || verdict.reason == OutReason::Joining;
        if (verdict.battery != nullptr && verdict.battery->lost && !isForeign(verdict))
            standing.since =
                std::max(standing.since.value_or(*verdict.battery->lost), *verdict.battery->lost);
    }
    return standing;
}

/// "Pack C", or deeper where that one is made, too.
void nameDecider(Battery& made, const Limit& limit, std::initializer_list<RowIndex> rows) {
    if (limit.member.empty())
        return;
    for (const RowIndex index : rows)
        made.deciders.push_back({index, limit.member});
}

} // namespace

Standing foldBank(Battery& made, const Bank& bank) {
    const CycleView view = bank.view();
    const Standing standing = standingOf(view.parts.verdicts);
    if (!standing.isWhole)
        return standing;
    made.unsaid.clear();
    made.deciders.clear();
    for (std::size_t i = 0; i < kRowCount; ++i) {
        const auto index = static_cast<RowIndex>(i);
        if (!isOwnRow(index) && !isSentence(kRows.at(index)))
            setRow(made, index, view.snapshot[index]);
    }
    nameDecider(made, view.limits.charge,
                {row("/Info/MaxChargeCurrent"), row("/Io/AllowToCharge")});
    nameDecider(made, view.limits.discharge,
                {row("/Info/MaxDischargeCurrent"), row("/Io/AllowToDischarge")});
    if (view.limits.chargeVoltage)
        nameDecider(made, *view.limits.chargeVoltage, {row("/Info/MaxChargeVoltage")});
    made.hasBms = true;
    made.moved = {};
    for (const Verdict& verdict : view.parts.verdicts)
        if (isHeard(verdict))
            made.moved = std::max(made.moved, verdict.battery->moved);
    return standing;
}

} // namespace busbar
