// SPDX-License-Identifier: MIT
// The folding rules of the path table: one pure function per rule.
#pragma once

#include "core/member.hpp"
#include "core/snapshot.hpp"

#include <deque>

namespace busbar {

/// Those that take part, in any order; a deque because members do not move.
using Members = std::deque<Member>;

/// The bank's value of one row; unknown if no member knows, and for rows that are not folded.
[[nodiscard]] Value fold(RowIndex index, const Members& members);

/// All folded rows.
void foldAll(const Members& members, Snapshot& snapshot);

} // namespace busbar
