// SPDX-License-Identifier: MIT
// Walking the option table and writing JSON: what schema and effective configuration share.
#pragma once

#include "config/option_table.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace busbar::config {

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;
using Rows = std::span<const Option>;

inline void writeText(Writer& json, std::string_view text) {
    json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

inline void writeKey(Writer& json, std::string_view key) {
    json.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

inline void writeNumber(Writer& json, double number) {
    constexpr double kExactWhole =
        9007199254740992.0; // 2^53, up to which a double holds every whole number
    if (number == std::floor(number) && std::abs(number) < kExactWhole)
        json.Int64(static_cast<std::int64_t>(number));
    else
        json.Double(number);
}

inline void writeSelectors(Writer& json, const std::vector<Selector>& list) {
    json.StartArray();
    for (const Selector& selector : list)
        writeText(json, toText(selector));
    json.EndArray();
}

inline void writeNumbers(Writer& json, const std::vector<double>& numbers) {
    json.StartArray();
    for (const double number : numbers)
        writeNumber(json, number);
    json.EndArray();
}

inline void writePoints(Writer& json, const std::vector<CurvePoint>& points) {
    json.StartArray();
    for (const CurvePoint& point : points)
        writeNumbers(json, {point.x, point.factor});
    json.EndArray();
}

inline void writeSetting(Writer& json, const Setting& setting) {
    if (const auto* flag = std::get_if<bool>(&setting))
        json.Bool(*flag);
    else if (const auto* number = std::get_if<double>(&setting))
        writeNumber(json, *number);
    else if (const auto* text = std::get_if<std::string>(&setting))
        writeText(json, *text);
    else if (const auto* list = std::get_if<std::vector<Selector>>(&setting))
        writeSelectors(json, *list);
    else if (const auto* numbers = std::get_if<std::vector<double>>(&setting))
        writeNumbers(json, *numbers);
    else if (const auto* points = std::get_if<std::vector<CurvePoint>>(&setting))
        writePoints(json, *points);
    else
        json.Null();
}

inline Rows rowsOf(Section section) {
    const auto found = std::ranges::equal_range(
        kOptions, section, {}, [](const Option& row) { return row.access.section; });
    return {found.begin(), found.end()};
}

/// Calls `leaf(name, row)` and `group(name, rows, prefixLength)` for what stands directly under the
/// first `prefix` characters of the keys; a group is one run of rows (the table guarantees it).
inline void eachMember(Rows rows, std::size_t prefix, const auto& leaf, const auto& group) {
    while (!rows.empty()) {
        const std::string_view rest = rows.front().key.substr(prefix);
        const std::size_t dot = rest.find('.');
        std::size_t count = 1;
        if (dot == std::string_view::npos) {
            leaf(rest, rows.front());
        } else {
            const std::string_view name = rows.front().key.substr(0, prefix + dot);
            while (count < rows.size() && isGroupOf(name, rows[count].key))
                ++count;
            group(rest.substr(0, dot), rows.first(count), prefix + dot + 1);
        }
        rows = rows.subspan(count);
    }
}

inline void writePair(Writer& json, std::string_view key, std::string_view text) {
    writeKey(json, key);
    writeText(json, text);
}

inline void writePair(Writer& json, std::string_view key, double number) {
    writeKey(json, key);
    writeNumber(json, number);
}

/// `"type": …` with the bounds of the row.
inline std::string finished(const rapidjson::StringBuffer& buffer) {
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

} // namespace busbar::config
