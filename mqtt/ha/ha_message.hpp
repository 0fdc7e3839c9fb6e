// SPDX-License-Identifier: MIT
// The device message that tells Home Assistant of a bank or a battery.
#pragma once

#include "mqtt/ha/ha_device.hpp"

#include <cstdint>
#include <string>

namespace busbar::mqtt {

/// What becomes of controls that the device could have and has not (any more).
enum class Absent : std::uint8_t {
    LeftOut, ///< Home Assistant keeps what it knows
    Removed, ///< named by their platform alone, whereupon it forgets them
};

/// The device message. JSON, UTF-8.
[[nodiscard]] std::string discoveryDocument(const HaContext& context, const HaDevice& device,
                                            Absent absent = Absent::LeftOut);
/// True if there are such controls.
[[nodiscard]] bool lacksControls(const HaContext& context, const HaDevice& device);
[[nodiscard]] std::string bankDiscovery(const HaContext& context, const BankView& view);
[[nodiscard]] std::string batteryDiscovery(const HaContext& context, const BankView& view,
                                           const MemberReport& member);

} // namespace busbar::mqtt
