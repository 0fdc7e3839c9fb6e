// SPDX-License-Identifier: MIT
// CCL and DCL: the list of limiters.
#include "core/limits/limiters.hpp"

#include "core/limits/direction.hpp"
#include "core/limits/guards.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/limit_settings.hpp"
#include "core/members/member.hpp"

#include <algorithm>
#include <array>

namespace busbar {

namespace {

std::optional<Limit> tooFewMembers(Direction, const LimitInput& input, LimitState&) {
    if (static_cast<int>(input.members.size()) >= input.minBatteries)
        return std::nullopt;
    return Limit{0.0, Cause::TooFewMembers, "", ""};
}

std::optional<Limit> blockedMembers(Direction direction, const LimitInput& input, LimitState&) {
    const Member* blocked = nullptr;
    bool allBlocked = true;
    for (const Member& member : input.members) {
        if (!member.isBlocked(direction))
            allBlocked = false;
        else if (blocked == nullptr || member.name() < blocked->name())
            blocked = &member;
    }
    if (blocked == nullptr || (!allBlocked && input.settings.onBlock == OnBlock::Reduce))
        return std::nullopt;
    return Limit{0.0, Cause::Blocked, blocked->name(), ""};
}

std::optional<Limit> membersLimits(Direction direction, const LimitInput& input,
                                   LimitState& state) {
    if (input.settings.mode == LimitMode::Own)
        return std::nullopt;
    auto own =
        shareLimit(direction, {input.members, input.settings.share, input.agreement}, state.share);
    const auto& replaced =
        direction == Direction::Charge ? input.replaced.charge : input.replaced.discharge;
    if (!replaced)
        return own;
    // Whoever is put in the batteries' place does not see that one of them does not work.
    const bool isWeaker = std::ranges::any_of(input.members, [direction](const Member& member) {
        return member.isBlocked(direction) || member.isHeld();
    });
    return isWeaker && own && own->value < replaced->value ? own : replaced;
}

std::optional<Limit> curves(Direction direction, const LimitInput& input, LimitState& state) {
    if (input.settings.mode == LimitMode::Bms)
        return std::nullopt;
    return curveLimit(direction, curveInput(input), state.curves);
}

std::optional<Limit> ceiling(Direction direction, const LimitInput& input, LimitState&) {
    const auto wanted_A = ceilingOf(direction, input);
    return wanted_A ? std::optional(Limit{*wanted_A, Cause::Ceiling, "", ""}) : std::nullopt;
}

std::optional<Limit> gxLimit(Direction direction, const LimitInput& input, LimitState&) {
    if (direction == Direction::Discharge || !input.gxCharge_A)
        return std::nullopt;
    return Limit{*input.gxCharge_A, Cause::GxLimit, "", ""};
}

std::optional<Limit> silentLink(Direction direction, const LimitInput& input, LimitState&) {
    if (direction == Direction::Discharge || !input.silentCharge_A)
        return std::nullopt;
    return Limit{*input.silentCharge_A, Cause::NoData, "", ""};
}

std::optional<Limit> stillMembers(Direction direction, const LimitInput& input, LimitState&) {
    const auto& most_A =
        direction == Direction::Charge ? input.still.charge_A : input.still.discharge_A;
    return most_A ? std::optional(Limit{*most_A, Cause::NoData, "", ""}) : std::nullopt;
}

std::optional<Limit> lostMembers(Direction direction, const LimitInput& input, LimitState& state) {
    return unheardLimit(direction, state.unheard, input.unheard);
}

std::optional<Limit> unguarded(Direction direction, const LimitInput& input, LimitState&) {
    return unguardedLimit(direction,
                          {input.members, input.settings, input.preset, input.isUnrecognised});
}

using Limiter = std::optional<Limit> (*)(Direction, const LimitInput&, LimitState&);
constexpr std::array<Limiter, 10> kLimiters = {
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

Limit currentLimit(Direction direction, const LimitInput& input, LimitState& state) {
    std::optional<Limit> smallest;
    for (const Limiter limiter : kLimiters)
        if (auto limit = limiter(direction, input, state);
            limit && (!smallest || limit->value < smallest->value))
            smallest = std::move(limit);
    return smallest.value_or(Limit{0.0, Cause::UnknownLimit, "", ""});
}

} // namespace busbar
