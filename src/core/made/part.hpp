// SPDX-License-Identifier: MIT
// What a made battery is folded from, and what became of it.
#pragma once

#include "core/members/members.hpp"
#include "core/members/roster.hpp"
#include "core/now.hpp"
#include "core/table/row_index.hpp"

#include <optional>
#include <span>
#include <string>

namespace busbar {

struct Battery;

/// One battery that another is made of, as it is in this cycle.
struct Part {
    RosterEntry entry{};             ///< unique name among the parts
    const Battery* battery{nullptr}; ///< nullptr: nothing matches, or two do
    std::string problem{};           ///< why it is not found, or cannot be used; empty = it can

    [[nodiscard]] bool isUsable() const;
    /// Since when it cannot be read; nothing while it can, or if it never could.
    [[nodiscard]] std::optional<SteadyTime> lost() const;
};

/// Whether a made battery is there: as a found one it is held and dropped when it is not.
struct Standing {
    bool isWhole{true};
    bool isJoining{false};             ///< it is on its way: what it lacks has just come
    bool isByLink{false};              ///< it is not whole because the link is lost
    std::optional<SteadyTime> since{}; ///< since when it is not whole; nothing = as of now
    std::string lacking{};             ///< "S1b is lost", or what else is odd; for the owner
};

/// Whole only if every part is usable.
[[nodiscard]] Standing standingOf(std::span<const Part> parts);
/// What one part lacks, added to `standing`.
void lackPart(Standing& standing, const Part& part);
/// Of what lives as long as one of its parts does: it is lost with the last of them.
void loseLast(Standing& standing, const Battery& part);

/// "S1b", or "Barn/Pack C": the part and what in it decides a row.
[[nodiscard]] std::string deepName(const Part& part, RowIndex index);

/// Those parts that are usable, as members of what is made.
[[nodiscard]] Members membersOf(std::span<const Part> parts);

} // namespace busbar
