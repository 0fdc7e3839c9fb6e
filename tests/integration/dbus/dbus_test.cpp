// SPDX-License-Identifier: MIT
// The fixtures of the D-Bus tests.
#include "dbus_test.hpp"

#include "core/table/path_table.hpp"
#include "core/table/product_id.hpp"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

namespace busbar::test {

using namespace std::chrono_literals;

LogCapture::LogCapture() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(stream_, true)));
}

LogCapture::~LogCapture() {
    spdlog::set_default_logger(before_);
}

int LogCapture::count(const std::string& text) const {
    std::istringstream lines(stream_.str());
    int found = 0;
    for (std::string line; std::getline(lines, line);)
        found += line.find(text) != std::string::npos ? 1 : 0;
    return found;
}

bool DbusTest::pump(const std::function<bool()>& pred, std::chrono::milliseconds limit) {
    return waitUntil(
        [&] {
            for (int i = 0; i < 100 && !pred() && loop.step(0ms); ++i) {
            }
            return pred();
        },
        limit);
}

dbus::BusSettings DbusTest::settings() const {
    dbus::BusSettings result;
    result.bus = bus.address();
    result.settingsTimeout = 50ms;
    result.retryMin = 20ms;
    result.retryMax = 100ms;
    return result;
}

Snapshot DbusTest::exampleSnapshot() {
    Snapshot s;
    s[row("/Dc/0/Voltage")] = 52.81;
    s[row("/Dc/0/Current")] = -8.0;
    s[row("/Dc/0/Power")] = -422.0;
    s[row("/Soc")] = 71.5;
    s[row("/Info/MaxChargeVoltage")] = 55.2;
    s[row("/Info/MaxChargeCurrent")] = 100.0;
    s[row("/Info/MaxDischargeCurrent")] = 120.0;
    s[row("/Connected")] = 1.0;
    s[row("/ProductId")] = static_cast<double>(kProductId);
    s[row("/ProductName")] = "Busbar";
    s[row("/Mgmt/Connection")] = "MQTT";
    return s;
}

namespace {

dbus::BatteryCallbacks noting(std::vector<std::string>& chosen) {
    dbus::BatteryCallbacks callbacks;
    callbacks.chosen = [&chosen](const std::string& path, int choice) {
        chosen.push_back(path + " " + std::to_string(choice));
    };
    return callbacks;
}

} // namespace

PublishedTest::PublishedTest()
    : service(loop, settings(), {.uid = "busbar_main", .customName = "Bank"}, noting(chosen)),
      client(loop, bus.address()) {
    service.publish(snapshot);
    service.setOnBus(true);
    service.start();
    EXPECT_TRUE(pump([this] { return isOnBus(service); })) << log.all();
    client.listen();
}

void PublishedTest::TearDown() {
    EXPECT_EQ(loop.faults().count(), 0U) << log.all();
}

void PublishedTest::publish(const Snapshot& next) {
    service.publish(next);
    // Signals and this answer come the same way, so that the answer is the last of them.
    EXPECT_EQ(client.call(kService, "/Soc", "GetText").error, "");
}

} // namespace busbar::test
