// SPDX-License-Identifier: MIT
// The owner's wishes for loss.hpp.
#pragma once

#include "core/limits/unheard_settings.hpp"

#include <chrono>
#include <optional>

namespace busbar {

/// What happens when data is lost (src/core/LOSSES.md). All spans count from the moment given.
struct LossSettings {
    std::chrono::milliseconds linkTimeout = std::chrono::seconds(60); ///< from the link's loss
    double safeCharge_A = 0.0;
    double safeDischarge_A = 0.0;
    std::chrono::milliseconds rideThrough =
        std::chrono::seconds(600); ///< DCL stays, from the loss of all data
    std::chrono::milliseconds leaveBus =
        std::chrono::seconds(900); ///< name released, from the loss of all data
    /// The bank rides through only if, at the moment of loss, lowest cell and SoC were at least
    /// this; unknown is not comfortable.
    std::optional<double> comfortCell_V; ///< nothing = by preset, see LossState
    double comfortSoc_pct = 30.0;
    UnheardSettings unheard; ///< what lost batteries still have to say
};

} // namespace busbar
