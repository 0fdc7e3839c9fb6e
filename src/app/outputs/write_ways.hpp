// SPDX-License-Identifier: MIT
// Where a writable battery can be written to, as people read it.
#pragma once

#include <string>

namespace busbar {

struct MadeSettings;

namespace config {
struct Config;
} // namespace config

/// "busbar/home/set/battery/gw/values by MQTT, or to com.victronenergy.battery.busbar_gw on D-Bus";
/// empty where the configuration opens none of the ways. `made` is one of `config.made`.
[[nodiscard]] std::string waysToWrite(const config::Config& config, const MadeSettings& made);

} // namespace busbar
