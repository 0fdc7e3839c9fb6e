// SPDX-License-Identifier: MIT
// The owner's wishes for current_source.hpp.
#pragma once

#include "core/units/selector.hpp"

#include <cstdint>
#include <vector>

namespace busbar {

enum class CurrentSource : std::uint8_t { Batteries, Victron, Shunt };

/// Where the bank's current is measured (current_source.hpp).
struct CurrentSettings {
    CurrentSource source = CurrentSource::Batteries;
    std::vector<Selector> shunts; ///< for Shunt: battery services whose currents add up
    bool isInverted = false;      ///< the shunts count discharge as positive
    /// Shunts in DC loads (services `dcload`), by selector, whose current is to be subtracted.
    std::vector<Selector> minusLoads;
    bool withVebus = true; ///< for Victron: which kinds of chargers and loads add up …
    bool withSolar = true;
    bool withMulti = true;
    bool withInverter = true;
    bool withDcdc = true;
    bool withAlternator = true;
    bool withDcLoads = true;
    bool withShunts = false; ///< `shunts` as well, for what no charger tells of
};

} // namespace busbar
