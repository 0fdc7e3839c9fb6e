// SPDX-License-Identifier: MIT
// Third stage of a cycle: what Kirchhoff's law says of the members, with all chargers, inverters
// and meters of the GX.
#pragma once

#include "core/limits/belief.hpp"
#include "core/limits/deduced.hpp"
#include "core/limits/unheard.hpp"
#include "core/members/agreement.hpp"
#include "core/members/bar_track.hpp"
#include "core/members/members.hpp"
#include "core/members/membership.hpp"
#include "core/now.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace busbar {

struct Measured;

/// Memory between cycles.
struct EvidenceState {
    BarTrack offProof;
    std::set<std::string> offParties; ///< whose proof that is
    SteadyTime provenOff{};           ///< when it was last proven
    AgreementState agreement;
    CurrentBelief belief;
    DeducedState deduced;
};

struct EvidenceInput {
    const Members& members;
    const Measured& measured;
};

/// Are the lost ones off? Noted in `unheard`. Who is lost and who is heard must be the same all the
/// time, and a proof is not believed for long without new evidence.
void proveLostOff(EvidenceState& state, UnheardState& unheard, const EvidenceInput& input,
                  const Now& now);

/// Batteries against plant, only while all of the bank are heard: what is missing else is not a
/// sensor's fault.
void compareSides(EvidenceState& state, bool isAnyLost, const EvidenceInput& input, const Now& now);

/// Ids of members whose current is not believed; said beside the battery, too.
[[nodiscard]] std::set<std::string> doubtCurrents(EvidenceState& state, const EvidenceInput& input,
                                                  std::vector<Verdict>& verdicts, const Now& now);

/// What one of these carries all the same; nothing where that cannot be told.
[[nodiscard]] std::optional<Deduced> deduce(EvidenceState& state,
                                            const std::set<std::string>& doubted,
                                            const EvidenceInput& input, const Now& now);

} // namespace busbar
