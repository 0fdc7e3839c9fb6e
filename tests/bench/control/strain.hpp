// SPDX-License-Identifier: MIT
// What a limit would ask of the packs if it were drawn in full, by the truth of the twin.
#pragma once

#include "sim/twin.hpp"

#include <optional>
#include <string>

namespace busbar::bench {

enum class Way : std::uint8_t { Charge, Discharge };

/// The pack that would be furthest above what its BMS wants kept at this moment.
struct Strain {
    double over_A = 0.0; ///< beyond a tenth and 1 A above its own limit; 0 = no pack is
    std::string pack;    ///< "Pack B would carry 60.1 A of 50.0"
};

/// `limit_A` in full, divided by the true resistances of the packs whose switch lets it through,
/// on top of what they exchange now. A pack that would be over with the bank at 0, because packs
/// equalise, is no matter of a limit. Unknown = 0 A.
[[nodiscard]] Strain strainOf(const sim::Twin& twin, std::optional<double> limit_A, Way way);

} // namespace busbar::bench
