// SPDX-License-Identifier: MIT
// The limit of the bank by what its members bear and how they share, by each method.
#include "core/limits/limit.hpp"
#include "core/limits/share_basis.hpp"
#include "core/limits/share_settings.hpp"
#include "core/members/member.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

namespace busbar {

namespace {

/// A share is never taken for less than this part of its prior: a limit divided by it is the
/// bank's.
constexpr double kLeastOfPrior = 0.2;

/// Part of its limit that a member is taken to: BMSs measure their current within about 1 %.
constexpr double kHeadroom = 0.99;

/// Changes of a limit below both are not worth publishing: they would only move the charger.
constexpr double kDeadBand = 0.01;
constexpr double kDeadBand_A = 0.3;

/// A, ≥ 0; 0 for one that blocks.
double ownLimit_A(const Member& member, Direction direction) {
    return member.isBlocked(direction) ? 0.0 : member.number(rowsOf(direction).limit).value_or(0.0);
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
        if (!member.isBlocked(direction) && !member.number(rowsOf(direction).limit)) {
            if (sharing.silent == nullptr || member.name() < sharing.silent->name())
                sharing.silent = &member;
            continue;
        }
        sharing.members.push_back(&member);
    }
    return sharing;
}

/// One for each member.
using Weights = std::vector<double>;

void normalise(Weights& weights) {
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (double& weight : weights)
        weight /= sum;
}

Weights byCount(const std::vector<const Member*>& members) {
    const auto count = members.size();
    return Weights(count, 1.0 / static_cast<double>(count));
}

/// By conductance; a member without a resistance is taken for as good, per Ah, as the mean of the
/// others.
Weights byResistance(const std::vector<const Member*>& members, const ShareState& state) {
    Weights weights = priorWeights(members);
    std::vector<std::optional<double>> all_Ohm;
    double conductance = 0.0;
    double known = 0.0;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const auto own_Ohm = all_Ohm.emplace_back(resistanceOf(state, members[i]->entry().id));
        conductance += own_Ohm ? 1.0 / *own_Ohm : 0.0;
        known += own_Ohm ? weights[i] : 0.0;
    }
    if (known <= 0.0)
        return weights;
    for (std::size_t i = 0; i < members.size(); ++i)
        weights[i] = all_Ohm[i] ? 1.0 / *all_Ohm[i] : weights[i] * conductance / known;
    normalise(weights);
    return weights;
}

using ShareOf = std::optional<double> (ShareView::*)(const std::string&) const;

/// What was learned of those that share; the rest by their priors.
Weights byLearning(const std::vector<const Member*>& members, const ShareState& state,
                   ShareOf known) {
    Weights weights = priorWeights(members);
    const ShareView view(state);
    for (std::size_t i = 0; i < members.size(); ++i) {
        const double prior = weights[i];
        weights[i] =
            std::max((view.*known)(members[i]->entry().id).value_or(prior), kLeastOfPrior * prior);
    }
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
    return byLearning(members, state, &ShareView::share);
}

/// Currents of all that share are known and tracked, if only by their last value while one is held;
/// else shares alone decide, without offsets.
bool isMeasured(const std::vector<const Member*>& members, const ShareState& state) {
    return std::ranges::all_of(members, [&state](const Member* member) {
        return member->number(row("/Dc/0/Current")) && state.tracks.contains(member->entry().id);
    });
}

double latestSum_A(const std::vector<const Member*>& members) {
    double sum_A = 0.0;
    for (const Member* member : members)
        sum_A += member->number(row("/Dc/0/Current")).value_or(0.0);
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
    const double latest_A = member.number(row("/Dc/0/Current")).value_or(0.0);
    if (sign * latest_A <= own_A)
        return byMean_A;
    const bool hasLeapt = member.steadyCurrent_A() != member.number(row("/Dc/0/Current"));
    const double taken = latestBank_A * sign > 0.0 ? latest_A / latestBank_A : 1.0;
    const double latest = hasLeapt ? std::clamp(taken, share, 1.0) : share;
    return std::min(byMean_A, extrapolated({latestBank_A, latest_A, {}}, own_A, latest, sign));
}

/// What each member allows the bank.
std::vector<Limiter> byShare(Direction direction, const std::vector<const Member*>& members,
                             Share method, const Weights& weights, const ShareState& state) {
    const double sign = signOf(direction);
    const bool isAnchored = method == Share::Adaptive && isMeasured(members, state);
    const double latest_A = isAnchored ? latestSum_A(members) : 0.0;
    const bool isLearned = method == Share::Adaptive && members.size() > 1;
    std::vector<Limiter> all;
    all.reserve(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) {
        const Member& member = *members[i];
        const std::string& id = member.entry().id;
        const double given_A = ownLimit_A(member, direction);
        const double own_A = given_A * (isLearned ? kHeadroom : 1.0);
        const double share = weights[i];
        const double bank_A =
            isAnchored
                ? adaptiveLimitOf(member, own_A, share, sign, state.tracks.at(id).anchor, latest_A)
                : own_A / atLeastSeen(state.over.at(indexOf(direction)), id, share);
        all.push_back({{std::max(bank_A, 0.0), Cause::Member, member.name(), ""}, share, given_A});
    }
    return all;
}

bool isStricter(const Limiter& a, const Limiter& b) {
    return a.limit.value < b.limit.value ||
           (a.limit.value == b.limit.value && a.limit.member < b.limit.member);
}

double smallest_A(const std::vector<Limiter>& all) {
    return std::ranges::min_element(all, isStricter)->limit.value;
}

/// Not above what it would be without the memory of an earlier run.
std::vector<Limiter> limitsBy(Share method, Direction direction,
                              const std::vector<const Member*>& members, const ShareState& state) {
    auto all = byShare(direction, members, method, weightsBy(method, members, state), state);
    if (method != Share::Adaptive || !leansOnMemory(state))
        return all;
    auto unaided = byShare(direction, members, method,
                           byLearning(members, state, &ShareView::unaidedShare), state);
    return smallest_A(unaided) < smallest_A(all) ? unaided : all;
}

/// Old cells have three times the resistance of new ones: where nobody knows what a member takes,
/// because its current is not believed, it may be the new one among old ones. By capacity alone a
/// pack was at twice its limit for two hours (tests/bench, oddities, seed 61).
constexpr double kBetterThanOthers = 3.0;

double mostOf(double prior) {
    return kBetterThanOthers * prior / (kBetterThanOthers * prior + 1.0 - prior);
}

std::vector<Limiter> doubtedLimits(Direction direction, const std::vector<const Member*>& members,
                                   const ShareState& state) {
    const Weights priors = priorWeights(members);
    std::vector<Limiter> all;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const Member& member = *members[i];
        const double own_A = ownLimit_A(member, direction);
        const double share = mostOf(priors[i]);
        if (state.doubted.contains(member.entry().id))
            all.push_back({{own_A / share, Cause::Member, member.name(), ""}, share, own_A});
    }
    return all;
}

/// Both, of two that each may carry the other's part: the smaller.
std::vector<Limiter> limitsOf(Share method, Direction direction,
                              const std::vector<const Member*>& members, const ShareState& state) {
    std::vector<const Member*> believed;
    std::ranges::copy_if(members, std::back_inserter(believed), [&state](const Member* member) {
        return !state.doubted.contains(member->entry().id);
    });
    if (believed.size() == members.size())
        return limitsBy(method, direction, members, state);
    auto all = doubtedLimits(direction, members, state);
    if (believed.empty())
        return all;
    std::ranges::move(limitsBy(method, direction, believed, state), std::back_inserter(all));
    return all;
}

std::vector<Limiter> sumOf(Direction direction, const std::vector<const Member*>& members) {
    double sum_A = 0.0;
    for (const Member* member : members)
        sum_A += ownLimit_A(*member, direction);
    return {
        {{sum_A, Cause::Member, members.size() == 1 ? members.front()->name() : "", ""}, {}, {}}};
}

/// The one that decides first, with what was made of its limit; no other is below that.
void giveAll(std::vector<Limiter>& all, std::vector<Limiter> found, const Limit& limit) {
    std::ranges::stable_sort(found, isStricter);
    found.front().limit = limit;
    for (Limiter& one : found)
        one.limit.value = std::max(one.limit.value, limit.value);
    std::ranges::move(found, std::back_inserter(all));
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

std::optional<Limit> shareLimit(Direction direction, const ShareInput& input, ShareState& state,
                                std::vector<Limiter>* all) {
    auto& given = state.given.at(indexOf(direction));
    noteBlocking(state, input.members, direction);
    const Sharing sharing = sharingIn(direction, input.members, state);
    if (sharing.silent != nullptr || sharing.members.empty()) {
        given.reset();
        if (sharing.silent == nullptr)
            return std::nullopt;
        const Limit closed{0.0, Cause::UnknownLimit, sharing.silent->name(), ""};
        if (all != nullptr)
            all->push_back({closed, {}, {}});
        return closed;
    }
    noteOverLimit(state.over.at(indexOf(direction)), sharing.members, direction,
                  state.at.value_or(SteadyTime{}));
    auto found = input.method == Share::Sum
                     ? sumOf(direction, sharing.members)
                     : limitsOf(input.method, direction, sharing.members, state);
    Limit limit = std::ranges::min_element(found, isStricter)->limit;
    if (given && isUncertain(state, direction, input.members))
        limit.value = std::min(limit.value, given->value_A);
    if (input.method == Share::Adaptive) {
        limit.value = asTold(input.agreement, direction, limit.value);
        steady(limit, sharing.members, direction, given);
    }
    if (all != nullptr)
        giveAll(*all, std::move(found), limit);
    return limit;
}

} // namespace busbar
