// SPDX-License-Identifier: MIT
// BatteryAggregator (BAG): its config.json becomes a configuration.
#pragma once

#include "migrate/migration.hpp"

#include <string_view>
#include <vector>

namespace busbar::migrate {

[[nodiscard]] Migration migrateBag(const PeerText& file);

/// Every key at the top of its file, documented or not.
[[nodiscard]] std::vector<std::string_view> bagKeys();

} // namespace busbar::migrate
