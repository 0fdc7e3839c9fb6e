// SPDX-License-Identifier: MIT
// Limits of the bank from those of its members and its owner.
#include "core/limits/limiters.hpp"

#include <algorithm>
#include <array>

namespace busbar {

namespace {

struct DirectionRows {
    RowIndex limit;
    RowIndex allow;
    RowIndex blockingModules;
};

constexpr DirectionRows kChargeRows = {row("/Info/MaxChargeCurrent"), row("/Io/AllowToCharge"),
                                       row("/System/NrOfModulesBlockingCharge")};
constexpr DirectionRows kDischargeRows = {row("/Info/MaxDischargeCurrent"),
                                          row("/Io/AllowToDischarge"),
                                          row("/System/NrOfModulesBlockingDischarge")};

constexpr const DirectionRows& rowsOf(Direction direction) {
    return direction == Direction::Charge ? kChargeRows : kDischargeRows;
}

/// /State 10 = error, 14 = standby (neither direction allowed).
constexpr std::array kDeadStates = {10.0, 14.0};

std::optional<Limit> tooFewMembers(Direction, const LimitInput& input) {
    if (static_cast<int>(input.members.size()) >= input.minBatteries)
        return std::nullopt;
    return Limit{0.0, Cause::TooFewMembers, "", ""};
}

std::optional<Limit> blockedMembers(Direction direction, const LimitInput& input) {
    const Member* blocked = nullptr;
    bool allBlocked = true;
    for (const Member& member : input.members) {
        if (!isBlocked(member, direction))
            allBlocked = false;
        else if (blocked == nullptr || member.name() < blocked->name())
            blocked = &member;
    }
    if (blocked == nullptr || (!allBlocked && input.settings.onBlock == OnBlock::Reduce))
        return std::nullopt;
    return Limit{0.0, Cause::Blocked, blocked->name(), ""};
}

/// The member that blocks takes no current, and has no share; one that gives no limit at all closes
/// the bank, for nobody knows what it bears.
std::optional<Limit> shareByCount(Direction direction, const LimitInput& input) {
    const Member* weakest = nullptr;
    const Member* silent = nullptr;
    int sharing = 0;
    for (const Member& member : input.members) {
        if (isBlocked(member, direction))
            continue;
        ++sharing;
        const auto own_A = member.number(rowsOf(direction).limit);
        if (!own_A) {
            silent = silent == nullptr || member.name() < silent->name() ? &member : silent;
            continue;
        }
        const auto weakest_A =
            weakest == nullptr ? std::nullopt : weakest->number(rowsOf(direction).limit);
        if (!weakest_A || *own_A < *weakest_A ||
            (*own_A == *weakest_A && member.name() < weakest->name()))
            weakest = &member;
    }
    if (silent != nullptr)
        return Limit{0.0, Cause::UnknownLimit, silent->name(), ""};
    if (weakest == nullptr)
        return std::nullopt;
    return Limit{sharing * *weakest->number(rowsOf(direction).limit), Cause::Member,
                 weakest->name(), ""};
}

std::optional<Limit> ceiling(Direction direction, const LimitInput& input) {
    const auto& wanted_A =
        direction == Direction::Charge ? input.settings.maxCharge_A : input.settings.maxDischarge_A;
    return wanted_A ? std::optional(Limit{*wanted_A, Cause::Ceiling, "", ""}) : std::nullopt;
}

using Limiter = std::optional<Limit> (*)(Direction, const LimitInput&);
constexpr std::array<Limiter, 4> kLimiters = {tooFewMembers, blockedMembers, shareByCount, ceiling};

} // namespace

bool isBlocked(const Member& member, Direction direction) {
    const DirectionRows& rows = rowsOf(direction);
    if (member.number(rows.allow) == 0.0 || member.number(rows.limit) == 0.0)
        return true;
    const auto state = member.number(row("/State"));
    if (state && std::ranges::find(kDeadStates, *state) != kDeadStates.end())
        return true;
    const double blocking = member.number(rows.blockingModules).value_or(0.0);
    return blocking > 0.0 &&
           blocking >= member.number(row("/System/NrOfModulesOnline")).value_or(1.0);
}

Limit currentLimit(Direction direction, const LimitInput& input) {
    std::optional<Limit> smallest;
    for (const Limiter limiter : kLimiters)
        if (auto limit = limiter(direction, input);
            limit && (!smallest || limit->value < smallest->value))
            smallest = std::move(limit);
    return smallest.value_or(Limit{0.0, Cause::UnknownLimit, "", ""});
}

std::optional<Limit> voltageLimit(const LimitInput& input) {
    const Member* lowest = nullptr;
    constexpr RowIndex kCvl = row("/Info/MaxChargeVoltage");
    for (const Member& member : input.members) {
        const auto own_V = member.number(kCvl);
        const auto lowest_V = lowest == nullptr ? std::nullopt : lowest->number(kCvl);
        if (own_V && (!lowest_V || *own_V < *lowest_V ||
                      (*own_V == *lowest_V && member.name() < lowest->name())))
            lowest = &member;
    }
    if (lowest == nullptr)
        return std::nullopt;
    return Limit{*lowest->number(kCvl), Cause::Member, lowest->name(), ""};
}

} // namespace busbar
