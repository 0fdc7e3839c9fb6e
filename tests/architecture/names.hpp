// SPDX-License-Identifier: MIT
// Which names stand where: rows of the path table, and what each source calls its own.
#pragma once

#include "architecture/rules.hpp"
#include "architecture/source_file.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::architecture {

/// A file or folder in which rows may be written as `row("/…")`. Everybody else takes them from
/// src/core/table/named_rows.hpp, or from a table, so that it is one place that knows a path.
struct RowPlace {
    std::string_view where;
    std::string_view reason;
};

// clang-format off
inline constexpr auto kRowPlaces = std::to_array<RowPlace>({
    {"src/core/", "the table, and the stages and rules that own what a row means"},
    {"src/sim/driver_feed.cpp", "a table: what a driver says of a pack"},
    {"mqtt/ha/ha_tables.cpp", "a table: what Home Assistant is told of a row"},
    {"mqtt/results/driver_json.cpp", "a table: which key of the driver is which row"},
});
// clang-format on

/// `row("/…")` where it may not stand.
[[nodiscard]] Findings checkRowNames(const SourceFile& file);
/// The file writes at least one such.
[[nodiscard]] bool hasRowNames(const SourceFile& file);

/// A constant or type in an unnamed namespace that is not within a function or another type.
struct LocalName {
    std::string name;
    int line{0};
};
[[nodiscard]] std::vector<LocalName> localNames(const SourceFile& file);

/// Names that two sources of one module have for their own. The build merges sources, and which
/// with which changes with every new file: what clashes must not wait for that.
[[nodiscard]] Findings checkLocalNames(const std::vector<SourceFile>& files);

} // namespace busbar::architecture
