// SPDX-License-Identifier: MIT
// Writes the schema by walking the option table.
#include "config/option_writing.hpp"
#include "config/output.hpp"
#include "core/table/path_table.hpp"

namespace busbar::config {

namespace {

constexpr std::string_view kSelectorPattern =
    "(instance:[0-9]{1,9}|(name|serial|products?|connection|made):.+)";

void writeRange(Writer& json, std::string_view type, const Option& row) {
    writePair(json, "type", type);
    writePair(json, "minimum", row.lowest);
    writePair(json, "maximum", row.highest);
}

void writeListType(Writer& json, const Option& row) {
    writePair(json, "type", "array");
    writePair(json, "minItems", row.lowest);
    writePair(json, "maxItems", row.highest);
    writeKey(json, "uniqueItems");
    json.Bool(true);
    writeKey(json, "items");
    json.StartObject();
    writePair(json, "type", "string");
    writePair(json, "pattern", "^" + std::string(kSelectorPattern) + "$");
    json.EndObject();
}

void writeTextType(Writer& json, const Option& row) {
    writePair(json, "type", "string");
    writePair(json, "minLength", row.lowest);
    writePair(json, "maxLength", row.highest);
    if (!spec(row.format).pattern.empty())
        writePair(json, "pattern", "^" + std::string(spec(row.format).pattern) + "$");
}

void writeChoices(Writer& json, const Option& row) {
    writePair(json, "type", "string");
    writeKey(json, "enum");
    json.StartArray();
    for (std::string_view choice : row.access.choices)
        writeText(json, choice);
    json.EndArray();
}

/// A JSON value that is allowed besides what `other` writes.
void writeEither(Writer& json, const Option& row, const std::vector<Setting>& words,
                 const auto& other) {
    writeKey(json, "anyOf");
    json.StartArray();
    json.StartObject();
    writeKey(json, "enum");
    json.StartArray();
    for (const Setting& word : words)
        writeSetting(json, word, row);
    json.EndArray();
    json.EndObject();
    json.StartObject();
    other();
    json.EndObject();
    json.EndArray();
}

void writeNumberList(Writer& json, double fewest, double most, const auto& items) {
    writePair(json, "type", "array");
    writePair(json, "minItems", fewest);
    writePair(json, "maxItems", most);
    writeKey(json, "items");
    json.StartObject();
    items();
    json.EndObject();
}

void writeCurveType(Writer& json, const Option& row) {
    writeEither(json, row, {Setting(), false}, [&] {
        writeNumberList(json, 2, static_cast<double>(kMostCurvePoints), [&] {
            writeNumberList(json, 2, 2, [&] { writePair(json, "type", "number"); });
        });
    });
}

void writePerMonthType(Writer& json, const Option& row) {
    writeEither(json, row, {Setting()}, [&] {
        writeKey(json, "anyOf");
        json.StartArray();
        json.StartObject();
        writeRange(json, "number", row);
        json.EndObject();
        json.StartObject();
        writeNumberList(json, 12, 12, [&] { writeRange(json, "number", row); });
        json.EndObject();
        json.EndArray();
    });
}

void writeSelectorType(Writer& json, const Option& row) {
    writePair(json, "type", "string");
    writePair(json, "maxLength", row.highest);
    writePair(json, "pattern", "^" + std::string(kSelectorPattern) + "$");
}

void writePathsType(Writer& json, const Option& row) {
    writePair(json, "type", "array");
    writePair(json, "maxItems", row.highest);
    writeKey(json, "uniqueItems");
    json.Bool(true);
    writeKey(json, "items");
    json.StartObject();
    writePair(json, "type", "string");
    writePair(json, "pattern", "^/.+$");
    json.EndObject();
}

void writePathValuesType(Writer& json, const Option& row) {
    writePair(json, "type", "object");
    writePair(json, "maxProperties", row.highest);
    writeKey(json, "additionalProperties");
    json.StartObject();
    writeKey(json, "type");
    json.StartArray();
    for (const std::string_view type : {"number", "string", "null"})
        writeText(json, type);
    json.EndArray();
    json.EndObject();
}

void writeFieldsType(Writer& json, Rows rows, bool needsFirst);
void writeBankType(Writer& json);

/// Objects of the rows; for some a selector alone.
void writeObjectsType(Writer& json, const Option& row) {
    const Rows rows = fieldsOf(row);
    const bool isShort = row.access.kind == Kind::SelectorsOrObjects;
    writePair(json, "type", "array");
    writePair(json, "minItems", row.lowest);
    writePair(json, "maxItems", row.highest);
    writeKey(json, "items");
    json.StartObject();
    if (isShort) {
        writeKey(json, "anyOf");
        json.StartArray();
        json.StartObject();
        writeSelectorType(json, rows.front());
        json.EndObject();
        json.StartObject();
    }
    writeFieldsType(json, rows, true);
    if (isShort) {
        json.EndObject();
        json.EndArray();
    }
    json.EndObject();
}

void writeType(Writer& json, const Option& row) {
    switch (row.access.kind) {
    case Kind::Flag:
        return writePair(json, "type", "boolean");
    case Kind::Whole:
        return writeRange(json, "integer", row);
    case Kind::Number:
        return writeRange(json, "number", row);
    case Kind::NumberOrNone:
        return writeEither(json, row, {Setting()}, [&] { writeRange(json, "number", row); });
    case Kind::SpanOrOff:
        return writeEither(json, row, {false, 0.0}, [&] { writeRange(json, "number", row); });
    case Kind::Text:
        return writeTextType(json, row);
    case Kind::Choice:
        return writeChoices(json, row);
    case Kind::AutoOrFlag:
        return writeEither(json, row, {std::string("auto")},
                           [&] { writePair(json, "type", "boolean"); });
    case Kind::Selectors:
        return writeListType(json, row);
    case Kind::AutoOrSelectors:
        return writeEither(json, row, {std::string("auto")}, [&] { writeListType(json, row); });
    case Kind::Curve:
        return writeCurveType(json, row);
    case Kind::PerMonthOrNone:
        return writePerMonthType(json, row);
    case Kind::Selector:
        return writeSelectorType(json, row);
    case Kind::Paths:
        return writePathsType(json, row);
    case Kind::PathValues:
        return writePathValuesType(json, row);
    case Kind::Object:
        return writeFieldsType(json, fieldsOf(row), false);
    case Kind::Objects:
    case Kind::SelectorsOrObjects:
        return writeObjectsType(json, row);
    case Kind::BankOptions:
        return writeBankType(json);
    }
}

std::string helpText(const Option& row) {
    return row.unit.empty() ? std::string(row.help)
                            : std::string(row.help) + " [" + std::string(row.unit) + "]";
}

void writeOptionSchema(Writer& json, const Option& row) {
    json.StartObject();
    writePair(json, "description", helpText(row));
    writeType(json, row);
    writeKey(json, "default");
    writeSetting(json, row.access.get(Config{}, BankConfig{}), row);
    json.EndObject();
}

void closeSchemaObject(Writer& json) {
    json.EndObject();
    writeKey(json, "additionalProperties");
    json.Bool(false);
}

void openSchemaObject(Writer& json) {
    writePair(json, "type", "object");
    writeKey(json, "properties");
    json.StartObject();
}

/// What stands below `definitions`; alone, as the words beside it count for nothing.
void writeReference(Writer& json, std::string_view definition) {
    writeKey(json, definition);
    json.StartObject();
    writePair(json, "$ref", "#/definitions/" + std::string(definition));
    json.EndObject();
}

/// What may stand in several places is written there once. The program's own stands at the top
/// only.
bool isDefinition(const Option& row, std::size_t prefix) {
    return prefix == 0 && row.access.section != Section::Program;
}

void writeGroup(Writer& json, std::string_view name, Rows rows, std::size_t prefix);

void writeProperties(Writer& json, Rows rows, std::size_t prefix) {
    eachMember(
        rows, prefix,
        [&](std::string_view name, const Option& row) {
            writeKey(json, name);
            writeOptionSchema(json, row);
        },
        [&](std::string_view name, Rows inner, std::size_t innerPrefix) {
            if (isDefinition(inner.front(), prefix))
                writeReference(json, name);
            else
                writeGroup(json, name, inner, innerPrefix);
        });
}

void writeGroup(Writer& json, std::string_view name, Rows rows, std::size_t prefix) {
    writeKey(json, name);
    json.StartObject();
    openSchemaObject(json);
    writeProperties(json, rows, prefix);
    closeSchemaObject(json);
    json.EndObject();
}

void writeFieldsType(Writer& json, Rows rows, bool needsFirst) {
    openSchemaObject(json);
    for (const Option& row : rows) {
        writeKey(json, row.key);
        json.StartObject();
        writePair(json, "description", helpText(row));
        writeType(json, row);
        json.EndObject();
    }
    closeSchemaObject(json);
    if (!needsFirst)
        return;
    writeKey(json, "required");
    json.StartArray();
    writeText(json, rows.front().key);
    json.EndArray();
}

void writeBankType(Writer& json) {
    openSchemaObject(json);
    writeProperties(json, innerBankRows(), 0);
    closeSchemaObject(json);
}

void writeMadeSchema(Writer& json) {
    writeKey(json, "made");
    json.StartObject();
    writePair(json, "description", "Batteries that are made of others.");
    writePair(json, "type", "array");
    writePair(json, "maxItems", static_cast<double>(kMaxMade));
    writeKey(json, "items");
    json.StartObject();
    writeFieldsType(json, kFieldRows<MadeSettings>, true);
    json.EndObject();
    json.EndObject();
}

void writeListOfObjects(Writer& json, std::string_view key, std::string_view help, std::size_t most,
                        const auto& properties) {
    writeKey(json, key);
    json.StartObject();
    writePair(json, "description", help);
    writePair(json, "type", "array");
    writePair(json, "minItems", 1);
    writePair(json, "maxItems", static_cast<double>(most));
    writeKey(json, "items");
    json.StartObject();
    openSchemaObject(json);
    properties();
    closeSchemaObject(json);
    json.EndObject();
    json.EndObject();
}

void writeBanksSchema(Writer& json) {
    writeListOfObjects(
        json, "banks",
        "One entry per bank, if there are several; it overrides what stands above it.", kMaxBanks,
        [&] { writeProperties(json, rowsOf(Section::Bank), 0); });
}

void writeSitesSchema(Writer& json) {
    writeListOfObjects(json, "sites",
                       "One entry per GX, if there are several, each with its gx and banks; it "
                       "overrides what the top level says.",
                       kMaxSites, [&] {
                           writeProperties(json, rowsOf(Section::Site), 0);
                           writeProperties(json, rowsOf(Section::Bank), 0);
                           writeReference(json, "banks");
                           writeReference(json, "made");
                       });
}

void writeDefinitions(Writer& json) {
    writeKey(json, "definitions");
    json.StartObject();
    for (const Section section : {Section::Site, Section::Bank})
        eachMember(
            rowsOf(section), 0, [](std::string_view, const Option&) {},
            [&](std::string_view name, Rows rows, std::size_t prefix) {
                writeGroup(json, name, rows, prefix);
            });
    writeBanksSchema(json);
    writeMadeSchema(json);
    json.EndObject();
}

} // namespace

std::string jsonSchema() {
    rapidjson::StringBuffer buffer;
    Writer json(buffer);
    json.SetIndent(' ', 2);
    json.StartObject();
    writePair(json, "$schema", "http://json-schema.org/draft-07/schema#");
    writePair(json, "title", "Busbar configuration");
    openSchemaObject(json);
    writeKey(json, "$schema");
    json.StartObject();
    writePair(json, "description", "Where editors find this schema; Busbar does not look at it.");
    writePair(json, "type", "string");
    json.EndObject();
    writeProperties(json, rowsOf(Section::Program), 0);
    writeProperties(json, rowsOf(Section::Site), 0);
    writeProperties(json, rowsOf(Section::Bank), 0);
    writeReference(json, "banks");
    writeReference(json, "made");
    writeSitesSchema(json);
    closeSchemaObject(json);
    writeDefinitions(json);
    json.EndObject();
    return finished(buffer);
}

} // namespace busbar::config
