// SPDX-License-Identifier: MIT
// The owner's wishes for soc.hpp.
#pragma once

#include "core/units/selector.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace busbar {

enum class SocSource : std::uint8_t { Batteries, Battery, Counter };

/// Where the state of charge comes from (soc.hpp).
struct SocSettings {
    SocSource source = SocSource::Batteries;
    std::vector<Selector> battery;    ///< for Battery: at most one
    double efficiency_pct = 99.0;     ///< part of the charged Ah that comes out again; LFP, LTO
    std::optional<double> fullCell_V; ///< a cell this high is full, once its current has tailed off
    double tail_pct = 5.0;            ///< … below this part of the capacity, per hour …
    std::chrono::milliseconds fullHold = std::chrono::seconds(60); ///< … for this long
    bool resetAtEmpty = false;
    std::optional<double> emptyCell_V;
    double saveStep_pct = 1.0;     ///< saved when it changed by this much
    bool capUntilFull = false;     ///< shows at most 99 % before a full charge is proven
    double slew_pct_per_min = 1.0; ///< how fast the visible SoC follows when members change
};

} // namespace busbar
