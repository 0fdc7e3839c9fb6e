// SPDX-License-Identifier: MIT
// Pieces of documents as JSON.
#include "mqtt/results/document_json.hpp"

#include "core/table/controls.hpp"

#include <chrono>
#include <cstdint>

namespace busbar::mqtt {

namespace {

using documents::About;
using documents::Form;
using documents::Piece;
using documents::Step;

bool isKnown(const Piece& piece) {
    const std::string* words = piece.value.text();
    return piece.value.isKnown() && (words == nullptr || !words->empty());
}

void writeTime(JsonWriter& json, double seconds) {
    writeText(json, isoText(WallTime(std::chrono::seconds(static_cast<std::int64_t>(seconds)))));
}

} // namespace

void DocumentWriter::writeValue(const About& about, const Value& value) {
    const auto number = value.number();
    const std::string* words = value.text();
    if (words != nullptr && !words->empty())
        writeText(json_, *words);
    else if (!number)
        json_.Null();
    else if (about.form == Form::Truth)
        json_.Bool(*number != 0.0);
    else if (about.form == Form::Time)
        writeTime(json_, *number);
    else
        writeFixed(json_, number, about.decimals);
}

void DocumentWriter::writeFormerValue(const About& about, const Value& value) {
    const auto number = value.number();
    const std::string* words = value.text();
    const bool isRow = !about.path.empty();
    if (about.form == Form::Bound && words != nullptr)
        writeShort(json_, about.unit == "%" ? kNoTarget_pct : kHighestCeiling_A, about.decimals);
    else if (words != nullptr)
        writeText(json_, *words);
    else if (about.form == Form::Text)
        writeText(json_, "");
    else if (about.form == Form::Truth && number && !isRow)
        json_.Bool(*number != 0.0);
    else if (about.form == Form::Time && number)
        writeTime(json_, *number);
    else
        writeShort(json_, number, about.decimals);
}

void DocumentWriter::writeField(const Piece& piece) {
    if (piece.about.name == documents::kLayoutName)
        json_.Int(style_.layout);
    else if (style_.layout <= 1)
        writeFormerValue(piece.about, piece.value);
    else
        writeValue(piece.about, piece.value);
}

/// Elements of a list have no names: their place in it counts.
bool DocumentWriter::isToBeSaid(const Piece& piece, SaidNames::Place place) {
    const bool isChoosy = style_.said != nullptr && style_.layout > 1;
    if (!isChoosy || piece.about.name.empty())
        return true;
    return style_.said->take(place, piece.step != Step::Nothing &&
                                        (piece.step != Step::Field || isKnown(piece)));
}

void DocumentWriter::write(const Piece& piece) {
    const bool isEnd = piece.step == Step::EndObject || piece.step == Step::EndList;
    const SaidNames::Place place =
        isEnd ? around_.back() : SaidNames::within(around_.back(), piece.about.name);
    if (!isEnd && !isToBeSaid(piece, place))
        return;
    if (!isEnd && !piece.about.name.empty())
        writeKey(json_, style_.layout <= 1 ? documents::formerName(piece.about) : piece.about.name);
    switch (piece.step) {
    case Step::Field:
        writeField(piece);
        break;
    case Step::Nothing:
        json_.Null();
        break;
    case Step::Object:
        around_.push_back(place);
        json_.StartObject();
        break;
    case Step::EndObject:
        around_.pop_back();
        json_.EndObject();
        break;
    case Step::List:
        around_.push_back(place);
        json_.StartArray();
        break;
    case Step::EndList:
        around_.pop_back();
        json_.EndArray();
        break;
    }
}

std::string documentText(const std::function<void(const documents::Reader&)>& tell,
                         const DocumentStyle& style) {
    rapidjson::StringBuffer buffer;
    JsonWriter json(buffer);
    DocumentWriter writer(json, style);
    json.StartObject();
    tell([&writer](const Piece& piece) { writer.write(piece); });
    json.EndObject();
    return textOf(buffer);
}

} // namespace busbar::mqtt
