// SPDX-License-Identifier: MIT
// Shape and pace of the simulated batteries.
#include "bench/simulated_gx.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <filesystem>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <numeric>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace busbar::bench {

namespace {

using namespace std::chrono_literals;

constexpr int kCells = 16;
constexpr int kLevels = 7; // a moving value takes one of these, in the middle its base
constexpr std::chrono::nanoseconds kSecond =
    1s; // Venus services publish what changed about once per second
constexpr auto kTick = 4ms;

constexpr std::string_view kChargeLimitPath = "/Info/MaxChargeCurrent";

struct Number {
    std::string_view path;
    double base;
    double step = 0.0; ///< between two levels; 0 = does not move
};

struct Text {
    std::string_view path;
    std::string_view text;
};

// The paths of a battery with serial BMS under Venus OS (driver dbus-serialbattery), with values of
// a 16 cell LFP pack.
constexpr auto kNumbers = std::to_array<Number>({
    {"/Dc/0/Current", 12.0, 0.1},
    {"/Dc/0/Voltage", 53.1, 0.01},
    {"/Dc/0/Power", 637.0, 5.0},
    {"/Dc/0/Temperature", 24.0},
    {"/Soc", 71.0, 0.1},
    {"/Soh", 99.0},
    {"/Capacity", 198.0, 0.1},
    {"/InstalledCapacity", 280.0},
    {"/ConsumedAmphours", -82.0, 0.1},
    {"/TimeToGo", 51000.0, 60.0},
    {"/CurrentAvg", 11.6, 0.1},
    {"/Voltages/Sum", 53.1, 0.001},
    {"/Voltages/Diff", 0.012, 0.001},
    {"/System/MinCellVoltage", 3.311, 0.001},
    {"/System/MaxCellVoltage", 3.322, 0.001},
    {"/System/MinCellTemperature", 23.0, 0.1},
    {"/System/MaxCellTemperature", 25.0, 0.1},
    {"/System/MOSTemperature", 29.0, 0.1},
    {"/System/Temperature1", 23.5, 0.1},
    {"/System/Temperature2", 24.5, 0.1},
    {"/System/NrOfCellsPerBattery", kCells},
    {"/System/NrOfModulesOnline", 1.0},
    {"/System/NrOfModulesOffline", 0.0},
    {"/System/NrOfModulesBlockingCharge", 0.0},
    {"/System/NrOfModulesBlockingDischarge", 0.0},
    {"/History/ChargedEnergy", 1200.0, 0.01},
    {"/History/DischargedEnergy", 1100.0, 0.01},
    {"/History/TotalAhDrawn", -21000.0, 0.1},
    {"/History/TimeSinceLastFullCharge", 9000.0, 1.0},
    {"/History/ChargeCycles", 81.0},
    {"/History/MinimumVoltage", 48.2},
    {"/History/MaximumVoltage", 55.9},
    {"/History/MinimumCellVoltage", 2.91},
    {"/History/MaximumCellVoltage", 3.51},
    {kChargeLimitPath, SimulatedGx::kChargeLimit_A},
    {"/Info/MaxDischargeCurrent", 250.0},
    {"/Info/MaxChargeVoltage", 55.2},
    {"/Info/BatteryLowVoltage", 46.4},
    {"/Io/AllowToCharge", 1.0},
    {"/Io/AllowToDischarge", 1.0},
    {"/Io/AllowToBalance", 1.0},
    {"/Balancing", 0.0},
    {"/Alarms/LowVoltage", 0.0},
    {"/Alarms/HighVoltage", 0.0},
    {"/Alarms/LowCellVoltage", 0.0},
    {"/Alarms/HighCellVoltage", 0.0},
    {"/Alarms/LowSoc", 0.0},
    {"/Alarms/HighChargeCurrent", 0.0},
    {"/Alarms/HighDischargeCurrent", 0.0},
    {"/Alarms/CellImbalance", 0.0},
    {"/Alarms/InternalFailure", 0.0},
    {"/Alarms/HighChargeTemperature", 0.0},
    {"/Alarms/LowChargeTemperature", 0.0},
    {"/Alarms/HighTemperature", 0.0},
    {"/Alarms/LowTemperature", 0.0},
    {"/Alarms/BmsCable", 0.0},
    {"/Alarms/HighInternalTemperature", 0.0},
    {"/State", 9.0},
    {"/ErrorCode", 0.0},
    {"/Connected", 1.0},
    {"/ProductId", 47727.0},
});

constexpr auto kTexts = std::to_array<Text>({
    {"/Mgmt/ProcessName", "dbus-serialbattery.py"},
    {"/Mgmt/ProcessVersion", "Python 3.12"},
    {"/ProductName", "SerialBattery"},
    {"/FirmwareVersion", "2.0"},
    {"/HardwareVersion", "JK-B2A24S20P"},
    {"/Info/ChargeMode", "Bulk"},
    {"/Info/ChargeLimitation", "None"},
    {"/Info/DischargeLimitation", "None"},
    {"/Manufacturer", "Jikong"},
});

constexpr std::array<std::string_view, 2> kCellIds = {"/System/MinVoltageCellId",
                                                      "/System/MaxVoltageCellId"};

constexpr double kCell_V = 3.316;
constexpr double kCellStep_V = 0.001;

mqtt::BrokerSettings brokerAt(std::uint16_t port) {
    mqtt::BrokerSettings settings;
    settings.url = "mqtt://127.0.0.1:" + std::to_string(port);
    return settings;
}

std::string base() {
    return "N/" + std::string(SimulatedGx::kPortalId) + "/";
}

bool leadsTo(std::uint16_t port, int fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    auto* bytes = reinterpret_cast<sockaddr*>(&peer); // the way of the socket API
    return ::getpeername(fd, bytes, &size) == 0 && peer.sin_family == AF_INET &&
           ntohs(peer.sin_port) == port;
}

/// FlashMQ, which publishes on a GX, sends at once. A socket of the MQTT library waits up to 40 ms
/// for the acknowledgement of what went before (Nagle's algorithm), which is no part of what is
/// measured.
void sendAtOnce(std::uint16_t brokerPort) {
    const int on = 1;
    int sessions = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        if (const int fd = std::stoi(entry.path().filename().string()); leadsTo(brokerPort, fd))
            sessions += ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 ? 1 : 0;
    if (sessions != 1)
        throw std::runtime_error("cannot tell the session's socket to send at once");
}

bool isRead(std::string_view topic) {
    topic.remove_prefix(std::min(base().size(), topic.size()));
    return topic.starts_with("battery/") || topic == "heartbeat" ||
           topic == "full_publish_completed";
}

} // namespace

std::vector<std::string> SimulatedGx::filters() {
    return {base() + "battery/#", base() + "heartbeat", base() + "full_publish_completed",
            base() + "system/0/Control/ActiveSocLimit"};
}

SimulatedGx::SimulatedGx(EventLoop& loop, std::uint16_t brokerPort, const std::string& busAddress,
                         std::size_t batteries, std::uint32_t seed)
    : loop_(loop), brokerPort_(brokerPort), random_(seed),
      client_(brokerAt(brokerPort), {}, mailbox_),
      server_({.portalId = std::string(kPortalId)},
              [this](std::string_view topic, std::string_view payload, bool retain) {
                  send(topic, payload, retain);
                  return true;
              }),
      echo_(busAddress, server_),
      mailWatch_(loop, mailbox_.fd(), EPOLLIN,
                 [this](const Now& now, std::uint32_t) { onMailbox(now); }),
      tick_(loop, [this](const Now& now) { tick(now); }) {
    for (std::size_t i = 0; i < batteries; ++i)
        addBattery(i);
}

SimulatedGx::~SimulatedGx() = default;

void SimulatedGx::addBattery(std::size_t battery) {
    const std::string instance = std::to_string(battery + 1);
    auto& moving = moving_.emplace_back();
    pathsPerBattery_ = 0;
    const auto add = [&](std::string_view path, const Value& value) {
        server_.setValue("battery", instance, path, value);
        ++pathsPerBattery_;
        return server_.item("battery", instance, path);
    };
    for (const Number& number : kNumbers)
        if (const Item item = add(number.path, number.base); number.step > 0.0)
            moving.push_back({item, number.base, number.step, false, kLevels / 2});
    for (int cell = 1; cell <= kCells; ++cell)
        moving.push_back({add("/Voltages/Cell" + std::to_string(cell), kCell_V), kCell_V,
                          kCellStep_V, false, kLevels / 2});
    for (const std::string_view path : kCellIds)
        moving.push_back({add(path, "C4"), 0.0, 0.0, true, kLevels / 2});
    for (const Text& text : kTexts)
        add(text.path, std::string(text.text));
    add("/DeviceInstance", static_cast<double>(battery + 1));
    add("/CustomName", Value("Pack " + instance));
    add("/Serial", Value("BENCH" + instance));
    add("/Mgmt/Connection", Value("/dev/ttyUSB" + instance));
    chargeLimits_.push_back(server_.item("battery", instance, kChargeLimitPath));
}

void SimulatedGx::send(std::string_view topic, std::string_view payload, bool retain) {
    client_.publish(topic, payload, 0, retain);
    if (isRead(topic))
        ++sent_;
}

void SimulatedGx::connect() {
    client_.connectNow(loop_.now());
    tick_.armEvery(kTick);
}

bool SimulatedGx::isReady() const {
    const auto counters = client_.counters();
    return client_.isConnected() && counters.delivered > server_.subscriptions().size();
}

std::uint64_t SimulatedGx::failures() const {
    const auto counters = client_.counters();
    return counters.failed + counters.refused + counters.losses + server_.counters().refusedFull;
}

void SimulatedGx::onMessage(const Mail& mail, const Now& now) {
    if (mail.topic.ends_with(kChargeLimitPath))
        chargeLimitBack_ = std::chrono::steady_clock::now();
    else
        server_.message(mail.topic, mail.payload, now);
}

void SimulatedGx::onMailbox(const Now& now) {
    mailbox_.take(batch_);
    for (std::size_t i = 0; i < batch_.size(); ++i) {
        const Mail mail = batch_.at(i);
        if (mail.kind == MailKind::Message) {
            onMessage(mail, now);
        } else if (mail.kind == MailKind::Connected) {
            sendAtOnce(brokerPort_);
            client_.subscribe(server_.subscriptions());
            client_.subscribe({base() + "battery/+" + std::string(kChargeLimitPath)});
            server_.announce();
        }
    }
    client_.tick(now);
    mailbox_.arm();
}

/// Late bursts are made up for, so that the load does not depend on how busy the machine is.
void SimulatedGx::tick(const Now& now) {
    echo_.pump();
    server_.tick(now);
    if (!isBusy_)
        return;
    for (; nextBurst_ <= now.steady; nextBurst_ += kSecond / moving_.size()) {
        burst(nextBattery_);
        nextBattery_ = (nextBattery_ + 1) % moving_.size();
    }
}

void SimulatedGx::setBusy(bool isBusy) {
    isBusy_ = isBusy;
    nextBurst_ = loop_.now().steady;
}

void SimulatedGx::burst(std::size_t battery) {
    for (Moving& moving : moving_[battery]) {
        move(moving);
        ++changes_;
    }
}

void SimulatedGx::move(Moving& moving) {
    moving.level =
        (moving.level + std::uniform_int_distribution<int>(1, kLevels - 1)(random_)) % kLevels;
    if (moving.isCellId)
        server_.set(moving.item, "C" + std::to_string(moving.level + 1));
    else
        server_.set(moving.item, valueOf(moving));
}

double SimulatedGx::valueOf(const Moving& moving) {
    const int steps = moving.level - kLevels / 2;
    return moving.base + moving.step * steps;
}

double SimulatedGx::current_A() const {
    return std::accumulate(
        moving_.begin(), moving_.end(), 0.0,
        [](double sum, const auto& battery) { return sum + valueOf(battery.front()); });
}

void SimulatedGx::setChargeLimit(std::size_t battery, double limit_A) {
    chargeLimitBack_.reset();
    server_.set(chargeLimits_.at(battery), limit_A);
}

} // namespace busbar::bench
