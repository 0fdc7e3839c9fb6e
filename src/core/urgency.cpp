// SPDX-License-Identifier: MIT
// Rows that cut, and which of their changes are cuts.
#include "core/urgency.hpp"

#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace busbar {

namespace {

/// What of a row's change is worse news.
enum class Worse : std::uint8_t { Nothing, Less, More, Other };

constexpr Worse worseOf(std::string_view path) {
    if (path.starts_with("/Info/Max") || path.starts_with("/Io/AllowTo"))
        return Worse::Less;
    if (path.starts_with("/Alarms/") || path.starts_with("/System/NrOfModulesBlocking"))
        return Worse::More;
    return path == "/State" ? Worse::Other : Worse::Nothing;
}

constexpr auto kWorse = [] {
    std::array<Worse, kRowCount> rows{};
    for (std::size_t i = 0; i < kRowCount; ++i)
        rows[i] = worseOf(kRows[i].path);
    return rows;
}();

bool isLess(const Value& before, const Value& after) {
    const auto is = after.number();
    const auto was = before.number();
    if (!is)
        return was.has_value();
    return was ? *is < *was : *is <= 0.0;
}

} // namespace

bool mayCut(RowIndex index) {
    return kWorse.at(index) != Worse::Nothing;
}

bool mayCut(std::string_view path) {
    return worseOf(path) != Worse::Nothing;
}

bool isCut(RowIndex index, const Value& before, const Value& after) {
    switch (kWorse.at(index)) {
    case Worse::Less:
        return isLess(before, after);
    case Worse::More:
        return after.number().value_or(0.0) > before.number().value_or(0.0);
    case Worse::Other:
        return before != after;
    case Worse::Nothing:
        break;
    }
    return false;
}

bool hasCut(const Snapshot& before, const Snapshot& after) {
    for (std::size_t i = 0; i < kRowCount; ++i)
        if (isCut(static_cast<RowIndex>(i), before.rows[i], after.rows[i]))
            return true;
    return false;
}

} // namespace busbar
