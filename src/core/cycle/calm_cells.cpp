// SPDX-License-Identifier: MIT
// Extremes against the preset and the curves.
#include "core/cycle/calm_cells.hpp"

#include "core/cycle/limit_stage.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/view.hpp"
#include "core/limits/curves.hpp"
#include "core/members/loss.hpp"
#include "core/members/membership.hpp"
#include "core/settings.hpp"
#include "core/table/path_table.hpp"

#include <array>
#include <optional>

namespace busbar {

namespace {

/// V, as much as cells count as equal by. Extremes are live, and single cells are back within some
/// seconds after they come nearer than this (mqtt/venus/cell_reads.hpp).
constexpr double kAway_V = 0.05;

struct Cells {
    double lowest_V;
    double highest_V;
};

bool saysWhich(const Unit& unit, RowIndex index) {
    return !textOf(unit, index).empty();
}

/// Nothing where something lacks that stands for single cells.
std::optional<Cells> cellsOf(const Unit& unit) {
    const auto lowest_V = numberOf(unit, row("/System/MinCellVoltage"));
    const auto highest_V = numberOf(unit, row("/System/MaxCellVoltage"));
    const auto count = numberOf(unit, row("/System/NrOfCellsPerBattery"));
    const bool isWhole = lowest_V && highest_V && count && !lacksCell(unit) &&
                         *count == static_cast<double>(cellCount(unit)) &&
                         saysWhich(unit, row("/System/MinVoltageCellId")) &&
                         saysWhich(unit, row("/System/MaxVoltageCellId"));
    return isWhole ? std::optional(Cells{*lowest_V, *highest_V}) : std::nullopt;
}

bool isWithin(const Cells& cells, const PresetValues& preset) {
    return preset.fullCell_V && preset.comfortCell_V && preset.cellDiffMax_V &&
           cells.highest_V <= *preset.fullCell_V - kAway_V &&
           cells.lowest_V >= *preset.comfortCell_V &&
           cells.highest_V - cells.lowest_V <= *preset.cellDiffMax_V;
}

/// The owner's curves may begin anywhere.
bool actsOn(const Cells& cells, const LimitSettings& limits, const PresetValues& preset) {
    const std::array<std::pair<CurveKind, double>, 3> looks = {
        {{CurveKind::HighCell, cells.highest_V + kAway_V},
         {CurveKind::LowCell, cells.lowest_V - kAway_V},
         {CurveKind::LowCellCharge, cells.lowest_V - kAway_V}}};
    return std::ranges::any_of(looks, [&](const auto& look) {
        const auto& points = pointsOf(look.first, limits, preset);
        return !points.empty() && factorAt(points, look.second) < 1.0;
    });
}

bool isPeakNear(const Cells& cells, const LimitSettings& limits) {
    return limits.cvl.cellMax_V && cells.highest_V > *limits.cvl.cellMax_V - kAway_V;
}

bool isCalm(const Verdict& verdict, const CycleView& view) {
    const PresetValues& preset = view.limitState.preset;
    const LimitSettings& limits = view.settings.limits;
    const auto cells = cellsOf(*verdict.battery);
    return !verdict.held && cells && isWithin(*cells, preset) && !actsOn(*cells, limits, preset) &&
           !isPeakNear(*cells, limits);
}

} // namespace

void sortByCells(std::set<int>& calm, std::set<int>& other, const CycleView& view) {
    const bool isUsual = view.loss.stage == Stage::Normal && !hasSuspects(view.parts.verdicts);
    for (const Verdict& verdict : view.parts.verdicts) {
        if (!verdict.takesPart || verdict.battery == nullptr)
            continue;
        const bool isFar = isUsual && isCalm(verdict, view);
        (isFar ? calm : other).insert(verdict.entry->instance);
    }
}

} // namespace busbar
