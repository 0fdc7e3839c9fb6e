// SPDX-License-Identifier: MIT
// How many columns of a terminal a text takes, and how to make it take no more.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace busbar {

/// Columns of one character: 0 for marks that combine with the one before, 2 for East Asian wide
/// ones and emoji.
[[nodiscard]] std::size_t columnsOf(char32_t character);

/// The text with nothing in it that could steer a terminal or turn its direction: control
/// characters (so also escape sequences), line separators, direction marks and bytes that are not
/// UTF-8 each become U+FFFD.
[[nodiscard]] std::string harmless(std::string_view text);

/// Columns of a harmless text.
[[nodiscard]] std::size_t columnsOf(std::string_view text);

/// A harmless text in at most `columns`: if it is longer, it is cut between characters and ends
/// with `…`.
[[nodiscard]] std::string cut(std::string_view text, std::size_t columns);

/// The same in as many columns of ASCII: lines and bars by their likes, other characters as `?`.
/// Escape sequences stay.
[[nodiscard]] std::string asciiOf(std::string_view text);

/// Whether a locale's name, such as "de_DE.UTF-8", says that nothing but ASCII should be written.
/// Empty says nothing: a GX has none, and whoever looks at it comes from elsewhere.
[[nodiscard]] bool isAsciiLocale(std::string_view name);

enum class Align : unsigned char { Left, Right };

/// A harmless text in exactly `columns`: cut, or filled with spaces.
[[nodiscard]] std::string fitted(std::string_view text, std::size_t columns,
                                 Align align = Align::Left);

} // namespace busbar
