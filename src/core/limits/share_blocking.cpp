// SPDX-License-Identifier: MIT
// Members that block a direction: whether they carry current all the same.
#include "core/bounded_memory.hpp"
#include "core/limits/share_basis.hpp"
#include "core/members/member.hpp"

#include <algorithm>

namespace busbar {

namespace {

/// Longer than a switch and a report take is it seen to carry; it still counts as doing so this
/// long after it was last seen to, twice as long after each time that it carried again, and for
/// longer if it says nothing new.
constexpr auto kSwitching = std::chrono::seconds(10);
constexpr auto kStillCarries = std::chrono::minutes(5);
constexpr int kMostDoublings = 5; // 160 min: load and sun are others by then

bool isCarrying(const ShareState& state, const Member& member, Direction direction) {
    const auto& carrying = state.carrying.at(indexOf(direction));
    const auto known = carrying.find(member.entry().id);
    return known != carrying.end() && known->second.counts;
}

/// Above what sensors show at rest.
bool isCurrent(double current_A, const Member& member) {
    return current_A > std::max(kCarries_A, kCarries * member.nominalCapacity_Ah().value_or(0.0));
}

/// It is seen now that it carries something in this direction: by its own sensor, or, where that is
/// not believed, by what its siblings leave for it.
bool isSeen(const ShareState& state, const Member& member, Direction direction, const Now& now) {
    if (member.isHeld())
        return false;
    if (!state.deduced || state.deduced->id != member.entry().id)
        return isCurrent(flow_A(member, direction), member);
    return state.deduced->at == now.steady &&
           signOf(direction) * state.deduced->current_A > state.deduced->band_A;
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

/// So far on within an hour, a cell shows that something flows which the sensor does not: 0.5 A
/// took one of 100 Ah from 2.80 to 2.60 V in a night (bench of control, LFP, seed 133). What a BMS
/// takes itself is a tenth of that. Less is enough for one that has carried before.
constexpr auto kMarkLasts = std::chrono::hours(1);
constexpr double kFurther_V = 0.03;
constexpr double kFurtherAgain_V = 0.01;

constexpr RowIndex endCell(Direction direction) {
    return direction == Direction::Charge ? row("/System/MaxCellVoltage")
                                          : row("/System/MinCellVoltage");
}

/// A limit of 0 A is a wish; that its switch is open says something else.
bool onlyWishes(const Member& member, Direction direction) {
    const DirectionRows rows = rowsOf(direction);
    return !isDead(member) && member.lastNumber(rows.allow) != 0.0 &&
           member.lastNumber(rows.blockingModules).value_or(0.0) == 0.0;
}

/// The cell that ends the direction goes on towards that end.
bool goesOn(ShareState::Carrying& it, const Member& member, Direction direction, const Now& now) {
    const auto cell_V = member.number(endCell(direction));
    if (!cell_V || !onlyWishes(member, direction)) {
        it.mark.reset();
        return false;
    }
    if (!it.mark)
        it.mark = {*cell_V, now.steady};
    const double further_V = signOf(direction) * (*cell_V - it.mark->cell_V);
    const bool isFar = further_V >= (it.trials > 0 ? kFurtherAgain_V : kFurther_V);
    if (isFar || (now.steady - it.mark->at >= kMarkLasts && further_V > 0.0))
        it.mark = {*cell_V, now.steady};
    return isFar;
}

/// One that blocks: whether something is seen of a current.
void look(ShareState::Carrying& it, const ShareState& state, const Member& member,
          Direction direction, const Members& members, const Now& now) {
    if (isSeen(state, member, direction, now))
        noteSighting(it, now);
    if (goesOn(it, member, direction, now) &&
        flow_A(members, direction) - flow_A(member, direction) > kCarries_A) {
        it.seen = std::max<std::chrono::steady_clock::duration>(it.seen, kSwitching);
        it.last = now.steady;
    }
}

} // namespace

bool isOut(const ShareState& state, const Member& member, Direction direction) {
    return isOffline(member) ||
           (member.isBlocked(direction) && !isCarrying(state, member, direction) &&
            (!state.doubted.contains(member.entry().id) ||
             isDeducedEmpty(state.deduced, member.entry().id)));
}

void noteCarrying(ShareState& state, const Members& members, const Now& now) {
    for (auto& carrying : state.carrying)
        boundMemory(carrying, members);
    for (const Direction direction : {Direction::Charge, Direction::Discharge})
        for (const Member& member : members) {
            auto& carrying = state.carrying.at(indexOf(direction));
            const std::string& id = member.entry().id;
            if (!member.isBlocked(direction)) {
                carrying.erase(id);
                continue;
            }
            ShareState::Carrying& it =
                carrying.try_emplace(id, ShareState::Carrying{{}, now.steady - kMarkLasts})
                    .first->second;
            look(it, state, member, direction, members, now);
            stepCarrying(it, member, now);
        }
}

void noteBlocking(ShareState& state, const Members& members, Direction direction) {
    auto& blocking = state.blocking.at(indexOf(direction));
    boundMemory(blocking, members);
    for (const Member& member : members) {
        const std::string& id = member.entry().id;
        const auto known = blocking.find(id);
        if (!member.isBlocked(direction))
            blocking[id] = std::nullopt;
        else if (known != blocking.end() && !known->second)
            known->second = member.movedAt();
        else if (known != blocking.end() && member.movedAt() > *known->second + kReportTakes)
            blocking.erase(known);
    }
}

bool isUncertain(const ShareState& state, Direction direction, const Members& members) {
    const auto& blocking = state.blocking.at(indexOf(direction));
    return std::ranges::any_of(members, [&blocking](const Member& member) {
        const auto known = blocking.find(member.entry().id);
        return known != blocking.end() && known->second;
    });
}

} // namespace busbar
