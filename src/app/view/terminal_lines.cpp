// SPDX-License-Identifier: MIT
// Turns lines of toned pieces into text.
#include "app/view/terminal_lines.hpp"

#include "app/view/text_width.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace busbar {

namespace {

std::string_view sequence(Tone tone) {
    static constexpr std::array<std::string_view, 6> kSequences = {
        "", "\x1b[2m", "\x1b[1m", "\x1b[32m", "\x1b[33m", "\x1b[1;31m"};
    return kSequences.at(static_cast<std::size_t>(tone));
}

void appendPiece(std::string& out, std::string_view text, Tone tone, bool isColoured) {
    const bool isToned =
        isColoured && tone != Tone::Plain && text.find_first_not_of(' ') != std::string_view::npos;
    if (isToned)
        out.append(sequence(tone));
    out.append(text);
    if (isToned)
        out.append("\x1b[0m");
}

std::size_t columnsOfLine(const Line& line) {
    std::size_t columns = 0;
    for (const Piece& piece : line)
        columns += busbar::columnsOf(std::string_view(piece.text));
    return columns;
}

void trimEnd(Line& line) {
    while (!line.empty()) {
        std::string& text = line.back().text;
        text.erase(text.find_last_not_of(' ') + 1);
        if (!text.empty())
            return;
        line.pop_back();
    }
}

} // namespace

std::string words(std::string_view text) {
    std::string result(text);
    std::ranges::replace(result, '_', ' ');
    return result;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines(1);
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        std::string& line = lines.back();
        if (line.empty())
            line = word;
        else if (columnsOf(line) + 1 + columnsOf(word) <= width)
            line.append(" ").append(word);
        else
            lines.emplace_back(word);
    }
    return lines;
}

void append(Lines& lines, Lines more) {
    std::ranges::move(more, std::back_inserter(lines));
}

void appendLine(std::string& out, Line line, std::size_t width, bool isColoured) {
    trimEnd(line);
    const bool isTooLong = columnsOfLine(line) > width;
    std::size_t room = width;
    for (const Piece& piece : line) {
        const std::size_t columns = busbar::columnsOf(std::string_view(piece.text));
        if (isTooLong && columns >= room) {
            appendPiece(out, cut(piece.text + "…", room), piece.tone, isColoured);
            return;
        }
        appendPiece(out, piece.text, piece.tone, isColoured);
        room -= columns;
    }
}

} // namespace busbar
