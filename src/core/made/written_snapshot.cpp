// SPDX-License-Identifier: MIT
// Written values into rows.
#include "core/made/written_snapshot.hpp"

#include "core/cycle/rows.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/made/written.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

namespace busbar {

Snapshot snapshotOf(const Written& written, const Identity& identity, const Now& now) {
    Battery made;
    written.fill(made, now);
    Snapshot snapshot;
    for (std::size_t i = 0; i < kRowCount; ++i)
        snapshot.rows.at(i) =
            rounded(kRows.at(i).quantity, made.slot(static_cast<RowIndex>(i)).value);
    fillFixed(snapshot, identity);
    snapshot[row("/Connected")] = 1.0;
    snapshot.extras = {{kExpiredPath, Quantity::Flag, written.isExpired(now) ? 1.0 : 0.0}};
    return snapshot;
}

} // namespace busbar
