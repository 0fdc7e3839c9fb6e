// SPDX-License-Identifier: MIT
// One made battery of a site: its settings, and what its parts are at the moment.
#pragma once

#include "core/made/correction_settings.hpp"
#include "core/made/folding.hpp"
#include "core/made/made_key.hpp"
#include "core/made/made_settings.hpp"
#include "core/made/resolve.hpp"
#include "core/members/frozen.hpp"
#include "core/units/battery.hpp"

#include <map>
#include <vector>

namespace busbar {

struct MadeNode {
    MadeSettings settings;
    int instance{kMadeFrom};
    std::vector<ResolvedPart> parts; ///< as `selectorsOf` has them
    SeriesState series;
    FrozenState frozen; ///< of merged sources
    /// Of its parts, by the banks that it is in, the nearest first (`per_battery`).
    std::vector<BatteryCorrection> corrections;
    std::map<int, Battery> corrected; ///< of this cycle: parts point into it
    bool isCircular{false};           ///< it is made of itself, so it is never made
};

} // namespace busbar
