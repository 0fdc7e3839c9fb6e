// SPDX-License-Identifier: MIT
// Learning of shares and resistances, and the limit of the bank by each method.
#include "core/limits/share.hpp"

#include "core/bounded_memory.hpp"
#include "core/limits/direction.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/preset.hpp"
#include "core/limits/share_settings.hpp"
#include "core/limits/swing.hpp"
#include "core/member.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

namespace busbar {

namespace {

using Seconds = std::chrono::duration<double>;

constexpr RowIndex kCurrent = row("/Dc/0/Current");
constexpr RowIndex kVoltage = row("/Dc/0/Voltage");

using swing::kLongestGap;
using swing::kSpacing;
using swing::square;

/// Information, as Σ swing² over squared capacity: below `kPrior` the prior outweighs what was
/// learned; above `kMemory` old information is thinned out.
constexpr double kPrior = 0.004;
constexpr double kMemory = 0.5;

/// As long may a member say nothing new after the others began to swing: BMSs and drivers report
/// every 1 to 5 s.
constexpr auto kReports = std::chrono::seconds(10);

/// Remembered shares that belong together add up to 1 within this: they are kept in one go.
constexpr double kOneWhole = 1e-3;
/// A share as measured in this run bears out a remembered one from which it differs by less than
/// this part of it: what the first swings are uncertain by, with BMSs that do not report together.
constexpr double kBearsOut = 0.2;

/// A share is never taken for less than this part of its prior: a limit divided by it is the
/// bank's.
constexpr double kLeastOfPrior = 0.2;

/// A member that blocks carries current if it is above both of these (part of its capacity, per
/// hour) for longer than a switch and a report take; it still counts as doing so this long after it
/// was last seen to, twice as long after each time that it carried again, and for longer if it says
/// nothing new.
constexpr double kCarries = 0.01;
constexpr double kCarries_A = 1.0;
constexpr auto kSwitching = std::chrono::seconds(10);
constexpr auto kStillCarries = std::chrono::minutes(5);
constexpr int kMostDoublings = 5; // 160 min: load and sun are others by then

/// Part of its limit that a member is taken to: BMSs measure their current within about 1 %.
constexpr double kHeadroom = 0.99;

/// Changes of a limit below both are not worth publishing: they would only move the charger.
constexpr double kDeadBand = 0.01;
constexpr double kDeadBand_A = 0.3;

std::size_t indexOf(Direction direction) {
    return direction == Direction::Charge ? 0 : 1;
}

bool isCarrying(const ShareState& state, const Member& member, Direction direction) {
    const auto& carrying = state.carrying.at(indexOf(direction));
    const auto known = carrying.find(member.entry().id);
    return known != carrying.end() && known->second.counts;
}

bool sharesNow(const ShareState& state, const Member& member) {
    return member.number(kCurrent) && !state.doubted.contains(member.entry().id) &&
           !isOut(state, member, Direction::Charge) && !isOut(state, member, Direction::Discharge);
}

/// Above what sensors show at rest.
bool isCurrent(double current_A, const Member& member) {
    return current_A > std::max(kCarries_A, kCarries * member.nominalCapacity_Ah().value_or(0.0));
}

/// Sightings add up as long as one follows another; those of before, which were too short, are
/// forgotten with the time: what a switch still let through and an absurd value an hour later are
/// no current together.
void noteSighting(ShareState::Carrying& it, const Now& now) {
    const auto gap = now.steady - it.last;
    if (!it.counts && gap > kStillCarries)
        it.seen = {};
    else if (gap <= kReports)
        it.seen += gap;
    it.last = now.steady;
}

void stepCarrying(ShareState::Carrying& it, const Member& member, const Now& now) {
    const auto patience = kStillCarries * (1 << std::min(it.trials, kMostDoublings));
    const bool isNew = it.seen >= kSwitching && now.steady - it.last < patience;
    const bool isSilent = member.isHeld() || now.steady - member.movedAt() > kReports;
    const bool counts = isNew || (it.counts && isSilent);
    it.trials += it.counts && !counts ? 1 : 0;
    it.counts = counts;
}

void noteCarrying(ShareState& state, const Members& members, const Now& now) {
    for (auto& carrying : state.carrying)
        boundMemory(carrying, members);
    for (const Direction direction : {Direction::Charge, Direction::Discharge})
        for (const Member& member : members) {
            auto& carrying = state.carrying.at(indexOf(direction));
            const std::string& id = member.entry().id;
            const double current_A = signOf(direction) * member.number(kCurrent).value_or(0.0);
            if (isBlocked(member, direction) && !member.isHeld() && isCurrent(current_A, member))
                noteSighting(
                    carrying.try_emplace(id, ShareState::Carrying{{}, now.steady}).first->second,
                    now);
            const auto known = carrying.find(id);
            if (known == carrying.end())
                continue;
            ShareState::Carrying& it = known->second;
            stepCarrying(it, member, now);
            if (!isBlocked(member, direction))
                carrying.erase(known);
        }
}

/// A BMS's report comes within this.
constexpr auto kBurst = std::chrono::milliseconds(500);

void noteBlocking(ShareState& state, const Members& members, Direction direction) {
    auto& blocking = state.blocking.at(indexOf(direction));
    boundMemory(blocking, members);
    for (const Member& member : members) {
        const std::string& id = member.entry().id;
        const auto known = blocking.find(id);
        if (!isBlocked(member, direction))
            blocking[id] = std::nullopt;
        else if (known != blocking.end() && !known->second)
            known->second = member.movedAt();
        else if (known != blocking.end() && member.movedAt() > *known->second + kBurst)
            blocking.erase(known);
    }
}

/// Somebody has just said that it blocks, and nothing since: that its switch is open is not borne
/// out yet.
bool isUncertain(const ShareState& state, Direction direction, const Members& members) {
    const auto& blocking = state.blocking.at(indexOf(direction));
    return std::ranges::any_of(members, [&blocking](const Member& member) {
        const auto known = blocking.find(member.entry().id);
        return known != blocking.end() && known->second;
    });
}

/// A, ≥ 0; 0 for one that blocks.
double ownLimit_A(const Member& member, Direction direction) {
    return isBlocked(member, direction) ? 0.0
                                        : member.number(rowsOf(direction).limit).value_or(0.0);
}

/// Capacities as weights; the mean of those known where one is not, 1 each if none is.
std::map<std::string, double> priorWeights(const std::vector<const Member*>& members) {
    double sum_Ah = 0.0;
    int known = 0;
    for (const Member* member : members)
        if (const auto own_Ah = member->nominalCapacity_Ah()) {
            sum_Ah += *own_Ah;
            ++known;
        }
    const double mean_Ah = known > 0 ? sum_Ah / known : 1.0;
    std::map<std::string, double> weights;
    double sum = 0.0;
    for (const Member* member : members)
        sum += weights[member->entry().id] = member->nominalCapacity_Ah().value_or(mean_Ah);
    for (auto& [id, weight] : weights)
        weight /= sum;
    return weights;
}

/// A² that count as one; from capacities, or where none is known from what the members bear.
double scaleOf(const ShareState& state) {
    double sum_Ah = 0.0;
    for (const auto& [id, track] : state.tracks)
        sum_Ah += track.capacity_Ah;
    return square(sum_Ah > 0.0 ? sum_Ah : 100.0 * static_cast<double>(state.tracks.size()));
}

bool hasSameMembers(const ShareState& state, const std::vector<const Member*>& members) {
    return state.tracks.size() == members.size() &&
           std::ranges::all_of(members, [&state](const Member* member) {
               return state.tracks.contains(member->entry().id);
           });
}

/// What is known of a member's share if nothing had been before but `prior`.
double shareBy(const ShareState& state, const ShareTrack& track, double prior) {
    const double weight = kPrior * scaleOf(state);
    return (track.learned.withBank + weight * prior) / (state.bank + weight);
}

/// As far as this run knows.
std::optional<double> unaidedShareOf(const ShareState& state, const std::string& id) {
    const auto found = state.tracks.find(id);
    if (found == state.tracks.end())
        return std::nullopt;
    return shareBy(state, found->second, found->second.prior);
}

bool leansOnMemory(const ShareState& state) {
    return std::ranges::any_of(
        state.tracks, [](const auto& entry) { return entry.second.remembered.has_value(); });
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

/// What to begin with after members came or went: a newcomer takes what its capacity says, and
/// those that stay divide the rest as they were learned to. Sums up to 1.
std::map<std::string, double> sharesAfter(const ShareState& state,
                                          const std::map<std::string, double>& priors) {
    std::map<std::string, double> learned;
    double sum = 0.0;
    double rest = 0.0;
    for (const auto& [id, prior] : priors)
        if (const auto known = unaidedShareOf(state, id)) {
            sum += learned[id] = *known;
            rest += prior;
        }
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
    const auto priors = priorWeights(members);
    const auto shares = sharesAfter(state, priors);
    const bool isKnown = isRemembered(state, members);
    std::map<std::string, ShareTrack> tracks;
    for (const Member* member : members) {
        const std::string& id = member->entry().id;
        ShareTrack track = state.tracks.contains(id) ? state.tracks.at(id) : ShareTrack{};
        track.prior = priors.at(id);
        track.remembered = isKnown ? std::optional(state.remembered.at(id)) : std::nullopt;
        track.learned.withBank = shares.at(id) * state.bank;
        track.current_A.begin(member->steadyCurrent_A().value_or(0.0));
        track.voltage_V.begin(member->number(kVoltage).value_or(0.0));
        track.hasVoltage = member->number(kVoltage).has_value();
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
        const double voltage_V = member->number(kVoltage).value_or(track.voltage_V.fast);
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

/// Those that neither are out nor lack a limit; `silent` = the first that lacks one.
struct Sharing {
    std::vector<const Member*> members;
    const Member* silent = nullptr;
};

Sharing sharingIn(Direction direction, const Members& members, const ShareState& state) {
    Sharing sharing;
    for (const Member& member : members) {
        if (isOut(state, member, direction))
            continue;
        if (!isBlocked(member, direction) && !member.number(rowsOf(direction).limit)) {
            if (sharing.silent == nullptr || member.name() < sharing.silent->name())
                sharing.silent = &member;
            continue;
        }
        sharing.members.push_back(&member);
    }
    return sharing;
}

using Weights = std::map<std::string, double>;

void normalise(Weights& weights) {
    double sum = 0.0;
    for (const auto& [id, weight] : weights)
        sum += weight;
    for (auto& [id, weight] : weights)
        weight /= sum;
}

Weights byCount(const std::vector<const Member*>& members) {
    Weights weights;
    for (const Member* member : members)
        weights[member->entry().id] = 1.0 / static_cast<double>(members.size());
    return weights;
}

/// By conductance; a member without a resistance is taken for as good, per Ah, as the mean of the
/// others.
Weights byResistance(const std::vector<const Member*>& members, const ShareState& state) {
    Weights capacities = priorWeights(members);
    double conductance = 0.0;
    double weight = 0.0;
    for (const auto& [id, share] : capacities)
        if (const auto own_Ohm = resistanceOf(state, id)) {
            conductance += 1.0 / *own_Ohm;
            weight += share;
        }
    if (weight <= 0.0)
        return capacities;
    Weights weights;
    for (const auto& [id, share] : capacities) {
        const auto own_Ohm = resistanceOf(state, id);
        weights[id] = own_Ohm ? 1.0 / *own_Ohm : share * conductance / weight;
    }
    normalise(weights);
    return weights;
}

using ShareOf = std::optional<double> (*)(const ShareState&, const std::string&);

/// What was learned of those that share; the rest by their priors.
Weights byLearning(const std::vector<const Member*>& members, const ShareState& state,
                   ShareOf known) {
    const Weights priors = priorWeights(members);
    Weights weights;
    for (const auto& [id, prior] : priors)
        weights[id] = std::max(known(state, id).value_or(prior), kLeastOfPrior * prior);
    normalise(weights);
    return weights;
}

Weights weightsBy(Share method, const std::vector<const Member*>& members,
                  const ShareState& state) {
    switch (method) {
    case Share::Count:
    case Share::Sum:
        return byCount(members);
    case Share::Capacity:
        return priorWeights(members);
    case Share::Resistance:
        return byResistance(members, state);
    case Share::Adaptive:
        break;
    }
    return byLearning(members, state, shareOf);
}

/// Currents of all that share are known and tracked, if only by their last value while one is held;
/// else shares alone decide, without offsets.
bool isMeasured(const std::vector<const Member*>& members, const ShareState& state) {
    return std::ranges::all_of(members, [&state](const Member* member) {
        return member->number(kCurrent) && state.tracks.contains(member->entry().id);
    });
}

double latestSum_A(const std::vector<const Member*>& members) {
    double sum_A = 0.0;
    for (const Member* member : members)
        sum_A += member->number(kCurrent).value_or(0.0);
    return sum_A;
}

double extrapolated(const Anchor& anchor, double own_A, double share, double sign) {
    return sign * anchor.bank_A + (own_A - sign * anchor.own_A) / share;
}

/// From means over a few seconds; a member that is over its limit right now counts at once. Of a
/// leap that nothing bears out yet, no other share is known than what it takes of all.
double adaptiveLimitOf(const Member& member, double own_A, double share, double sign,
                       const Anchor& mean, double latestBank_A) {
    const double byMean_A = extrapolated(mean, own_A, share, sign);
    const double latest_A = member.number(kCurrent).value_or(0.0);
    if (sign * latest_A <= own_A)
        return byMean_A;
    const bool hasLeapt = member.steadyCurrent_A() != member.number(kCurrent);
    const double taken = latestBank_A * sign > 0.0 ? latest_A / latestBank_A : 1.0;
    const double latest = hasLeapt ? std::clamp(taken, share, 1.0) : share;
    return std::min(byMean_A, extrapolated({latestBank_A, latest_A, {}}, own_A, latest, sign));
}

Limit smallestShare(Direction direction, const std::vector<const Member*>& members, Share method,
                    const Weights& weights, const ShareState& state) {
    const double sign = signOf(direction);
    const bool isAnchored = method == Share::Adaptive && isMeasured(members, state);
    const double latest_A = isAnchored ? latestSum_A(members) : 0.0;
    const Member* weakest = nullptr;
    double smallest_A = 0.0;
    const bool isLearned = method == Share::Adaptive && members.size() > 1;
    for (const Member* member : members) {
        const double own_A = ownLimit_A(*member, direction) * (isLearned ? kHeadroom : 1.0);
        const double share = weights.at(member->entry().id);
        const double bank_A =
            isAnchored
                ? adaptiveLimitOf(*member, own_A, share, sign,
                                  state.tracks.at(member->entry().id).anchor, latest_A)
                : own_A / atLeastSeen(state.over.at(indexOf(direction)), member->entry().id, share);
        if (weakest != nullptr &&
            (bank_A > smallest_A || (bank_A == smallest_A && member->name() > weakest->name())))
            continue;
        weakest = member;
        smallest_A = bank_A;
    }
    return {std::max(smallest_A, 0.0), Cause::Member, weakest->name(), ""};
}

/// Not above what it would be without the memory of an earlier run.
Limit limitBy(Share method, Direction direction, const std::vector<const Member*>& members,
              const ShareState& state) {
    Limit limit =
        smallestShare(direction, members, method, weightsBy(method, members, state), state);
    if (method != Share::Adaptive || !leansOnMemory(state))
        return limit;
    Limit unaided = smallestShare(direction, members, method,
                                  byLearning(members, state, unaidedShareOf), state);
    return unaided.value < limit.value ? unaided : limit;
}

/// Of those whose current is not believed: by capacity, whatever they say.
Limit doubtedLimit(Direction direction, const std::vector<const Member*>& members,
                   const ShareState& state) {
    const Weights priors = priorWeights(members);
    Limit limit{-1.0, Cause::Member, "", ""};
    for (const Member* member : members) {
        const std::string& id = member->entry().id;
        const double bank_A = ownLimit_A(*member, direction) / priors.at(id);
        const bool isFirst = limit.member.empty();
        if (state.doubted.contains(id) && (isFirst || bank_A < limit.value))
            limit = {bank_A, Cause::Member, member->name(), ""};
    }
    return limit;
}

/// Both, of two that each may carry the other's part: the smaller.
Limit limitOf(Share method, Direction direction, const std::vector<const Member*>& members,
              const ShareState& state) {
    std::vector<const Member*> believed;
    std::ranges::copy_if(members, std::back_inserter(believed), [&state](const Member* member) {
        return !state.doubted.contains(member->entry().id);
    });
    if (believed.size() == members.size())
        return limitBy(method, direction, members, state);
    Limit limit = doubtedLimit(direction, members, state);
    if (believed.empty())
        return limit;
    Limit others = limitBy(method, direction, believed, state);
    return others.value < limit.value ? others : limit;
}

Limit sumOf(Direction direction, const std::vector<const Member*>& members) {
    double sum_A = 0.0;
    for (const Member* member : members)
        sum_A += ownLimit_A(*member, direction);
    return {sum_A, Cause::Member, members.size() == 1 ? members.front()->name() : "", ""};
}

/// Small changes that do not come from the members' own limits are noise of measuring, and not
/// passed on; 0 always is.
void steady(Limit& limit, const std::vector<const Member*>& members, Direction direction,
            std::optional<ShareState::Given>& given) {
    double limits_A = 0.0;
    for (const Member* member : members)
        limits_A += ownLimit_A(*member, direction);
    const double band_A = std::max(kDeadBand_A, kDeadBand * limit.value);
    if (given && given->limits_A == limits_A && members.size() > 1 && limit.value > 0.0 &&
        given->value_A > 0.0 && std::abs(limit.value - given->value_A) < band_A)
        limit.value = given->value_A;
    given = {limits_A, limit.value};
}

} // namespace

bool isOut(const ShareState& state, const Member& member, Direction direction) {
    return isOffline(member) ||
           (isBlocked(member, direction) && !isCarrying(state, member, direction));
}

void learn(ShareState& state, const Members& members, const Now& now) {
    if (state.at && now.steady - *state.at < kSpacing)
        return;
    noteCarrying(state, members, now);
    std::vector<const Member*> sharing;
    for (const Member& member : members)
        if (sharesNow(state, member))
            sharing.push_back(&member);
    if (sharing.empty()) {
        state.at.reset();
        return;
    }
    const bool isGap = !state.at || now.steady - *state.at > kLongestGap;
    if (isGap || !hasSameMembers(state, sharing))
        regroup(state, sharing);
    else
        addSample(state, sharing, now);
    judgeMemory(state);
    state.at = now.steady;
}

std::optional<double> shareOf(const ShareState& state, const std::string& id) {
    const auto found = state.tracks.find(id);
    if (found == state.tracks.end())
        return std::nullopt;
    const ShareTrack& track = found->second;
    return shareBy(state, track, track.remembered.value_or(track.prior));
}

std::map<std::string, double> certainShares(const ShareState& state) {
    std::map<std::string, double> shares;
    if (state.bank < kPrior * scaleOf(state))
        return shares;
    for (const auto& [id, track] : state.tracks)
        shares[id] = shareBy(state, track, track.prior);
    return shares;
}

std::optional<double> equalising_A(const ShareState& state, const std::string& id) {
    const auto share = shareOf(state, id);
    if (!share)
        return std::nullopt;
    double bank_A = 0.0;
    for (const auto& [other, track] : state.tracks)
        bank_A += track.current_A.fast;
    return state.tracks.at(id).current_A.fast - *share * bank_A;
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

std::optional<Limit> shareLimit(Direction direction, const ShareInput& input, ShareState& state) {
    auto& given = state.given.at(indexOf(direction));
    noteBlocking(state, input.members, direction);
    const Sharing sharing = sharingIn(direction, input.members, state);
    if (sharing.silent != nullptr || sharing.members.empty()) {
        given.reset();
        return sharing.silent == nullptr
                   ? std::nullopt
                   : std::optional(Limit{0.0, Cause::UnknownLimit, sharing.silent->name(), ""});
    }
    noteOverLimit(state.over.at(indexOf(direction)), sharing.members, direction,
                  state.at.value_or(SteadyTime{}));
    Limit limit = input.method == Share::Sum
                      ? sumOf(direction, sharing.members)
                      : limitOf(input.method, direction, sharing.members, state);
    if (given && isUncertain(state, direction, input.members))
        limit.value = std::min(limit.value, given->value_A);
    if (input.method == Share::Adaptive) {
        limit.value = asTold(input.agreement, direction, limit.value);
        steady(limit, sharing.members, direction, given);
    }
    return limit;
}

} // namespace busbar
