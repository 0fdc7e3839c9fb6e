// SPDX-License-Identifier: MIT
// Takes the texts of a request apart; trusts none of them.
#include "web/request.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace busbar::web {

namespace {

/// The character of two hexadecimal digits; nothing if they are none.
std::optional<char> characterOf(std::string_view digits) {
    unsigned code = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() != 2 || error != std::errc{} || end != digits.data() + 2)
        return std::nullopt;
    return static_cast<char>(code);
}

bool isControl(char c) {
    return (c >= 0 && c < 0x20) || c == 0x7F;
}

bool isStep(std::string_view step) {
    return !step.empty() && step != "." && step != "..";
}

/// "gzip;q=0" refuses it, "gzip" and "gzip;q=0.5" take it.
bool isTaken(std::string_view entry, std::string_view coding) {
    entry.remove_prefix(std::min(entry.find_first_not_of(" \t"), entry.size()));
    if (!entry.starts_with(coding))
        return false;
    std::string rest(entry.substr(coding.size()));
    std::erase(rest, ' ');
    return rest.empty() ||
           (rest.starts_with(";q=") && rest.find_first_of("123456789") < rest.size());
}

} // namespace

std::optional<std::string> unescape(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            result += text[at];
            continue;
        }
        const auto character = characterOf(text.substr(at + 1, 2));
        if (!character || isControl(*character))
            return std::nullopt;
        result += *character;
        at += 2;
    }
    return result;
}

std::optional<std::string> unescapeText(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            result += text[at] == '+' ? ' ' : text[at];
            continue;
        }
        const auto character = characterOf(text.substr(at + 1, 2));
        if (!character)
            return std::nullopt;
        result += *character;
        at += 2;
    }
    return result;
}

std::optional<std::string> pathOf(std::string_view url) {
    if (!url.starts_with('/'))
        return std::nullopt;
    auto path = unescape(url.substr(1));
    if (!path || path->find('\\') != std::string::npos)
        return std::nullopt;
    for (std::size_t from = 0; from < path->size();) {
        const std::size_t slash = std::min(path->find('/', from), path->size());
        if (!isStep(std::string_view(*path).substr(from, slash - from)))
            return std::nullopt;
        from = slash + 1;
    }
    return path->ends_with('/') ? std::nullopt : path;
}

bool takesGzip(const char* acceptEncoding) {
    if (acceptEncoding == nullptr) // then any coding will do (RFC 9110, 12.5.3)
        return true;
    const std::string_view all(acceptEncoding);
    for (std::size_t from = 0; from <= all.size();) {
        const std::size_t comma = std::min(all.find(',', from), all.size());
        const std::string_view entry = all.substr(from, comma - from);
        if (isTaken(entry, "gzip") || isTaken(entry, "*"))
            return true;
        from = comma + 1;
    }
    return false;
}

Answer errorAnswer(int status, std::string_view what) {
    return {.status = status, .body = std::string(R"({"error":")").append(what).append("\"}\n")};
}

} // namespace busbar::web
