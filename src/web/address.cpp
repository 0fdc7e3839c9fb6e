// SPDX-License-Identifier: MIT
// Parses and compares addresses and names of hosts.
#include "web/address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <netinet/in.h>
#include <system_error>

namespace busbar::web {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool isSameName(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

bool isHostCharacter(char c) {
    const char small = lower(c);
    return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
}

/// As far as characters go: one that is no address is nobody's.
bool looksLikeAddress(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF:.") == text.npos;
}

bool isHostName(std::string_view text) {
    return !text.empty() && text.front() != '.' && std::ranges::all_of(text, isHostCharacter);
}

std::string_view withoutBlanks(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// False as soon as `see` is.
template <class See>
bool allEntries(std::string_view list, See&& see) {
    for (std::size_t from = 0; from <= list.size();) {
        const std::size_t comma = std::min(list.find(',', from), list.size());
        if (!see(withoutBlanks(list.substr(from, comma - from))))
            return false;
        from = comma + 1;
    }
    return true;
}

std::optional<std::uint16_t> portOf(std::string_view text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || text.starts_with('0') ||
        port > 65535)
        return std::nullopt;
    return static_cast<std::uint16_t>(port);
}

bool isAddressOf(int family, std::string_view text) {
    in6_addr address{}; // the larger of the two
    return inet_pton(family, std::string(text).c_str(), &address) == 1;
}

/// Of "name:8088" and "[::1]:8088" the name, without brackets; empty if it is neither.
std::string_view nameIn(std::string_view host) {
    if (host.starts_with('[')) {
        const std::size_t end = host.find(']');
        return end == std::string_view::npos ? std::string_view() : host.substr(1, end - 1);
    }
    return host.substr(0, host.find(':'));
}

} // namespace

bool isIpv4(std::string_view text) {
    return isAddressOf(AF_INET, text);
}

bool isIpv6(std::string_view text) {
    return isAddressOf(AF_INET6, text);
}

std::optional<ListenAddress> parseListen(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    const auto port = portOf(text.substr(colon + 1));
    std::string_view host = text.substr(0, colon);
    const bool isBracketed = host.starts_with('[') && host.ends_with(']');
    if (isBracketed)
        host = host.substr(1, host.size() - 2);
    const bool isV6 = looksLikeAddress(host) && host.find(':') != host.npos;
    if (!port || !(isBracketed ? isV6 : isIpv4(host)))
        return std::nullopt;
    return ListenAddress{std::string(host), *port};
}

bool isListed(std::string_view list, std::string_view entry) {
    return !entry.empty() &&
           !allEntries(list, [entry](std::string_view one) { return !isSameName(one, entry); });
}

bool isHostList(std::string_view text) {
    return text.empty() || text == "*" || allEntries(text, isHostName);
}

bool isAddressList(std::string_view text) {
    return text.empty() || allEntries(text, looksLikeAddress);
}

bool isOriginOrNone(std::string_view text) {
    if (text.empty() || text == "*")
        return true;
    for (const std::string_view scheme : {"http://", "https://"})
        if (text.starts_with(scheme)) {
            const std::string_view rest = text.substr(scheme.size());
            const std::size_t colon = rest.find(':');
            return isHostName(rest.substr(0, colon)) &&
                   (colon == std::string_view::npos || portOf(rest.substr(colon + 1)));
        }
    return false;
}

bool isOurHost(std::string_view host, std::string_view hosts) {
    if (hosts == "*")
        return true;
    const std::string_view name = nameIn(host);
    return isIpv4(name) || (host.starts_with('[') && isIpv6(name)) ||
           isSameName(name, "localhost") || isListed(hosts, name);
}

} // namespace busbar::web
