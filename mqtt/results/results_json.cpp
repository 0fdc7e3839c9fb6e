// SPDX-License-Identifier: MIT
// Renders what documents tell as JSON.
#include "mqtt/results/results_json.hpp"

#include "documents/bank.hpp"
#include "documents/event.hpp"

#include <chrono>
#include <cstdint>

namespace busbar::mqtt {

namespace {

using documents::Form;
using documents::Piece;
using documents::Reader;
using documents::Step;

void writeValue(JsonWriter& json, const documents::About& about, const Value& value) {
    const auto number = value.number();
    const std::string* words = value.text();
    if (words != nullptr)
        writeText(json, *words);
    else if (about.form == Form::Text)
        writeText(json, "");
    else if (about.form == Form::Truth && number)
        json.Bool(*number != 0.0);
    else if (about.form == Form::Time && number)
        writeText(json,
                  isoText(WallTime(std::chrono::seconds(static_cast<std::int64_t>(*number)))));
    else
        writeShort(json, number, about.decimals);
}

void writePiece(JsonWriter& json, const Piece& piece) {
    const bool isEnd = piece.step == Step::EndObject || piece.step == Step::EndList;
    if (!isEnd && !piece.about.name.empty())
        writeKey(json, piece.about.name);
    switch (piece.step) {
    case Step::Field:
        writeValue(json, piece.about, piece.value);
        break;
    case Step::Nothing:
        json.Null();
        break;
    case Step::Object:
        json.StartObject();
        break;
    case Step::EndObject:
        json.EndObject();
        break;
    case Step::List:
        json.StartArray();
        break;
    case Step::EndList:
        json.EndArray();
        break;
    }
}

template <typename Tell>
std::string documentOf(const Tell& tell) {
    rapidjson::StringBuffer buffer;
    JsonWriter json(buffer);
    json.StartObject();
    tell([&json](const Piece& piece) { writePiece(json, piece); });
    json.EndObject();
    return textOf(buffer);
}

} // namespace

void writeField(JsonWriter& json, const documents::About& about, const Value& value) {
    writePiece(json, {Step::Field, about, value});
}

std::string bankDocument(const BankView& view) {
    return documentOf([&view](const Reader& reader) { documents::tellBank(view, reader); });
}

std::string bankStamp(const BankView& view, const Now& now) {
    return documentOf([&](const Reader& reader) { documents::tellBankStamp(view, now, reader); });
}

std::string batteryDocument(const BankView& view, const MemberReport& member) {
    return documentOf([&](const Reader& reader) {
        documents::tellBattery(documents::viewOf(view, member), reader);
    });
}

std::string batteryStamp(const BankView& view, const MemberReport& member, const Now& now) {
    return documentOf([&](const Reader& reader) {
        documents::tellBatteryStamp(documents::viewOf(view, member), now, reader);
    });
}

std::string eventDocument(const BankView& view, const Event& event, const Now& now) {
    return documentOf([&](const Reader& reader) {
        documents::tellEvent({view, event, now}, reader);
    });
}

std::string healthDocument(const Health& health, const ResultsCounters& results, const Now& now) {
    return documentOf([&](const Reader& reader) {
        documents::tellHealth({health, results, now}, reader);
    });
}

} // namespace busbar::mqtt
