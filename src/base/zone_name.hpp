// SPDX-License-Identifier: MIT
// The names of time zones, and where their files are.
#pragma once

#include <string_view>

namespace busbar {

/// Where Debian, Venus and most others keep zone files.
inline constexpr std::string_view kZoneFolder = "/usr/share/zoneinfo";

/// "Europe/Berlin": words of letters, digits, `_`, `+` and `-`, parted by single slashes. What it
/// refuses is looked for nowhere, because names come from a broker.
[[nodiscard]] constexpr bool isZoneName(std::string_view name) {
    constexpr std::size_t kLongest = 64;
    constexpr std::string_view kOther = "_+-";
    bool isInWord = false;
    for (const char c : name) {
        const bool isOfWord = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || kOther.find(c) != std::string_view::npos;
        if (!isOfWord && !(c == '/' && isInWord))
            return false;
        isInWord = isOfWord;
    }
    return isInWord && name.size() <= kLongest;
}

} // namespace busbar
