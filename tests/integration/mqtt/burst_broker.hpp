// SPDX-License-Identifier: MIT
// A broker that decides what goes out as one piece: one TCP segment, one TLS record, one frame of a
// web socket. No real one can be told.
#pragma once

#include "support/private_broker.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace busbar::test {

struct BurstConfig {
    bool webSockets = false;
    std::optional<TestCertificate> tls{};
};

/// An MQTT 3.1.1 packet with which a broker publishes, QoS 0.
std::string publication(std::string_view topic, std::string_view payload);

/// Takes every login and every subscription, gives back to each session what it publishes with QoS
/// 0, and otherwise sends what the test says. All on 127.0.0.1.
class BurstBroker {
public:
    explicit BurstBroker(BurstConfig config);
    ~BurstBroker();
    BurstBroker(const BurstBroker&) = delete;
    BurstBroker& operator=(const BurstBroker&) = delete;
    BurstBroker(BurstBroker&&) = delete;
    BurstBroker& operator=(BurstBroker&&) = delete;

    [[nodiscard]] std::string url() const;
    /// As one piece to the n-th connection, as soon as it may.
    void send(std::size_t connection, std::string bytes);
    /// In the same piece as the answer to the next sign of life that a client asks for, and behind
    /// it. No later one is answered.
    void sendBehindAnswer(std::string bytes);
    /// Ends the n-th connection once everything has been sent.
    void end(std::size_t connection);

private:
    struct Connection;
    struct Order {
        std::size_t connection{0};
        std::string bytes; ///< empty = end it
    };

    void serve();
    void obey();
    void acceptOne();
    bool listen(Connection& connection);
    bool upgrade(Connection& connection) const;
    void answer(Connection& connection, std::string_view packet);
    std::string lifeSign(std::string_view answer);

    BurstConfig config_;
    std::uint16_t port_{0};
    int listener_{-1};
    std::shared_ptr<void> tls_;                            // an SSL_CTX
    std::vector<std::unique_ptr<Connection>> connections_; // server thread
    std::mutex mutex_; // the test and the server thread: orders and what waits for a sign of life
    std::vector<Order> orders_;
    std::optional<std::string> behindAnswer_;
    bool isMute_{false};
    std::atomic<bool> wantsEnd_{false}; // written by the test, read by the server thread
    std::jthread thread_;
};

} // namespace busbar::test
