// SPDX-License-Identifier: MIT
// Joins names along the way into a made battery.
#include "core/units/inner_name.hpp"

#include <algorithm>

namespace busbar {

namespace {

/// Of a word: letters and digits, and every byte of a character that is not ASCII.
bool isOfWord(char c) {
    const bool isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return isLetter || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80U;
}

/// "Block A" of "String 1" and "String 1 Block A"; else `inner` itself.
std::string_view unrepeated(std::string_view outer, std::string_view inner) {
    if (outer.empty() || !inner.starts_with(outer))
        return inner;
    const std::string_view rest = inner.substr(outer.size());
    if (rest.empty() || isOfWord(rest.front()))
        return inner;
    const auto word = std::ranges::find_if(rest, isOfWord);
    return word == rest.end() ? inner : rest.substr(static_cast<std::size_t>(word - rest.begin()));
}

} // namespace

std::string innerName(std::string_view outer, std::string_view inner) {
    std::string name(outer);
    if (!outer.empty() && !inner.empty())
        name += '/';
    return name.append(unrepeated(outer, inner));
}

} // namespace busbar
