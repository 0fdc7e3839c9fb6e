// SPDX-License-Identifier: MIT
// What tables of words have in common: one row per enumerator, in their order.
#pragma once

#include <cstddef>

namespace busbar {

/// True if row i is that of enumerator i, so that a table can be read by index. `key` is the
/// member of a row that names its enumerator.
template <typename Rows, typename Key>
[[nodiscard]] consteval bool isInOrder(const Rows& rows, Key key) {
    std::size_t place = 0;
    for (const auto& row : rows)
        if (static_cast<std::size_t>(row.*key) != place++)
            return false;
    return true;
}

} // namespace busbar
