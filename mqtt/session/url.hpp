// SPDX-License-Identifier: MIT
// The address of a broker as people write it: parsed, checked, and as the MQTT library wants it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::mqtt {

enum class Scheme : std::uint8_t { Mqtt, Mqtts, Ws, Wss };

/// A checked address. `host` has no brackets; `path` is for web sockets only and then begins with a
/// slash.
struct BrokerUrl {
    Scheme scheme{Scheme::Mqtt};
    std::string host;
    std::uint16_t port{1883};
    std::string path;

    [[nodiscard]] bool isTls() const { return scheme == Scheme::Mqtts || scheme == Scheme::Wss; }
    [[nodiscard]] bool isWebSocket() const { return scheme == Scheme::Ws || scheme == Scheme::Wss; }
    friend bool operator==(const BrokerUrl&, const BrokerUrl&) = default;
};

/// Either `url`, or `error`: one sentence for whoever wrote the configuration. It repeats nothing
/// of the address, where passwords end up by mistake.
struct ParsedUrl {
    std::optional<BrokerUrl> url;
    std::string error;
};

/// `mqtt://host[:port]`, `mqtts://…`, `ws://host[:port][/path]`, `wss://…`; the scheme in any case.
/// host is a name, an IPv4 address or an IPv6 address in brackets, with a zone if need be
/// (`[fe80::1%eth0]`). Default ports 1883, 8883, 80 and 443 (IANA; web sockets have those of HTTP).
/// A web socket without a path gets `/mqtt`, the path that brokers which care about it usually
/// expect; a GX takes any. User and password in the address are refused: it is logged.
[[nodiscard]] ParsedUrl parseUrl(std::string_view text);

/// `host:port`, an IPv6 address in brackets.
[[nodiscard]] std::string hostPort(std::string_view host, std::uint16_t port);

/// The address as people write it, with the port always there.
[[nodiscard]] std::string displayUrl(const BrokerUrl& url);

/// As Paho's C library names it: `tcp://`, `ssl://`, `ws://`, `wss://`, with `host` (a name or an
/// IP address) in the place of the url's. Paho offers the web socket subprotocol `mqtt` by itself,
/// which Victron's FlashMQ insists on.
[[nodiscard]] std::string pahoUri(const BrokerUrl& url, std::string_view host);

} // namespace busbar::mqtt
