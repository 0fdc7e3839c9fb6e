// SPDX-License-Identifier: MIT
// What the one battery carries whose current is not believed: what chargers, inverters and meters
// put in, and its siblings do not take.
#pragma once

#include "core/members/bar_track.hpp"
#include "core/members/members.hpp"
#include "core/now.hpp"

#include <optional>
#include <set>
#include <string>

namespace busbar {

/// By Kirchhoff's law.
struct Deduced {
    std::string id;         ///< of the member
    double current_A = 0.0; ///< positive while it is charged
    double band_A = 0.0;    ///< what sensors of all others may be wrong by together, ≥ 0
    SteadyTime at{};        ///< when it was last found
};

/// Memory between cycles; made anew = nothing is known.
struct DeducedState {
    std::set<std::string> parties; ///< ids of the members that this is about
    SteadyTime partiesAt{};        ///< when just these were last there
    BarTrack swings;               ///< what they said while none of them blocked
    double plant_A = 0.0;          ///< means over some seconds: of what is put in …
    double left_A = 0.0;           ///< … and of what is left for the doubted one
    std::optional<SteadyTime> at;  ///< of the last sample of both
    std::optional<Deduced> last;
};

struct DeducedInput {
    const Members& members;
    const std::set<std::string>& doubted; ///< ids whose current is not believed (belief.hpp)
    std::optional<double> plant_A{};      ///< see BarSides
    std::optional<double> heard_A{};
    double capacity_Ah = 0.0; ///< of all members; 0 = unknown
};

/// Once per cycle. Nothing where it cannot be told: several are doubted, a piece of the plant
/// lacks, or what it took before it blocked is too small a part to tell from what meters are wrong
/// by. What was found stays for some minutes, through changes of load and while a sibling is not
/// heard. Looked for while it blocks both directions only: then it is asked for.
[[nodiscard]] std::optional<Deduced> step(DeducedState& state, const DeducedInput& input,
                                          const Now& now);

/// It is known that no more flows in the member than `band_A`.
[[nodiscard]] bool isDeducedEmpty(const std::optional<Deduced>& deduced, const std::string& id);

} // namespace busbar
