// SPDX-License-Identifier: MIT
// Reads messages to writable batteries.
#include "mqtt/results/write_message.hpp"

#include "core/table/path_table.hpp"
#include "core/units/value_key.hpp"
#include "core/utf8.hpp"
#include "documents/row_names.hpp"
#include "mqtt/results/commands.hpp"
#include "mqtt/results/result_topics.hpp"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace busbar::mqtt {

namespace {

constexpr std::string_view kGroup = "battery/";

/// All rows of the path table with all their digits need half of it.
constexpr std::size_t kLongestGroup = std::size_t{16} * 1024;

/// Iterative, so that nesting costs memory and not stack. NaN and infinities are read, so that they
/// can be refused by their path.
constexpr unsigned kGroupFlags = rapidjson::kParseIterativeFlag |
                                 rapidjson::kParseValidateEncodingFlag |
                                 rapidjson::kParseNanAndInfFlag;

struct WriteAddress {
    std::string_view id;
    std::string_view path; ///< "/Dc/0/Voltage"; empty = the payload names paths
};

/// "battery/gw/values", "battery/gw/values/Dc/0/Voltage"
std::optional<WriteAddress> writeAddressOf(std::string_view tail) {
    if (!tail.starts_with(kGroup))
        return std::nullopt;
    tail.remove_prefix(kGroup.size());
    const auto slash = tail.find('/');
    if (slash == 0 || slash == std::string_view::npos)
        return std::nullopt;
    const std::string_view id = tail.substr(0, slash);
    std::string_view rest = tail.substr(slash + 1);
    if (!rest.starts_with(kValuesLevel))
        return std::nullopt;
    rest.remove_prefix(kValuesLevel.size());
    if (!rest.empty() && rest.front() != '/')
        return std::nullopt;
    return WriteAddress{id, rest};
}

/// A key of the documents, in either layout, becomes its path; what is neither stays, and is no
/// path.
std::string pathOf(std::string_view key) {
    for (RowIndex i = 0; !key.starts_with('/') && i < kRowCount; ++i)
        if (documents::rowName(i) == key || keyOf(i) == key)
            return std::string(kRows.at(i).path);
    return std::string(key);
}

/// Nothing for a list, an object, and a text that is not UTF-8 (RapidJSON lets a lone low surrogate
/// through).
std::optional<Value> writtenValueOf(const rapidjson::Value& json) {
    if (json.IsNull())
        return Value();
    if (json.IsBool())
        return Value(json.GetBool() ? 1.0 : 0.0);
    if (json.IsNumber())
        return Value(json.GetDouble());
    if (json.IsString() && isUtf8({json.GetString(), json.GetStringLength()}))
        return Value(std::string(json.GetString(), json.GetStringLength()));
    return std::nullopt;
}

void take(WriteMessage& message, std::string path, const rapidjson::Value& json) {
    const auto isThis = [&path](const busbar::WrittenValue& one) { return one.path == path; };
    const auto value = writtenValueOf(json);
    if (!value)
        message.problem =
            shownText(path) + ": a list, an object or no UTF-8; allowed is " + allowedAt(path);
    else if (message.group.size() >= kRowCount || std::ranges::any_of(message.group, isThis))
        message.problem =
            shownText(path) + ": it is there twice, or there are more than a battery has";
    else
        message.group.push_back({std::move(path), *value});
}

void takeAll(WriteMessage& message, const rapidjson::Document& document) {
    if (!document.IsObject()) {
        message.problem = R"(allowed is a JSON object, such as {"/Dc/0/Voltage":53.2})";
        return;
    }
    for (const auto& member : document.GetObject()) {
        take(message, pathOf({member.name.GetString(), member.name.GetStringLength()}),
             member.value);
        if (!message.problem.empty())
            return;
    }
    if (message.group.empty())
        message.problem = "there is no value in it";
}

} // namespace

bool isWriteTopic(std::string_view tail) {
    return writeAddressOf(tail).has_value();
}

WriteMessage parseWriteMessage(std::string_view tail, std::string_view payload) {
    const WriteAddress address = writeAddressOf(tail).value_or(WriteAddress{});
    WriteMessage message{.id = std::string(address.id), .group = {}, .problem = {}};
    if (payload.size() > kLongestGroup) {
        message.problem = "allowed are at most " + std::to_string(kLongestGroup) + " bytes";
        return message;
    }
    rapidjson::Document document;
    document.Parse<kGroupFlags>(payload.data(), payload.size());
    if (document.HasParseError())
        message.problem =
            "no JSON: " + std::string(rapidjson::GetParseError_En(document.GetParseError())) +
            " (at byte " + std::to_string(document.GetErrorOffset()) + "; a text goes in quotes)";
    else if (address.path.empty())
        takeAll(message, document);
    else
        take(message, std::string(address.path), document);
    if (!message.problem.empty())
        message.group.clear();
    return message;
}

} // namespace busbar::mqtt
