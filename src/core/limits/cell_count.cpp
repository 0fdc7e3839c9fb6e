// SPDX-License-Identifier: MIT
// Voltage, cells and chemistry against each other.
#include "core/limits/cell_count.hpp"

#include "core/bounded_memory.hpp"
#include "core/limits/preset.hpp"
#include "core/members/member.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <span>

namespace busbar {

namespace {

/// What voltages of a battery and of its cells differ by without a fault: contactor and cables
/// under load.
constexpr double kMeasures = 0.01;
/// A sum further from the voltage is that of a part of the cells.
constexpr double kOfAll = 0.04;
/// Further from a whole number than this, the mean of two extremes is not the mean of all.
constexpr double kWhole = 0.3;
/// No lithium cell works outside of this, V.
constexpr double kLeastCell_V = 1.0;
constexpr double kMostCell_V = 5.0;
constexpr auto kLastingly = std::chrono::minutes(1);

/// Numbers of cells that the voltages allow; not whole.
struct Bounds {
    double least = 0.0;
    double most = 0.0;
    double likely = 0.0;
};

std::optional<double> sumOfCells_V(const Member& member) {
    const auto sum_V = member.number(row("/Voltages/Sum"));
    const auto voltage_V = member.number(row("/Dc/0/Voltage"));
    const bool isOfAll = sum_V && voltage_V && std::abs(*sum_V - *voltage_V) <= kOfAll * *voltage_V;
    return isOfAll ? sum_V : voltage_V;
}

std::optional<Bounds> boundsOf(const Member& member) {
    const auto sum_V = sumOfCells_V(member);
    const auto lowest_V = member.number(row("/System/MinCellVoltage"));
    const auto highest_V = member.number(row("/System/MaxCellVoltage"));
    if (!sum_V || !lowest_V || !highest_V || *lowest_V < kLeastCell_V || *highest_V < *lowest_V)
        return std::nullopt;
    return Bounds{*sum_V * (1.0 - kMeasures) / *highest_V, *sum_V * (1.0 + kMeasures) / *lowest_V,
                  2.0 * *sum_V / (*lowest_V + *highest_V)};
}

/// By itself, and by its cells where it gives them.
bool fits(const Member& member, double cells) {
    const auto voltage_V = member.number(row("/Dc/0/Voltage"));
    if (voltage_V && (*voltage_V / cells < kLeastCell_V || *voltage_V / cells > kMostCell_V))
        return false;
    const auto bounds = boundsOf(member);
    return !bounds || (cells > bounds->least - 0.5 && cells < bounds->most + 0.5);
}

std::optional<double> byMeanCell(const Member& member) {
    const auto bounds = boundsOf(member);
    if (!bounds || bounds->most - bounds->least >= 1.0)
        return std::nullopt;
    const double cells = std::round(bounds->likely);
    const bool isWhole =
        cells >= 1.0 && fits(member, cells) && std::abs(bounds->likely - cells) <= kWhole;
    return isWhole ? std::optional(cells) : std::nullopt;
}

/// Cells of one chemistry: what they are charged to, what they work between, and the numbers that
/// batteries for 12, 24, 36 and 48 V are made of.
struct Usual {
    double leastCvl_V;
    double mostCvl_V;
    double lowest_V;
    double highest_V;
    std::span<const int> counts;
};

constexpr std::array kLfpCounts = {4, 8, 12, 15, 16};
constexpr std::array kLtoCounts = {5, 6, 10, 11, 12, 20, 21, 22, 23, 24};
constexpr std::array kNmcCounts = {3, 4, 6, 7, 10, 13, 14};

std::optional<Usual> usualOf(Preset chemistry) {
    switch (chemistry) { // charge voltages: from float to the data sheet's end, see preset.cpp
    case Preset::Lfp:
        return Usual{3.35, 3.65, 2.5, 3.65, kLfpCounts};
    case Preset::Lto:
        return Usual{2.3, 2.8, 1.6, 2.8, kLtoCounts};
    case Preset::Nmc:
        return Usual{3.95, 4.25, 2.8, 4.25, kNmcCounts};
    case Preset::Auto:
    case Preset::None:
        break;
    }
    return std::nullopt;
}

bool isBetween(double x, double least, double most) {
    return x >= least * (1.0 - 1e-6) && x <= most * (1.0 + 1e-6);
}

bool isKnown(Preset chemistry) {
    return chemistry != Preset::Auto && chemistry != Preset::None;
}

/// Where its cells are too far apart to tell the number, and the chemistry is not known: the only
/// number that fits its cells and any chemistry.
std::optional<double> byAnyChemistry(const Member& member) {
    std::optional<double> found;
    if (!boundsOf(member))
        return found;
    for (const Preset chemistry : {Preset::Lfp, Preset::Lto, Preset::Nmc})
        if (const auto cells = cellsByChemistry(member, chemistry)) {
            if (found && *found != *cells)
                return std::nullopt;
            found = cells;
        }
    return found;
}

/// What is usual between the charge voltages of one chemistry: the widest where it is not known.
constexpr double kWidest = 2.8 / 2.3;
/// Rounding, and what a BMS takes off for its own tolerance.
constexpr double kTolerance = 1.01;

/// The owner's number, with the voltage that is wanted of a cell, is far above what the battery
/// itself asks for.
bool isForMoreCells(const Member& member, double charge_V, const CellCountInput& input) {
    const auto usual = usualOf(!isKnown(input.chemistry) && input.cell_V ? presetFor(*input.cell_V)
                                                                         : input.chemistry);
    if (charge_V > 0.0) {
        const double span = usual ? usual->mostCvl_V / usual->leastCvl_V : kWidest;
        return input.cell_V && *input.owners * *input.cell_V > charge_V * span * kTolerance;
    }
    const auto voltage_V = member.number(row("/Dc/0/Voltage"));
    return usual && voltage_V && *voltage_V / *input.owners < usual->lowest_V;
}

/// The number of all, so that one who contradicts it does for all.
void takeOwners(CellCounts& state, Members& members, const CellCountInput& input) {
    bool isForMore = false;
    for (const Member& member : members) {
        double& charge_V = state.found[member.entry().id].charge_V;
        charge_V = std::max(charge_V, member.number(row("/Info/MaxChargeVoltage")).value_or(0.0));
        isForMore = isForMore || isForMoreCells(member, charge_V, input);
    }
    for (Member& member : members)
        member.setCells(!isForMore && fits(member, *input.owners) ? *input.owners : 0.0);
}

double currentCount(const Member& member, const CellCountInput& input) {
    if (const auto own = cellsByItself(member))
        return *own;
    const auto usual = isKnown(input.chemistry) ? cellsByChemistry(member, input.chemistry)
                                                : byAnyChemistry(member);
    return usual.value_or(0.0);
}

void note(CellCounts::Count& count, double cells, const Now& now) {
    if (count.cells <= 0.0)
        count.cells = cells;
    const bool isOther = cells > 0.0 && cells != count.cells;
    if (isOther && cells != count.other)
        count.otherSince = now.steady;
    count.other = isOther ? cells : 0.0;
    if (isOther && now.steady - count.otherSince >= kLastingly)
        count = {cells};
}

} // namespace

std::optional<double> cellsByItself(const Member& member) {
    const auto said = member.number(row("/System/NrOfCellsPerBattery"));
    const auto listed = static_cast<double>(member.cellCount());
    for (const double cells : {said.value_or(0.0), listed})
        if (cells >= 1.0 && fits(member, cells))
            return cells;
    return byMeanCell(member);
}

std::optional<double> cellsByChemistry(const Member& member, Preset chemistry) {
    const auto usual = usualOf(chemistry);
    const auto voltage_V = member.number(row("/Dc/0/Voltage"));
    const auto charge_V = member.number(row("/Info/MaxChargeVoltage"));
    if (!usual || !voltage_V || !charge_V)
        return std::nullopt;
    const auto bounds = boundsOf(member);
    std::optional<double> found;
    for (const int cells : usual->counts) {
        const bool agrees = !bounds || isBetween(cells, bounds->least, bounds->most);
        if (!agrees || !isBetween(*charge_V / cells, usual->leastCvl_V, usual->mostCvl_V) ||
            !isBetween(*voltage_V / cells, usual->lowest_V, usual->highest_V))
            continue;
        if (found)
            return std::nullopt;
        found = cells;
    }
    return found;
}

void countCells(CellCounts& state, Members& members, const CellCountInput& input, const Now& now) {
    boundMemory(state.found, members);
    if (input.owners) {
        takeOwners(state, members, input);
        return;
    }
    for (Member& member : members) {
        CellCounts::Count& count = state.found[member.entry().id];
        if (!member.isHeld())
            note(count, currentCount(member, input), now);
        member.setCells(count.cells);
    }
}

} // namespace busbar
