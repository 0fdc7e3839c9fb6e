// SPDX-License-Identifier: MIT
// Roster, verdicts, sums, and who is heard.
#include "core/cycle/parts.hpp"

#include "core/cycle/measured.hpp"
#include "core/members/lost_members.hpp"
#include "core/members/member.hpp"
#include "core/settings.hpp"
#include "core/units/battery.hpp"
#include "core/units/readings.hpp"

#include <algorithm>

namespace busbar {

namespace {

void refreshRoster(Parts& parts, PartsState& state, const PartsInput& input) {
    parts.isNewRoster = state.rosterVersion != input.readings.rosterVersion() ||
                        state.ownSerials != input.ownSerials;
    if (!parts.isNewRoster)
        return;
    state.roster =
        makeRoster(input.readings, input.settings.membership, input.ownSerials, input.book);
    state.rosterVersion = input.readings.rosterVersion();
    state.ownSerials = input.ownSerials;
}

std::optional<double> witnessed_A(const SumWatch& sums, const PartsInput& input) {
    if (!wantsWitness(sums))
        return std::nullopt;
    return plantCurrent_A(input.readings, {{}, {}, input.last_V}, input.ownSerials);
}

/// Limits rise only on what has come since the last cycle, and in a cycle: a message that has
/// caused a cut must not lift another limit, or the bus would have a step of it for each message.
Basis freshness(const std::vector<Verdict>& verdicts, PartsState& state, const PartsInput& input) {
    const bool isHeld = std::ranges::any_of(
        verdicts, [](const Verdict& verdict) { return verdict.held || verdict.isHeldOver; });
    const bool isNew = input.pace == Pace::Cycle && input.readings.signs() != state.signs;
    if (input.pace == Pace::Cycle)
        state.signs = input.readings.signs();
    if (isHeld || input.readings.inDoubt())
        return Basis::Held;
    return isNew ? Basis::New : Basis::Silent;
}

} // namespace

void decide(Parts& parts, PartsState& state, UnheardState& unheard, const PartsInput& input,
            const Now& now) {
    refreshRoster(parts, state, input);
    const MembershipSettings& membership = input.settings.membership;
    state.membership.guard.sums = provenSums(state.sums);
    parts.verdicts =
        judge({input.readings, state.roster, membership, input.settings.loss.linkTimeout},
              state.membership, now);
    correct(parts.verdicts, state.corrected, input.settings.corrections.batteries,
            input.outerCorrections);
    watchSums(state.sums, parts.verdicts, {membership, witnessed_A(state.sums, input)}, now);
    hear(unheard,
         {parts.verdicts, input.book, membership, state.membership.outOfService, input.last_A});
    parts.basis = freshness(parts.verdicts, state, input);
}

Members membersOf(const std::vector<Verdict>& verdicts, bool withSuspects) {
    Members members;
    for (const Verdict& verdict : verdicts) {
        if (!verdict.takesPart && !(withSuspects && verdict.maybeSum))
            continue;
        members.emplace_back(*verdict.battery, *verdict.entry, verdict.held);
        if (verdict.instead_V)
            members.back().setVoltage(*verdict.instead_V);
    }
    return members;
}

bool hasSuspects(const std::vector<Verdict>& verdicts) {
    return std::ranges::any_of(verdicts, [](const Verdict& verdict) { return verdict.maybeSum; });
}

bool isKeptOut(const std::vector<Verdict>& verdicts) {
    return std::ranges::any_of(verdicts, [](const Verdict& verdict) {
        return verdict.battery != nullptr && !verdict.battery->left &&
               !verdict.battery->isJoining &&
               (verdict.reason == OutReason::NoVoltage ||
                verdict.reason == OutReason::VoltageMismatch);
    });
}

int onlineCount(const std::vector<Verdict>& verdicts) {
    return static_cast<int>(
        std::ranges::count_if(verdicts, [](const Verdict& verdict) { return verdict.takesPart; }));
}

int absentCount(const std::vector<Verdict>& verdicts, const UnheardState& unheard,
                const BankSettings& settings) {
    return settings.loss.unheard.rule == UnheardRule::Hold
               ? static_cast<int>(absentOnes(unheard, verdicts).size())
               : 0;
}

int lostCount(const std::vector<Verdict>& verdicts, const UnheardState& unheard,
              const BankSettings& settings) {
    const auto lost = std::ranges::count_if(verdicts, [](const Verdict& verdict) {
        return !verdict.takesPart && (isLoss(verdict.reason) || verdict.returning);
    });
    return std::max(static_cast<int>(lost) + absentCount(verdicts, unheard, settings),
                    settings.membership.expected - onlineCount(verdicts));
}

void noteBook(IdentityBook& book, const std::vector<Verdict>& verdicts, const Now& now) {
    for (const Verdict& verdict : verdicts)
        if (verdict.takesPart && !verdict.held) {
            remember(book, verdict.entry->id, textsOf(*verdict.battery), now);
            rememberName(book, *verdict.entry);
        }
    forgetOldest(book);
}

} // namespace busbar
