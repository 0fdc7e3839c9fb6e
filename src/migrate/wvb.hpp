// SPDX-License-Identifier: MIT
// A battery that a flow writes (Node-RED), in place of the writable virtual battery (WVB).
#pragma once

#include "migrate/migration.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace busbar::migrate {

/// `settings`: its settings file with the constants of limits, if there is one.
[[nodiscard]] Migration migrateWvb(const std::optional<PeerText>& settings);

/// The constants of its settings file.
[[nodiscard]] std::vector<std::string_view> wvbConstants();

} // namespace busbar::migrate
