// SPDX-License-Identifier: MIT
// Rows of a unit, and arithmetic between them.
#include "core/members/row_values.hpp"

#include "core/members/sieve.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace busbar {

namespace {

/// A power that is not its own volts times amperes at all is none: drivers leave it at 0, or with
/// the other sign. Below this, W, it may be what their rounding leaves.
constexpr double kTellsPower_W = 100.0;
/// Between two reports of one moment; part of V·I.
constexpr double kOfPower = 0.5;

bool isPowerOf(double power_W, double product_W) {
    return std::abs(product_W) < kTellsPower_W ||
           std::abs(power_W - product_W) <= kOfPower * std::abs(product_W);
}

void derivePower(RowValues& values) {
    const auto voltage_V = values.number(row("/Dc/0/Voltage"));
    const auto current_A = values.number(row("/Dc/0/Current"));
    const auto power_W = values.number(row("/Dc/0/Power"));
    if (voltage_V && current_A) {
        const double product_W = *voltage_V * *current_A;
        if (power_W && !isPowerOf(*power_W, product_W))
            values.replace(row("/Dc/0/Power"), product_W);
        else
            values.derive(row("/Dc/0/Power"), product_W);
    }
    if (voltage_V && !current_A && power_W && *voltage_V > 0.0)
        values.derive(row("/Dc/0/Current"), *power_W / *voltage_V);
}

void deriveCharge(RowValues& values) {
    const auto installed_Ah = values.number(row("/InstalledCapacity"));
    const auto soc_pct = values.number(row("/Soc"));
    if (!installed_Ah || !soc_pct || *installed_Ah <= 0.0)
        return;
    const double remaining_Ah = *installed_Ah * *soc_pct / 100.0;
    values.derive(row("/Capacity"), remaining_Ah);
    values.derive(row("/ConsumedAmphours"), std::min(remaining_Ah - *installed_Ah, 0.0));
}

/// Of the cells that are known.
struct CellsSeen {
    struct Extreme {
        std::size_t n{0};
        double cell_V{0.0};
    };
    std::optional<Extreme> lowest;
    std::optional<Extreme> highest;
    bool isComplete{true};
    bool areReal{true}; ///< one that reads 0 V may be the one that was the highest
    double sum_V{0.0};
};

void see(CellsSeen& seen, std::size_t n, double cell_V) {
    seen.sum_V += cell_V;
    seen.areReal = seen.areReal && isRealCell(cell_V);
    if (!seen.lowest || cell_V < seen.lowest->cell_V)
        seen.lowest = {n, cell_V};
    if (!seen.highest || cell_V > seen.highest->cell_V)
        seen.highest = {n, cell_V};
}

CellsSeen cellsSeen(const Unit& unit, bool isHeld) {
    CellsSeen seen;
    const std::size_t count = cellCount(unit);
    for (std::size_t n = 0; n < count; ++n) {
        if (const auto cell_V = cellOf_V(unit, n, isHeld))
            see(seen, n, *cell_V);
        else
            seen.isComplete = false;
    }
    seen.isComplete = seen.isComplete && count > 0;
    return seen;
}

void deriveExtreme(RowValues& values, const CellsSeen::Extreme& extreme, RowIndex voltage,
                   RowIndex id) {
    if (values.at(voltage) != nullptr)
        return;
    values.derive(voltage, extreme.cell_V);
    values.derive(id, "C" + std::to_string(extreme.n + 1));
}

void deriveCells(RowValues& values, const Unit& unit, bool isHeld) {
    if (unit.hasOldCells) {
        if (const auto voltage_V = values.number(row("/Dc/0/Voltage")))
            values.replace(row("/Voltages/Sum"), *voltage_V);
        return;
    }
    const CellsSeen seen = cellsSeen(unit, isHeld);
    if (seen.isComplete)
        values.derive(row("/Voltages/Sum"), seen.sum_V);
    if (lacksCell(unit))
        return; // it may be the lost one that is the highest or the lowest
    if (seen.lowest)
        deriveExtreme(values, *seen.lowest, row("/System/MinCellVoltage"),
                      row("/System/MinVoltageCellId"));
    if (seen.highest && seen.areReal)
        deriveExtreme(values, *seen.highest, row("/System/MaxCellVoltage"),
                      row("/System/MaxVoltageCellId"));
}

} // namespace

RowValues::RowValues(const Unit& unit, bool isHeld) {
    for (std::size_t i = 0; i < kRowCount; ++i)
        values_[i] = unit.valueOf(unit.slots[i], isHeld);
}

void RowValues::setVoltage(double voltage_V) {
    voltage_ = voltage_V;
    values_.at(row("/Dc/0/Voltage")) = &voltage_;
}

void RowValues::replace(RowIndex index, Value value) {
    values_.at(index) = nullptr;
    derive(index, std::move(value));
}

void RowValues::derive(RowIndex index, Value value) {
    if (values_.at(index) != nullptr)
        return;
    derived_.at(derivedCount_) = std::move(value);
    values_.at(index) = &derived_.at(derivedCount_++);
}

std::optional<double> cellOf_V(const Unit& unit, std::size_t n, bool isHeld) {
    const Value* value = unit.valueOf(unit.cells.at(n), isHeld);
    if (value == nullptr)
        return std::nullopt;
    return value->number();
}

void deriveAll(RowValues& values, const Unit& unit, bool isHeld) {
    derivePower(values);
    deriveCharge(values);
    deriveCells(values, unit, isHeld);
}

} // namespace busbar
