// SPDX-License-Identifier: MIT
// Walks one object along its rows.
#include "config/record.hpp"

#include "config/nearest.hpp"
#include "config/option_table.hpp"
#include "config/option_value.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace busbar::config {

namespace {

/// Words in a key that mean a secret.
constexpr auto kSecretWords =
    std::to_array<std::string_view>({"password", "passwd", "passphrase", "token", "secret"});

std::string unknownField(Rows rows, const std::string& key) {
    if (soundsSecret(key))
        return std::string(kSecretAdvice);
    const bool hasBank = std::ranges::any_of(
        rows, [](const Option& row) { return row.access.kind == Kind::BankOptions; });
    if (hasBank && findOption(key))
        return "is an option of a bank: it belongs into bank, { … }";
    std::vector<std::string_view> known;
    for (const Option& row : rows)
        known.push_back(row.key);
    const std::string nearest = suggestion(key, known);
    return nearest.empty() ? "unknown key, allowed: " + listOf(known) : "unknown key" + nearest;
}

} // namespace

bool soundsSecret(std::string_view key) {
    const std::string_view last = key.substr(key.rfind('.') + 1);
    return std::ranges::any_of(kSecretWords, [last](std::string_view word) {
        if (last.size() < word.size())
            return false;
        return editDistance(last.substr(0, word.size()), word) == 0 ||
               editDistance(last.substr(last.size() - word.size()), word) == 0;
    });
}

std::vector<Position> entriesOf(const Node& node) {
    std::vector<Position> places;
    for (const Node& child : node.children)
        places.push_back(child.at);
    return places;
}

FieldValues readFields(Rows rows, const Node& object, const std::string& path, bool needsFirst,
                       std::vector<Issue>& issues) {
    FieldValues given(rows.size());
    for (const Node& member : object.children) {
        const auto row = std::ranges::find(rows, member.key, &Option::key);
        const std::string place = path + "." + printable(member.key);
        if (row == rows.end()) {
            issues.push_back(
                {Severity::Error, member.keyAt, place, unknownField(rows, member.key)});
            continue;
        }
        auto& value = given.at(static_cast<std::size_t>(row - rows.begin()));
        if (value) {
            issues.push_back({Severity::Error, member.keyAt, place,
                              "given twice, first in line " + std::to_string(value->at.line)});
            continue;
        }
        value = Assignment{checkValue(*row, member, place, issues), member.at, place,
                           entriesOf(member)};
    }
    if (needsFirst && !given.front())
        issues.push_back(
            {Severity::Error, object.at, path, std::string(rows.front().key) + " is missing"});
    return given;
}

std::optional<Record> recordOf(const FieldValues& given) {
    Record record;
    for (const auto& value : given) {
        if (value && !value->value)
            return std::nullopt;
        record.values.push_back(value ? value->value : std::nullopt);
    }
    return record;
}

} // namespace busbar::config
