// SPDX-License-Identifier: MIT
// How fields of the state file are written and read; only its own source includes it.
#pragma once

#include "core/memory.hpp"
#include "core/units/display_name.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::state_fields {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;
using Messages = std::vector<std::string>;

inline const rapidjson::Value* member(const rapidjson::Value& object, const char* name) {
    const auto found = object.FindMember(name);
    return found == object.MemberEnd() ? nullptr : &found->value;
}

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;
using Messages = std::vector<std::string>;

inline std::string textOf(const rapidjson::Value& json) {
    return {json.GetString(), json.GetStringLength()};
}

/// What is shown of a value that is not taken. Not the inside of an object or list, which may be
/// deeper than the stack.
inline std::string shown(const rapidjson::Value& json) {
    constexpr std::size_t kLongest = 40;
    if (json.IsObject() || json.IsArray())
        return json.IsObject() ? "an object" : "a list";
    if (json.IsString())
        return "\"" + textOf(json).substr(0, kLongest) + "\"";
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    json.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

template <class Owner>
void writeNumbers(Writer& writer, const Owner& owner, std::span<const NumberField<Owner>> fields) {
    for (const auto& field : fields) {
        const auto value = field.get(owner);
        if (!value || !field.allows(*value))
            continue;
        writer.Key(field.key.data(), static_cast<rapidjson::SizeType>(field.key.size()));
        writer.Double(*value);
    }
}

template <class Owner>
void readNumbers(const rapidjson::Value& json, Owner& owner,
                 std::span<const NumberField<Owner>> fields, const std::string& place,
                 Messages& dropped) {
    for (const auto& field : fields) {
        const rapidjson::Value* value = member(json, field.key.data());
        if (value == nullptr)
            continue;
        if (value->IsNumber() && field.allows(value->GetDouble()))
            field.set(owner, value->GetDouble());
        else
            dropped.push_back(refusal(place + std::string(field.key), shown(*value), field.lowest,
                                      field.highest));
    }
}

/// A value that is no number: its key, what is allowed, how it is written, how it is read. `read`
/// is false if the value is not taken.
template <class Owner>
struct OtherField {
    const char* key{nullptr};
    std::string_view allowed;
    void (*write)(Writer&, const Owner&);
    bool (*read)(const rapidjson::Value&, Owner&);
};

inline void writeText(Writer& writer, std::string_view text) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

inline bool readText(const rapidjson::Value& json, std::string& text) {
    if (json.IsString())
        text = textOf(json);
    return json.IsString();
}

/// What of it can be a name.
inline bool readName(const rapidjson::Value& json, std::string& name) {
    if (json.IsString())
        name = fittedName(textOf(json));
    return json.IsString();
}

inline void writeTexts(Writer& writer, const std::set<std::string>& texts) {
    writer.StartArray();
    for (const std::string& text : texts)
        writeText(writer, text);
    writer.EndArray();
}

/// Takes what is good; false if something was not.
inline bool readTexts(const rapidjson::Value& json, std::set<std::string>& texts,
                      std::size_t most) {
    if (!json.IsArray())
        return false;
    bool isAllTaken = true;
    for (const auto& entry : json.GetArray()) {
        const bool isGood = entry.IsString() && texts.size() < most;
        if (isGood)
            texts.insert(textOf(entry));
        isAllTaken = isAllTaken && isGood;
    }
    return isAllTaken;
}

template <class Enum, std::size_t Count>
bool readWord(const rapidjson::Value& json, const std::array<std::string_view, Count>& words,
              Enum& target) {
    if (!json.IsString())
        return false;
    const auto found = std::ranges::find(words, std::string_view(textOf(json)));
    if (found == words.end())
        return false;
    target = static_cast<Enum>(found - words.begin());
    return true;
}

template <class Owner>
void writeOthers(Writer& writer, const Owner& owner, std::span<const OtherField<Owner>> fields) {
    for (const auto& field : fields) {
        writer.Key(field.key);
        field.write(writer, owner);
    }
}

template <class Owner>
void readOthers(const rapidjson::Value& json, Owner& owner,
                std::span<const OtherField<Owner>> fields, const std::string& place,
                Messages& dropped) {
    for (const auto& field : fields) {
        const rapidjson::Value* value = member(json, field.key);
        if (value != nullptr && !field.read(*value, owner))
            dropped.push_back(place + field.key + ": " + shown(*value) +
                              " is not taken, allowed is " + std::string(field.allowed));
    }
}

/// An object with one entry per name; anything else is not taken.
template <class Read>
void readEach(const rapidjson::Value& json, const char* key, const std::string& place,
              Messages& dropped, Read read) {
    const rapidjson::Value* entries = member(json, key);
    if (entries == nullptr)
        return;
    if (!entries->IsObject()) {
        dropped.push_back(place + key + ": " + shown(*entries) +
                          " is not taken, allowed is an object");
        return;
    }
    for (const auto& entry : entries->GetObject()) {
        const std::string name = textOf(entry.name);
        std::string entryPlace = place + key;
        entryPlace.append(".").append(name);
        if (entry.value.IsObject())
            read(name, entry.value, entryPlace + ".");
        else
            dropped.push_back(entryPlace + ": " + shown(entry.value) +
                              " is not taken, allowed is an object");
    }
}

/// An object with one entry per id.
template <class Owner>
void writeEach(Writer& writer, const char* key, const std::map<std::string, Owner>& entries,
               std::span<const OtherField<Owner>> others,
               std::span<const NumberField<Owner>> numbers) {
    writer.Key(key);
    writer.StartObject();
    for (const auto& [id, entry] : entries) {
        writeText(writer, id);
        writer.StartObject();
        writeOthers(writer, entry, others);
        writeNumbers(writer, entry, numbers);
        writer.EndObject();
    }
    writer.EndObject();
}

} // namespace busbar::state_fields
