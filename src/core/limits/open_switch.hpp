// SPDX-License-Identifier: MIT
// Whose switch is open in a direction, so that it has no say there.
#pragma once

#include "core/members/members.hpp"

namespace busbar {

struct ShareState;

/// Marks, for each direction, the members that block it and carry nothing, nor have been seen to
/// carry something while they did; and those whose modules are all offline. Such a one has no say
/// in that direction through curves, peak control or the charge voltage (Member::isOpen): its
/// cells are not on the busbar. Once something flows in it all the same, it has. One that is held
/// has, too, because nobody knows.
void markOpen(Members& members, const ShareState& share);

} // namespace busbar
