// SPDX-License-Identifier: MIT
// Checks and fits names, one code point at a time.
#include "core/units/display_name.hpp"

#include "core/utf8.hpp"

namespace busbar {

namespace {

/// Control characters of both sets, and the two that begin a new line in Unicode.
bool isControl(char32_t value) {
    return value < 0x20 || (value >= 0x7F && value < 0xA0) || value == 0x2028 || value == 0x2029;
}

std::string fitted(std::string_view text, std::size_t longest) {
    std::string name;
    while (!text.empty()) {
        const CodePoint first = firstCodePoint(text);
        const bool isGood = first.isValid && !isControl(first.value);
        if (isGood && name.size() + first.size > longest)
            break;
        if (isGood)
            name += text.substr(0, first.size);
        text.remove_prefix(first.size);
    }
    return name;
}

} // namespace

bool isName(std::string_view text) {
    return fittedName(text) == text;
}

std::string fittedName(std::string_view text) {
    return fitted(text, kLongestName);
}

std::string fittedText(std::string_view text) {
    return fitted(text, kLongestText);
}

} // namespace busbar
