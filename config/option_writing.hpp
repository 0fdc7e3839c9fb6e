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

/// `take(row, value)` for what is given.
inline void eachField(Rows rows, const Record& record, const auto& take) {
    for (std::size_t i = 0; i < record.values.size(); ++i)
        if (record.values[i])
            take(rows[i], *record.values[i]);
}

inline void writeTexts(Writer& json, const std::vector<std::string>& texts) {
    json.StartArray();
    for (const std::string& text : texts)
        writeText(json, text);
    json.EndArray();
}

inline void writePathValues(Writer& json, const PathValues& values) {
    json.StartObject();
    for (const auto& [path, value] : values) {
        writeKey(json, path);
        if (const auto number = value.number())
            writeNumber(json, *number);
        else if (const auto* text = value.text())
            writeText(json, *text);
        else
            json.Null();
    }
    json.EndObject();
}

inline void writeRecords(Writer& json, const std::vector<Record>& records, const Option& row);

inline void writeSetting(Writer& json, const Setting& setting, const Option& row) {
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
    else if (const auto* texts = std::get_if<std::vector<std::string>>(&setting))
        writeTexts(json, *texts);
    else if (const auto* values = std::get_if<PathValues>(&setting))
        writePathValues(json, *values);
    else if (const auto* records = std::get_if<std::vector<Record>>(&setting))
        writeRecords(json, *records, row);
    else
        json.Null();
}

/// A list of objects, or the one.
inline void writeRecords(Writer& json, const std::vector<Record>& records, const Option& row) {
    const bool isList = row.access.kind != Kind::Object;
    if (isList)
        json.StartArray();
    for (const Record& record : records) {
        json.StartObject();
        eachField(fieldsOf(row), record, [&json](const Option& field, const Setting& value) {
            writeKey(json, field.key);
            writeSetting(json, value, field);
        });
        json.EndObject();
    }
    if (isList)
        json.EndArray();
}

inline Rows rowsOf(Section section) {
    const auto sectionOf = [](const Option& row) { return row.access.section; };
    const auto* first = std::ranges::lower_bound(kOptions, section, {}, sectionOf);
    const auto* end = std::ranges::upper_bound(kOptions, section, {}, sectionOf);
    return {first, end};
}

/// Options of a bank that is a made battery: all but id and name, which stand beside it.
inline Rows innerBankRows() {
    static_assert(option("name") == option("id") + 1 &&
                  kOptions[option("id") - 1].access.section == Section::Site);
    return rowsOf(Section::Bank).subspan(2);
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
