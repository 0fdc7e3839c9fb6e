// SPDX-License-Identifier: MIT
// The folding rules of the path table: one pure function per rule.
#pragma once

#include "core/members/members.hpp"
#include "core/table/path_table.hpp"
#include "core/table/row_index.hpp"
#include "core/value.hpp"

#include <optional>
#include <span>

namespace busbar {

struct Snapshot;

/// A value and how much it counts; unknown weight = nobody knows how much.
struct Weighted {
    double value = 0.0;
    std::optional<double> weight; ///< > 0
};

/// Weighted, but plain where one weight is unknown; unknown of nothing.
[[nodiscard]] std::optional<double> weightedMean(std::span<const Weighted> values);

/// Which rule of a row counts: its column for what is in parallel, or in series.
using Column = Rule Row::*;

/// The value of the whole on one row; unknown if no part knows, and for rows that are not folded.
[[nodiscard]] Value fold(RowIndex index, const Members& members, Column column = &Row::rule);

/// All folded rows.
void foldAll(const Members& members, Snapshot& snapshot);

} // namespace busbar
