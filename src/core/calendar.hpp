// SPDX-License-Identifier: MIT
// What a date decides, and when there is none.
#pragma once

#include "core/now.hpp"

#include <chrono>
#include <optional>

namespace busbar {

/// 2024-01-01, before the first version: an earlier clock has not been set since boot.
inline constexpr WallTime kEarliestClock{std::chrono::seconds(1704067200)};

[[nodiscard]] constexpr bool isClockSet(WallTime wall) {
    return wall >= kEarliestClock;
}

/// The month, 1 … 12, where local time is `aheadOfUtc`; nothing while the clock is not set.
[[nodiscard]] inline std::optional<unsigned> monthOf(WallTime wall,
                                                     std::chrono::seconds aheadOfUtc) {
    if (!isClockSet(wall))
        return std::nullopt;
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(wall + aheadOfUtc));
    return static_cast<unsigned>(day.month());
}

} // namespace busbar
