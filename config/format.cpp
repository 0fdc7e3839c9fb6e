// SPDX-License-Identifier: MIT
// Checks of texts, next to the patterns that tell editors the same.
#include "config/format.hpp"

#include "base/zone_name.hpp"
#include "config/issue.hpp"
#include "mqtt/session/url.hpp"
#include "web/address.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
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

/// Levels of a topic to publish on.
bool isTopic(std::string_view text) {
    return !text.empty() && text.front() != '/' && text.back() != '/' && text.front() != '$' &&
           text.find_first_of("+#") == std::string_view::npos;
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

bool isUrl(std::string_view text) {
    return mqtt::parseUrl(text).url.has_value();
}

bool isListen(std::string_view text) {
    return web::parseListen(text).has_value();
}

template <bool (*Fits)(std::string_view)>
bool isEmptyOr(std::string_view text) {
    return text.empty() || Fits(text);
}

// clang-format off
constexpr auto kFormats = std::to_array<FormatSpec>({
    {"any text", "", isAny, true},
    {"a path", "", isAny, false},
    {"the name of an environment variable", "([A-Za-z_][A-Za-z0-9_]*)?", isVariable, false},
    {"letters, digits, _ and -", "[A-Za-z0-9_-]+", isName, true},
    {"letters, digits and _", "[A-Za-z0-9_]+", isId, true},
    {"letters, digits and _, not a digit first", "[A-Za-z_][A-Za-z0-9_]*", isService, true},
    {"mqtt://host[:port], mqtts://…, ws://host[:port][/path] or wss://…", "([Mm][Qq][Tt][Tt][Ss]?://[^/@ ]+/?|[Ww][Ss][Ss]?://[^/@ ]+(/[^@ ]*)?)", isUrl, false},
    {"64 hexadecimal digits, in pairs with colons or without", "(([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2})?", isFingerprint, true},
    {"letters, digits, _ and -, or auto", "[A-Za-z0-9_-]+", isName, true},
    {"topic levels that end in /, without + and #", "([^+#]*/)?", isPrefix, true},
    {"system, session, none or a D-Bus address such as tcp:host=10.0.0.2,port=78", "(system|session|none|[a-z]+:[a-z]+=[^ ]+)", isBus, true},
    {"empty, or mqtt://host[:port], mqtts://…, ws://host[:port][/path] or wss://…", "([Mm][Qq][Tt][Tt][Ss]?://[^/@ ]+/?|[Ww][Ss][Ss]?://[^/@ ]+(/[^@ ]*)?)?", isEmptyOr<isUrl>, false},
    {"letters, digits, _ and -, or empty", "[A-Za-z0-9_-]*", isEmptyOr<isName>, true},
    {"a topic without + and #, without a slash at its ends", "[^+#/$]([^+#]*[^+#/])?", isTopic, true},
    {"empty, or a topic without + and #, without a slash at its ends", "([^+#/$]([^+#]*[^+#/])?)?", isEmptyOr<isTopic>, true},
    {"the name of a time zone such as Europe/Berlin, or auto", "[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", isZoneName, true},
    {"empty, or an IP address with a port, such as 127.0.0.1:8088 or [::1]:8088", "(((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]):([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])|\\[[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*\\]:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?", isEmptyOr<isListen>, true},
    {"empty, *, or names of hosts with commas between them", "(\\*| *[A-Za-z0-9_-][A-Za-z0-9._-]*( *, *[A-Za-z0-9_-][A-Za-z0-9._-]*)* *)?", web::isHostList, true},
    {"empty, or IP addresses with commas between them", "( *[0-9A-Fa-f:.]+( *, *[0-9A-Fa-f:.]+)* *)?", web::isAddressList, true},
    {"empty, *, or an origin such as https://example.org", "(\\*|https?://[A-Za-z0-9_-][A-Za-z0-9._-]*(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?)?", web::isOriginOrNone, true},
});
// clang-format on
static_assert(kFormats.size() == static_cast<std::size_t>(Format::Origin) + 1);

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
    const bool isAddress = format == Format::Url || format == Format::UrlOrNone;
    if (isAddress && text.find('@') != std::string_view::npos)
        return "user and password do not stand in the URL: the user goes to the option user beside "
               "it, "
               "the password into a file or an environment variable named by password_file or "
               "password_env";
    if (isAddress)
        return row.fits(text) ? std::string() : mqtt::parseUrl(text).error;
    if (!row.fits(text))
        return (row.mayBeShown ? "\"" + printable(text) + "\"" : std::string("this")) + " is not " +
               std::string(row.allowed);
    return {};
}

} // namespace busbar::config
