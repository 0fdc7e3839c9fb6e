// SPDX-License-Identifier: MIT
// Whether the settings of a session fit together.
#pragma once

#include "mqtt/settings.hpp"

#include <string>

namespace busbar::mqtt {

/// What is wrong, one sentence for whoever wrote the configuration; empty = nothing. Opens no file
/// and no connection.
[[nodiscard]] std::string brokerError(const BrokerSettings& settings);

} // namespace busbar::mqtt
