// SPDX-License-Identifier: MIT
// Parts that banks and batteries have in common; only sources of this folder include it.
#pragma once

#include "core/charge/meters.hpp"
#include "core/table/row_index.hpp"
#include "documents/telling.hpp"

#include <optional>
#include <string_view>

namespace busbar::documents {

/// A row of the path table, under `keyOf`.
void tellRow(const Reader& reader, RowIndex index, const Value& value);
[[nodiscard]] constexpr std::string_view unitText(std::string_view unit) {
    return unit == "C" ? "°C" : unit;
}

struct MetersView {
    const MeterTotals& totals;
    const std::optional<double>& cycles;
};
void tellMeters(const Reader& reader, const MetersView* meters);

/// When a document was made, and how old what it says is. Stands apart from the rest: it changes
/// although nothing else does.
struct StampView {
    const Now& now;
    std::optional<SteadyTime> heard; ///< nothing = never
};
void tellStamp(const Reader& reader, const StampView* stamp);

/// Below a twentieth of an ampere, which is shown as 0, nothing is charged.
[[nodiscard]] Value isCharging(std::optional<double> current_A);
/// What goes in (sign 1) or out (−1), ≥ 0: the other is 0.
[[nodiscard]] Value flow(std::optional<double> number, double sign);
/// kWh.
[[nodiscard]] Value storedEnergy(std::optional<double> charge_Ah, std::optional<double> voltage_V);

} // namespace busbar::documents
