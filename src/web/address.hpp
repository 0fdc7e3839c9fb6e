// SPDX-License-Identifier: MIT
// Texts of addresses: where to listen, and under which names one may be asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::web {

struct ListenAddress {
    std::string host; ///< an IP address, without brackets
    std::uint16_t port{0};

    [[nodiscard]] bool isIpv6() const { return host.find(':') != std::string::npos; }
};

[[nodiscard]] bool isIpv4(std::string_view text);
/// Without brackets; with a zone (`%eth0`) it is none.
[[nodiscard]] bool isIpv6(std::string_view text);

/// `192.0.2.1:8088` or `[2001:db8::1]:8088`, port 1…65535; nothing for all else, names too: where
/// a name leads is not for the program to find out. What is in brackets is judged by its characters
/// and, when it listens, by the system.
[[nodiscard]] std::optional<ListenAddress> parseListen(std::string_view text);

/// A list with commas, blanks round its entries; whether one of them fits. Letters of names count
/// as small ones.
[[nodiscard]] bool isListed(std::string_view list, std::string_view entry);

/// Letters, digits, `-`, `_` and dots; "*" alone is any. May be empty.
[[nodiscard]] bool isHostList(std::string_view text);
/// What may be IP addresses, by their characters. May be empty.
[[nodiscard]] bool isAddressList(std::string_view text);
/// `http://host[:port]`, `https://…`, "*" or empty.
[[nodiscard]] bool isOriginOrNone(std::string_view text);

/// Whether a client may ask under this `Host`. A page of a stranger whose name has been made to
/// lead here (DNS rebinding) has a foreign one. IP addresses and `localhost` are always ours.
[[nodiscard]] bool isOurHost(std::string_view host, std::string_view hosts);

} // namespace busbar::web
