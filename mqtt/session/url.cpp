// SPDX-License-Identifier: MIT
// The address of a broker: parser and printer.
#include "mqtt/session/url.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>

namespace busbar::mqtt {
namespace {

struct SchemeRow {
    std::string_view name;
    std::string_view paho;
    std::uint16_t port;
};

/// In the order of `Scheme`.
constexpr std::array<SchemeRow, 4> kSchemes{
    {{"mqtt", "tcp", 1883}, {"mqtts", "ssl", 8883}, {"ws", "ws", 80}, {"wss", "wss", 443}}};

/// Names from other programs, and what to write instead.
/// What other programs write, what is meant, and what else may be: a web page's scheme is typed
/// from habit rather than for web sockets.
struct ForeignRow {
    std::string_view name;
    std::string_view ours;
    std::string_view perhaps;
};
constexpr std::array kForeign = std::to_array<ForeignRow>({{"tcp", "mqtt", ""},
                                                           {"ssl", "mqtts", ""},
                                                           {"tls", "mqtts", ""},
                                                           {"mqtt+ssl", "mqtts", ""},
                                                           {"http", "mqtt", "ws"},
                                                           {"https", "mqtts", "wss"}});

constexpr std::size_t kLongestName = 253; // RFC 1035 §2.3.4, as text without the final dot
constexpr std::string_view kAnyPath = "/mqtt";

const SchemeRow& row(Scheme scheme) {
    return kSchemes.at(static_cast<std::size_t>(scheme));
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool isNameCharacter(char c) {
    return isDigit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '.' || c == '_';
}

bool isIp(int family, const std::string& text) {
    in6_addr address{};
    return ::inet_pton(family, text.c_str(), &address) == 1;
}

std::string ipv6Error(std::string_view host) {
    const auto zone = host.find('%');
    const bool hasEmptyZone = zone != std::string_view::npos && zone + 1 == host.size();
    const bool isPlain = std::all_of(host.begin(), host.end(), [](char c) {
        return isNameCharacter(c) || c == ':' || c == '%';
    });
    if (isPlain && !hasEmptyZone && isIp(AF_INET6, std::string(host.substr(0, zone))))
        return {};
    return "no IPv6 address between the brackets";
}

std::string nameError(std::string_view host) {
    if (host.empty())
        return "the host is missing";
    if (!std::all_of(host.begin(), host.end(), isNameCharacter))
        return "a character that no host name has";
    const bool looksLikeIp =
        std::all_of(host.begin(), host.end(), [](char c) { return isDigit(c) || c == '.'; });
    if (looksLikeIp && !isIp(AF_INET, std::string(host)))
        return "no IPv4 address: it has four numbers from 0 to 255";
    if (host.size() > kLongestName || host.front() == '.' || host.find("..") != host.npos)
        return "no host name: an empty part between dots, or longer than 253 characters";
    return {};
}

std::string schemeError(const std::string& name) {
    for (const ForeignRow& each : kForeign)
        if (name == each.name)
            return "write " + std::string(each.ours) + ":// instead of " + name + "://" +
                   (each.perhaps.empty() ? ""
                                         : ", or " + std::string(each.perhaps) +
                                               ":// if the broker is behind web sockets");
    return "unknown scheme; one of mqtt, mqtts, ws, wss";
}

std::optional<std::uint16_t> parsePort(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (problem != std::errc{} || end != text.data() + text.size() || port == 0)
        return std::nullopt;
    return port;
}

/// Splits `host[:port]` or `[ipv6][:port]`; `rest` is what follows the host, with its colon.
std::string splitHost(std::string_view authority, BrokerUrl& url, std::string_view& rest) {
    if (!authority.starts_with('[')) {
        const auto colon = authority.find(':');
        url.host = std::string(authority.substr(0, colon));
        rest = colon == authority.npos ? std::string_view{} : authority.substr(colon);
        if (rest.find(':', 1) != rest.npos)
            return "an IPv6 address needs brackets, as in [::1]:1883";
        return nameError(url.host);
    }
    const auto bracket = authority.find(']');
    if (bracket == authority.npos)
        return "the closing bracket of the IPv6 address is missing";
    url.host = std::string(authority.substr(1, bracket - 1));
    rest = authority.substr(bracket + 1);
    return ipv6Error(url.host);
}

std::string readAuthority(std::string_view authority, BrokerUrl& url) {
    std::string_view rest;
    if (auto error = splitHost(authority, url, rest); !error.empty())
        return error;
    if (rest.empty())
        return {};
    const auto port = rest.starts_with(':') ? parsePort(rest.substr(1)) : std::nullopt;
    if (!port)
        return "no port between 1 and 65535 after the host";
    url.port = *port;
    return {};
}

std::string readPath(std::string_view path, BrokerUrl& url) {
    if (!url.isWebSocket())
        return path.empty() || path == "/"
                   ? ""
                   : "only ws:// and wss:// have a path; topics are set elsewhere";
    const bool isPlain = std::all_of(path.begin(), path.end(),
                                     [](char c) { return c > ' ' && c < '\x7f' && c != '#'; });
    if (!isPlain)
        return "a space, a # or a character beyond ASCII in the path";
    url.path = std::string(path.empty() ? kAnyPath : path);
    return {};
}

std::string read(std::string_view text, BrokerUrl& url) {
    if (text.empty())
        return "the address of the broker is empty";
    if (text.find('@') != text.npos) // anywhere: an unescaped password may hold a slash
        return "no user and password in the address (it gets logged): use the settings user and "
               "password_file";
    const auto mark = text.find("://");
    if (mark == text.npos)
        return "the scheme is missing: write mqtt:// in front of the host";
    const std::string name = lowered(text.substr(0, mark));
    const auto* found = std::find_if(kSchemes.begin(), kSchemes.end(),
                                     [&name](const SchemeRow& each) { return each.name == name; });
    if (found == kSchemes.end())
        return schemeError(name);
    url.scheme = static_cast<Scheme>(found - kSchemes.begin());
    url.port = found->port;
    const auto rest = text.substr(mark + 3);
    const auto pathAt = std::min(rest.find_first_of("/?#"), rest.size());
    if (auto error = readAuthority(rest.substr(0, pathAt), url); !error.empty())
        return error;
    return readPath(rest.substr(pathAt), url);
}

std::string assemble(std::string_view scheme, std::string_view host, const BrokerUrl& url) {
    return std::string(scheme) + "://" + hostPort(host, url.port) + url.path;
}

} // namespace

ParsedUrl parseUrl(std::string_view text) {
    BrokerUrl url;
    if (auto error = read(text, url); !error.empty())
        return {std::nullopt, std::move(error)};
    return {std::move(url), {}};
}

std::string hostPort(std::string_view host, std::uint16_t port) {
    const bool isIpv6 = host.find(':') != host.npos;
    return (isIpv6 ? "[" + std::string(host) + "]" : std::string(host)) + ":" +
           std::to_string(port);
}

std::string displayUrl(const BrokerUrl& url) {
    return assemble(row(url.scheme).name, url.host, url);
}

std::string pahoUri(const BrokerUrl& url, std::string_view host) {
    return assemble(row(url.scheme).paho, host, url);
}

} // namespace busbar::mqtt
