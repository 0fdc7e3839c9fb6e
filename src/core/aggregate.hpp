// SPDX-License-Identifier: MIT
// The folding rules of the path table: one pure function per rule.
#pragma once

#include "core/member.hpp"
#include "core/snapshot.hpp"

#include <deque>
#include <optional>
#include <span>

namespace busbar {

/// Those that take part, in any order; a deque because members do not move.
using Members = std::deque<Member>;

/// A value and how much it counts; unknown weight = nobody knows how much.
struct Weighted {
    double value = 0.0;
    std::optional<double> weight; ///< > 0
};

/// Weighted, but plain where one weight is unknown; unknown of nothing.
[[nodiscard]] std::optional<double> weightedMean(std::span<const Weighted> values);

/// The bank's value of one row; unknown if no member knows, and for rows that are not folded.
[[nodiscard]] Value fold(RowIndex index, const Members& members);

/// All folded rows.
void foldAll(const Members& members, Snapshot& snapshot);

} // namespace busbar
