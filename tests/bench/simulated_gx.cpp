// SPDX-License-Identifier: MIT
// Shape and pace of the simulated batteries.
#include "bench/simulated_gx.hpp"

#include "bench/battery_paths.hpp"

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

constexpr std::chrono::nanoseconds kSecond =
    1s; // Venus services publish what changed about once per second
constexpr auto kTick = 4ms;

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
