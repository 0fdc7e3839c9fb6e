// SPDX-License-Identifier: MIT
// One MQTT session: what it hears goes into the mailbox, what it is given goes out without ever
// waiting.
#pragma once

#include "base/mailbox.hpp"
#include "core/now.hpp"
#include "mqtt/session/client_counters.hpp"
#include "mqtt/session/link_failure.hpp"
#include "mqtt/session/read_pause.hpp"
#include "mqtt/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::mqtt {

struct ClientOptions {
    std::uint8_t session{0}; ///< comes back in every `Mail`
    /// Whether the loop must hear of a message at once; asked on the library's thread, must not
    /// throw. Empty = no message is pressing.
    std::function<bool(std::string_view topic, std::string_view payload)> isPressing{};
    /// One for all sessions of a program, because the library hears them all on one thread.
    std::shared_ptr<ReadPause> pause = std::make_shared<ReadPause>();
    /// MQTT keepalive: a silent broker is given up after about twice this. Our choice: limits close
    /// on the GX's own heartbeat (10 s) before, this only ends a dead session.
    std::chrono::seconds keepAlive{15};
    /// A GX answers a wrong login 1 to 6 s late (mqtt/VENUS.md), and slow TLS comes on
    /// top.
    std::chrono::seconds connectTimeout{15};
    /// In flight = accepted, not yet written to the socket (QoS 0) or acknowledged (QoS 1, 2). The
    /// discovery documents of 64 batteries are some thousand messages.
    std::size_t maxInFlight{20000};
    /// As much as a GX's broker keeps per client (FlashMQ's write buffer, mqtt/VENUS.md).
    std::size_t maxInFlightBytes{std::size_t{8} * 1024 * 1024};
};

/// Whether the MQTT library at hand says of itself that it is the one of docker/paho: one read for
/// many packets, of which none is forgotten. Debian's takes five system calls for each.
[[nodiscard]] bool hasBufferedReads();

/// Why the MQTT library at hand cannot be used with the broker at `url`, one sentence for whoever
/// wrote the configuration; empty = it can, or `url` is none. Only with Busbar's patch
/// (docker/paho) does the library do web sockets right.
[[nodiscard]] std::string libraryError(std::string_view url);

/// MQTT 3.1.1 with a clean session: Venus publishes with QoS 0, for which a broker keeps nothing,
/// so after every `Connected` the owner subscribes and asks for everything again.
///
/// All methods belong to the loop thread and none waits for the network, except `disconnect` and
/// the destructor, which wait for a bounded time. `Connected`, `ConnectFailed`, `Disconnected` and
/// messages arrive in the mailbox, which must outlive the client. The owner calls `tick` after
/// every batch that held an event of this session, and at `nextAttempt`: nothing reconnects
/// otherwise. A thread of its own does everything that may take long (names, certificates, and the
/// library's calls, which wait for each other across all sessions of a process).
///
/// Create and destroy the clients of a process one after the other: the library starts with the
/// first and ends with the last.
class Client {
public:
    /// Throws std::invalid_argument with `brokerError` (broker_check.hpp) or `libraryError`.
    Client(BrokerSettings settings, ClientOptions options, Mailbox& mailbox);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    Client(Client&&) = delete;
    Client& operator=(Client&&) = delete;

    /// What the broker publishes for us (QoS 1) when we are lost; from the next attempt on.
    void will(std::string topic, std::string payload, bool retain);
    /// Attempts at once, unless a session or an attempt is there already.
    void connectNow(Now now);
    /// Notes and logs what happened, and begins an attempt that is due.
    void tick(Now now);
    /// When `tick` has something to do by time; nullopt while connected, connecting, or never
    /// started.
    [[nodiscard]] std::optional<SteadyTime> nextAttempt() const;
    /// As of now; the mail that says so may still wait.
    [[nodiscard]] bool isConnected() const;

    /// In this order, one request each. False = not all were taken; counted. A broker's refusal is
    /// logged.
    bool subscribe(const std::vector<std::string>& topics, int qos = 0);
    /// The same for filters that shall bring nothing any more; what is under way still comes.
    bool unsubscribe(const std::vector<std::string>& topics);
    /// Fire and count. False = not taken. Order is kept among subscriptions and publications.
    bool publish(std::string_view topic, std::string_view payload, int qos = 0,
                 bool retain = false);

    /// Sends what is in flight, then says goodbye (so no will). True = done within `limit`. No
    /// session follows.
    bool disconnect(std::chrono::milliseconds limit);

    [[nodiscard]] ClientCounters counters() const;
    /// Why the last attempt came to nothing; nothing after one that did not.
    [[nodiscard]] std::optional<LinkFailure> lastFailure() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace busbar::mqtt
