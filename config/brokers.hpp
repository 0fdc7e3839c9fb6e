// SPDX-License-Identifier: MIT
// Which broker a site reads and which it publishes to, so that two can be seen to be one.
#pragma once

#include "config/config.hpp"

#include <string>

namespace busbar::config {

/// "host:port" in small letters; the text itself if it is no address. One broker may still have
/// several addresses.
[[nodiscard]] std::string placeOf(const mqtt::BrokerSettings& broker);
/// Of VRM it is "vrm", whichever of its hosts.
[[nodiscard]] std::string readingPlace(const Config& site);
[[nodiscard]] std::string outputPlace(const Config& site);

} // namespace busbar::config
