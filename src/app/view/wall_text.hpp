// SPDX-License-Identifier: MIT
// Dates as people and files write them.
#pragma once

#include "core/now.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace busbar {

/// "2026-07-01", "2026-07-01T12:30", "2026-07-01 12:30:15", with or without a "Z"; always UTC.
/// Nothing for what is no such date, and for years before 2000 or after 2199.
[[nodiscard]] std::optional<WallTime> wallTimeOf(std::string_view text);

/// Seconds since 1970, for the same years.
[[nodiscard]] std::optional<WallTime> wallTimeOf(double seconds);

} // namespace busbar
