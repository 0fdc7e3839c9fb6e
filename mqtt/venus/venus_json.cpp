// SPDX-License-Identifier: MIT
// Number and text formats of the bridge's JSON writer, and the reading of requests.
#include "mqtt/venus/venus_json.hpp"

#include "core/utf8.hpp"

#include <rapidjson/document.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>

namespace busbar::mqtt {

namespace {

// Where the bridge changes to an exponent: captures of all number sizes show 0.00012345 and 1e-05,
// 1000000.0 and 1e+15.
constexpr int kLowestFixed = -4;
constexpr int kHighestFixed = 15;
constexpr std::size_t kLongestRequest = std::size_t{64} * 1024; // as for payloads that are read
constexpr int kDeepest = 8; // lists in lists; no service has more than two

template <typename... Args>
std::string_view written(std::array<char, 32>& buffer, Args... args) {
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), args...);
    return {buffer.data(), error == std::errc{} ? end : buffer.data()};
}

/// `digits` times 10^(point − number of digits), without an exponent: (123, 1) is 1.23, (1, 3) is
/// 100.0, (5, −1) is 0.05.
void appendFixed(std::string& out, std::string_view digits, int point) {
    if (point <= 0) {
        out.append("0.").append(static_cast<std::size_t>(-point), '0').append(digits);
        return;
    }
    const auto whole = static_cast<std::size_t>(point);
    out.append(digits.substr(0, whole));
    if (digits.size() > whole)
        out.append(1, '.').append(digits.substr(whole));
    else
        out.append(whole - digits.size(), '0').append(".0");
}

void appendDouble(std::string& out, double number) {
    std::array<char, 32> buffer{};
    if (std::signbit(number))
        out.push_back('-');
    const auto scientific = written(buffer, std::fabs(number), std::chars_format::scientific);
    const auto mark = scientific.find('e');
    int exponent = 0;
    const auto sign = static_cast<std::size_t>(scientific[mark + 1] == '+');
    std::from_chars(scientific.data() + mark + 1 + sign, scientific.data() + scientific.size(),
                    exponent);
    const int point = exponent + 1;
    if (point <= kLowestFixed || point > kHighestFixed) {
        out.append(scientific);
        return;
    }
    std::string digits(scientific.substr(0, mark));
    if (digits.size() > 1)
        digits.erase(1, 1);
    appendFixed(out, digits, point);
}

bool fitsInt64(double number) {
    return std::trunc(number) == number && number >= -9223372036854775808.0 &&
           number < 9223372036854775808.0;
}

void appendEscaped(std::string& out, char c) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    static constexpr std::string_view kPlain = "\"\\\b\t\n\f\r";
    static constexpr std::string_view kLetter = "\"\\btnfr";
    if (const auto known = kPlain.find(c); known != std::string_view::npos) {
        out.append(1, '\\').append(1, kLetter[known]);
        return;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append("\\u00").append(1, kHex[byte >> 4U]).append(1, kHex[byte & 0x0FU]);
}

bool needsEscape(char c) {
    return static_cast<unsigned char>(c) < 0x20U || c == '"' || c == '\\';
}

/// Iterative, so that nesting costs memory and not stack.
constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

bool parseObject(rapidjson::Document& document, std::string_view text) {
    if (text.empty() || text.size() > kLongestRequest)
        return false;
    document.Parse<kFlags>(text.data(), text.size());
    return !document.HasParseError() && document.IsObject();
}

/// D-Bus arrays have one element type: lists count as such only if all their elements do.
enum class Kind : std::uint8_t { Null, Bool, Integer, Double, Text, List };

Kind kindOf(const rapidjson::Value& json) {
    if (json.IsNull())
        return Kind::Null;
    if (json.IsBool())
        return Kind::Bool;
    if (json.IsInt64() || json.IsUint64())
        return json.IsInt64() ? Kind::Integer : Kind::Double;
    if (json.IsNumber())
        return Kind::Double;
    return json.IsString() ? Kind::Text : Kind::List;
}

std::string_view textOf(const rapidjson::Value& json) {
    return {json.GetString(), json.GetStringLength()};
}

bool appendBack(std::string& out, const rapidjson::Value& json, int depth);

bool appendList(std::string& out, const rapidjson::Value& list, int depth) {
    if (depth == kDeepest)
        return false;
    char separator = '[';
    for (const auto& element : list.GetArray()) {
        out.push_back(separator);
        separator = ',';
        if (kindOf(element) != kindOf(list[0]) || !appendBack(out, element, depth + 1))
            return false;
    }
    out.append(list.Empty() ? "null" : "]"); // an empty array is how D-Bus says "no value"
    return true;
}

/// False for what the bridge cannot turn into a D-Bus value. Lists call it again, `kDeepest` times
/// at most.
bool appendBack(std::string& out, const rapidjson::Value& json, int depth) {
    if (json.IsObject())
        return false;
    std::array<char, 32> buffer{};
    switch (kindOf(json)) {
    case Kind::Null:
        out.append("null");
        return true;
    case Kind::Bool:
        out.append(json.GetBool() ? "true" : "false");
        return true;
    case Kind::Integer:
        out.append(written(buffer, json.GetInt64()));
        return true;
    case Kind::Double:
        appendDouble(out, json.GetDouble());
        return std::isfinite(
            json.GetDouble()); // RapidJSON rounds 1.7976931348623159e308 up to infinity
    case Kind::Text:
        appendJsonText(out, textOf(json));
        return isUtf8(textOf(json)); // … and takes half a character for a whole one
    case Kind::List:
        return appendList(out, json, depth);
    }
    return false;
}

/// Unknown for null and for a list.
Value valueOf(const rapidjson::Value& json) {
    if (json.IsBool())
        return {json.GetBool() ? 1.0 : 0.0};
    if (json.IsNumber())
        return {json.GetDouble()};
    if (json.IsString())
        return {std::string(textOf(json))};
    return {};
}

const rapidjson::Value* lastMember(const rapidjson::Value& object, std::string_view name) {
    const rapidjson::Value* last = nullptr;
    for (const auto& member : object.GetObject())
        if (textOf(member.name) == name)
            last = &member.value;
    return last;
}

} // namespace

void appendJsonText(std::string& out, std::string_view text) {
    out.push_back('"');
    while (!text.empty()) {
        const auto first = firstCodePoint(text);
        if (!first.isValid)
            out.append("\xEF\xBF\xBD");
        else if (needsEscape(text.front()))
            appendEscaped(out, text.front());
        else
            out.append(text.substr(0, first.size));
        text.remove_prefix(first.size);
    }
    out.push_back('"');
}

void appendJsonNumber(std::string& out, double number, WireType wire) {
    std::array<char, 32> buffer{};
    if (!std::isfinite(number))
        out.append("null");
    else if (wire == WireType::Int && fitsInt64(number))
        out.append(written(buffer, static_cast<std::int64_t>(number)));
    else
        appendDouble(out, number);
}

void appendJsonValue(std::string& out, const Value& value, WireType wire) {
    if (const auto number = value.number())
        appendJsonNumber(out, *number, wire);
    else if (const std::string* text = value.text())
        appendJsonText(out, *text);
    else
        out.append("null");
}

std::optional<WrittenValue> parseWrite(std::string_view payload) {
    if (payload.starts_with("\xEF\xBB\xBF"))
        payload.remove_prefix(3);
    rapidjson::Document document;
    if (!parseObject(document, payload))
        return std::nullopt;
    const auto* json = lastMember(document, "value");
    WrittenValue result;
    if (json == nullptr || !appendBack(result.json, *json, 0))
        return std::nullopt;
    if (!json->IsArray() || json->Empty())
        result.value.emplace(valueOf(*json));
    return result;
}

std::optional<std::string> keepaliveEcho(std::string_view payload) {
    rapidjson::Document document;
    if (!parseObject(document, payload))
        return std::nullopt;
    const auto* options = lastMember(document, "keepalive-options");
    if (options == nullptr || !options->IsArray())
        return std::nullopt;
    std::optional<std::string> word;
    for (const auto& option : options->GetArray()) {
        const auto* echo =
            option.IsObject() ? lastMember(option, "full-publish-completed-echo") : nullptr;
        if (echo != nullptr && echo->IsString())
            word = std::string(textOf(*echo));
    }
    return word;
}

} // namespace busbar::mqtt
