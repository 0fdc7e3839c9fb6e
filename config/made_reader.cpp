// SPDX-License-Identifier: MIT
// Reads the entries of `made` along their table.
#include "config/made_reader.hpp"

#include "config/entry_tables.hpp"
#include "config/option_table.hpp"
#include "config/option_value.hpp"
#include "config/record.hpp"
#include "config/sections.hpp"

#include <algorithm>
#include <array>

namespace busbar::config {

namespace {

/// Of these an entry has one.
constexpr auto kMadeKinds =
    std::to_array<std::string_view>({"merged", "series", "remainder_of", "bank", "writable"});
/// How those are published that `publish` is not for.
struct PublishedBy {
    std::string_view kind;
    std::string_view key;
};
constexpr auto kPublishedBy =
    std::to_array<PublishedBy>({{"bank", "bank.dbus.bus"}, {"writable", "writable.publish"}});
/// These go with remainder_of.
constexpr auto kRemainderKeys = std::to_array<std::string_view>({"minus", "capacity_Ah"});

std::string placeIn(const MadeEntry& entry, std::string_view key) {
    const Assignment* given = fieldOf(entry, key);
    return std::string(key) + " (line " + std::to_string(given == nullptr ? 0 : given->at.line) +
           ")";
}

void checkKind(const MadeEntry& entry, std::vector<Issue>& issues) {
    std::string_view first;
    for (const std::string_view kind : kMadeKinds) {
        const Assignment* given = fieldOf(entry, kind);
        if (given == nullptr)
            continue;
        if (first.empty())
            first = kind;
        else
            issues.push_back({Severity::Error, given->at, given->path,
                              "and " + placeIn(entry, first) +
                                  " exclude each other: a battery is made in one way"});
    }
    if (first.empty())
        issues.push_back({Severity::Error, entry.at, entry.path,
                          "how it is made is missing: one of merged, series, remainder_of, bank, "
                          "writable"});
    for (const std::string_view key : kRemainderKeys)
        if (const Assignment* given = fieldOf(entry, key);
            given != nullptr && fieldOf(entry, "remainder_of") == nullptr)
            issues.push_back({Severity::Error, given->at, given->path,
                              "goes with remainder_of, which is not given"});
    for (const PublishedBy& one : kPublishedBy)
        if (const Assignment* given = fieldOf(entry, "publish");
            given != nullptr && fieldOf(entry, one.kind) != nullptr)
            issues.push_back(
                {Severity::Error, given->at, given->path, "is " + std::string(one.key) + " here"});
}

void checkBank(const MadeEntry& entry, std::vector<Issue>& issues) {
    for (const std::string_view key : {"id", "name"})
        if (const auto& given = entry.bank->given.at(*findOption(key)))
            issues.push_back({Severity::Error, given->at, given->path,
                              "stands beside bank, in " + entry.path + "." + std::string(key)});
    const auto& batteries = entry.bank->given.at(option("batteries"));
    const bool isList =
        batteries &&
        (!batteries->value || std::holds_alternative<std::vector<Selector>>(*batteries->value));
    if (!isList)
        issues.push_back({Severity::Error, batteries ? batteries->at : entry.bank->at,
                          entry.bank->path + ".batteries",
                          "must be a list here: with \"auto\" the bank would count itself"});
}

MadeEntry readEntry(const Node& node, std::string path, std::vector<Issue>& issues) {
    MadeEntry entry{node.at, std::move(path), FieldValues(kFieldRows<MadeSettings>.size())};
    if (node.type != Node::Type::Object) {
        issues.push_back({Severity::Error, node.at, entry.path,
                          "found " + describeNode(node, false) + ", allowed: an object { … }"});
        return entry;
    }
    entry.given = readFields(kFieldRows<MadeSettings>, node, entry.path, true, issues);
    const auto bank = std::ranges::find(node.children, "bank", &Node::key);
    if (bank != node.children.end() && bank->type == Node::Type::Object) {
        const std::string place = entry.path + ".bank";
        entry.bank = BankEntry{bank->at, place, readBankOptions(*bank, place, issues)};
        checkBank(entry, issues);
    }
    checkKind(entry, issues);
    return entry;
}

} // namespace

std::vector<MadeEntry> readMade(const Node* list, const std::string& pathHead,
                                std::vector<Issue>& issues) {
    const std::string path = pathHead + "made";
    if (list == nullptr)
        return {};
    if (list->type != Node::Type::List || list->children.size() > kMaxMade) {
        const std::string found = list->type == Node::Type::List
                                      ? std::to_string(list->children.size()) + " entries"
                                      : describeNode(*list, false);
        issues.push_back(
            {Severity::Error, list->at, path,
             "found " + found + ", allowed: a list of 0…" + std::to_string(kMaxMade) + " objects"});
        return {};
    }
    std::vector<MadeEntry> entries;
    for (const Node& node : list->children)
        entries.push_back(
            readEntry(node, path + "[" + std::to_string(entries.size()) + "]", issues));
    return entries;
}

const Assignment* fieldOf(const MadeEntry& entry, std::string_view key) {
    const auto row = std::ranges::find(kFieldRows<MadeSettings>, key, &Option::key);
    const auto& given =
        entry.given.at(static_cast<std::size_t>(row - kFieldRows<MadeSettings>.begin()));
    return given ? &*given : nullptr;
}

MadeSettings madeOf(const MadeEntry& entry) {
    Record record;
    for (const auto& given : entry.given)
        record.values.push_back(given ? given->value : std::nullopt);
    return fromRecord<MadeSettings>(record);
}

} // namespace busbar::config
