// SPDX-License-Identifier: MIT
// The owner's wishes for share.hpp and for members that block.
#pragma once

#include <cstdint>

namespace busbar {

/// How a member's own limit bounds the bank (limits/share.hpp).
enum class Share : std::uint8_t { Adaptive, Resistance, Capacity, Count, Sum };
enum class OnBlock : std::uint8_t { Reduce, Stop };

} // namespace busbar
