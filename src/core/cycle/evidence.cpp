// SPDX-License-Identifier: MIT
// Proof that lost batteries are off, agreement of the two sides, currents that are not believed.
#include "core/cycle/evidence.hpp"

#include "core/cycle/measured.hpp"
#include "core/members/lost_members.hpp"
#include "core/members/member.hpp"
#include "core/members/off_proof.hpp"

namespace busbar {

namespace {

/// A proof that a lost battery is off needs changes of load; a night may have none for an hour, and
/// in a longer time a contactor may have closed again.
constexpr auto kProofLasts = std::chrono::hours(1);

/// Who is heard, and whose being off is to be proven; empty = nobody is lost.
std::set<std::string> partiesOf(const UnheardState& unheard, const Members& members) {
    std::set<std::string> parties;
    for (const auto& [id, one] : unheard.lost)
        if (!one.saysOff)
            parties.insert("lost " + id);
    if (!parties.empty())
        for (const Member& member : members)
            parties.insert(member.entry().id);
    return parties;
}

} // namespace

void proveLostOff(EvidenceState& state, UnheardState& unheard, const EvidenceInput& input,
                  const Now& now) {
    std::set<std::string> parties = partiesOf(unheard, input.members);
    if (parties.empty() || parties != state.offParties) {
        state.offParties = std::move(parties);
        state.offProof = {};
        noteProof(unheard, false);
        return;
    }
    const BarSides& sides = input.measured.sides;
    const auto isOff =
        step(state.offProof,
             {sides.plant_A, sides.heard_A, sides.capacity_Ah, smallestShare(unheard)}, now);
    if (isOff == true)
        state.provenOff = now.steady;
    const bool isStale = !sides.plant_A || now.steady - state.provenOff > kProofLasts;
    if (isOff == false || isStale)
        noteProof(unheard, false);
    else if (isOff == true)
        noteProof(unheard, true);
}

void compareSides(EvidenceState& state, bool isAnyLost, const EvidenceInput& input,
                  const Now& now) {
    const BarSides& sides = input.measured.sides;
    if (isAnyLost || !sides.plant_A) {
        pause(state.agreement, now);
        return;
    }
    AgreementInput both{
        {}, sides.plant_A, less(sides.heard_A, input.measured.leapt_A), sides.capacity_Ah};
    for (const Member& member : input.members)
        both.parties.insert(member.entry().id);
    step(state.agreement, both, now);
}

std::set<std::string> doubtCurrents(EvidenceState& state, const EvidenceInput& input,
                                    std::vector<Verdict>& verdicts, const Now& now) {
    step(state.belief, {input.members, input.measured.sides.plant_A}, now);
    std::set<std::string> doubted = doubtedOf(state.belief);
    for (Verdict& verdict : verdicts)
        if (verdict.takesPart && doubted.contains(verdict.entry->id))
            verdict.detail += std::string(verdict.detail.empty() ? "" : "; ") +
                              "its current is not believed: load moves its voltage and not that";
    return doubted;
}

std::optional<Deduced> deduce(EvidenceState& state, const std::set<std::string>& doubted,
                              const EvidenceInput& input, const Now& now) {
    const BarSides& sides = input.measured.sides;
    return step(state.deduced,
                {input.members, doubted, sides.plant_A, sides.heard_A, sides.capacity_Ah}, now);
}

} // namespace busbar
