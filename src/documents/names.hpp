// SPDX-License-Identifier: MIT
// Which names of fields are still free beside the rows; only sources of this folder include it.
#pragma once

#include "core/table/path_table.hpp"
#include "core/units/value_key.hpp"

#include <algorithm>
#include <string_view>

namespace busbar::documents {

[[nodiscard]] constexpr bool isRow(std::string_view name) {
    return std::ranges::any_of(kRows, [name](const Row& r) { return keyOf(r) == name; });
}

template <typename T>
[[nodiscard]] consteval bool areNotRows(const T& fields) {
    return std::ranges::none_of(fields, [](const auto& field) { return isRow(field.about.name); });
}

} // namespace busbar::documents
