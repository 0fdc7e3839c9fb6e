// SPDX-License-Identifier: MIT
// The state of charge of those batteries that can use it: a blocked one neither gives nor takes.
#pragma once

#include "core/charge/soc.hpp"
#include "core/limits/curves.hpp"
#include "core/members/members.hpp"

#include <optional>

namespace busbar {

/// SoC over the members that may discharge, %, weighted by capacity; that of the bank where all
/// may. Unknown where nobody may, or nobody says.
[[nodiscard]] std::optional<double> usableSoc_pct(const Members& members, const SocOutput& soc);

/// What curves look at: the lowest and the highest of the shown and the true SoC; where a member's
/// switch is open in a direction (limits/open_switch.hpp), that of the others.
[[nodiscard]] SocSpan socForCurves(const Members& members, const SocOutput& soc);

} // namespace busbar
