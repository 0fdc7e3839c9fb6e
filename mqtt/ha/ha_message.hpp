// SPDX-License-Identifier: MIT
// The device message that tells Home Assistant of a bank or a battery.
#pragma once

#include "mqtt/ha/ha_device.hpp"

#include <string>

namespace busbar::mqtt {

/// The device message. JSON, UTF-8.
[[nodiscard]] std::string discoveryDocument(const HaContext& context, const HaDevice& device);
[[nodiscard]] std::string bankDiscovery(const HaContext& context, const BankView& view);
[[nodiscard]] std::string batteryDiscovery(const HaContext& context, const BankView& view,
                                           const MemberReport& member);

} // namespace busbar::mqtt
