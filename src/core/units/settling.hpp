// SPDX-License-Identifier: MIT
// Who is usable, and since when not.
#pragma once

#include "core/units/ledger.hpp"

namespace busbar {

/// Once per cycle and battery, when bursts are complete. Usable: the link lives, it is proven, it
/// has voltage and (current or power), and it is not in the middle of its burst.
void settle(Battery& battery, const Ledger& ledger, const Now& now);

} // namespace busbar
