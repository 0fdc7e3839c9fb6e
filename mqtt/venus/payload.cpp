// SPDX-License-Identifier: MIT
// Payloads of N topics: a fast way for plain numbers, RapidJSON for everything else.
#include "mqtt/venus/payload.hpp"

#include "core/utf8.hpp"

#include <rapidjson/document.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <system_error>

namespace busbar::mqtt {

namespace {

constexpr std::string_view kHead = R"({"value":)";
constexpr std::size_t kLongestPayload =
    std::size_t{64} * 1024; // a battery path holds numbers and short texts

constexpr bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// Leaves out what from_chars takes beyond JSON's grammar: `01`, `.5`, `1.`, `1.e5`, `inf`, `nan`.
bool isJsonNumber(std::string_view text) {
    if (text.starts_with('-'))
        text.remove_prefix(1);
    if (text.empty() || !isDigit(text[0]) ||
        (text.size() > 1 && text[0] == '0' && isDigit(text[1])))
        return false;
    const auto point = text.find('.');
    return point == std::string_view::npos || (point + 1 < text.size() && isDigit(text[point + 1]));
}

/// `{"value":13.5}`: nineteen of twenty messages. Nothing if it is not exactly that, which decides
/// nothing.
std::optional<double> plainNumber(std::string_view payload) {
    if (!payload.starts_with(kHead) || !payload.ends_with('}'))
        return std::nullopt;
    const char* first = payload.data() + kHead.size();
    const char* last = payload.data() + payload.size() - 1;
    double number = 0.0;
    if (!isJsonNumber({first, last}))
        return std::nullopt;
    const auto [end, error] = std::from_chars(first, last, number);
    if (error != std::errc{} || end != last || !std::isfinite(number))
        return std::nullopt;
    return number;
}

Payload fromJson(const rapidjson::Value& json) {
    if (json.IsNull())
        return {PayloadKind::Value, {}};
    if (json.IsBool())
        return {PayloadKind::Value, json.GetBool() ? 1.0 : 0.0, true};
    if (json.IsNumber() && std::isfinite(json.GetDouble()))
        return {PayloadKind::Value, json.GetDouble()};
    if (json.IsString()) // RapidJSON lets a lone low surrogate through, which is no UTF-8
        return isUtf8({json.GetString(), json.GetStringLength()})
                   ? Payload{PayloadKind::Value,
                             std::string(json.GetString(), json.GetStringLength())}
                   : Payload{};
    return {PayloadKind::Other, {}};
}

/// Iterative, so that nesting costs memory and not stack. Not with full precision: RapidJSON 1.1
/// then dies of a number with 780 digits (fuzz corpus); its ordinary way is exact for up to 15
/// digits.
constexpr unsigned kPayloadFlags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

/// True if the payload is an object, which is then in the document.
bool parseObject(std::string_view payload, rapidjson::Document& document) {
    if (payload.size() > kLongestPayload)
        return false;
    document.Parse<kPayloadFlags>(payload.data(), payload.size());
    return !document.HasParseError() && document.IsObject();
}

/// nullptr if the object has no such key.
const rapidjson::Value* find(const rapidjson::Value& object, const char* key) {
    const auto member = object.FindMember(key);
    return member == object.MemberEnd() ? nullptr : &member->value;
}

} // namespace

Payload parsePayload(std::string_view payload) {
    if (payload.empty())
        return {PayloadKind::Gone, {}};
    if (const auto number = plainNumber(payload))
        return {PayloadKind::Value, *number};
    rapidjson::Document document;
    const rapidjson::Value* value =
        parseObject(payload, document) ? find(document, "value") : nullptr;
    return value == nullptr ? Payload{} : fromJson(*value);
}

std::string parseEcho(std::string_view payload) {
    rapidjson::Document document;
    const bool isObject = parseObject(payload, document);
    const rapidjson::Value* echo =
        isObject ? find(document, "full-publish-completed-echo") : nullptr;
    if (echo == nullptr || !echo->IsString() ||
        !isUtf8({echo->GetString(), echo->GetStringLength()}))
        return {};
    return {echo->GetString(), echo->GetStringLength()};
}

} // namespace busbar::mqtt
