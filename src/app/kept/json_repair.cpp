// SPDX-License-Identifier: MIT
// Finds numbers in a JSON text that no double holds.
#include "app/kept/json_repair.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

namespace busbar {

namespace {

/// End of the text literal that begins at `at`.
std::size_t endOfText(const std::string& text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\')
            ++at;
    return std::min(at + 1, text.size());
}

/// The end of the digits from `at` on; `at` itself where there are none.
std::size_t endOfDigits(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of("0123456789", at), text.size());
}

/// A number as JSON has them, which a double holds.
bool isNumber(std::string_view text) {
    const std::size_t first = text.starts_with('-') ? 1 : 0;
    std::size_t end = endOfDigits(text, first);
    if (end == first || (text[first] == '0' && end > first + 1))
        return false;
    for (const std::string_view marks : {".", "eE"}) {
        if (end == text.size() || marks.find(text[end]) == std::string_view::npos)
            continue;
        const bool hasSign =
            marks != "." && end + 1 < text.size() && (text[end + 1] == '+' || text[end + 1] == '-');
        const std::size_t digits = end + (hasSign ? 2 : 1);
        end = endOfDigits(text, digits);
        if (end == digits)
            return false;
    }
    double value = 0.0;
    return end == text.size() &&
           std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
}

bool isWord(std::string_view text) {
    return text == "true" || text == "false" || text == "null";
}

bool isOfWord(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
           c == '-' || c == '.';
}

} // namespace

std::string withoutWrongNumbers(const std::string& text) {
    std::string result;
    for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
        end = at + 1;
        if (text[at] == '"')
            end = endOfText(text, at);
        while (isOfWord(text[at]) && end < text.size() && isOfWord(text[end]))
            ++end;
        const std::string_view piece = std::string_view(text).substr(at, end - at);
        const bool isWrong = isOfWord(text[at]) && !isWord(piece) && !isNumber(piece);
        result.append(isWrong ? "\"" : "").append(piece).append(isWrong ? "\"" : "");
    }
    return result;
}

} // namespace busbar
