// SPDX-License-Identifier: MIT
// One connection to a message bus that comes back by itself.
#pragma once

#include "base/event_loop.hpp"
#include "dbus/retry.hpp"
#include "dbus/sd.hpp"
#include "dbus/settings.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace busbar::dbus {

/// Connects without blocking, notices the loss, waits and connects again, for ever. A fault is
/// logged when it begins and when it is over. Nothing here waits for the bus, except `stop`, and
/// that with a bound.
class BusConnection {
public:
    struct Events {
        std::function<void(sd_bus&)> connected; ///< the bus has given us a unique name
        std::function<void()> lost;             ///< drop everything that is registered on it now
    };

    /// `label` is what the log calls it.
    BusConnection(EventLoop& loop, std::string label, const BusSettings& settings, Events events);
    ~BusConnection();
    BusConnection(const BusConnection&) = delete;
    BusConnection& operator=(const BusConnection&) = delete;
    BusConnection(BusConnection&&) = delete;
    BusConnection& operator=(BusConnection&&) = delete;

    void start();
    /// Sends what waits, for half a second at most, and closes. `lost` is called first if it was
    /// connected.
    void stop() noexcept;
    /// Something went wrong on it: it is closed after the callback that is running and opened anew
    /// later.
    void fail(const std::string& reason);

    [[nodiscard]] bool isConnected() const { return isConnected_; }
    /// Connections that were up and were lost.
    [[nodiscard]] std::uint64_t losses() const { return losses_; }
    /// Messages that the bus has not taken yet; they wait in memory.
    [[nodiscard]] std::uint64_t queued() const;
    [[nodiscard]] FaultLog& faults() { return loop_.faults(); }

private:
    void attempt();
    void open();
    int onConnected(sd_bus_message& signal);
    int onDisconnected(sd_bus_message& signal);
    void boundSilence();
    void tearDown() noexcept;
    void flushBriefly() noexcept;

    EventLoop& loop_;
    std::string label_;
    std::string busSetting_;
    std::string address_;
    Events events_;
    Backoff backoff_;
    BusHandle bus_;
    Slot connectedMatch_;
    Slot disconnectedMatch_;
    Timer retry_;
    Timer patience_; ///< for a connection that neither comes up nor fails
    Timer breakUp_;
    bool isConnected_ = false;
    bool isFaultLogged_ = false;
    std::uint64_t losses_ = 0;
};

} // namespace busbar::dbus
