// SPDX-License-Identifier: MIT
// Flushes a tree at the bus's pace.
#include "dbus/change_teller.hpp"

#include "base/log.hpp"

#include <cstdint>
#include <system_error>
#include <utility>

namespace busbar::dbus {

namespace {

using namespace std::chrono_literals;

// Normally nothing waits: a message goes straight into the socket. Above this, changes are
// collected instead of sent, which bounds the memory that a stuck bus costs.
constexpr std::uint64_t kCollectAbove = 16;
constexpr auto kLookAgain = 250ms;

} // namespace

ChangeTeller::ChangeTeller(EventLoop& loop, const BusSettings& settings, BusItemTree& tree,
                           BusConnection& connection, std::function<bool()> isKnown)
    : loop_(loop), service_(settings.service), stallTimeout_(settings.stallTimeout), tree_(tree),
      connection_(connection), isKnown_(std::move(isKnown)),
      later_(loop, [this](const Now&) { tell(); }) {}

void ChangeTeller::tell() {
    if (!connection_.isConnected() || !isKnown_()) {
        tree_.forgetChanges();
        return;
    }
    noteSlowness(connection_.queued() > kCollectAbove);
    if (slowSince_)
        return;
    try {
        tree_.flush();
    } catch (const std::system_error& error) {
        connection_.fail(error.what());
    }
}

void ChangeTeller::lost() {
    later_.disarm();
    slowSince_.reset();
}

void ChangeTeller::noteSlowness(bool isSlow) {
    if (isSlow != slowSince_.has_value())
        log::write(isSlow ? log::Level::Warn : log::Level::Info,
                   "bus_slow service={} slow={} queued={}", service_, isSlow, connection_.queued());
    if (!isSlow) {
        slowSince_.reset();
        return;
    }
    later_.arm(kLookAgain);
    const SteadyTime now = loop_.now().steady;
    if (now - slowSince_.value_or(now) >= stallTimeout_)
        connection_.fail("the bus takes no messages");
    slowSince_ = slowSince_.value_or(now);
}

} // namespace busbar::dbus
