// SPDX-License-Identifier: MIT
// Do the batteries measure what chargers, inverters and meters do? Where their sum is larger, a
// sensor lies or something charges that nobody measures, and limits go by the safer of the two.
#pragma once

#include "core/members/bar_track.hpp"
#include "core/now.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace busbar {

enum class Direction : std::uint8_t;

/// What the batteries say = gain · what the plant says + offset; both positive into the batteries.
struct Agreement {
    double gain = 1.0;
    double offset_A = 0.0;
};

/// Made anew = nothing is known.
struct AgreementState {
    BarTrack track;
    std::set<std::string> parties; ///< ids of the batteries whose sum that is
    std::optional<Agreement> known;
    double slope = 1.0;   ///< of the line on which the means lie, with `known`
    SteadyTime knownAt{}; ///< when the slope was last measured
};

struct AgreementInput {
    std::set<std::string> parties;   ///< ids of the batteries that `heard_A` is the sum of
    std::optional<double> plant_A{}; ///< as in OffProofInput
    std::optional<double> heard_A{}; ///< nothing = one of them is held, or says nothing
    double capacity_Ah = 0.0;        ///< 0 = unknown
};

/// One cycle. A gain stays while other batteries come and go, until it is found anew, and for an
/// hour without changes of load that show it; the offset goes with the means of both sides.
void step(AgreementState& state, const AgreementInput& input, const Now& now);

/// A cycle in which the two sides cannot be compared.
void pause(AgreementState& state, const Now& now);

/// What chargers (or loads) may be told, A, so that the batteries' own sum does not exceed
/// `limit_A`; never more than that, and not below 0. Gains below 1 do not count: a limit never
/// rises for what one side does not see.
[[nodiscard]] double asTold(const std::optional<Agreement>& agreement, Direction direction,
                            double limit_A);

/// What of the batteries' sum the plant sees, A: `heard_A` where nothing is known.
[[nodiscard]] double asPlant(const std::optional<Agreement>& agreement, double heard_A);

/// "12 % more", "8 A less": how the batteries' sum differs from the plant, for an advice; empty
/// while they agree within 5 %, and 5 A or 2 % of the capacity per hour.
[[nodiscard]] std::string disagreement(const std::optional<Agreement>& agreement,
                                       double capacity_Ah);

} // namespace busbar
