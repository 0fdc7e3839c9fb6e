// SPDX-License-Identifier: MIT
// Tells the bus what changed in a tree, and not while the bus does not keep up.
#pragma once

#include "base/event_loop.hpp"
#include "dbus/bus_connection.hpp"
#include "dbus/bus_item_tree.hpp"
#include "dbus/settings.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace busbar::dbus {

class ChangeTeller {
public:
    /// Tree and connection must outlive it. `isKnown`: whether anybody can know the service.
    ChangeTeller(EventLoop& loop, const BusSettings& settings, BusItemTree& tree,
                 BusConnection& connection, std::function<bool()> isKnown);

    /// One signal with what changed; none while nobody can know the service, and none while the bus
    /// does not keep up: then it looks again by itself.
    void tell();
    /// Nothing waits any more.
    void rest() noexcept { later_.disarm(); }
    /// The connection is gone, and with it what it has not taken.
    void lost();

private:
    void noteSlowness(bool isSlow);

    EventLoop& loop_;
    std::string service_;
    std::chrono::milliseconds stallTimeout_;
    BusItemTree& tree_;
    BusConnection& connection_;
    std::function<bool()> isKnown_;
    Timer later_; ///< tells what waited because the bus did not take messages
    std::optional<SteadyTime> slowSince_;
};

} // namespace busbar::dbus
