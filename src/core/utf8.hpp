// SPDX-License-Identifier: MIT
// Reads UTF-8 one code point at a time and survives anything else.
#pragma once

#include <cstddef>
#include <string_view>

namespace busbar {

struct CodePoint {
    char32_t value{0xFFFD};
    std::size_t size{1}; ///< bytes it takes
    bool isValid{false};
};

namespace detail {

struct Utf8Lead {
    std::size_t size{0}; ///< 0 = no first byte of anything
    char32_t bits{0};
    char32_t lowest{0}; ///< smaller values are overlong
};

constexpr Utf8Lead utf8Lead(unsigned char byte) {
    if (byte < 0x80U)
        return {1, byte, 0};
    if ((byte & 0xE0U) == 0xC0U)
        return {2, byte & 0x1FU, 0x80};
    if ((byte & 0xF0U) == 0xE0U)
        return {3, byte & 0x0FU, 0x800};
    if ((byte & 0xF8U) == 0xF0U)
        return {4, byte & 0x07U, 0x10000};
    return {};
}

} // namespace detail

/// The first code point of a text that is not empty. What is not UTF-8 (cut off, overlong, a
/// surrogate, above U+10FFFF) gives U+FFFD for its first byte alone.
[[nodiscard]] constexpr CodePoint firstCodePoint(std::string_view text) {
    const auto lead = detail::utf8Lead(static_cast<unsigned char>(text.front()));
    if (lead.size == 0 || lead.size > text.size())
        return {};
    char32_t value = lead.bits;
    for (const char c : text.substr(1, lead.size - 1)) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0U) != 0x80U)
            return {};
        value = (value << 6U) | (byte & 0x3FU);
    }
    const bool isSurrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < lead.lowest || value > 0x10FFFF || isSurrogate)
        return {};
    return {value, lead.size, true};
}

/// True if all of it is UTF-8.
[[nodiscard]] constexpr bool isUtf8(std::string_view text) {
    while (!text.empty()) {
        const CodePoint first = firstCodePoint(text);
        if (!first.isValid)
            return false;
        text.remove_prefix(first.size);
    }
    return true;
}

} // namespace busbar
