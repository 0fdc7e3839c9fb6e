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

/// Options of a site and its banks, within an object.
void writeSite(Writer& json, const Config& site) {
    writeValues(json, rowsOf(Section::Site), 0, site, BankConfig{});
    writeKey(json, "banks");
    json.StartArray();
    for (const BankConfig& bank : site.banks) {
        json.StartObject();
        writeValues(json, rowsOf(Section::Bank), 0, site, bank);
        json.EndObject();
    }
    json.EndArray();
}

std::string aboutSites() {
    return "A site is one GX and its banks. With one, these stand at the top level. With several "
           "GX devices, `sites` is a\n"
           "list of up to " +
           std::to_string(kMaxSites) +
           " objects, each with its own name (`site`), its `gx`, and its bank or `banks`; what "
           "stands at the top\n"
           "level then holds for all of them, and an entry overrides it:\n"
           "`{\"mqtt\": {\"url\": \"mqtt://ha\"}, \"sites\": [{\"site\": \"house\", \"gx\": "
           "{\"url\": \"mqtt://gx1\"}}, {\"site\": \"barn\", \"gx\": {\"url\":\n"
           "\"mqtt://gx2\"}}]}`.\n\n";
}

std::string aboutBanks() {
    return "With one bank, these stand at the top level, or in the site. With several, `banks` is "
           "a list of up "
           "to " +
           std::to_string(kMaxBanks) +
           " objects,\n"
           "each with its own `id`; what stands above then holds for all of them, and an entry "
           "overrides it:\n"
           "`{\"hold_s\": 20, \"banks\": [{\"id\": \"house\"}, {\"id\": \"shed\", \"hold_s\": "
           "60}]}`.\n\n";
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
           markdownTable(Section::Program) + "\n## Each site\n\n" + aboutSites() +
           markdownTable(Section::Site) + "\n## Each bank\n\n" + aboutBanks() +
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
    writeValues(json, rowsOf(Section::Program), 0, config, BankConfig{});
    if (config.others.empty()) {
        writeSite(json, config);
    } else {
        writeKey(json, "sites");
        json.StartArray();
        for (const Config& site : sitesOf(config)) {
            json.StartObject();
            writeSite(json, site);
            json.EndObject();
        }
        json.EndArray();
    }
    json.EndObject();
    return finished(buffer);
}

} // namespace busbar::config
