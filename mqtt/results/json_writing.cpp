// SPDX-License-Identifier: MIT
// Texts, numbers and times in JSON.
#include "mqtt/results/json_writing.hpp"

#include "core/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <system_error>

namespace busbar::mqtt {

namespace {

/// Whole numbers below this are exact in a double (2^53 is above 9·10^15).
constexpr double kLargestWhole = 9e15;

std::string repaired(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const CodePoint first = firstCodePoint(text);
        result.append(first.isValid ? text.substr(0, first.size)
                                    : std::string_view("\xEF\xBF\xBD"));
        text.remove_prefix(first.size);
    }
    return result;
}

void writeValid(JsonWriter& json, std::string_view text) {
    json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

} // namespace

void writeText(JsonWriter& json, std::string_view text) {
    if (text.empty())
        json.String("");
    else if (isUtf8(text))
        writeValid(json, text);
    else
        writeValid(json, repaired(text));
}

void writeKey(JsonWriter& json, std::string_view key) {
    json.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

void writeDouble(JsonWriter& json, std::optional<double> number) {
    if (number && std::isfinite(*number))
        json.Double(*number);
    else
        json.Null();
}

void writeShort(JsonWriter& json, std::optional<double> number, int decimals) {
    static constexpr std::array kPowers = {1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    if (!number || !std::isfinite(*number)) {
        json.Null();
        return;
    }
    const double scale = kPowers.at(static_cast<std::size_t>(decimals));
    const double scaled = std::round(*number * scale);
    const double result = std::isfinite(scaled) ? scaled / scale : *number;
    if (std::trunc(result) == result && std::fabs(result) < kLargestWhole)
        json.Int64(static_cast<std::int64_t>(result));
    else
        json.Double(result);
}

void writeFixed(JsonWriter& json, std::optional<double> number, int decimals) {
    if (decimals <= 0 || !number || !(std::fabs(*number) < kLargestWhole)) {
        writeShort(json, number, std::max(decimals, 0));
        return;
    }
    std::array<char, 40> text{};
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), *number,
                                            std::chars_format::fixed, decimals);
    std::string_view shown(text.data(), error == std::errc{} ? end : text.data());
    if (shown.starts_with('-') && shown.find_first_not_of("-0.") == std::string_view::npos)
        shown.remove_prefix(1);
    json.RawValue(shown.data(), shown.size(), rapidjson::kNumberType);
}

void writeTyped(JsonWriter& json, Quantity quantity, const Value& value) {
    const auto number = value.number();
    if (const std::string* text = value.text())
        writeText(json, *text);
    else if (number && spec(quantity).wire == WireType::Int && std::fabs(*number) < kLargestWhole)
        json.Int64(static_cast<std::int64_t>(*number));
    else
        writeDouble(json, number);
}

std::string joined(std::string_view object, std::string_view more) {
    object.remove_suffix(1);
    more.remove_prefix(1);
    return std::string(object).append(",").append(more);
}

std::string textOf(const rapidjson::StringBuffer& buffer) {
    return {buffer.GetString(), buffer.GetSize()};
}

std::string isoText(WallTime time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const auto day = std::chrono::floor<std::chrono::days>(seconds);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(seconds - day);
    std::array<char, 48> text{};
    const int size = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

} // namespace busbar::mqtt
