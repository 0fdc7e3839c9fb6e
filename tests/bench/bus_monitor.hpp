// SPDX-License-Identifier: MIT
// A client of the bus that sees what Busbar's battery says there.
#pragma once

#include "base/event_loop.hpp"
#include "core/now.hpp"
#include "dbus/sd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::bench {

/// Hears every ItemsChanged of a bus that nobody but Busbar publishes on.
class BusMonitor {
public:
    struct Counters {
        std::uint64_t signals = 0;
        std::uint64_t items = 0;
        std::uint64_t mostItems = 0; ///< in one signal
    };

    /// A number that is watched, and when its newest value was heard.
    struct Heard {
        std::optional<double> value;
        SteadyTime at{};
    };

    /// Throws std::system_error if there is no bus.
    BusMonitor(EventLoop& loop, const std::string& address);

    [[nodiscard]] const Counters& counters() const { return counters_; }
    void forgetMost() { counters_.mostItems = 0; }
    [[nodiscard]] const Heard& current() const { return current_; } ///< /Dc/0/Current
    [[nodiscard]] const Heard& chargeLimit() const {
        return chargeLimit_;
    } ///< /Info/MaxChargeCurrent

    [[nodiscard]] FaultLog& faults() const { return loop_.faults(); }
    int onSignal(sd_bus_message& signal);

private:
    void readItem(sd_bus_message& signal);
    void readProperty(sd_bus_message& signal, Heard& heard);

    EventLoop& loop_;
    Counters counters_;
    Heard current_;
    Heard chargeLimit_;
    SteadyTime arrived_{};
    dbus::BusHandle bus_;
    dbus::Slot match_;
};

} // namespace busbar::bench
