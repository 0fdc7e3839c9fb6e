// SPDX-License-Identifier: MIT
// How the charge voltage comes down after an attempt at balancing: a part of balancing.hpp.
#pragma once

#include "core/now.hpp"

#include <optional>

namespace busbar {

/// Between cycles; begins at the raised voltage when an attempt ends. Nothing = after a restart.
struct BalancingDescent {
    std::optional<double> cell_V; ///< charge voltage of a cell now
    SteadyTime at{};              ///< of the last cycle
};

/// One cycle after an attempt. A charge voltage that fell at once would let a GX that feeds in
/// discharge the batteries down to it, and one that waits for a bank that is hardly used stays
/// raised for weeks. So it follows the cells down, by 20 mV an hour at most, so that a load's dip
/// takes nothing with it, and never rises; after a restart it is where the cells are. `mean_V`: of
/// the bank's cells, `raised_V`: never above that. Returns `descent.cell_V`.
double comeDown(BalancingDescent& descent, double mean_V, double raised_V, const Now& now);

} // namespace busbar
