// SPDX-License-Identifier: MIT
// Writes manual and effective configuration by walking the option table.
#include "config/output.hpp"

#include "config/option_writing.hpp"

#include <string_view>

namespace busbar::config {

namespace {

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
