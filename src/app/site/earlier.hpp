// SPDX-License-Identifier: MIT
// What earlier runs have published, and whether anybody still wants it.
#pragma once

#include "app/kept/state.hpp"
#include "app/outputs/output.hpp"
#include "app/site/site.hpp"

#include <string>
#include <string_view>

namespace busbar {

/// What must not look like now, or like ours. `saved`: what is on disk of earlier runs, of banks
/// too that the configuration has no more.
[[nodiscard]] Earlier earlierOf(const Site& site, const State& saved);

/// Of a device of Home Assistant that was announced once and is not there now: the configuration
/// still has its bank, or would take its battery.
[[nodiscard]] bool isWanted(const Site& site, const State& saved, const std::string& siteName,
                            std::string_view deviceId);

} // namespace busbar
