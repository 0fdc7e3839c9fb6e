// SPDX-License-Identifier: MIT
// The folding rules of the path table: one pure function per rule.
#pragma once

#include "core/members.hpp"
#include "core/row_index.hpp"
#include "core/value.hpp"

namespace busbar {

struct Snapshot;

/// The bank's value of one row; unknown if no member knows, and for rows that are not folded.
[[nodiscard]] Value fold(RowIndex index, const Members& members);

/// All folded rows.
void foldAll(const Members& members, Snapshot& snapshot);

} // namespace busbar
