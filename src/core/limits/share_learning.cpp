// SPDX-License-Identifier: MIT
// Learning of shares and resistances from swings.
#include "core/limits/preset.hpp"
#include "core/limits/share_basis.hpp"
#include "core/limits/swing.hpp"
#include "core/members/member.hpp"

#include <algorithm>
#include <cmath>

namespace busbar {

namespace {

using Seconds = std::chrono::duration<double>;

constexpr RowIndex kOwnCurrent = row("/Dc/0/Current");
constexpr RowIndex kOwnVoltage = row("/Dc/0/Voltage");

using swing::kLongestGap;
using swing::kSpacing;
using swing::square;

/// Above this much information (see kPrior), old one is thinned out.
constexpr double kMemory = 0.5;

/// Remembered shares that belong together add up to 1 within this: they are kept in one go.
constexpr double kOneWhole = 1e-3;
/// Of so many it is kept what they took before they left: no bank has more batteries.
constexpr std::size_t kMostFormer = 64;
/// A share as measured in this run bears out a remembered one from which it differs by less than
/// this part of it: what the first swings are uncertain by, with BMSs that do not report together.
constexpr double kBearsOut = 0.2;

bool hasSameMembers(const ShareState& state, const std::vector<const Member*>& members) {
    return state.tracks.size() == members.size() &&
           std::ranges::all_of(members, [&state](const Member* member) {
               return state.tracks.contains(member->entry().id);
           });
}

/// Shares that were learned among just these members; else nothing is known of how they compare.
bool isRemembered(const ShareState& state, const std::vector<const Member*>& members) {
    double sum = 0.0;
    for (const Member* member : members) {
        const auto known = state.remembered.find(member->entry().id);
        if (known == state.remembered.end())
            return false;
        sum += known->second;
    }
    return std::abs(sum - 1.0) <= kOneWhole;
}

std::map<std::string, double> priorsById(const std::vector<const Member*>& members) {
    const std::vector<double> weights = priorWeights(members);
    std::map<std::string, double> priors;
    for (std::size_t i = 0; i < members.size(); ++i)
        priors[members[i]->entry().id] = weights[i];
    return priors;
}

/// Who does not share any more may do so again, and then among others.
void noteFormer(ShareState& state, const std::map<std::string, double>& present) {
    const ShareView view(state);
    std::map<std::string, double> shares;
    for (const auto& [id, track] : state.tracks)
        shares[id] = view.unaidedShare(id).value_or(track.prior);
    for (const auto& [id, share] : shares)
        if (!present.contains(id) &&
            (state.former.size() < kMostFormer || state.former.contains(id)))
            state.former[id] = shares;
}

/// By what it took beside those that are here now, in their measure; nothing of one that has never
/// been here, nor of one beside whom none of them was.
std::optional<double> formerShare(const ShareState& state, const std::string& id,
                                  const std::map<std::string, double>& learned) {
    const auto former = state.former.find(id);
    if (former == state.former.end())
        return std::nullopt;
    double then = 0.0;
    double now = 0.0;
    for (const auto& [other, share] : learned)
        if (const auto was = former->second.find(other); was != former->second.end()) {
            then += was->second;
            now += share;
        }
    return then > 0.0 ? std::optional(former->second.at(id) * now / then) : std::nullopt;
}

/// What to begin with after members came or went: one that is back takes its part beside the
/// others as before, a newcomer what its capacity says, and those that stay divide the rest as they
/// were learned to. Sums up to 1.
std::map<std::string, double> sharesAfter(const ShareState& state,
                                          const std::map<std::string, double>& priors) {
    std::map<std::string, double> learned;
    double sum = 0.0;
    double rest = 0.0;
    const ShareView view(state);
    for (const auto& [id, prior] : priors)
        if (const auto known = view.unaidedShare(id)) {
            sum += learned[id] = *known;
            rest += prior;
        }
    std::map<std::string, double> back;
    for (const auto& [id, prior] : priors)
        if (const auto known = formerShare(state, id, learned); known && !learned.contains(id)) {
            sum += back[id] = *known;
            rest += prior;
        }
    learned.merge(back);
    std::map<std::string, double> shares = priors;
    if (sum > 0.0)
        for (const auto& [id, share] : learned)
            shares[id] = share * rest / sum;
    return shares;
}

double fastSum_A(const std::vector<const Member*>& members, const ShareState& state) {
    double sum_A = 0.0;
    for (const Member* member : members)
        sum_A += state.tracks.at(member->entry().id).current_A.fast;
    return sum_A;
}

/// Of those that have said something new.
void moveAnchors(ShareState& state, const std::vector<const Member*>& members) {
    const double bank_A = fastSum_A(members, state);
    for (const Member* member : members) {
        ShareTrack& track = state.tracks.at(member->entry().id);
        if (member->movedAt() != track.anchor.moved)
            track.anchor = {bank_A, track.current_A.fast, member->movedAt()};
    }
}

/// Means begin at the present values; what was learned of those that stay is kept, in proportion.
void regroup(ShareState& state, const std::vector<const Member*>& members) {
    const auto priors = priorsById(members);
    noteFormer(state, priors);
    const auto shares = sharesAfter(state, priors);
    const bool isKnown = isRemembered(state, members);
    std::map<std::string, ShareTrack> tracks;
    for (const Member* member : members) {
        const std::string& id = member->entry().id;
        ShareTrack track = state.tracks.contains(id) ? state.tracks.at(id) : ShareTrack{};
        track.prior = shares.at(id);
        track.remembered = isKnown ? std::optional(state.remembered.at(id)) : std::nullopt;
        track.learned.withBank = shares.at(id) * state.bank;
        track.current_A.begin(member->steadyCurrent_A().value_or(0.0));
        track.voltage_V.begin(member->number(kOwnVoltage).value_or(0.0));
        track.hasVoltage = member->number(kOwnVoltage).has_value();
        track.pending = {};
        track.anchor = {};
        track.capacity_Ah = member->nominalCapacity_Ah().value_or(0.0);
        track.cells = cellsInSeries(*member).value_or(0.0);
        tracks[id] = track;
    }
    state.tracks = std::move(tracks);
    moveAnchors(state, members);
    state.pendingBank = 0.0;
    state.swingingSince.reset();
    state.blindSince.reset();
}

void thin(ShareState& state, double most) {
    if (state.bank <= most)
        return;
    const double keep = most / state.bank;
    state.bank = most;
    for (auto& [id, track] : state.tracks)
        track.learned.withBank *= keep;
}

void thinOwn(ShareTrack& track, double most) {
    if (track.learned.withSelf <= most)
        return;
    const double keep = most / track.learned.withSelf;
    track.learned.withSelf = most;
    track.learned.withVoltage *= keep;
    track.learned.voltage *= keep;
}

/// Moves the means by `span` seconds; by how far the bank swings then, A.
double moveMeans(ShareState& state, const std::vector<const Member*>& members, double span) {
    double bankSwing_A = 0.0;
    for (const Member* member : members) {
        ShareTrack& track = state.tracks.at(member->entry().id);
        const double current_A = member->steadyCurrent_A().value_or(0.0);
        const double voltage_V = member->number(kOwnVoltage).value_or(track.voltage_V.fast);
        track.current_A.move(current_A, span);
        track.voltage_V.move(voltage_V, span);
        bankSwing_A += track.current_A.swing();
    }
    return bankSwing_A;
}

void notePending(ShareState& state, double bankSwing_A, double span) {
    state.pendingBank += square(bankSwing_A) * span;
    for (auto& [id, track] : state.tracks) {
        const double swing_A = track.current_A.swing();
        const double swing_V = track.voltage_V.swing();
        track.pending.withBank += swing_A * bankSwing_A * span;
        track.pending.withSelf += square(swing_A) * span;
        track.pending.withVoltage += swing_A * swing_V * span;
        track.pending.voltage += square(swing_V) * span;
    }
}

void dropPending(ShareState& state) {
    state.pendingBank = 0.0;
    for (auto& [id, track] : state.tracks)
        track.pending = {};
}

void takePending(ShareState& state) {
    state.bank += state.pendingBank;
    for (auto& [id, track] : state.tracks) {
        track.learned.withBank += track.pending.withBank;
        track.learned.withSelf += track.pending.withSelf;
        track.learned.withVoltage += track.pending.withVoltage;
        track.learned.voltage += track.pending.voltage;
        thinOwn(track, kMemory * square(std::max(track.capacity_Ah, 1.0)));
    }
    thin(state, kMemory * scaleOf(state));
    dropPending(state);
}

/// When the one who has said nothing new for longest last did, and who did last.
struct Moves {
    SteadyTime oldest;
    SteadyTime newest;
};

Moves movesOf(const std::vector<const Member*>& members) {
    Moves moves{members.front()->movedAt(), members.front()->movedAt()};
    for (const Member* member : members) {
        moves.oldest = std::min(moves.oldest, member->movedAt());
        moves.newest = std::max(moves.newest, member->movedAt());
    }
    return moves;
}

/// Above what sensors show at rest.
void noteSwinging(ShareState& state, double bankSwing_A, const Now& now) {
    const double least_A = std::max(kCarries_A, kCarries * std::sqrt(scaleOf(state)));
    if (std::abs(bankSwing_A) <= least_A)
        state.swingingSince.reset();
    else if (!state.swingingSince)
        state.swingingSince = now.steady;
}

/// Somebody should have said something new by now: after a long rest it has until the others have
/// been swinging for a while.
bool isBlind(const ShareState& state, const Moves& moves) {
    return state.swingingSince &&
           moves.newest - std::max(moves.oldest, *state.swingingSince) > kReports;
}

/// What all have borne out is learned; where all stand still, their last values are.
void settle(ShareState& state, const Moves& moves, const Now& now) {
    if (moves.oldest <= state.settled && moves.newest > state.settled)
        return;
    takePending(state);
    state.settled = now.steady;
}

void addSample(ShareState& state, const std::vector<const Member*>& members, const Now& now) {
    const double span = Seconds(now.steady - *state.at).count();
    const double bankSwing_A = moveMeans(state, members, span);
    moveAnchors(state, members);
    const Moves moves = movesOf(members);
    noteSwinging(state, bankSwing_A, now);
    if (std::ranges::any_of(members, &Member::isHeld) || isBlind(state, moves))
        state.blindSince = now.steady;
    if (!state.blindSince) {
        if (state.swingingSince) // a dead zone, or an offset, is no share
            notePending(state, bankSwing_A, span);
        settle(state, moves, now);
    } else if (moves.oldest > *state.blindSince) {
        regroup(state, members); // what it missed is no swing of its own
    } else {
        dropPending(state);
    }
}

bool isBorneOut(const ShareState& state, const ShareTrack& track) {
    return track.remembered && std::abs(track.learned.withBank / state.bank - *track.remembered) <=
                                   kBearsOut * *track.remembered;
}

/// Once this run knows as much as a prior is worth.
void judgeMemory(ShareState& state) {
    if (state.remembered.empty() || state.bank < kPrior * scaleOf(state))
        return;
    const bool isTrue = std::ranges::all_of(
        state.tracks, [&state](const auto& entry) { return isBorneOut(state, entry.second); });
    for (auto& [id, track] : state.tracks) {
        track.prior = isTrue ? track.remembered.value_or(track.prior) : track.prior;
        track.remembered.reset();
    }
    state.remembered.clear();
}

bool sharesNow(const ShareState& state, const Member& member) {
    return member.number(kOwnCurrent) && !state.doubted.contains(member.entry().id) &&
           !isOut(state, member, Direction::Charge) && !isOut(state, member, Direction::Discharge);
}

} // namespace

/// A group that has changed begins anew at once: a working point holds the currents of those that
/// were there, and limits are extrapolated from it.
void learn(ShareState& state, const Members& members, const Now& now) {
    const bool isSoon = state.at && now.steady - *state.at < kSpacing;
    if (!isSoon)
        noteCarrying(state, members, now);
    std::vector<const Member*> sharing;
    for (const Member& member : members)
        if (sharesNow(state, member))
            sharing.push_back(&member);
    if (sharing.empty()) {
        state.at.reset();
        return;
    }
    const bool isSame = hasSameMembers(state, sharing);
    if (isSoon && isSame)
        return;
    const bool isGap = !state.at || now.steady - *state.at > kLongestGap;
    if (isGap || !isSame)
        regroup(state, sharing);
    else
        addSample(state, sharing, now);
    judgeMemory(state);
    state.at = now.steady;
}

std::optional<double> shareOf(const ShareState& state, const std::string& id) {
    return ShareView(state).share(id);
}

std::map<std::string, double> certainShares(const ShareState& state) {
    std::map<std::string, double> shares;
    if (state.bank < kPrior * scaleOf(state))
        return shares;
    const ShareView view(state);
    for (const auto& [id, track] : state.tracks)
        shares[id] = view.unaidedShare(id).value_or(track.prior);
    return shares;
}

std::optional<double> equalising_A(const ShareState& state, const std::string& id) {
    return ShareView(state).equalising_A(id);
}

std::optional<double> resistanceOf(const ShareState& state, const std::string& id) {
    const auto found = state.tracks.find(id);
    if (found == state.tracks.end())
        return std::nullopt;
    const ShareTrack& track = found->second;
    const double enough = kPrior * square(std::max(track.capacity_Ah, 1.0));
    if (!track.hasVoltage || track.learned.withSelf < enough || track.learned.withVoltage <= 0.0 ||
        square(track.learned.withVoltage) <
            square(0.7) * track.learned.withSelf * track.learned.voltage)
        return std::nullopt;
    const double own_Ohm = track.learned.withVoltage / track.learned.withSelf;
    constexpr double kCell_V = 3.3;
    const double cells = track.cells > 0.0 ? track.cells : track.voltage_V.fast / kCell_V;
    const double cellOhmAh = own_Ohm * std::max(track.capacity_Ah, 1.0) / std::max(cells, 1.0);
    return cellOhmAh >= 0.005 && cellOhmAh <= 1.0 ? std::optional(own_Ohm) : std::nullopt;
}

} // namespace busbar
