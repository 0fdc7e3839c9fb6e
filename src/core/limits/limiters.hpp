// SPDX-License-Identifier: MIT
// The independent reasons that hold a limit down; the smallest wins. To add one: a function, and a
// line in the list.
#pragma once

#include "core/aggregate.hpp"
#include "core/limits/limit.hpp"
#include "core/settings.hpp"

#include <optional>

namespace busbar {

enum class Direction : std::uint8_t { Charge, Discharge };

/// What a limiter may look at.
struct LimitInput {
    const Members& members; ///< those that take part; not empty
    const LimitSettings& settings;
    int minBatteries;
};

/// CCL or DCL of the bank, A, ≥ 0: the smallest over all limiters; of equal ones the first in their
/// list.
[[nodiscard]] Limit currentLimit(Direction direction, const LimitInput& input);

/// CVL, V: per `limits.cvl.mode`; members without one do not vote. Nothing if no member has one.
[[nodiscard]] std::optional<Limit> voltageLimit(const LimitInput& input);

/// True if the member forbids this direction: AllowTo… 0, a limit of 0, all its modules blocking,
/// error or standby.
[[nodiscard]] bool isBlocked(const Member& member, Direction direction);

} // namespace busbar
