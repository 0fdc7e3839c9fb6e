// SPDX-License-Identifier: MIT
// What others ask of a bank after a cycle.
#include "core/cycle/view.hpp"

#include "core/cycle/limit_stage.hpp"
#include "core/limits/charge_voltage.hpp"
#include "core/members/loss.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"

namespace busbar {

FeedInNeeds feedInNeeds(const CycleView& view) {
    const BankLimits& limits = view.limits;
    const bool isHeldDown =
        limits.chargeVoltage && limits.chargeVoltage->cause == Cause::PeakControl;
    // The owner does not want to lose what feeds in to what protects nothing.
    const bool isWish = limits.charge.cause == Cause::ChargeTarget;
    FeedInNeeds needs;
    needs.wantsOff =
        view.loss.stage != Stage::Starting &&
        ((limits.charge.value <= 0.0 && !isWish) || isHeldDown || view.limitState.overrun.isOver);
    if (needs.wantsOff)
        return needs;
    const PresetValues& preset = view.limitState.preset;
    const CvlSettings& cvl = view.settings.limits.cvl;
    const auto highest_V = view.snapshot[row("/System/MaxCellVoltage")].number();
    const auto spread_V = view.snapshot[row("/Voltages/Diff")].number();
    const auto most_V = cellMaximum(cvl, preset);
    const auto mostSpread_V = cvl.cellDiffMax_V ? cvl.cellDiffMax_V : preset.cellDiffMax_V;
    // Without a maximum there is no peak control, and something else held it off.
    needs.mayReturn = !most_V || (highest_V && *highest_V < *most_V && spread_V && mostSpread_V &&
                                  *spread_V < *mostSpread_V);
    return needs;
}

bool isLost(const CycleView& view, const std::string& id) {
    return view.limitState.own.unheard.lost.contains(id);
}

bool wantsBus(const CycleView& view) {
    return wantsBus(view.loss);
}

} // namespace busbar
