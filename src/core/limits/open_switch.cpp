// SPDX-License-Identifier: MIT
// Blocked, and nothing flows.
#include "core/limits/open_switch.hpp"

#include "core/limits/direction.hpp"
#include "core/limits/share.hpp"
#include "core/members/member.hpp"

namespace busbar {

void markOpen(Members& members, const ShareState& share) {
    for (Member& member : members)
        for (const Direction direction : {Direction::Charge, Direction::Discharge}) {
            const bool isStill = carriesNothing(member) || isOffline(member);
            member.setOpen(direction,
                           !member.isHeld() && isStill && isOut(share, member, direction));
        }
}

} // namespace busbar
