// SPDX-License-Identifier: MIT
// Where the bank stands on the ladder of lost data.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace busbar {

/// Steps of a loss that affects the whole bank (src/core/LOSSES.md).
enum class Stage : std::uint8_t {
    Starting, ///< nothing has ever been complete, so it is not on the bus; then NoData and Left
    Normal,
    NoData, ///< CCL closed, DCL may ride through
    Left,   ///< off the bus, so that the GX raises its own alarm
};

[[nodiscard]] constexpr std::string_view toText(Stage stage) {
    constexpr std::array<std::string_view, 4> kTexts = {"starting", "normal", "no_data", "left"};
    return kTexts.at(static_cast<std::size_t>(stage));
}

} // namespace busbar
