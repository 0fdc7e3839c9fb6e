// SPDX-License-Identifier: MIT
// The lines of a file of the owner's choices.
#include "app/kept/choices.hpp"
#include "base/fingerprint.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <charconv>
#include <string_view>
#include <utility>

namespace busbar {

namespace {

constexpr int kFormat = 1;
constexpr const char* kChoicesVersionKey = "busbar_choices";
constexpr const char* kNumberKey = "number";
constexpr const char* kEndKey = "end";
constexpr const char* kBankKey = "bank";
constexpr const char* kServiceKey = "out_of_service";
constexpr const char* kTargetKey = "charge_target_pct";
constexpr const char* kUnconfirmedKey = "unconfirmed";
constexpr std::size_t kCheckSize = 16;

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;
using JsonValue = rapidjson::Value;

std::string checkOf(std::string_view json) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string check(kCheckSize, '0');
    std::uint64_t value = fingerprint(json);
    for (auto digit = check.rbegin(); digit != check.rend(); ++digit, value >>= 4U)
        *digit = kDigits[value & 15U];
    return check;
}

template <class Fill>
std::string line(Fill fill) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.StartObject();
    fill(writer);
    writer.EndObject();
    const std::string json(buffer.GetString(), buffer.GetSize());
    return checkOf(json) + " " + json + "\n";
}

void writeText(Writer& writer, std::string_view text) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void writeCeiling(Writer& writer, const char* key, std::optional<double> ceiling_A) {
    writer.Key(key);
    if (ceiling_A)
        writer.Double(*ceiling_A);
    else
        writer.Null();
}

void writeBank(Writer& writer, const std::string& bank, const Controls& controls) {
    writer.Key(kBankKey);
    writeText(writer, bank);
    for (const Ceiling* ceiling : kCeilings)
        if (!(controls.doubt.*ceiling->isUnknown))
            writeCeiling(writer, ceiling->key.data(), controls.*ceiling->value_A);
    if (controls.chargeTarget_pct)
        writeCeiling(writer, kTargetKey, controls.chargeTarget_pct);
    if (!controls.doubt.isServiceUnknown || !controls.outOfService.empty()) {
        writer.Key(kServiceKey);
        writer.StartArray();
        for (const std::string& battery : controls.outOfService)
            writeText(writer, battery);
        if (controls.doubt.isServiceUnknown)
            writer.Null(); // there may be more
        writer.EndArray();
    }
    if (controls.doubt.isUnconfirmed) {
        writer.Key(kUnconfirmedKey);
        writer.Bool(true);
    }
}

const JsonValue* member(const JsonValue& object, const char* name) {
    const auto found = object.FindMember(name);
    return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string textOf(const JsonValue& json) {
    return {json.GetString(), json.GetStringLength()};
}

std::optional<std::uint64_t> numberAt(const JsonValue& object, const char* name) {
    const JsonValue* value = member(object, name);
    return value != nullptr && value->IsUint64() ? std::optional(value->GetUint64()) : std::nullopt;
}

/// False: not known.
bool readCeiling(const JsonValue& object, const char* key, std::optional<double>& ceiling_A) {
    const JsonValue* value = member(object, key);
    if (value == nullptr)
        return false;
    if (value->IsNumber() && value->GetDouble() >= 0.0 && value->GetDouble() <= kHighestCeiling_A)
        ceiling_A = value->GetDouble();
    return ceiling_A.has_value() || value->IsNull();
}

bool readService(const JsonValue& object, std::set<std::string>& batteries) {
    const JsonValue* list = member(object, kServiceKey);
    if (list == nullptr || !list->IsArray())
        return false;
    bool isWhole = true;
    for (const JsonValue& entry : list->GetArray()) {
        if (entry.IsString())
            batteries.insert(textOf(entry));
        isWhole = isWhole && entry.IsString();
    }
    return isWhole;
}

Controls controlsIn(const JsonValue& object) {
    Controls controls;
    ControlsDoubt& doubt = controls.doubt;
    doubt.isServiceUnknown = !readService(object, controls.outOfService);
    doubt.isUnconfirmed = member(object, kUnconfirmedKey) != nullptr || doubt.isServiceUnknown;
    // Up to version 0.3 there was none.
    if (member(object, kTargetKey) != nullptr)
        (void)readCeiling(object, kTargetKey, controls.chargeTarget_pct);
    for (const Ceiling* ceiling : kCeilings) {
        bool& isUnknown = doubt.*ceiling->isUnknown;
        isUnknown = !readCeiling(object, ceiling->key.data(), controls.*ceiling->value_A);
        doubt.isUnconfirmed = doubt.isUnconfirmed || isUnknown;
    }
    return controls;
}

/// The object of a line whose check is right.
bool parseLine(std::string_view text, rapidjson::Document& document) {
    if (text.size() <= kCheckSize + 1 || text[kCheckSize] != ' ')
        return false;
    const std::string_view json = text.substr(kCheckSize + 1);
    if (text.substr(0, kCheckSize) != checkOf(json))
        return false;
    constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                                rapidjson::kParseValidateEncodingFlag |
                                rapidjson::kParseFullPrecisionFlag;
    document.Parse<kFlags>(json.data(), json.size());
    return !document.HasParseError() && document.IsObject();
}

/// Adds what a line says; empty, or why it says nothing.
std::string takeLine(const JsonValue& object, ParsedChoices& parsed) {
    if (const JsonValue* bank = member(object, kBankKey); bank != nullptr && bank->IsString()) {
        parsed.banks[textOf(*bank)] = controlsIn(object);
        return {};
    }
    const auto version = numberAt(object, kChoicesVersionKey);
    if (!version)
        return "has a line that is not known";
    if (*version != kFormat)
        return "is of version " + std::to_string(*version) + ", this program knows version " +
               std::to_string(kFormat);
    parsed.number = numberAt(object, kNumberKey);
    return {};
}

} // namespace

std::string choicesText(const Choices& choices, std::uint64_t number) {
    std::string text = line([number](Writer& writer) {
        writer.Key(kChoicesVersionKey);
        writer.Int(kFormat);
        writer.Key(kNumberKey);
        writer.Uint64(number);
    });
    for (const auto& entry : choices) // clang 14 does not capture bindings
        text += line([&](Writer& writer) { writeBank(writer, entry.first, entry.second); });
    return text + line([number](Writer& writer) {
               writer.Key(kEndKey);
               writer.Uint64(number);
           });
}

ParsedChoices parseChoices(const std::string& text) {
    ParsedChoices parsed;
    std::optional<std::uint64_t> end;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t size = std::min(rest.find('\n'), rest.size());
        rapidjson::Document document;
        std::string error = "is damaged";
        if (!end && parseLine(rest.substr(0, size), document)) {
            end = numberAt(document, kEndKey);
            error = end ? "" : takeLine(document, parsed);
        }
        if (parsed.error.empty())
            parsed.error = error;
        rest.remove_prefix(std::min(size + 1, rest.size()));
    }
    if (parsed.error.empty() && (!parsed.number || end != parsed.number))
        parsed.error = "is not whole";
    return parsed;
}

} // namespace busbar
