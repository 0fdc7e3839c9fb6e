// SPDX-License-Identifier: MIT
// What all D-Bus integration tests stand on: a private bus, a loop, a log that can be read.
#pragma once

#include "bus_client.hpp"
#include "core/snapshot.hpp"
#include "dbus/battery_service.hpp"
#include "support/private_bus.hpp"
#include "support/wait.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <sstream>
#include <string>

namespace spdlog {
class logger;
}

namespace busbar::test {

inline constexpr const char* kService = "com.victronenergy.battery.busbar";
inline constexpr const char* kUnknownObject = "org.freedesktop.DBus.Error.UnknownObject";
inline constexpr const char* kUnknownMethod = "org.freedesktop.DBus.Error.UnknownMethod";

/// Collects what is logged, in place of the default logger.
class LogCapture {
public:
    LogCapture();
    ~LogCapture();
    LogCapture(const LogCapture&) = delete;
    LogCapture& operator=(const LogCapture&) = delete;
    LogCapture(LogCapture&&) = delete;
    LogCapture& operator=(LogCapture&&) = delete;

    /// How many lines hold this text.
    [[nodiscard]] int count(const std::string& text) const;
    [[nodiscard]] std::string all() const { return stream_.str(); }

private:
    std::ostringstream stream_;
    std::shared_ptr<spdlog::logger> before_;
};

class DbusTest : public ::testing::Test {
protected:
    /// Turns the loop until `pred` holds; its last answer.
    bool pump(const std::function<bool()>& pred, std::chrono::milliseconds limit = kPatience);
    /// Quick back-off, no long wait for localsettings.
    [[nodiscard]] dbus::BusSettings settings() const;
    [[nodiscard]] bool isOnBus(const dbus::BatteryService& service) const {
        return service.state() == dbus::BusState::OnBus;
    }
    /// A bank at 52.81 V, −8.0 A, 71.5 %, limits 55.2 V, 100 A, 120 A; the rest unknown.
    [[nodiscard]] static Snapshot exampleSnapshot();

    LogCapture log;
    PrivateBus bus;
    EventLoop loop;
};

/// With one battery that is on the bus, localsettings absent, and a client.
class PublishedTest : public DbusTest {
protected:
    PublishedTest();
    void TearDown() override;
    /// Publishes and waits until a client has seen all that was told.
    void publish(const Snapshot& snapshot);

    Snapshot snapshot = exampleSnapshot();
    std::vector<std::string> chosen; ///< as the callback was told: "/Path 3"
    dbus::BatteryService service;
    BusClient client;
};

} // namespace busbar::test
