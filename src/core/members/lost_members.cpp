// SPDX-License-Identifier: MIT
// Verdicts, words and the proof that somebody is off.
#include "core/members/lost_members.hpp"

#include "core/limits/direction.hpp"
#include "core/made/made_key.hpp"
#include "core/members/last_words.hpp"
#include "core/members/member.hpp"
#include "core/members/members.hpp"
#include "core/members/roster.hpp"
#include "core/members/sieve.hpp"
#include "core/table/identity_rows.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace busbar {

namespace {

/// Not one of the bank's, whatever it says; that something looks like a shunt or a sum may only be
/// for want of its other values.
bool isByTheOwner(OutReason reason) {
    return reason == OutReason::Excluded || reason == OutReason::OwnOutput;
}

/// The bank works so hard that its part would show.
bool wouldShow(const Unheard& one, const Verdict& verdict, const std::optional<double>& bank_A) {
    const double part_A = std::abs(bank_A.value_or(0.0)) * one.word.share.value_or(0.0);
    return part_A >= kTells * offset_A(Member(*verdict.battery, *verdict.entry, false));
}

/// That nothing flows in one of another voltage shows that its switch is open only while something
/// flows in the others; from then on it is believed until something flows in it.
bool isBelievedOff(Unheard& one, const Verdict& verdict, const HearingInput& input) {
    if (!saysItIsOff(verdict)) {
        one.isIdle = false;
        return verdict.reason == OutReason::OutOfService;
    }
    if (verdict.reason != OutReason::VoltageMismatch ||
        allowsNothing(Member(*verdict.battery, *verdict.entry, false)))
        return true;
    one.isIdle = one.isIdle || wouldShow(one, verdict, input.bank_A);
    return one.isIdle;
}

/// It talks, and only its voltage or current cannot be counted. What allows neither direction says
/// that its switch is open, and nothing of what it bears.
StillSaid stillSaidBy(const Verdict& verdict) {
    using enum OutReason;
    constexpr std::array kTalks = {NoVoltage, NoCurrent, VoltageMismatch};
    if (verdict.battery == nullptr || verdict.battery->left ||
        std::ranges::find(kTalks, verdict.reason) == kTalks.end())
        return {};
    const Member member(*verdict.battery, *verdict.entry, false);
    StillSaid still{{},
                    {},
                    realCell_V(member, row("/System/MinCellVoltage")),
                    realCell_V(member, row("/System/MaxCellVoltage"))};
    if (!allowsNothing(member)) {
        still.charge_A = ownLimit(member, Direction::Charge);
        still.discharge_A = ownLimit(member, Direction::Discharge);
    }
    return still;
}

void loseShown(UnheardState& state, const Verdict& verdict, const HearingInput& input) {
    noteLost(state, verdict.entry->id);
    if (const auto lost = state.lost.find(verdict.entry->id); lost != state.lost.end()) {
        lost->second.saysOff = isBelievedOff(lost->second, verdict, input);
        lost->second.still = stillSaidBy(verdict);
    }
}

/// What the owner has made of it since then says what it says.
bool isHeardInWhole(const Verdict& verdict, const std::vector<Verdict>& verdicts) {
    const Verdict* whole = wholeOf(verdict, verdicts);
    return whole != nullptr && whole->takesPart && !whole->held;
}

void hearOne(UnheardState& state, const Verdict& verdict, const HearingInput& input) {
    const std::string& id = verdict.entry->id;
    if ((verdict.takesPart || verdict.maybeSum) && !verdict.held) {
        state.lost.erase(id);
        return;
    }
    if (isByTheOwner(verdict.reason) || verdict.isSum || isHeardInWhole(verdict, input.verdicts)) {
        forget(state, id);
        return;
    }
    if (!verdict.takesPart &&
        !verdict.maybeSum) // else held: the bank's limits cannot rise meanwhile
        loseShown(state, verdict, input);
}

/// `isOff`: it has no say for now, but its word is kept.
void loseAbsent(UnheardState& state, const std::string& id, bool isOff) {
    noteLost(state, id);
    if (const auto lost = state.lost.find(id); lost != state.lost.end()) {
        lost->second.saysOff = isOff;
        lost->second.isIdle = false;
        lost->second.still = {};
    }
}

/// It has been there all the time and takes part, and only got another id because it said more of
/// itself.
bool hasOtherId(const UnheardState& state, const std::string& id, const HearingInput& input) {
    const auto last = state.heardAt.find(id);
    return last != state.heardAt.end() &&
           std::ranges::any_of(input.verdicts, [&](const Verdict& verdict) {
               return verdict.takesPart && !verdict.held &&
                      verdict.battery->instance == last->second.instance &&
                      verdict.battery->appeared <= last->second.at;
           });
}

/// Not on the GX at all, as far as the roster knows.
void hearAbsent(UnheardState& state, const std::string& id, const HearingInput& input) {
    const auto known = input.book.find(id);
    // What is made is always shown while the owner wants it made.
    const bool isUnmade = known != input.book.end() && known->second.connection == kMadeConnection;
    const bool isOurs =
        known == input.book.end() || (!isUnmade && isConfigured(known->second, input.settings));
    if (!isOurs || hasOtherId(state, id, input))
        forget(state, id);
    else
        loseAbsent(state, id, input.outOfService.contains(id));
}

/// Sorted.
std::vector<std::string_view> sortedIdsOf(const std::vector<Verdict>& verdicts) {
    std::vector<std::string_view> ids;
    ids.reserve(verdicts.size());
    for (const Verdict& verdict : verdicts)
        ids.emplace_back(verdict.entry->id);
    std::ranges::sort(ids);
    return ids;
}

} // namespace

void hear(UnheardState& state, const HearingInput& input) {
    for (const Verdict& verdict : input.verdicts)
        hearOne(state, verdict, input);
    const std::vector<std::string_view> seen = sortedIdsOf(input.verdicts);
    std::vector<std::string> absent;
    for (const auto& [id, word] : state.words)
        if (!std::ranges::binary_search(seen, std::string_view(id)))
            absent.push_back(id);
    for (const std::string& id : absent)
        hearAbsent(state, id, input);
}

double smallestShare(const UnheardState& state) {
    double smallest = 0.0;
    for (const auto& [id, one] : state.lost) {
        if (one.saysOff)
            continue;
        if (!one.word.share)
            return 0.0;
        smallest = smallest > 0.0 ? std::min(smallest, *one.word.share) : *one.word.share;
    }
    return smallest;
}

void noteProof(UnheardState& state, bool isOff) {
    for (auto& [id, one] : state.lost)
        one.isOff = isOff;
}

std::vector<std::string> absentOnes(const UnheardState& state,
                                    const std::vector<Verdict>& verdicts) {
    std::vector<std::string> absent;
    if (state.lost.empty())
        return absent;
    const std::vector<std::string_view> shown = sortedIdsOf(verdicts);
    for (const auto& [id, one] : state.lost)
        if (!one.saysOff && !std::ranges::binary_search(shown, std::string_view(id)))
            absent.push_back(id);
    return absent;
}

bool hasLost(const UnheardState& state) {
    return std::ranges::any_of(state.lost, [](const auto& entry) { return !entry.second.saysOff; });
}

std::string lostNames(const UnheardState& state, const UnheardSettings& settings) {
    std::string names;
    if (settings.rule == UnheardRule::Ignore)
        return names;
    for (const auto& [id, one] : state.lost)
        if (hasSay(one))
            names += (names.empty() ? "" : ", ") + one.word.name;
    return names;
}

double amongThem_A(const Members& members) {
    double given_A = 0.0;
    double taken_A = 0.0;
    for (const Member& member : members) {
        const double current_A = member.number(row("/Dc/0/Current")).value_or(0.0);
        (current_A < 0.0 ? given_A : taken_A) += std::abs(current_A);
    }
    return std::min(given_A, taken_A);
}

} // namespace busbar
