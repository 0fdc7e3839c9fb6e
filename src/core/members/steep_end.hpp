// SPDX-License-Identifier: MIT
// Where the curve of a cell is so steep that a current moves its voltage before long.
#pragma once

#include <chrono>
#include <optional>

namespace busbar {

class Member;

/// Of the chemistry in force, V a cell; nothing = not known, then there is no such end.
struct SteepEnds {
    std::optional<double> from_V; ///< from here up
    std::optional<double> to_V;   ///< from here down
};

/// Values that cannot stand still for this long are old. Drivers that report rarely do so once a
/// minute. Peak control holds the voltage where the highest cell stands, so it takes such values
/// for its success: a cell at 3.55 V that nobody saw was at 3.65 V after 133 s (bench with losses,
/// seed 103).
inline constexpr std::chrono::seconds kSteepRest{75};

/// For as long it may say nothing new before no limit rises any more for its sake: BMSs and drivers
/// report every 1 to 5 s. A charge voltage that rose by 0.6 V in 60 s on what a silent battery had
/// said at 3.48 V tripped it (bench with losses, seed 81).
inline constexpr std::chrono::seconds kSteepReports{6};

/// A cell is at such an end, and the battery itself says that it carries more than 5 % of its
/// capacity per hour, which is 0.1 % of its charge in that time: of four cells or more, one moves
/// by a millivolt at least.
[[nodiscard]] bool mustMove(const Member& member, const SteepEnds& ends);

} // namespace busbar
