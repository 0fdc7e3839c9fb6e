// SPDX-License-Identifier: MIT
// What the owner knows better than batteries say.
#pragma once

#include "core/units/selector.hpp"

#include <optional>
#include <string>
#include <vector>

namespace busbar {

/// Of one battery. A limit stands where the battery gives none, and holds beside its own where it
/// does: the smaller counts.
struct BatteryCorrection {
    Selector match{};
    std::optional<double> maxCharge_A{};    ///< A, ≥ 0
    std::optional<double> maxDischarge_A{}; ///< A, ≥ 0
    std::optional<double> maxCharge_V{};    ///< its CVL, V
    std::optional<double> capacity_Ah{};    ///< installed, > 0; instead of what it says
    bool invertsCurrent = false;            ///< it counts discharge as positive
    double currentGain = 1.0; ///< what its current and power have to be multiplied by, > 0
};

/// A service whose values replace those of the bank, or stand in for them.
struct Replacement {
    Selector match{};
    std::vector<std::string> paths{}; ///< rows of the path table; empty = all that it gives
};

/// Of one bank.
struct CorrectionSettings {
    std::vector<BatteryCorrection> batteries; ///< the first that matches counts
    std::vector<Replacement> overrides;       ///< win over the bank's own value while they have one
    std::vector<Replacement> fallbacks;       ///< where no member has a value
    std::optional<double> capacity_Ah;        ///< installed capacity where it is not known, > 0
};

} // namespace busbar
