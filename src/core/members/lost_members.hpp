// SPDX-License-Identifier: MIT
// Who of the bank's batteries is not heard: from the verdicts of membership to the say of those
// that are lost.
#pragma once

#include "core/limits/share.hpp"
#include "core/limits/unheard.hpp"
#include "core/members/membership.hpp"
#include "core/memory.hpp"
#include "core/units/identity_book.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace busbar {

struct HearingInput {
    const std::vector<Verdict>& verdicts;
    const IdentityBook& book;
    const MembershipSettings& settings;
    const std::set<std::string>& outOfService; ///< ids
    /// Current of the bank in the last cycle, A.
    std::optional<double> bank_A{};
};

/// Begin of a cycle: who is heard again has its own say, who is none of the bank's any more has
/// none, and who takes no part for want of data keeps its last. A battery that says itself that it
/// carries nothing is believed while it talks; one that only stands at another voltage, if the bank
/// carries enough to tell.
void hear(UnheardState& state, const HearingInput& input);

/// The smallest share that one of the lost that count took, 0 where none is lost or one's is not
/// known.
[[nodiscard]] double smallestShare(const UnheardState& state);

/// What the proof says of all that are lost.
void noteProof(UnheardState& state, bool isOff);

/// Ids of those that are lost and that the roster does not show any more.
[[nodiscard]] std::vector<std::string> absentOnes(const UnheardState& state,
                                                  const std::vector<Verdict>& verdicts);

/// Some battery is lost that does not say itself that it is off.
[[nodiscard]] bool hasLost(const UnheardState& state);

/// Names of those whose say counts, "Pack A, Pack B"; empty where nobody's does.
[[nodiscard]] std::string lostNames(const UnheardState& state, const UnheardSettings& settings);

/// What flows from one to another of those that say their current, A, ≥ 0: the smaller of what some
/// give and what others take.
[[nodiscard]] double amongThem_A(const Members& members);

/// Whoever had a say when this was saved is lost until it is heard.
void restoreWords(UnheardState& state, const BankMemory& memory);
/// As it would be saved now.
void rememberWords(BankMemory& memory, const UnheardState& state);

} // namespace busbar
