// SPDX-License-Identifier: MIT
// The last word on what a battery has fallen silent about.
#pragma once

#include "core/units/battery.hpp"

namespace busbar {

/// A value stands on the place again.
void noteSaid(Battery& battery, Place place, Slot& slot);

/// It works from now on, so what is held shows nowhere any more; `wasLost`: it did not before. What
/// it takes back by saying nothing stays its last word until it says something else, or until
/// another has come to its instance.
void noteUnsaid(Battery& battery, bool wasLost);

/// Another has come.
void forgetUnsaid(Battery& battery);

} // namespace busbar
