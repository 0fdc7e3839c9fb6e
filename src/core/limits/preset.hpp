// SPDX-License-Identifier: MIT
// Numbers that go with a cell chemistry: curves, voltages, and how a chemistry is recognised.
#pragma once

#include "core/limits/curve_settings.hpp"
#include "core/limits/preset_name.hpp"
#include "core/members/members.hpp"
#include "core/members/steep_end.hpp"

#include <array>
#include <optional>

namespace busbar {

/// What stands in for settings that the owner did not give. Voltages are those of one cell. Without
/// a chemistry all are unknown and all curves off.
struct PresetValues {
    Preset preset = Preset::None; ///< Lfp, Lto, Nmc, or None
    std::array<Curve, kCurveCount> curves;
    std::optional<double> cellMax_V; ///< peak control holds the highest cell here
    /// Flat up to a steep end: little charge lifts a full cell far, while the others lag behind.
    bool hasKnee = false;
    std::optional<double> cellDiffMax_V; ///< cells count as equal below this spread
    std::optional<double> regularCell_V; ///< charge voltage for CvlMode::Own
    std::optional<double> balancingCell_V;
    std::optional<double> fullCell_V;       ///< full, once the current has tailed off
    std::optional<double> lowestFullCell_V; ///< a BMS that charges less high is never called full
    double fullSpread_V =
        0.01; ///< the mean cell of a full battery is at most this below fullCell_V
    std::optional<double> emptyCell_V;
    std::optional<double> comfortCell_V; ///< far from the discharge stop
    /// Charge voltage that even a badly balanced pack bears while nobody looks at its cells
    /// (src/core/LOSSES.md, lost batteries): of each cell, or, where there is a plateau, of the one
    /// cell that is full before the others have left it. In a string that cell gets all that they
    /// leave.
    std::optional<double> unheardCell_V;
    std::optional<double> plateauCell_V; ///< of a cell that is not full yet; nothing = no plateau
};

/// None gives none. Auto must have been recognised first.
[[nodiscard]] PresetValues presetValues(Preset preset);

/// Beyond full and empty; none without a chemistry.
[[nodiscard]] SteepEnds steepEnds(const PresetValues& values);

/// The chemistry that a charge voltage per cell is meant for; None where it is nobody's.
[[nodiscard]] Preset presetFor(double charge_V);

/// The chemistry from the members' charge voltage per cell: each of those that give both must fall
/// into the same one. Nothing if none does, or if they disagree.
[[nodiscard]] std::optional<Preset> recognise(const Members& members);

/// Cells in series of a member, as far as they are known: see cell_count.hpp. Never another
/// member's.
[[nodiscard]] std::optional<double> cellsInSeries(const Member& member);

/// Cells in series of the bank: the smallest number that a member gives.
[[nodiscard]] std::optional<double> cellsOfBank(const Members& members);

} // namespace busbar
