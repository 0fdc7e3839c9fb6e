// SPDX-License-Identifier: MIT
// Which broker a site reads and which it publishes to, so that two can be seen to be one.
#pragma once

#include "mqtt/settings.hpp"

#include <string>

namespace busbar::config {

/// "host:port" in small letters; the text itself if it is no address. One broker may still have
/// several addresses.
[[nodiscard]] std::string placeOf(const mqtt::BrokerSettings& broker);
/// Of VRM it is "vrm", whichever of its hosts.
[[nodiscard]] std::string readingPlace(const mqtt::GxSettings& gx);
[[nodiscard]] std::string outputPlace(const mqtt::GxSettings& gx,
                                      const mqtt::OutputSettings& output);

} // namespace busbar::config
