// SPDX-License-Identifier: MIT
// What stays of a battery that is not heard any more, noted while it is.
#include "core/members/last_words.hpp"

#include "core/limits/direction.hpp"
#include "core/limits/share.hpp"
#include "core/limits/unheard.hpp"
#include "core/members/member.hpp"
#include "core/members/members.hpp"
#include "core/members/roster.hpp"
#include "core/members/sieve.hpp"
#include "core/table/identity_rows.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <array>

namespace busbar {

namespace {

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

/// Of what the bank is judged to bear: from so much on a load shows which part of it a battery
/// carries. Of a smaller one, what flows among packs of different charge is most.
constexpr double kMuch = 0.5;

/// What the bank may take for its own limit by the part of the load that it carries now. A swing
/// shows less of it where packs are at different charge, and unseen that may grow to the whole
/// (bench with losses, seed 104: 8 % of a swing, 17 % of the load, 20 % in the end).
std::optional<double> byItsPart_A(Direction direction, const Member& member,
                                  const ShareState& share, double bank_A) {
    const auto track = share.tracks.find(member.entry().id);
    const auto own_A = ownLimit(member, direction);
    if (track == share.tracks.end() || !own_A)
        return std::nullopt;
    const Anchor& anchor = track->second.anchor;
    const double load_A = signOf(direction) * anchor.bank_A;
    const double part_A = signOf(direction) * anchor.own_A;
    if (part_A <= 0.0 || load_A <= 0.0 || load_A < kMuch * bank_A)
        return std::nullopt;
    return *own_A * load_A / part_A;
}

/// What the bank bears while this one is heard, for the time when it is not.
std::optional<double> bankWord(Direction direction, const Member& member, const ShareState& share,
                               const Limit& limit, const std::optional<double>& before) {
    return smaller(judgement(limit, before), byItsPart_A(direction, member, share, limit.value));
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

} // namespace

std::optional<double> realCell_V(const Member& member, RowIndex index) {
    const auto cell_V = member.number(index);
    return cell_V && isRealCell(*cell_V) ? cell_V : std::nullopt;
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
        word.bankCharge_A =
            bankWord(Direction::Charge, member, share, bank.charge, before.bankCharge_A);
        word.bankDischarge_A =
            bankWord(Direction::Discharge, member, share, bank.discharge, before.bankDischarge_A);
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

std::optional<double> meanSoc_pct(const Members& members) {
    const SocSum all = socSumOf(members);
    return all.known > 0 ? std::optional(all.sum_pct / all.known) : std::nullopt;
}

} // namespace busbar
