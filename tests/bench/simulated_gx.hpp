// SPDX-License-Identifier: MIT
// A GX with many busy batteries, as the load of the bench.
#pragma once

#include "base/event_loop.hpp"
#include "base/mailbox.hpp"
#include "mqtt/session/client.hpp"
#include "mqtt/venus/venus_server.hpp"
#include "support/bus_echo.hpp"

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::bench {

/// Battery i (from 0) has device instance i + 1. Each has the paths of a serial battery driver with
/// 16 cells; about 40 of them change in one burst per second, battery by battery evenly over the
/// second. Publishes only while somebody keeps it alive, as a GX does, and what stands on its bus
/// with it: Busbar's own battery comes back.
class SimulatedGx {
public:
    static constexpr std::string_view kPortalId = "be0c00000001";

    SimulatedGx(EventLoop& loop, std::uint16_t brokerPort, const std::string& busAddress,
                std::size_t batteries, std::uint32_t seed);
    ~SimulatedGx();
    SimulatedGx(const SimulatedGx&) = delete;
    SimulatedGx& operator=(const SimulatedGx&) = delete;
    SimulatedGx(SimulatedGx&&) = delete;
    SimulatedGx& operator=(SimulatedGx&&) = delete;

    /// What a reader subscribes to; Busbar's own filters.
    [[nodiscard]] static std::vector<std::string> filters();

    void connect();
    /// The session is up and its subscriptions have reached the broker.
    [[nodiscard]] bool isReady() const;
    /// Bursts begin, or rest. Heartbeats go on.
    void setBusy(bool isBusy);
    /// A new charge limit of one battery, sent at once. The session hears it back from the broker.
    void setChargeLimit(std::size_t battery, double limit_A);
    /// When the newest charge limit came back: what MQTT alone takes on this machine at this
    /// moment. Nothing while it is on its way.
    [[nodiscard]] std::optional<SteadyTime> chargeLimitBack() const { return chargeLimitBack_; }

    /// Messages sent so far that match `filters`.
    [[nodiscard]] std::uint64_t sent() const { return sent_; }
    /// Values changed by bursts so far, of all batteries.
    [[nodiscard]] std::uint64_t changes() const { return changes_; }
    /// Values of the bus that were sent so far.
    [[nodiscard]] std::uint64_t echoed() const { return echo_.values(); }
    [[nodiscard]] std::size_t pathsPerBattery() const { return pathsPerBattery_; }
    /// What the currents of all batteries add up to now, A.
    [[nodiscard]] double current_A() const;
    /// Messages that did not leave, sessions that were lost: both must be none.
    [[nodiscard]] std::uint64_t failures() const;
    [[nodiscard]] std::uint64_t fullPublishes() const { return server_.counters().fullPublishes; }

private:
    using Item = mqtt::VenusServer::Item;
    /// A value that takes one of a few levels, never the same twice.
    struct Moving {
        Item item{0};
        double base{0.0};
        double step{0.0};
        bool isCellId{false};
        int level{0};
    };

    void addBattery(std::size_t battery);
    void send(std::string_view topic, std::string_view payload, bool retain);
    void onMailbox(const Now& now);
    void onMessage(const Mail& mail, const Now& now);
    void tick(const Now& now);
    void burst(std::size_t battery);
    void move(Moving& moving);
    [[nodiscard]] static double valueOf(const Moving& moving);

    EventLoop& loop_;
    std::uint16_t brokerPort_;
    std::mt19937 random_;
    Mailbox mailbox_;
    MailBatch batch_;
    mqtt::Client client_;
    mqtt::VenusServer server_;
    test::BusEcho echo_;
    std::vector<std::vector<Moving>> moving_; ///< per battery; the first is its current
    std::size_t pathsPerBattery_{0};
    std::vector<Item> chargeLimits_;
    std::size_t nextBattery_{0};
    SteadyTime nextBurst_{};
    std::optional<SteadyTime> chargeLimitBack_;
    bool isBusy_{false};
    std::uint64_t sent_{0};
    std::uint64_t changes_{0};
    IoWatch mailWatch_;
    Timer tick_;
};

} // namespace busbar::bench
