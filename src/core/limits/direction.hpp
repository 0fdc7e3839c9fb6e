// SPDX-License-Identifier: MIT
// The two directions of a current, the rows that limit each, and who forbids one.
#pragma once

#include "core/table/path_table.hpp"

#include <cstdint>
#include <optional>

namespace busbar {

class Member;

enum class Direction : std::uint8_t { Charge, Discharge };

struct DirectionRows {
    RowIndex limit;
    RowIndex allow;
    RowIndex blockingModules;
};

[[nodiscard]] constexpr DirectionRows rowsOf(Direction direction) {
    return direction == Direction::Charge
               ? DirectionRows{row("/Info/MaxChargeCurrent"), row("/Io/AllowToCharge"),
                               row("/System/NrOfModulesBlockingCharge")}
               : DirectionRows{row("/Info/MaxDischargeCurrent"), row("/Io/AllowToDischarge"),
                               row("/System/NrOfModulesBlockingDischarge")};
}

/// +1 while charging is meant, −1 for discharging: current · sign is what a limit bounds.
[[nodiscard]] constexpr double signOf(Direction direction) {
    return direction == Direction::Charge ? 1.0 : -1.0;
}

/// All its modules are offline: nothing flows in it, whatever its last current was.
[[nodiscard]] bool isOffline(const Member& member);

/// Error or standby by its /State: neither direction is allowed.
[[nodiscard]] bool isDead(const Member& member);

/// True if the member forbids this direction: AllowTo… 0, a limit of 0 of its own (Slot::isWish),
/// all its modules blocking or offline, error or standby. What it said last counts where it says
/// nothing now: a block ends by a word, not by silence.
[[nodiscard]] bool forbids(const Member& member, Direction direction);

/// It forbids both directions (Member::isBlocked): where its BMS allows neither, a switch is open.
[[nodiscard]] bool allowsNothing(const Member& member);

/// What the member's BMS allows, A: 0 where it blocks; nothing where it gives no limit.
[[nodiscard]] std::optional<double> ownLimit(const Member& member, Direction direction);

} // namespace busbar
