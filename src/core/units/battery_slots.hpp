// SPDX-License-Identifier: MIT
// All slots of a battery at once: losing and forgetting values, and whether a BMS speaks in them.
#pragma once

#include "core/units/battery.hpp"

namespace busbar {

template <typename Action>
void forEachSlot(Battery& battery, Action action) {
    for (Slot& slot : battery.slots)
        action(slot);
    for (Slot& slot : battery.cells)
        action(slot);
}

/// What it was is held.
void loseValue(Slot& slot);

/// The place tells who the battery is (tellsWho).
[[nodiscard]] bool saysWho(Place place);
/// All but who it is.
void forgetValues(Battery& battery);

/// What may tell that it is a battery, and not only measures.
[[nodiscard]] bool isOfBms(Place place);
/// See Unit::hasBms. A cell of 0 V is none. A charge voltage alone may be somebody's setting of a
/// virtual battery, until current shows that it is on the busbar.
[[nodiscard]] bool hasBmsValue(const Battery& battery);

} // namespace busbar
