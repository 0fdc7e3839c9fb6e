// SPDX-License-Identifier: MIT
// The serials of what Busbar publishes.
#pragma once

#include <string>
#include <string_view>

namespace busbar {

/// The same after every restart and reinstallation, different for each published battery. Writable
/// batteries are on the bus before any GX is known, so no portal is part of theirs.
[[nodiscard]] std::string serialOf(std::string_view portal, std::string_view site,
                                   std::string_view battery, std::string_view service);

} // namespace busbar
