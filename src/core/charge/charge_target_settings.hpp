// SPDX-License-Identifier: MIT
// The owner's wishes for charge_target.hpp.
#pragma once

#include <chrono>
#include <optional>

namespace busbar {

/// Cells that rest below full live longer (LFP, NMC); a full charge from time to time balances them
/// and sets the counters right.
struct ChargeTargetSettings {
    std::optional<double> soc_pct; ///< charged no further than this; nothing, or 100 = to full
    std::chrono::hours fullEvery = std::chrono::hours(336); ///< charged to full so often; 0 = never
};

} // namespace busbar
