// SPDX-License-Identifier: MIT
// Turns issues into lines for the terminal.
#include "config/issue.hpp"

#include <algorithm>

namespace busbar::config {

namespace {

constexpr std::size_t kShownBytes = 100;

std::string placeOf(std::string_view fileName, const Issue& issue) {
    if (issue.at.line == 0)
        return issue.path.empty() ? std::string(fileName) + ": " : std::string();
    return std::string(fileName) + ":" + std::to_string(issue.at.line) + ":" +
           std::to_string(issue.at.column) + ": ";
}

bool isContinuationByte(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

} // namespace

std::string formatIssues(std::string_view fileName, const std::vector<Issue>& issues) {
    std::string lines;
    for (const Issue& issue : issues) {
        lines += placeOf(fileName, issue);
        if (issue.severity == Severity::Warning)
            lines += "warning: ";
        if (!issue.path.empty())
            lines += issue.path + ": ";
        lines += issue.message + "\n";
    }
    return lines;
}

std::string printable(std::string_view text) {
    std::size_t end = std::min(text.size(), kShownBytes);
    while (end < text.size() && end > 0 && isContinuationByte(text[end]))
        --end;
    std::string shown(text.substr(0, end));
    std::replace_if(
        shown.begin(), shown.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == '\x7F'; }, '?');
    return end < text.size() ? shown + "…" : shown;
}

} // namespace busbar::config
