// SPDX-License-Identifier: MIT
// The bank's result of one cycle: a value for every row, and items whose paths are only known at
// run time.
#pragma once

#include "core/table/quantity.hpp"
#include "core/table/row_index.hpp"
#include "core/value.hpp"

#include <array>
#include <string>
#include <vector>

namespace busbar {

/// A published value outside the table, such as one cell of one member.
struct Item {
    std::string path; ///< absolute, elements of [A-Za-z0-9_]
    Quantity quantity{Quantity::Text};
    Value value;
    /// Above 0: others may set a whole number 1 … this. Whoever publishes keeps what was set and
    /// shows it instead of `value`; nothing else comes of it.
    int choices{0};

    friend bool operator==(const Item&, const Item&) = default;
};

/// Values are rounded as they are published (`rounded` in quantity.hpp), so equal means "nothing to
/// send".
struct Snapshot {
    std::array<Value, kRowCount> rows;
    std::vector<Item> extras; ///< sorted by path, each path once

    [[nodiscard]] const Value& operator[](RowIndex index) const { return rows.at(index); }
    Value& operator[](RowIndex index) { return rows.at(index); }
};

} // namespace busbar
