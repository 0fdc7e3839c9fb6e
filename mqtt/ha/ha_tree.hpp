// SPDX-License-Identifier: MIT
// Which device of Home Assistant hangs on which: banks, batteries, and what those are made of.
#pragma once

#include "mqtt/ha/ha_device.hpp"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace busbar::mqtt {

using HaDevices = std::map<std::string, HaDevice, std::less<>>; ///< by device id

/// Of all banks, in the order of the configuration, and of their batteries. If two report the same
/// battery, it belongs to the first. What a made battery is made of hangs on it, of several on the
/// first; all else, that bank included which is a battery of another, as the two say themselves.
[[nodiscard]] HaDevices devicesOf(const HaContext& context, std::span<const BankView> banks);

/// Device ids; each after that on which it hangs: Home Assistant forgets where a device hangs that
/// it does not know yet.
[[nodiscard]] std::vector<std::string> parentsFirst(const HaDevices& devices);

} // namespace busbar::mqtt
