// SPDX-License-Identifier: MIT
// Writes schema, manual and effective configuration by walking the option table.
#include "config/output.hpp"

#include "config/option_table.hpp"
#include "core/path_table.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <cmath>
#include <iterator>
#include <span>
#include <string_view>

namespace busbar::config {

namespace {

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;
using Rows = std::span<const Option>;

constexpr std::string_view kSelectorPattern =
    "(instance:[0-9]{1,9}|(name|serial|product|connection):.+)";
constexpr double kExactWhole =
    9007199254740992.0; ///< 2^53, up to which a double holds every whole number

void writeText(Writer& json, std::string_view text) {
    json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void writeKey(Writer& json, std::string_view key) {
    json.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

void writeNumber(Writer& json, double number) {
    if (number == std::floor(number) && std::abs(number) < kExactWhole)
        json.Int64(static_cast<std::int64_t>(number));
    else
        json.Double(number);
}

void writeSelectors(Writer& json, const std::vector<Selector>& list) {
    json.StartArray();
    for (const Selector& selector : list)
        writeText(json, toText(selector));
    json.EndArray();
}

void writeNumbers(Writer& json, const std::vector<double>& numbers) {
    json.StartArray();
    for (const double number : numbers)
        writeNumber(json, number);
    json.EndArray();
}

void writePoints(Writer& json, const std::vector<CurvePoint>& points) {
    json.StartArray();
    for (const CurvePoint& point : points)
        writeNumbers(json, {point.x, point.factor});
    json.EndArray();
}

void writeSetting(Writer& json, const Setting& setting) {
    if (const auto* flag = std::get_if<bool>(&setting))
        json.Bool(*flag);
    else if (const auto* number = std::get_if<double>(&setting))
        writeNumber(json, *number);
    else if (const auto* text = std::get_if<std::string>(&setting))
        writeText(json, *text);
    else if (const auto* list = std::get_if<std::vector<Selector>>(&setting))
        writeSelectors(json, *list);
    else if (const auto* numbers = std::get_if<std::vector<double>>(&setting))
        writeNumbers(json, *numbers);
    else if (const auto* points = std::get_if<std::vector<CurvePoint>>(&setting))
        writePoints(json, *points);
    else
        json.Null();
}

Rows rowsOf(Section section) {
    const auto* bank = std::ranges::find(kOptions, Section::Bank,
                                         [](const Option& row) { return row.access.section; });
    const auto siteCount = static_cast<std::size_t>(bank - kOptions.begin());
    const Rows all(kOptions);
    return section == Section::Site ? all.first(siteCount) : all.subspan(siteCount);
}

/// Calls `leaf(name, row)` and `group(name, rows, prefixLength)` for what stands directly under the
/// first `prefix` characters of the keys; a group is one run of rows (the table guarantees it).
void eachMember(Rows rows, std::size_t prefix, const auto& leaf, const auto& group) {
    while (!rows.empty()) {
        const std::string_view rest = rows.front().key.substr(prefix);
        const std::size_t dot = rest.find('.');
        std::size_t count = 1;
        if (dot == std::string_view::npos) {
            leaf(rest, rows.front());
        } else {
            const std::string_view name = rows.front().key.substr(0, prefix + dot);
            while (count < rows.size() && isGroupOf(name, rows[count].key))
                ++count;
            group(rest.substr(0, dot), rows.first(count), prefix + dot + 1);
        }
        rows = rows.subspan(count);
    }
}

void writeValues(Writer& json, Rows rows, std::size_t prefix, const Config& config,
                 const BankConfig& bank) {
    eachMember(
        rows, prefix,
        [&](std::string_view name, const Option& row) {
            writeKey(json, name);
            writeSetting(json, row.access.get(config, bank));
        },
        [&](std::string_view name, Rows inner, std::size_t innerPrefix) {
            writeKey(json, name);
            json.StartObject();
            writeValues(json, inner, innerPrefix, config, bank);
            json.EndObject();
        });
}

void writePair(Writer& json, std::string_view key, std::string_view text) {
    writeKey(json, key);
    writeText(json, text);
}

void writePair(Writer& json, std::string_view key, double number) {
    writeKey(json, key);
    writeNumber(json, number);
}

/// `"type": …` with the bounds of the row.
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
void writeEither(Writer& json, const std::vector<Setting>& words, const auto& other) {
    writeKey(json, "anyOf");
    json.StartArray();
    json.StartObject();
    writeKey(json, "enum");
    json.StartArray();
    for (const Setting& word : words)
        writeSetting(json, word);
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

void writeCurveType(Writer& json) {
    writeEither(json, {Setting(), false}, [&] {
        writeNumberList(json, 2, static_cast<double>(kMostCurvePoints), [&] {
            writeNumberList(json, 2, 2, [&] { writePair(json, "type", "number"); });
        });
    });
}

void writePerMonthType(Writer& json, const Option& row) {
    writeEither(json, {Setting()}, [&] {
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

void writeType(Writer& json, const Option& row) {
    switch (row.access.kind) {
    case Kind::Flag:
        return writePair(json, "type", "boolean");
    case Kind::Whole:
        return writeRange(json, "integer", row);
    case Kind::Number:
        return writeRange(json, "number", row);
    case Kind::NumberOrNone:
        return writeEither(json, {Setting()}, [&] { writeRange(json, "number", row); });
    case Kind::SpanOrOff:
        return writeEither(json, {false, 0.0}, [&] { writeRange(json, "number", row); });
    case Kind::Text:
        return writeTextType(json, row);
    case Kind::Choice:
        return writeChoices(json, row);
    case Kind::AutoOrFlag:
        return writeEither(json, {std::string("auto")},
                           [&] { writePair(json, "type", "boolean"); });
    case Kind::Selectors:
        return writeListType(json, row);
    case Kind::AutoOrSelectors:
        return writeEither(json, {std::string("auto")}, [&] { writeListType(json, row); });
    case Kind::Curve:
        return writeCurveType(json);
    case Kind::PerMonthOrNone:
        return writePerMonthType(json, row);
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
    writeSetting(json, row.access.get(Config{}, BankConfig{}));
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

void writeProperties(Writer& json, Rows rows, std::size_t prefix) {
    eachMember(
        rows, prefix,
        [&](std::string_view name, const Option& row) {
            writeKey(json, name);
            writeOptionSchema(json, row);
        },
        [&](std::string_view name, Rows inner, std::size_t innerPrefix) {
            writeKey(json, name);
            json.StartObject();
            openSchemaObject(json);
            writeProperties(json, inner, innerPrefix);
            closeSchemaObject(json);
            json.EndObject();
        });
}

void writeBanksSchema(Writer& json) {
    writeKey(json, "banks");
    json.StartObject();
    writePair(json, "description",
              "One entry per bank, if there are several; it overrides what the top level says.");
    writePair(json, "type", "array");
    writePair(json, "minItems", 1);
    writePair(json, "maxItems", static_cast<double>(kMaxBanks));
    writeKey(json, "items");
    json.StartObject();
    openSchemaObject(json);
    writeProperties(json, rowsOf(Section::Bank), 0);
    closeSchemaObject(json);
    json.EndObject();
    json.EndObject();
}

std::string finished(const rapidjson::StringBuffer& buffer) {
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

std::string markdownRow(const Option& row) {
    return "| `" + std::string(row.key) + "` | " + allowedText(row) + " | `" +
           settingText(row.access.get(Config{}, BankConfig{})) + "` | " + std::string(row.help) +
           " |\n";
}

std::string markdownTable(Section section) {
    std::string text = "| key | allowed | default | meaning |\n|---|---|---|---|\n";
    for (const Option& row : rowsOf(section))
        text += markdownRow(row);
    return text;
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
    writeProperties(json, rowsOf(Section::Site), 0);
    writeProperties(json, rowsOf(Section::Bank), 0);
    writeBanksSchema(json);
    closeSchemaObject(json);
    json.EndObject();
    return finished(buffer);
}

std::string optionsManual() {
    return "<!-- Made by `busbar config --options`; a test compares. -->\n"
           "# Options\n\n"
           "The configuration is one JSON file; comments (`//`, `/* */`) and trailing commas are "
           "allowed. Dots in a key\n"
           "are nesting: `gx.url` is written `{\"gx\": {\"url\": \"mqtt://venus.local\"}}`. Every "
           "key has a default; `{}`\n"
           "is a complete file. `busbar check FILE` names everything that is wrong with a file, "
           "with its place.\n\n"
           "A key can also be set by an environment variable: `BUSBAR_` and the key in capitals, "
           "with `__` for a dot,\n"
           "such as `" +
           variableName("gx.url") +
           "`. It overrides the top level of the file. Lists are separated by commas; an empty\n"
           "variable counts as not set. Secrets are never options: `gx.password_file` and "
           "`gx.password_env` name the file\n"
           "or the variable that holds one.\n\n"
           "## The whole program\n\n" +
           markdownTable(Section::Site) +
           "\n## Each bank\n\n"
           "With one bank, these stand at the top level. With several, `banks` is a list of up "
           "to " +
           std::to_string(kMaxBanks) +
           " objects, each with\n"
           "its own `id`; what stands at the top level then holds for all of them, and an entry "
           "overrides it:\n"
           "`{\"hold_s\": 20, \"banks\": [{\"id\": \"house\"}, {\"id\": \"shed\", \"hold_s\": "
           "60}]}`.\n\n" +
           markdownTable(Section::Bank) +
           "\nA selector picks a battery: `instance:1`, `name:Pack A` (its custom name), "
           "`serial:HQ2134`,\n"
           "`product:Serial*` (product name, `*` stands for anything), `connection:ttyUSB0` (whole "
           "word).\n";
}

std::string effectiveConfig(const Config& config) {
    rapidjson::StringBuffer buffer;
    Writer json(buffer);
    json.SetIndent(' ', 2);
    json.StartObject();
    writeValues(json, rowsOf(Section::Site), 0, config, BankConfig{});
    writeKey(json, "banks");
    json.StartArray();
    for (const BankConfig& bank : config.banks) {
        json.StartObject();
        writeValues(json, rowsOf(Section::Bank), 0, config, bank);
        json.EndObject();
    }
    json.EndArray();
    json.EndObject();
    return finished(buffer);
}

} // namespace busbar::config
