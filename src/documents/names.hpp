// SPDX-License-Identifier: MIT
// Which names of fields are still free beside the rows; only sources of this folder include it.
#pragma once

#include "core/table/path_table.hpp"
#include "core/units/value_key.hpp"
#include "documents/row_names.hpp"

#include <algorithm>
#include <string_view>

namespace busbar::documents {

[[nodiscard]] constexpr bool isRow(std::string_view name) {
    for (RowIndex row = 0; row < kRowCount; ++row)
        if (keyOf(row) == name || rowName(row) == name)
            return true;
    return false;
}

template <typename T>
[[nodiscard]] consteval bool areNotRows(const T& fields) {
    return std::ranges::none_of(fields, [](const auto& field) {
        return isRow(field.about.name) || isRow(field.about.before);
    });
}

} // namespace busbar::documents
