// SPDX-License-Identifier: MIT
// Connecting, losing and connecting again.
#include "dbus/bus_connection.hpp"

#include "base/log.hpp"
#include "dbus/bus_address.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

namespace busbar::dbus {

namespace {

using namespace std::chrono_literals;

constexpr auto kConnectLimit =
    30s; // a bus on the same machine answers in milliseconds; TCP gives up after minutes
constexpr auto kFlushLimit = 500ms;
constexpr int kTcpIdleSeconds = 30;
constexpr unsigned kTcpTimeoutMs = 60000;

Slot matchLocal(sd_bus* bus, const char* member, sd_bus_message_handler_t handler, void* owner) {
    return make<Slot>("watch the connection", [&](sd_bus_slot** out) {
        return sd_bus_match_signal(bus, out, "org.freedesktop.DBus.Local",
                                   "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local",
                                   member, handler, owner);
    });
}

} // namespace

BusConnection::BusConnection(EventLoop& loop, std::string label, const BusSettings& settings,
                             Events events)
    : loop_(loop), label_(std::move(label)), busSetting_(settings.bus), events_(std::move(events)),
      backoff_(settings.retryMin, settings.retryMax),
      retry_(loop, [this](const Now&) { attempt(); }),
      patience_(loop, [this](const Now&) { fail("the bus does not answer"); }),
      breakUp_(loop, [this](const Now&) {
          losses_ += isConnected_ ? 1U : 0U;
          tearDown();
          retry_.arm(backoff_.next());
      }) {}

BusConnection::~BusConnection() {
    stop();
}

void BusConnection::start() {
    address_ = busAddress(busSetting_);
    if (busSetting_ != "none")
        attempt();
}

void BusConnection::attempt() {
    try {
        open();
        patience_.arm(kConnectLimit);
    } catch (const std::system_error& error) {
        fail(error.what());
    }
}

void BusConnection::open() {
    if (address_.empty())
        check(-ENOENT, "find the session bus ($DBUS_SESSION_BUS_ADDRESS)");
    bus_ = make<BusHandle>("make a bus connection", sd_bus_new);
    sd_bus* bus = bus_.get();
    check(sd_bus_set_address(bus, address_.c_str()), "use the bus address");
    check(sd_bus_set_bus_client(bus, 1), "be a client of the bus");
    check(sd_bus_set_connected_signal(bus, 1), "ask to be told of the connection");
    // At exit sd-bus would flush without a bound.
    check(sd_bus_set_close_on_exit(bus, 0), "keep the end of the connection to ourselves");
    // Over TCP a daemon cannot see who we are, so that only ANONYMOUS can succeed.
    if (address_.starts_with("tcp:"))
        check(sd_bus_set_anonymous(bus, 1), "log in anonymously");
    connectedMatch_ = matchLocal(bus, "Connected", onMessage<&BusConnection::onConnected>, this);
    disconnectedMatch_ =
        matchLocal(bus, "Disconnected", onMessage<&BusConnection::onDisconnected>, this);
    check(sd_bus_start(bus), "connect to the bus");
    check(sd_bus_attach_event(bus, loop_.native(), SD_EVENT_PRIORITY_NORMAL),
          "put the bus into the loop");
}

/// A host that vanished without a word would otherwise be noticed after a quarter of an hour.
void BusConnection::boundSilence() {
    if (!address_.starts_with("tcp:"))
        return;
    const int fd = check(sd_bus_get_fd(bus_.get()), "get the bus's socket");
    const int keepAlive = 1;
    if (::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &keepAlive, sizeof keepAlive) < 0 ||
        ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &kTcpIdleSeconds, sizeof kTcpIdleSeconds) < 0 ||
        ::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &kTcpTimeoutMs, sizeof kTcpTimeoutMs) < 0)
        check(-errno, "bound the silence of the bus's socket");
}

int BusConnection::onConnected(sd_bus_message& /*signal*/) {
    patience_.disarm();
    backoff_.reset();
    isConnected_ = true;
    isFaultLogged_ = false;
    const char* unique = "";
    check(sd_bus_get_unique_name(bus_.get(), &unique), "ask for the own name");
    log::info("bus_connected service={} address=\"{}\" unique={}", label_, address_, unique);
    try {
        boundSilence();
        events_.connected(*bus_);
    } catch (const std::system_error& error) {
        fail(error.what());
    }
    return 0;
}

int BusConnection::onDisconnected(sd_bus_message& /*signal*/) {
    fail("the bus closed the connection");
    return 0;
}

void BusConnection::fail(const std::string& reason) {
    if (breakUp_.isArmed())
        return;
    if (!std::exchange(isFaultLogged_, true))
        log::warn("bus_lost service={} address=\"{}\" reason=\"{}\" next=\"retrying\"", label_,
                  address_, reason);
    breakUp_.arm(0ms);
}

void BusConnection::tearDown() noexcept {
    patience_.disarm();
    if (std::exchange(isConnected_, false))
        guarded(loop_.faults(), "bus lost", 0, [this] {
            events_.lost();
            return 0;
        });
    connectedMatch_.reset();
    disconnectedMatch_.reset();
    bus_.reset();
}

void BusConnection::stop() noexcept {
    if (isConnected_)
        flushBriefly();
    retry_.disarm();
    breakUp_.disarm(); // flushing may have noticed that the bus is gone
    tearDown();
}

void BusConnection::flushBriefly() noexcept {
    const auto end = std::chrono::steady_clock::now() + kFlushLimit;
    while (queued() > 0) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        pollfd socket{sd_bus_get_fd(bus_.get()), POLLOUT, 0};
        if (left <= 0ms || ::poll(&socket, 1, static_cast<int>(left.count())) <= 0)
            return;
        if (sd_bus_process(bus_.get(), nullptr) < 0)
            return;
    }
}

std::uint64_t BusConnection::queued() const {
    std::uint64_t count = 0;
    if (bus_ != nullptr && sd_bus_get_n_queued_write(bus_.get(), &count) < 0)
        return 0;
    return count;
}

} // namespace busbar::dbus
