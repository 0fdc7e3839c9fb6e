// SPDX-License-Identifier: MIT
// CCL and DCL: the list of what may hold them down.
#include "core/limits/limiters.hpp"

#include "core/limits/direction.hpp"
#include "core/limits/guards.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/limit_settings.hpp"
#include "core/members/member.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace busbar {

namespace {

using All = std::vector<Limiter>;

void add(All& all, std::optional<Limit> limit) {
    if (limit)
        all.push_back({std::move(*limit), {}, {}});
}

void addIf(All& all, const std::optional<double>& most_A, Cause cause) {
    if (most_A)
        add(all, Limit{*most_A, cause, "", ""});
}

void tooFewMembers(Direction, const LimitInput& input, LimitState&, All& all) {
    if (static_cast<int>(input.members.size()) < input.minBatteries)
        add(all, Limit{0.0, Cause::TooFewMembers, "", ""});
}

void blockedMembers(Direction direction, const LimitInput& input, LimitState&, All& all) {
    const Member* blocked = nullptr;
    bool allBlocked = true;
    for (const Member& member : input.members) {
        if (!member.isBlocked(direction))
            allBlocked = false;
        else if (blocked == nullptr || member.name() < blocked->name())
            blocked = &member;
    }
    if (blocked == nullptr || (!allBlocked && input.settings.onBlock == OnBlock::Reduce))
        return;
    add(all, Limit{0.0, Cause::Blocked, blocked->name(), ""});
}

void membersLimits(Direction direction, const LimitInput& input, LimitState& state, All& all) {
    if (input.settings.mode == LimitMode::Own)
        return;
    All each;
    const auto own = shareLimit(direction, {input.members, input.settings.share, input.agreement},
                                state.share, &each);
    const auto& replaced =
        direction == Direction::Charge ? input.replaced.charge : input.replaced.discharge;
    // Whoever is put in the batteries' place does not see that one of them does not work.
    const bool isWeaker = std::ranges::any_of(input.members, [direction](const Member& member) {
        return member.isBlocked(direction) || member.isHeld();
    });
    if (replaced && !(isWeaker && own && own->value < replaced->value))
        add(all, replaced);
    else
        std::ranges::move(each, std::back_inserter(all));
}

void curves(Direction direction, const LimitInput& input, LimitState& state, All& all) {
    if (input.settings.mode == LimitMode::Bms)
        return;
    for (Limit& limit : curveLimits(direction, curveInput(input), state.curves))
        add(all, std::move(limit));
}

void ceiling(Direction direction, const LimitInput& input, LimitState&, All& all) {
    addIf(all, ceilingOf(direction, input), Cause::Ceiling);
}

void gxLimit(Direction direction, const LimitInput& input, LimitState&, All& all) {
    if (direction == Direction::Charge)
        addIf(all, input.gxCharge_A, Cause::GxLimit);
}

void silentLink(Direction direction, const LimitInput& input, LimitState&, All& all) {
    if (direction == Direction::Charge)
        addIf(all, input.silentCharge_A, Cause::NoData);
}

void stillMembers(Direction direction, const LimitInput& input, LimitState&, All& all) {
    addIf(all, direction == Direction::Charge ? input.still.charge_A : input.still.discharge_A,
          Cause::NoData);
}

void lostMembers(Direction direction, const LimitInput& input, LimitState& state, All& all) {
    add(all, unheardLimit(direction, state.unheard, input.unheard));
}

void unguarded(Direction direction, const LimitInput& input, LimitState&, All& all) {
    add(all, unguardedLimit(direction,
                            {input.members, input.settings, input.preset, input.isUnrecognised}));
}

using AddLimiters = void (*)(Direction, const LimitInput&, LimitState&, All&);
constexpr std::array<AddLimiters, 10> kLimiters = {
    silentLink, tooFewMembers, blockedMembers, membersLimits, curves,
    ceiling,    gxLimit,       stillMembers,   lostMembers,   unguarded};

} // namespace

std::optional<double> ceilingOf(Direction direction, const LimitInput& input) {
    const bool isCharge = direction == Direction::Charge;
    const auto wanted_A =
        smaller(isCharge ? input.settings.maxCharge_A : input.settings.maxDischarge_A,
                isCharge ? input.ownersCharge_A : input.ownersDischarge_A);
    if (!wanted_A || input.settings.mode != LimitMode::Own)
        return wanted_A;
    const auto working = std::ranges::count_if(
        input.members, [direction](const Member& member) { return !member.isBlocked(direction); });
    const auto all = static_cast<double>(input.members.size()) + input.lost;
    return *wanted_A * static_cast<double>(working) / all;
}

CurveInput curveInput(const LimitInput& input) {
    return {input.members,
            input.settings,
            input.preset,
            input.soc,
            ceilingOf(Direction::Charge, input),
            ceilingOf(Direction::Discharge, input)};
}

std::vector<Limiter> limitersOf(Direction direction, const LimitInput& input, LimitState& state) {
    std::vector<Limiter> all;
    for (const AddLimiters addLimiters : kLimiters)
        addLimiters(direction, input, state, all);
    return all;
}

} // namespace busbar
