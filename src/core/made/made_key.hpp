// SPDX-License-Identifier: MIT
// Which numbers made batteries have among those of a GX.
#pragma once

#include <cstddef>
#include <string_view>

namespace busbar {

/// Device instances of made batteries begin here, above all that a GX has (path table,
/// `/DeviceInstance`). They are ours: no service has one of them.
inline constexpr int kMadeFrom = 1'000'000;

/// Of the made battery that is the n-th of the settings, from 0.
[[nodiscard]] constexpr int madeInstance(std::size_t index) {
    return kMadeFrom + static_cast<int>(index);
}

/// Their `/Mgmt/Connection`, by which they are known where instances are not kept.
inline constexpr std::string_view kMadeConnection = "made";

[[nodiscard]] constexpr bool isMade(int instance) {
    return instance >= kMadeFrom;
}

} // namespace busbar
