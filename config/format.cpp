// SPDX-License-Identifier: MIT
// Checks of texts, next to the patterns that tell editors the same.
#include "config/format.hpp"

#include "config/issue.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>
#include <utility>

namespace busbar::config {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool isHexDigit(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Letters, digits and the extra characters; not empty.
bool isWord(std::string_view text, std::string_view extra) {
    return !text.empty() && std::ranges::all_of(text, [extra](char c) {
        return isLetter(c) || isDigit(c) || extra.find(c) != std::string_view::npos;
    });
}

bool isAny(std::string_view) {
    return true;
}
bool isName(std::string_view text) {
    return isWord(text, "_-");
}
bool isId(std::string_view text) {
    return isWord(text, "_");
}
bool isService(std::string_view text) {
    return isId(text) && !isDigit(text.front());
}
bool isVariable(std::string_view text) {
    return text.empty() || isService(text);
}

bool isPrefix(std::string_view text) {
    return text.empty() ||
           (text.ends_with('/') && text.find_first_of("+#") == std::string_view::npos);
}

/// 32 pairs of digits, a colon between two of them or not.
bool isFingerprint(std::string_view text) {
    std::size_t digits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool isColon = text[i] == ':' && digits > 0 && digits % 2 == 0 && text[i - 1] != ':';
        if (!isColon && !isHexDigit(text[i]))
            return false;
        digits += isColon ? 0U : 1U;
    }
    return text.empty() || (digits == 64 && text.back() != ':');
}

/// `transport:key=value…`, the form of an address in the D-Bus specification, without lists of
/// addresses.
bool isBusAddress(std::string_view text) {
    const std::size_t colon = text.find(':');
    const std::size_t equals = text.find('=');
    const auto isSmall = [](std::string_view part) {
        return !part.empty() &&
               std::ranges::all_of(part, [](char c) { return c >= 'a' && c <= 'z'; });
    };
    return equals != std::string_view::npos && colon < equals && equals + 1 < text.size() &&
           isSmall(text.substr(0, colon)) && isSmall(text.substr(colon + 1, equals - colon - 1)) &&
           text.find(' ', equals) == std::string_view::npos;
}

bool isBus(std::string_view text) {
    return text == "system" || text == "session" || text == "none" || isBusAddress(text);
}

/// A URL as far as its punctuation goes.
struct UrlParts {
    std::string_view scheme;
    std::string_view authority; ///< host and port
    std::string_view path;      ///< with its slash
};

UrlParts splitUrl(std::string_view url) {
    const std::size_t mark = url.find("://");
    if (mark == std::string_view::npos)
        return {};
    const std::string_view rest = url.substr(mark + 3);
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    return {url.substr(0, mark), rest.substr(0, slash), rest.substr(slash)};
}

bool isUrl(std::string_view text) {
    const auto [scheme, authority, path] = splitUrl(text);
    const bool isSocket = scheme == "ws" || scheme == "wss";
    const bool isPlain = scheme == "mqtt" || scheme == "mqtts";
    return (isSocket || (isPlain && path.size() <= 1)) && !authority.empty() &&
           text.find_first_of("@ ") == std::string_view::npos;
}

bool isHost(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']'))
        return isWord(host.substr(1, host.size() - 2), ":.");
    return isWord(host, ".-_");
}

bool isPort(std::string_view text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

/// Of a text that `isUrl`.
std::string urlProblem(std::string_view text) {
    const std::string_view authority = splitUrl(text).authority;
    const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
    const std::size_t colon =
        std::min(authority.find(':', std::min(bracket, authority.size())), authority.size());
    if (!isHost(authority.substr(0, colon)))
        return "the host is missing or has characters that no host has";
    if (colon < authority.size() && !isPort(authority.substr(colon + 1)))
        return "the port is outside 1…65535";
    return {};
}

// clang-format off
constexpr auto kFormats = std::to_array<FormatSpec>({
    {"any text", "", isAny, true},
    {"a path", "", isAny, false},
    {"the name of an environment variable", "([A-Za-z_][A-Za-z0-9_]*)?", isVariable, false},
    {"letters, digits, _ and -", "[A-Za-z0-9_-]+", isName, true},
    {"letters, digits and _", "[A-Za-z0-9_]+", isId, true},
    {"letters, digits and _, not a digit first", "[A-Za-z_][A-Za-z0-9_]*", isService, true},
    {"mqtt://host[:port], mqtts://…, ws://host[:port][/path] or wss://…", "(mqtts?://[^/@ ]+/?|wss?://[^/@ ]+(/[^@ ]*)?)", isUrl, false},
    {"64 hexadecimal digits, in pairs with colons or without", "(([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2})?", isFingerprint, true},
    {"letters, digits, _ and -, or auto", "[A-Za-z0-9_-]+", isName, true},
    {"topic levels that end in /, without + and #", "([^+#]*/)?", isPrefix, true},
    {"system, session, none or a D-Bus address such as tcp:host=10.0.0.2,port=78", "(system|session|none|[a-z]+:[a-z]+=[^ ]+)", isBus, true},
});
// clang-format on
static_assert(kFormats.size() == static_cast<std::size_t>(Format::Bus) + 1);

} // namespace

const FormatSpec& spec(Format format) {
    return kFormats.at(static_cast<std::size_t>(format));
}

bool hasControlCharacter(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == '\x7F'; });
}

std::string formatProblem(Format format, std::string_view text) {
    const FormatSpec& row = spec(format);
    if (hasControlCharacter(text))
        return "control characters such as line breaks and tabs are not allowed";
    if (format == Format::Url && text.find('@') != std::string_view::npos)
        return "user and password do not stand in the URL: the user goes to gx.user, the password "
               "into a file or "
               "an environment variable named by gx.password_file or gx.password_env";
    if (!row.fits(text))
        return (row.mayBeShown ? "\"" + printable(text) + "\"" : std::string("this")) + " is not " +
               std::string(row.allowed);
    return format == Format::Url ? urlProblem(text) : std::string();
}

} // namespace busbar::config
