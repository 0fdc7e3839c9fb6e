// SPDX-License-Identifier: MIT
// What all folds of made batteries share: setting rows, what was said last, doubts.
#pragma once

#include "core/made/part.hpp"
#include "core/now.hpp"
#include "core/table/row_index.hpp"
#include "core/value.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>

namespace busbar {

struct Battery;
struct Snapshot;

/// Puts a value; `last` is what the battery said on this row before it fell silent, so that its
/// silence opens nothing.
void setRow(Battery& made, RowIndex index, Value value, std::optional<double> last = std::nullopt);

/// A row that says who it is, or how it is reached: never folded.
[[nodiscard]] bool isOwnRow(RowIndex index);

/// What of its parts is not believed is not believed of it.
void takeDoubts(Battery& made, std::span<const Part> parts);

/// It was heard when whoever of its parts has been silent longest was.
void takeHeard(Battery& made, std::span<const Part> parts);

/// What a string remembers.
struct SeriesState {
    std::optional<SteadyTime> unequal; ///< since when its blocks show different currents
};
/// Blocks in series. Every part must be usable. Gives what is odd about them, for the owner: blocks
/// that have left each other in voltage raise `/Alarms/CellImbalance`, different currents, which
/// cannot be, `/Alarms/BmsCable`.
[[nodiscard]] std::string foldSeries(Battery& made, std::span<const Part> blocks,
                                     SeriesState& state, const Now& now);

/// One service of a merged battery, and what is wanted of it.
struct GivenPart {
    Part part{};
    std::array<bool, kRowCount> gives{}; ///< rows that may come from it
    bool givesCells{true};
};
/// For each value the first source that has one; sources must be in the owner's order.
[[nodiscard]] Standing foldMerged(Battery& made, std::span<const GivenPart> sources);

/// A shunt without the others: current and power; the voltage is the shunt's. Every part must be
/// usable.
void foldRemainder(Battery& made, const Part& shunt, std::span<const Part> others,
                   std::optional<double> capacity_Ah);

} // namespace busbar
