// SPDX-License-Identifier: MIT
// What must be known before a broker can be reached, and why it was not: the worker's part of a
// client, without the MQTT library.
#pragma once

#include "mqtt/session/link_failure.hpp"
#include "mqtt/session/tls_pin.hpp"
#include "mqtt/session/url.hpp"
#include "mqtt/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace busbar::mqtt {

/// All of it may take long; nothing here is for the loop's thread.
class Reach {
public:
    /// `settings` must outlive it; `session` is for the log.
    Reach(const BrokerSettings& settings, BrokerUrl url, std::uint8_t session);

    /// Addresses and trust for an attempt; nothing, or why there can be none.
    [[nodiscard]] std::optional<LinkFailure> prepare(const std::stop_token& stop);
    /// The attempt begins now.
    void begin() { began_ = std::chrono::steady_clock::now(); }
    /// It came to nothing: the next one tries another address.
    void failed() { ++failures_; }
    /// The library says little more than "failed", so we look ourselves.
    [[nodiscard]] LinkFailure explain(int returnCode, std::chrono::seconds patience,
                                      const std::stop_token& stop) const;

    /// Plain sessions get an address, so that the library looks up no name with its process-wide
    /// lock held; TLS and web sockets need the name for SNI, certificate and Host header. Never
    /// more than one: given several, the library goes on to the next by itself when an established
    /// session breaks (nextOrClose in its MQTTAsyncUtils.c), and nobody would know of it.
    [[nodiscard]] std::string uri() const;
    /// File of certificates that are trusted; empty = the system's.
    [[nodiscard]] std::string trustFile() const { return tlsTarget().caFile; }
    [[nodiscard]] bool trustsPinOnly() const { return !pin_.empty() && settings_.caFile.empty(); }
    [[nodiscard]] const BrokerUrl& url() const { return url_; }

private:
    std::string resolveHost();
    std::string prepareTrust(const std::stop_token& stop);
    [[nodiscard]] std::string whyNoPort(const Deadline& deadline) const;
    [[nodiscard]] TlsTarget tlsTarget() const;

    const BrokerSettings& settings_;
    const BrokerUrl url_;
    const std::string pin_; ///< normal form; empty = not pinned
    const std::uint8_t session_;
    std::vector<std::string>
        addresses_; ///< the session's first; never empty after an attempt began
    std::size_t failures_{0};
    std::optional<MemoryFile> anchor_; ///< must live until the handshake is over
    std::string certificateWarning_;   ///< the last that was said
    std::chrono::steady_clock::time_point began_{};
};

} // namespace busbar::mqtt
