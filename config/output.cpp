// SPDX-License-Identifier: MIT
// Writes manual and effective configuration by walking the option table.
#include "config/output.hpp"

#include "config/option_writing.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace busbar::config {

namespace {

void writeValues(Writer& json, Rows rows, std::size_t prefix, const Config& config,
                 const BankConfig& bank) {
    eachMember(
        rows, prefix,
        [&](std::string_view name, const Option& row) {
            writeKey(json, name);
            writeSetting(json, row.access.get(config, bank), row);
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

void writeBank(Writer& json, Rows rows, const Config& site, const BankConfig& bank) {
    json.StartObject();
    writeValues(json, rows, 0, site, bank);
    json.EndObject();
}

void writeMade(Writer& json, const Config& site, const MadeSettings& made) {
    const auto bank =
        std::ranges::find(site.banks, made.id, [](const BankConfig& one) { return one.bank.id; });
    json.StartObject();
    eachField(kFieldRows<MadeSettings>, toRecord(made),
              [&](const Option& row, const Setting& value) {
                  writeKey(json, row.key);
                  if (row.access.kind != Kind::BankOptions)
                      writeSetting(json, value, row);
                  else if (bank != site.banks.end())
                      writeBank(json, innerBankRows(), site, *bank);
              });
    json.EndObject();
}

/// Options of a site and its banks, within an object.
void writeSite(Writer& json, const Config& site) {
    writeValues(json, rowsOf(Section::Site), 0, site, BankConfig{});
    writeKey(json, "banks");
    json.StartArray();
    for (const BankConfig& bank : std::span(site.banks).first(outerBanks(site)))
        writeBank(json, rowsOf(Section::Bank), site, bank);
    json.EndArray();
    if (site.made.empty())
        return;
    writeKey(json, "made");
    json.StartArray();
    for (const MadeSettings& made : site.made)
        writeMade(json, site, made);
    json.EndArray();
}

/// The keys of T; the first must be given.
template <class T>
std::string fieldTable(bool needsFirst) {
    std::string text = "| key | allowed | default | meaning |\n|---|---|---|---|\n";
    for (const Field<T>& field : kFields<T>) {
        const bool isNeeded = needsFirst && &field == kFields<T>.data();
        const Option& row = kFieldRows<T>.at(static_cast<std::size_t>(&field - kFields<T>.data()));
        text += "| `" + std::string(row.key) + "` | " + allowedText(row) + " | " +
                (isNeeded ? "needed" : "`" + settingText(field.way.get(T{})) + "`") + " | " +
                std::string(row.help) + " |\n";
    }
    return text;
}

std::string listsManual() {
    return "\n### Entries of `per_battery`\n\n" + fieldTable<BatteryCorrection>(true) +
           "\n### Entries of `override` and `fallback`\n\n"
           "A selector alone, such as `\"name:SmartShunt\"`, stands for an object with "
           "`match`.\n\n" +
           fieldTable<Replacement>(true) +
           "\n## Batteries made of others: `made`\n\n"
           "A list of up to " +
           std::to_string(kMaxMade) +
           " objects, at the top level or in the site. Each has an `id` and one of `merged`, "
           "`series`,\n"
           "`remainder_of`, `bank`, `writable`; the selector `made:ID` picks it. `auto` takes made "
           "batteries and leaves out\n"
           "what they are made of.\n\n" +
           fieldTable<MadeSettings>(true) +
           "\n### Entries of `merged`\n\n"
           "A selector alone stands for an object with `match`.\n\n" +
           fieldTable<MergedSource>(true) + "\n### `writable`\n\n" +
           fieldTable<WritableSettings>(false) + "\n### Entries of `groups`\n\n" +
           fieldTable<WritableGroup>(true);
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
           "`product:Serial*` (product name, `*` stands for anything; `products:Serial*` picks all "
           "of them), `connection:ttyUSB0` (whole "
           "word),\n`made:string_1` (a battery made of others).\n" +
           listsManual();
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
