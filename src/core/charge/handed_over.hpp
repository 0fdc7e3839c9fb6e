// SPDX-License-Identifier: MIT
// The charge that another program had counted for the whole bank when Busbar took over from it.
#pragma once

#include "core/now.hpp"

#include <optional>

namespace busbar {

struct SocInput;
struct SocState;

/// Waits in memory until each counter has begun with what its BMS says. Unknown = there is none.
struct HandedOver {
    std::optional<double> charge_Ah; ///< of all batteries together, ≥ 0
    std::optional<WallTime> at;      ///< when it was read from the other program's file

    friend bool operator==(const HandedOver&, const HandedOver&) = default;
};

/// Once, when members have come in and all that take part count: moves all counters by the same
/// percentage, so that together they hold `state.handedOver`; what BMSs tell apart stays. Dropped
/// without that when it is older than an hour or from the future, when the bank holds less than
/// that, and when a battery is proven full, which is known better. While the clock is not set it
/// waits.
void spreadHandedOver(SocState& state, const SocInput& input, const Now& now);

} // namespace busbar
