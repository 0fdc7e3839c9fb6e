// SPDX-License-Identifier: MIT
// Lines of toned pieces, as the parts of the terminal's view are laid out, and their text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

enum class Tone : std::uint8_t { Plain, Dim, Strong, Good, Warning, Bad };

struct Piece {
    std::string text;
    Tone tone = Tone::Plain;
};
using Line = std::vector<Piece>;
using Lines = std::vector<Line>;

inline constexpr std::size_t kRoomy = 60; // columns; from here words are written out

/// Of what stands in front of values: "Charge voltage" or "CVL".
constexpr std::size_t labelWidth(std::size_t width) {
    return width < kRoomy ? 7 : 14;
}

/// "too_few_members" for people.
[[nodiscard]] std::string words(std::string_view text);
/// Broken between words; a word that is wider than a line stays whole and is cut later.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t width);
void append(Lines& lines, Lines more);
/// Cut where it does not fit. Spaces at the end are left out, so that files stay clean.
void appendLine(std::string& out, Line line, std::size_t width, bool isColoured);

} // namespace busbar
