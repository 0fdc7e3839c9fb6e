// SPDX-License-Identifier: MIT
// A comparison for programs.
#include "app/compare/comparison_parts.hpp"
#include "app/compare/comparison_report.hpp"
#include "mqtt/results/json_writing.hpp"

namespace busbar {

namespace {

using mqtt::JsonWriter;
using Spans = std::map<std::string, std::chrono::milliseconds>;

void writeSeconds(JsonWriter& json, std::string_view key, std::chrono::milliseconds span) {
    mqtt::writeKey(json, key);
    mqtt::writeShort(json, static_cast<double>(span.count()) / 1000.0, 1);
}

void writeNumber(JsonWriter& json, std::string_view key, double number) {
    mqtt::writeKey(json, key);
    mqtt::writeShort(json, number, 3);
}

void writeSpans(JsonWriter& json, std::string_view key, const Spans& spans) {
    mqtt::writeKey(json, key);
    json.StartObject();
    for (const auto& [name, span] : spans)
        writeSeconds(json, name, span);
    json.EndObject();
}

void writeRow(JsonWriter& json, const RowTally& row) {
    json.StartObject();
    writeSeconds(json, "agreed_s", row.agreed);
    writeSeconds(json, "differed_s", row.differed);
    writeSeconds(json, "only_ours_s", row.onlyOurs);
    writeSeconds(json, "only_theirs_s", row.onlyTheirs);
    writeSeconds(json, "longest_s", row.longest);
    writeNumber(json, "largest", row.largest);
    writeSeconds(json, "largest_after_s", row.at);
    writeNumber(json, "ours_then", row.ours);
    writeNumber(json, "theirs_then", row.theirs);
    writeSpans(json, "our_causes_s", row.causes);
    json.EndObject();
}

void writeOver(JsonWriter& json, std::string_view key, const OverTally& over) {
    mqtt::writeKey(json, key);
    json.StartObject();
    writeSeconds(json, "known_s", over.known);
    writeSeconds(json, "over_s", over.over);
    writeSpans(json, "batteries_s", over.members);
    json.EndObject();
}

void writeSide(JsonWriter& json, std::string_view key, const Comparison& comparison,
               ComparedSide side) {
    mqtt::writeKey(json, key);
    json.StartObject();
    for (std::size_t limit = 0; limit < kOverWords.size(); ++limit)
        writeOver(json, kOverWords.at(limit), comparison.over(side, limit));
    json.EndObject();
}

} // namespace

std::string comparisonJson(const ComparedWith& with, const Comparison& comparison) {
    rapidjson::StringBuffer buffer;
    JsonWriter json(buffer);
    json.StartObject();
    mqtt::writeKey(json, "bank");
    mqtt::writeText(json, with.bank);
    mqtt::writeKey(json, "other");
    mqtt::writeText(json, with.other);
    mqtt::writeKey(json, "in_control");
    mqtt::writeText(json, with.inControl);
    writeSeconds(json, "compared_s", comparison.compared());
    mqtt::writeKey(json, "values");
    json.StartObject();
    for (std::size_t i = 0; i < kComparedCount; ++i) {
        mqtt::writeKey(json, kComparedRows.at(i).key);
        writeRow(json, comparison.rows().at(i));
    }
    json.EndObject();
    mqtt::writeKey(json, "beyond_own_limits");
    json.StartObject();
    writeSide(json, "ours", comparison, ComparedSide::Ours);
    writeSide(json, "theirs", comparison, ComparedSide::Theirs);
    writeOver(json, "measured", comparison.measured());
    json.EndObject();
    json.EndObject();
    return mqtt::textOf(buffer) + "\n";
}

} // namespace busbar
