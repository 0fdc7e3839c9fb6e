// SPDX-License-Identifier: MIT
// As what a battery of Busbar's is known to programs of a GX.
#pragma once

#include <cstdint>

namespace busbar {

/// `/ProductId` of every battery that Busbar publishes; the GX's screen finds its page by it.
/// Chosen by us, not given by Victron: of the range in which Victron has reserved one for another
/// third-party driver (0xBA77), and in no list of Venus OS 3.80 (dbus/VENUS.md), so DVCC treats
/// the battery like any other managed one.
inline constexpr std::uint16_t kProductId = 0xBAB5;

} // namespace busbar
