// SPDX-License-Identifier: MIT
// One value per row of a battery that takes part, and what follows from its others.
#pragma once

#include "core/table/row_index.hpp"
#include "core/units/unit.hpp"
#include "core/value.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace busbar {

/// Values stay in the unit, or here: rows point into it, so it must not move.
class RowValues {
public:
    RowValues(const Unit& unit, bool isHeld);
    ~RowValues() = default;
    RowValues(const RowValues&) = delete;
    RowValues& operator=(const RowValues&) = delete;
    RowValues(RowValues&&) = delete;
    RowValues& operator=(RowValues&&) = delete;

    /// nullptr = unknown.
    [[nodiscard]] const Value* at(RowIndex index) const { return values_.at(index); }
    [[nodiscard]] std::optional<double> number(RowIndex index) const {
        if (const Value* value = values_.at(index); value != nullptr)
            return value->number();
        return std::nullopt;
    }
    /// In the place of what it says.
    void setVoltage(double voltage_V);
    /// What it says cannot be true.
    void replace(RowIndex index, Value value);
    /// Where it says nothing.
    void derive(RowIndex index, Value value);

private:
    std::array<const Value*, kRowCount> values_{};
    /// Power or current, two of charge, sum of cells, two extremes with ids.
    std::array<Value, 8> derived_;
    std::size_t derivedCount_{0};
    Value voltage_; ///< see setVoltage
};

/// Voltage of cell n (from 0), V.
[[nodiscard]] std::optional<double> cellOf_V(const Unit& unit, std::size_t n, bool isHeld);

/// Where the battery gives no power, or one that is far from it, it is V·I; no current, P/V; no
/// remaining or consumed charge, it follows from SoC and installed capacity; no extreme cell, it is
/// taken from the cells, as far as all that it gave are known. Of cells that are old nothing
/// follows, and their sum is the voltage.
void deriveAll(RowValues& values, const Unit& unit, bool isHeld);

} // namespace busbar
