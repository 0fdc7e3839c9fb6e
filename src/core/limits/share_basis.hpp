// SPDX-License-Identifier: MIT
// What learning of shares, limits by them and blocked members have in common; for share_*.cpp.
#pragma once

#include "core/limits/direction.hpp"
#include "core/limits/share.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace busbar {

/// A current counts if it is above both of these (part of the capacity, per hour): what sensors
/// show at rest is below.
inline constexpr double kCarries = 0.01;
inline constexpr double kCarries_A = 1.0;

/// As long may a member say nothing new after the others began to swing: BMSs and drivers report
/// every 1 to 5 s.
inline constexpr auto kReports = std::chrono::seconds(10);

/// Information, as Σ swing² over squared capacity, below which the prior outweighs what was
/// learned.
inline constexpr double kPrior = 0.004;

[[nodiscard]] constexpr std::size_t indexOf(Direction direction) {
    return direction == Direction::Charge ? 0 : 1;
}

/// Capacities as weights that add up to 1, one for each member; the mean of those known where one
/// is not, equal ones if none is.
[[nodiscard]] std::vector<double> priorWeights(const std::vector<const Member*>& members);

/// A² that count as one; from capacities, or where none is known from what the members bear.
[[nodiscard]] double scaleOf(const ShareState& state);

/// Shares of an earlier run count, and are not judged yet.
[[nodiscard]] bool leansOnMemory(const ShareState& state);

/// Who blocks and carries current all the same; once per sample.
void noteCarrying(ShareState& state, const Members& members, const Now& now);

/// Who has just said that it blocks; once per cycle.
void noteBlocking(ShareState& state, const Members& members, Direction direction);

/// Somebody has just said that it blocks, and nothing since: that its switch is open is not borne
/// out yet.
[[nodiscard]] bool isUncertain(const ShareState& state, Direction direction,
                               const Members& members);

} // namespace busbar
