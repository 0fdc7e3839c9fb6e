// SPDX-License-Identifier: MIT
// Verdicts, words and the proof that somebody is off.
#include "core/members/lost_members.hpp"

#include "core/limits/direction.hpp"
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

/// A part of the bank's current that is this many times what its sensor may show at rest would not
/// be overlooked.
constexpr double kTells = 2.0;

/// The bank works so hard that its part would show.
bool wouldShow(const Unheard& one, const Verdict& verdict, const std::optional<double>& bank_A) {
    const double part_A = std::abs(bank_A.value_or(0.0)) * one.word.share.value_or(0.0);
    return part_A >= kTells * offset_A(Member(*verdict.battery, *verdict.entry, false));
}

/// By its own word: a switch is open where its BMS allows neither direction.
bool allowsNothing(const Member& member) {
    return member.isBlocked(Direction::Charge) && member.isBlocked(Direction::Discharge);
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

/// A cell that can be one: a BMS that sleeps shows 0 V there, too.
std::optional<double> shownCell(const Member& member, RowIndex index) {
    const auto cell_V = member.number(index);
    return cell_V && isRealCell(*cell_V) ? cell_V : std::nullopt;
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
                    shownCell(member, row("/System/MinCellVoltage")),
                    shownCell(member, row("/System/MaxCellVoltage"))};
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

void hearOne(UnheardState& state, const Verdict& verdict, const HearingInput& input) {
    const std::string& id = verdict.entry->id;
    if ((verdict.takesPart || verdict.maybeSum) && !verdict.held) {
        state.lost.erase(id);
        return;
    }
    if (isByTheOwner(verdict.reason) || verdict.isSum) {
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
    const bool isOurs = known == input.book.end() || isConfigured(known->second, input.settings);
    if (!isOurs || hasOtherId(state, id, input))
        forget(state, id);
    else
        loseAbsent(state, id, input.outOfService.contains(id));
}

/// The bank is closed because somebody's data lacks.
bool isForWantOfData(const Limit& limit) {
    using enum Cause;
    constexpr std::array kWants = {UnknownLimit, MissingData, TooFewMembers, NoData, None};
    return std::ranges::find(kWants, limit.cause) != kWants.end();
}

/// What the bank is judged to bear; as before where it is closed for want of data.
std::optional<double> judgement(const Limit& limit, const std::optional<double>& before) {
    return isForWantOfData(limit) ? before : std::optional(limit.value);
}

/// It says by what it could be known again; one that is still coming in does not.
bool isRecognisable(const Member& member) {
    return std::ranges::any_of(kIdentityRows, [&member](RowIndex index) {
        const Value* value = member.value(index);
        return value != nullptr && value->text() != nullptr && !value->text()->empty();
    });
}

/// Between a cell and the mean cell, V, ≥ 0.
std::optional<double> apart(const std::optional<double>& upper,
                            const std::optional<double>& lower) {
    return upper && lower ? std::optional(std::max(0.0, *upper - *lower)) : std::nullopt;
}

/// Of two words the one that allows less, number by number; the rest as before.
LastWord stricter(const LastWord& before, const LastWord& word) {
    LastWord result = before;
    result.name = word.name;
    result.charge_A = smaller(before.charge_A, word.charge_A);
    result.discharge_A = smaller(before.discharge_A, word.discharge_A);
    result.bankCharge_A = smaller(before.bankCharge_A, word.bankCharge_A);
    result.bankDischarge_A = smaller(before.bankDischarge_A, word.bankDischarge_A);
    result.bank_V = smaller(before.bank_V, word.bank_V);
    return result;
}

/// States of charge of those who say one.
struct SocSum {
    double sum_pct = 0.0;
    int known = 0;
};

SocSum socSumOf(const Members& members) {
    SocSum all;
    for (const Member& member : members)
        if (const auto soc_pct = member.number(row("/Soc"))) {
            all.sum_pct += *soc_pct;
            ++all.known;
        }
    return all;
}

/// Of one that is in the sum: how far it is ahead of the mean of the others.
std::optional<double> aheadOf_pct(const SocSum& all, const std::optional<double>& own_pct) {
    if (!own_pct || all.known < 2)
        return std::nullopt;
    return *own_pct - (all.sum_pct - *own_pct) / (all.known - 1);
}

/// Part of its capacity, per hour, that a battery bears in any state in which its BMS closes its
/// switch again: the end of a full charge, and the smallest step that data sheets and BMSs allow in
/// the cold, are 0.05C. Its own limit for that moment was never heard.
constexpr double kBearsAgain = 0.05;

/// Its part of all capacity; nothing where one is unknown.
std::optional<double> partOfCapacity(const Member& one, const Members& members) {
    const auto all_Ah = capacityOf_Ah(members);
    if (!all_Ah)
        return std::nullopt;
    return *one.nominalCapacity_Ah() / *all_Ah;
}

/// Its BMS says that both switches are open: it sleeps, or has a fault. A limit of 0 A alone is a
/// wish, which a cold, full or empty one has in one direction, with its switch closed.
bool saysBothOpen(const Member& member) {
    const auto isOff = [&member](Direction direction) {
        return member.lastNumber(rowsOf(direction).allow) == 0.0;
    };
    return isDead(member) || (isOff(Direction::Charge) && isOff(Direction::Discharge));
}

/// What all take or give now, A.
double flow_A(const Members& members, Direction direction) {
    double sum_A = 0.0;
    for (const Member& member : members)
        sum_A += signOf(direction) * member.number(row("/Dc/0/Current")).value_or(0.0);
    return sum_A;
}

/// What it bears of the bank's current if it joins unseen; `before` as long as nothing is seen that
/// shows more. That its switch is open it says itself, or it carries nothing while the others do.
std::optional<double> againOf(Direction direction, const Member& member, const Members& members,
                              const std::optional<double>& before, double learnedShare) {
    if (!member.isOpen(direction))
        return std::nullopt;
    const auto part = partOfCapacity(member, members);
    if (!part)
        return std::nullopt;
    const bool isShown = flow_A(members, direction) * *part >= kTells * offset_A(member);
    if (!isShown && !saysBothOpen(member))
        return before;
    return kBearsAgain * *member.nominalCapacity_Ah() / std::max(*part, learnedShare);
}

/// What it does not say now it said before: silence allows no more.
void keepUnsaid(LastWord& word, const LastWord& before) {
    for (const auto number :
         {&LastWord::charge_A, &LastWord::discharge_A, &LastWord::share, &LastWord::cells,
          &LastWord::lowBelow_V, &LastWord::highAbove_V, &LastWord::aheadSoc_pct})
        if (!(word.*number))
            word.*number = before.*number;
}

/// A BMS that falls asleep gives 0 V, which is no distance from the others.
std::optional<double> realCell_V(const Member& member, RowIndex index) {
    const auto cell_V = member.number(index);
    return cell_V && isRealCell(*cell_V) ? cell_V : std::nullopt;
}

LastWord wordOf(const Member& member, const ShareView& shares) {
    LastWord word;
    word.name = member.name();
    word.charge_A = ownLimit(member, Direction::Charge);
    word.discharge_A = ownLimit(member, Direction::Discharge);
    word.cells = cellsInSeries(member);
    const auto voltage_V = member.number(row("/Dc/0/Voltage"));
    const auto mean_V =
        voltage_V && word.cells ? std::optional(*voltage_V / *word.cells) : std::nullopt;
    word.lowBelow_V = apart(mean_V, realCell_V(member, row("/System/MinCellVoltage")));
    word.highAbove_V = apart(realCell_V(member, row("/System/MaxCellVoltage")), mean_V);
    word.share = shares.share(member.entry().id);
    return word;
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

void noteWords(UnheardState& state, const Members& members, const ShareState& share,
               const BankWord& bank, const Now& now) {
    const ShareView shares(share);
    const SocSum socs = socSumOf(members);
    for (const Member& member : members) {
        if (member.isHeld()) {
            growShare(state, member.entry().id, shares.share(member.entry().id).value_or(0.0));
            continue;
        }
        if (!isRecognisable(member))
            continue;
        LastWord word = wordOf(member, shares);
        word.aheadSoc_pct = aheadOf_pct(socs, member.number(row("/Soc")));
        const LastWord& before = state.words[member.entry().id];
        word.bankCharge_A = judgement(bank.charge, before.bankCharge_A);
        word.bankDischarge_A = judgement(bank.discharge, before.bankDischarge_A);
        keepUnsaid(word, before);
        const double learned = word.share.value_or(0.0);
        word.againCharge_A =
            againOf(Direction::Charge, member, members, before.againCharge_A, learned);
        word.againDischarge_A =
            againOf(Direction::Discharge, member, members, before.againDischarge_A, learned);
        if (bank.chargeVoltage)
            word.bank_V = bank.chargeVoltage->value;
        const auto [last, isFirst] = state.heardAt.try_emplace(member.entry().id);
        const bool hasMoved = isFirst || last->second.moved != member.movedAt() ||
                              word.charge_A != before.charge_A ||
                              word.discharge_A != before.discharge_A;
        last->second = {member.entry().instance, now.steady, member.movedAt()};
        noteWord(state, member.entry().id, hasMoved ? std::move(word) : stricter(before, word));
    }
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

std::optional<double> meanSoc_pct(const Members& members) {
    const SocSum all = socSumOf(members);
    return all.known > 0 ? std::optional(all.sum_pct / all.known) : std::nullopt;
}

} // namespace busbar
