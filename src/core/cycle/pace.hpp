// SPDX-License-Identifier: MIT
// Why a bank is worked out.
#pragma once

#include <cstdint>

namespace busbar {

enum class Pace : std::uint8_t {
    Cycle, ///< it is time
    AtOnce ///< between two cycles, because something was cut: limits fall, and rise with the cycle
};

} // namespace busbar
