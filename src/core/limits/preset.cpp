// SPDX-License-Identifier: MIT
// The presets for LFP, LTO and NMC.
#include "core/limits/preset.hpp"

#include "core/limits/cell_count.hpp"
#include "core/members/member.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>

namespace busbar {

namespace {

struct Band {
    Preset preset;
    double lowest_V;
    double highest_V;
};

/// Charge voltages per cell that BMSs give: float at the lower end, absorption at the upper. The
/// bands of LFP and NMC do not touch because no one charges NMC below 3.95 V or LFP above 3.7 V.
constexpr std::array<Band, 3> kBands = {
    {{Preset::Lto, 2.2, 2.95}, {Preset::Lfp, 3.3, 3.7}, {Preset::Nmc, 3.95, 4.35}}};

Curve& curveOf(PresetValues& values, CurveKind kind) {
    return values.curves.at(static_cast<std::size_t>(kind));
}

/// Makers' data sheets of prismatic LFP cells (EVE LF280K, CATL 302 Ah): 2.5…3.65 V, charging from
/// 0 to 55 or 60 °C, discharging from −20 to 60 °C. BMSs trip at 3.65 V and 2.5 … 2.8 V. The curves
/// stand between peak control's target and the trip: in good order they never act.
PresetValues lfp() {
    PresetValues values;
    values.preset = Preset::Lfp;
    curveOf(values, CurveKind::HighCell) = {{{3.57, 1.0}, {3.60, 0.2}, {3.63, 0.0}}, 3.57};
    curveOf(values, CurveKind::LowCellCharge) = {{{2.50, 0.05}, {2.80, 0.2}, {3.00, 1.0}}, {}};
    curveOf(values, CurveKind::LowCell) = {{{2.80, 0.0}, {2.90, 0.2}, {3.00, 1.0}}, 2.95};
    curveOf(values, CurveKind::ColdCharge) = {{{0.0, 0.0}, {5.0, 0.2}, {12.0, 1.0}}, 2.0};
    curveOf(values, CurveKind::HotCharge) = {{{45.0, 1.0}, {55.0, 0.0}}, 50.0};
    curveOf(values, CurveKind::ColdDischarge) = {{{-20.0, 0.0}, {-10.0, 0.5}, {0.0, 1.0}}, -15.0};
    curveOf(values, CurveKind::HotDischarge) = {{{50.0, 1.0}, {60.0, 0.0}}, 55.0};
    values.cellMax_V = 3.55;
    values.hasKnee = true;
    values.cellDiffMax_V = 0.05;
    values.regularCell_V = 3.45;
    values.balancingCell_V = 3.50;
    values.fullCell_V = 3.42;
    values.lowestFullCell_V = 3.37;
    values.fullSpread_V = 0.03; // the last 2 % of the curve are that high
    values.emptyCell_V = 2.90;
    values.comfortCell_V = 3.2;
    // Relaxed LFP cells of 75 to 95 % rest at 3.31 to 3.33 V. All cells together get 53.3 V of 16,
    // 3.331 V each, at which they rest at 96 %. Packs of the twin tripped at 3.40 V and at 3.35 V
    // (tests/bench, losses: seeds 4, 140, 155).
    values.unheardCell_V = 3.57; // its curve begins here
    values.plateauCell_V = 3.315;
    return values;
}

/// Data sheets of LTO cells (Yinlong 40 Ah, Toshiba SCiB): 1.5…2.8 V, −30…55 °C both ways. BMSs
/// trip at 2.8 V and 1.8 V.
PresetValues lto() {
    PresetValues values;
    values.preset = Preset::Lto;
    curveOf(values, CurveKind::HighCell) = {{{2.74, 1.0}, {2.76, 0.2}, {2.78, 0.0}}, 2.74};
    curveOf(values, CurveKind::LowCellCharge) = {{{1.50, 0.05}, {1.80, 0.2}, {2.00, 1.0}}, {}};
    curveOf(values, CurveKind::LowCell) = {{{1.90, 0.0}, {2.00, 0.2}, {2.10, 1.0}}, 2.05};
    curveOf(values, CurveKind::ColdCharge) = {{{-30.0, 0.0}, {-20.0, 0.5}, {-10.0, 1.0}}, -25.0};
    curveOf(values, CurveKind::HotCharge) = {{{45.0, 1.0}, {55.0, 0.0}}, 50.0};
    curveOf(values, CurveKind::ColdDischarge) = {{{-30.0, 0.0}, {-20.0, 0.5}, {-10.0, 1.0}}, -25.0};
    curveOf(values, CurveKind::HotDischarge) = {{{50.0, 1.0}, {60.0, 0.0}}, 55.0};
    values.cellMax_V = 2.72;
    values.cellDiffMax_V = 0.05;
    values.regularCell_V = 2.65;
    values.balancingCell_V = 2.70;
    values.fullCell_V = 2.63;
    values.lowestFullCell_V = 2.57;
    values.emptyCell_V = 2.00;
    // About 22 % at rest, where the curve begins; at 2.2 V, half full, no bank under load rode
    // through a restart of the broker.
    values.comfortCell_V = 2.1;
    values.unheardCell_V = 2.40;
    return values;
}

/// Data sheets of NMC cells (Samsung, LG, CATL NMC 811): 2.8…4.2 V, charging from 0 to 45 °C,
/// discharging from −20 to 60 °C. BMSs trip at 4.25 V and 2.8 … 3.0 V.
PresetValues nmc() {
    PresetValues values;
    values.preset = Preset::Nmc;
    curveOf(values, CurveKind::HighCell) = {{{4.19, 1.0}, {4.21, 0.2}, {4.23, 0.0}}, 4.19};
    curveOf(values, CurveKind::LowCellCharge) = {{{2.80, 0.05}, {3.00, 0.2}, {3.20, 1.0}}, {}};
    curveOf(values, CurveKind::LowCell) = {{{3.00, 0.0}, {3.15, 0.2}, {3.30, 1.0}}, 3.15};
    curveOf(values, CurveKind::ColdCharge) = {{{0.0, 0.0}, {5.0, 0.2}, {12.0, 1.0}}, 2.0};
    curveOf(values, CurveKind::HotCharge) = {{{40.0, 1.0}, {45.0, 0.0}}, 42.0};
    curveOf(values, CurveKind::ColdDischarge) = {{{-20.0, 0.0}, {-10.0, 0.5}, {0.0, 1.0}}, -15.0};
    curveOf(values, CurveKind::HotDischarge) = {{{50.0, 1.0}, {60.0, 0.0}}, 55.0};
    values.cellMax_V = 4.18;
    values.cellDiffMax_V = 0.03;
    values.regularCell_V = 4.10;
    values.balancingCell_V = 4.15;
    values.fullCell_V = 4.08;
    values.lowestFullCell_V = 4.04;
    values.emptyCell_V = 3.20;
    values.comfortCell_V = 3.5;
    values.unheardCell_V = 4.05;
    return values;
}

std::optional<Preset> recogniseOne(const Member& member) {
    const auto charge_V = member.number(row("/Info/MaxChargeVoltage"));
    const auto cells = cellsInSeries(member);
    if (!charge_V || !cells)
        return std::nullopt;
    return presetFor(*charge_V / *cells);
}

} // namespace

PresetValues presetValues(Preset preset) {
    switch (preset) {
    case Preset::Lfp:
        return lfp();
    case Preset::Lto:
        return lto();
    case Preset::Nmc:
        return nmc();
    case Preset::Auto:
    case Preset::None:
        break;
    }
    return {};
}

SteepEnds steepEnds(const PresetValues& values) {
    return {values.fullCell_V, values.emptyCell_V};
}

Preset presetFor(double charge_V) {
    const auto* band = std::ranges::find_if(kBands, [charge_V](const Band& b) {
        return charge_V >= b.lowest_V && charge_V <= b.highest_V;
    });
    return band == kBands.end() ? Preset::None : band->preset;
}

std::optional<Preset> recognise(const Members& members) {
    std::optional<Preset> common;
    for (const Member& member : members) {
        const auto own = recogniseOne(member);
        if (!own)
            continue;
        if (common && *common != *own)
            return std::nullopt;
        common = own;
    }
    return common == Preset::None ? std::nullopt : common;
}

std::optional<double> cellsInSeries(const Member& member) {
    const auto found = member.foundCells();
    if (!found)
        return cellsByItself(member);
    return *found >= 1.0 ? found : std::nullopt;
}

std::optional<double> cellsOfBank(const Members& members) {
    std::optional<double> cells;
    for (const Member& member : members)
        if (const auto own = cellsInSeries(member); own && (!cells || *own < *cells))
            cells = own;
    return cells;
}

} // namespace busbar
