// SPDX-License-Identifier: MIT
// Widths first, then lines.
#include "app/view/text_table.hpp"

#include "app/view/text_width.hpp"

#include <algorithm>

namespace busbar {

namespace {

std::string padded(const std::string& text, std::size_t columns, bool isLeft) {
    const std::string clean = harmless(text);
    const std::string space(columns - std::min(columns, columnsOf(clean)), ' ');
    return isLeft ? clean + space : space + clean;
}

std::string withoutTrailing(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

} // namespace

std::string tableText(const std::vector<std::vector<std::string>>& rows, std::size_t left) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t k = 0; k < row.size(); ++k)
            widths[k] = std::max(widths[k], columnsOf(harmless(row[k])));
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t k = 0; k < row.size(); ++k)
            line += "  " + padded(row[k], widths[k], k < left);
        text += withoutTrailing(std::move(line)) + "\n";
    }
    return text;
}

} // namespace busbar
