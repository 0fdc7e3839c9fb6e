// SPDX-License-Identifier: MIT
// The readable name of a row outside D-Bus: key in JSON documents, component in Home Assistant.
#pragma once

#include "core/table/path_table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace busbar {

namespace detail {

/// Groups of paths that say nothing to a reader.
inline constexpr auto kSilentGroups =
    std::to_array<std::string_view>({"/Dc/0/", "/Info/", "/System/", "/Io/"});

/// Groups whose name reads better in the singular: /Alarms/LowSoc is one alarm.
inline constexpr std::string_view kAlarms = "/Alarms/";

struct ValueKey {
    std::array<char, 48> text{};
    std::size_t size{0};

    constexpr void put(char c) { text.at(size++) = c; }
    [[nodiscard]] constexpr std::string_view view() const { return {text.data(), size}; }
};

constexpr bool isUpper(char c) {
    return c >= 'A' && c <= 'Z';
}

constexpr char lower(char c) {
    return isUpper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

/// A word begins at a capital after a small letter, and at the last capital of several: MOSTemp.
constexpr bool beginsWord(std::string_view text, std::size_t at) {
    if (at == 0 || !isUpper(text[at]) || text[at - 1] == '/')
        return false;
    const bool endsCapitals = at + 1 < text.size() && !isUpper(text[at + 1]);
    return !isUpper(text[at - 1]) || endsCapitals;
}

/// The path without its first slash and without a group that says nothing.
constexpr std::string_view tellingPart(std::string_view path) {
    for (const std::string_view group : kSilentGroups)
        if (path.starts_with(group))
            return path.substr(group.size());
    return path.substr(1);
}

constexpr ValueKey snakeCase(std::string_view text, ValueKey key) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (beginsWord(text, i))
            key.put('_');
        key.put(text[i] == '/' ? '_' : lower(text[i]));
    }
    return key;
}

constexpr ValueKey valueKey(std::string_view path) {
    ValueKey key;
    if (!path.starts_with(kAlarms))
        return snakeCase(tellingPart(path), key);
    for (const char c : std::string_view("alarm_"))
        key.put(c);
    return snakeCase(path.substr(kAlarms.size()), key);
}

consteval auto valueKeys() {
    std::array<ValueKey, kRowCount> keys{};
    for (std::size_t i = 0; i < kRowCount; ++i)
        keys.at(i) = valueKey(kRows.at(i).path);
    return keys;
}

inline constexpr auto kValueKeys = valueKeys();

consteval bool areUnique() {
    std::array<std::string_view, kRowCount> keys{};
    std::ranges::transform(kValueKeys, keys.begin(), &ValueKey::view);
    std::ranges::sort(keys);
    return std::ranges::adjacent_find(keys) == keys.end();
}

consteval bool arePlain() {
    return std::ranges::all_of(kValueKeys, [](const ValueKey& key) {
        return std::ranges::all_of(key.view(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        });
    });
}

static_assert(areUnique() && arePlain());

} // namespace detail

/// The key of a row: /Dc/0/Voltage → voltage, /Alarms/LowSoc → alarm_low_soc. Part of the published
/// interface and of unique ids, so it never changes.
[[nodiscard]] constexpr std::string_view keyOf(RowIndex row) {
    return detail::kValueKeys.at(row).view();
}

/// The same for a line of kRows; nothing else may be handed in.
[[nodiscard]] constexpr std::string_view keyOf(const Row& row) {
    return keyOf(static_cast<RowIndex>(&row - kRows.data()));
}

/// The key of a path that must exist; a misspelt one does not compile.
[[nodiscard]] consteval std::string_view keyOf(const char* path) {
    return keyOf(row(path));
}

} // namespace busbar
