// SPDX-License-Identifier: MIT
// Which bus a battery is published on, and as what.
#pragma once

#include <chrono>
#include <string>

namespace busbar::dbus {

/// One published battery.
struct BusSettings {
    /// `system`, `session`, `none` (publish nothing) or a D-Bus address such as
    /// `tcp:host=10.0.0.2,port=78`. What is written is what is used: `system` never becomes the
    /// session bus, whatever the environment says. `system` is $DBUS_SYSTEM_BUS_ADDRESS if set,
    /// `session` is $DBUS_SESSION_BUS_ADDRESS. A host should be a number, because a name is looked
    /// up while everything else waits.
    std::string bus = "system";
    std::string service = "busbar"; ///< last part of com.victronenergy.battery.<service>
    /// What is asked of localsettings (ClassAndVrmInstance). With the lowest instance the GX's
    /// automatic selection picks the bank; above 247 Modbus TCP cannot reach it.
    int instance = 0;
    std::chrono::milliseconds settingsTimeout =
        std::chrono::seconds(10); ///< without localsettings: `instance` as it is
    std::chrono::milliseconds stallTimeout =
        std::chrono::seconds(60); ///< a bus that takes no messages this long is left
    std::chrono::milliseconds retryMin =
        std::chrono::seconds(1); ///< back-off for the bus and for a taken name …
    std::chrono::milliseconds retryMax = std::chrono::seconds(60); ///< … and where it ends
};

} // namespace busbar::dbus
