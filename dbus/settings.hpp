// SPDX-License-Identifier: MIT
// Which bus a battery is published on, and as what.
#pragma once

#include <chrono>
#include <string>

namespace busbar::dbus {

/// One published battery.
struct BusSettings {
    /// `system`, `session`, `none` (publish nothing) or a D-Bus address such as `tcp:host=10.0.0.2,port=78`.
    std::string bus = "system";
    std::string service = "busbar"; ///< last part of com.victronenergy.battery.<service>
    /// What is asked of localsettings (ClassAndVrmInstance). With the lowest instance the GX's automatic selection
    /// picks the bank; above 247 Modbus TCP cannot reach it.
    int instance = 0;
    std::chrono::milliseconds settingsTimeout = std::chrono::seconds(10); ///< without localsettings: `instance` as it is
};

} // namespace busbar::dbus
