// SPDX-License-Identifier: MIT
// How a row of the path table is named and how many there are, without the table.
#pragma once

#include <cstddef>
#include <cstdint>

namespace busbar {

/// Index into kRows (path_table.hpp).
using RowIndex = std::uint16_t;

/// Lines of the table, which checks it; here, so that what only keeps a value per row does not
/// depend on the rows themselves.
inline constexpr std::size_t kRowCount = 122;

} // namespace busbar
