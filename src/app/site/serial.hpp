// SPDX-License-Identifier: MIT
// The serials of what Busbar publishes.
#pragma once

#include <string>
#include <string_view>

namespace busbar {

struct Identity;
struct MadeSettings;

/// The same after every restart and reinstallation, different for each published battery. Writable
/// batteries are on the bus before any GX is known, so no portal is part of those of made ones.
[[nodiscard]] std::string serialOf(std::string_view portal, std::string_view site,
                                   std::string_view battery, std::string_view service);

/// As whom a made battery is published.
[[nodiscard]] Identity identityOf(const MadeSettings& made, std::string_view site);

} // namespace busbar
