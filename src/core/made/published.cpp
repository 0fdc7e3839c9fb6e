// SPDX-License-Identifier: MIT
// From a made battery to what is published of it.
#include "core/made/published.hpp"

#include "core/cycle/limit_stage.hpp"
#include "core/cycle/rows.hpp"
#include "core/limits/direction.hpp"
#include "core/made/folding.hpp"
#include "core/members/loss_settings.hpp"
#include "core/members/member.hpp"
#include "core/members/membership_settings.hpp"
#include "core/settings.hpp"
#include "core/table/controls.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <array>
#include <vector>

namespace busbar {

namespace {

constexpr RowIndex kPublishedVoltageLimit = row("/Info/MaxChargeVoltage");

/// As a bank holds its members.
bool isWorking(const Battery& made, const Now& now) {
    return made.firstUsable && (!made.lost || now.steady - *made.lost < MembershipSettings{}.hold);
}

bool isLimit(RowIndex index) {
    return index == kPublishedVoltageLimit || index == rowsOf(Direction::Charge).limit ||
           index == rowsOf(Direction::Discharge).limit;
}

void sayValues(Snapshot& snapshot, const Member& member) {
    for (std::size_t i = 0; i < kRowCount; ++i) {
        const auto index = static_cast<RowIndex>(i);
        const Value* value = member.value(index);
        if (value != nullptr && !isOwnRow(index) && !isLimit(index))
            snapshot[index] = *value;
    }
}

Limit limitIn(Direction direction, const Battery& made, const Member& member) {
    const DirectionRows rows = rowsOf(direction);
    const auto own_A = ownLimit(member, direction);
    if (!own_A)
        return {0.0, Cause::UnknownLimit, "", ""};
    const bool isBlocked = member.isBlocked(direction);
    const RowIndex decided = isBlocked ? rows.allow : rows.limit;
    return {*own_A, isBlocked ? Cause::Blocked : Cause::Member,
            std::string(deciderOf(made, decided)), ""};
}

/// The voltage limit stays what it was last, or the GX takes this for a battery without BMS and
/// heeds no limit of it. Nobody is charged to a voltage that is not said any more.
BankLimits limitsOf(const Battery& made, const Members& members) {
    BankLimits limits;
    limits.charge = limits.discharge = {0.0, Cause::NoData, "", ""};
    if (!members.empty()) {
        limits.charge = limitIn(Direction::Charge, made, members.front());
        limits.discharge = limitIn(Direction::Discharge, made, members.front());
    }
    const auto limit_V = lastNumberOf(made, kPublishedVoltageLimit);
    if (!limit_V)
        return limits;
    limits.chargeVoltage = Limit{*limit_V, Cause::Member, "", ""};
    if (!numberOf(made, kPublishedVoltageLimit))
        limits.charge = {0.0, Cause::UnknownLimit, "", ""};
    return limits;
}

Verdict verdictOn(const RosterEntry& entry, const Battery& made, bool takesPart) {
    Verdict verdict;
    verdict.entry = &entry;
    verdict.battery = &made;
    verdict.takesPart = takesPart;
    verdict.held = takesPart && made.lost;
    verdict.reason = takesPart ? OutReason::None : OutReason::PartLost;
    return verdict;
}

/// A monitor has no limits; limits of 0 would be something else.
void sayNoLimits(Snapshot& snapshot) {
    constexpr std::array kSaid = {row("/Io/AllowToCharge"), row("/Io/AllowToDischarge"),
                                  row("/Info/ChargeLimitation"), row("/Info/DischargeLimitation")};
    for (const RowIndex index : kSaid)
        snapshot[index] = Value();
}

} // namespace

Snapshot publishedSnapshot(PublishedState& state, const Battery& made, const Identity& identity,
                           const Now& now) {
    step(state.loss, isWorking(made, now), LossSettings{}, now);
    const bool isNormal = state.loss.stage == Stage::Normal;
    RosterEntry entry;
    entry.instance = made.instance;
    entry.name = identity.productName;
    const std::vector<Verdict> verdicts{verdictOn(entry, made, isNormal)};
    Members members;
    if (isNormal)
        members.emplace_back(made, entry, made.lost.has_value());
    Snapshot snapshot;
    if (isNormal)
        sayValues(snapshot, members.front());
    fillRows(snapshot, {.members = members,
                        .verdicts = verdicts,
                        .unheard = UnheardState{},
                        .settings = BankSettings{},
                        .identity = identity,
                        .controls = Controls{},
                        .limits = limitsOf(made, members),
                        .stage = state.loss.stage});
    if (!made.hasBms)
        sayNoLimits(snapshot);
    return snapshot;
}

} // namespace busbar
