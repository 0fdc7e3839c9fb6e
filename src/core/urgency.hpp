// SPDX-License-Identifier: MIT
// Which change cannot wait for the next cycle: worse news, never better news.
#pragma once

#include "core/table/row_index.hpp"
#include "core/value.hpp"

#include <string_view>

namespace busbar {

struct Snapshot;

/// False for a row of which no change is a cut.
[[nodiscard]] bool mayCut(RowIndex index);
/// The same by its path, before anything looks for its row; true of some paths that are no rows.
[[nodiscard]] bool mayCut(std::string_view path);

/// A limit fell, a direction was blocked, an alarm rose, or the state is another one. A limit that
/// becomes unknown has fallen (unknown closes); one that was unknown only if it is 0 now. False for
/// all other rows.
[[nodiscard]] bool isCut(RowIndex index, const Value& before, const Value& after);

/// The same for what is published: some row of it is cut.
[[nodiscard]] bool hasCut(const Snapshot& before, const Snapshot& after);

} // namespace busbar
