// SPDX-License-Identifier: MIT
// The ladder of lost data.
#include "core/members/loss.hpp"

#include "core/limits/limit.hpp"
#include "core/members/loss_settings.hpp"

namespace busbar {

namespace {

void lose(LossState& state, bool ridesThrough, const Now& now) {
    state.stage = Stage::NoData;
    state.since = now.steady;
    state.ridesThrough = ridesThrough;
}

} // namespace

bool isComfortable(const LossState& state, const LossSettings& settings) {
    return state.lowestCell_V && state.soc_pct &&
           *state.lowestCell_V >= settings.comfortCell_V.value_or(state.comfortCell_V) &&
           *state.soc_pct >= settings.comfortSoc_pct;
}

void step(LossState& state, bool usable, const LossSettings& settings, const Now& now) {
    if (usable) {
        state.stage = Stage::Normal;
        state.wasNormal = true;
        return;
    }
    state.awaited = state.awaited.value_or(now.steady);
    if (state.stage == Stage::Normal)
        lose(state, isComfortable(state, settings), now);
    if (state.stage == Stage::Starting && now.steady - *state.awaited >= settings.linkTimeout)
        lose(state, false, now);
    if (state.stage == Stage::NoData && now.steady - state.since >= settings.leaveBus)
        state.stage = Stage::Left;
}

bool wantsBus(const LossState& state) {
    return state.wasNormal && (state.stage == Stage::Normal || state.stage == Stage::NoData);
}

Limit lostCharge(const LossSettings& settings) {
    return {settings.safeCharge_A, Cause::NoData, "", ""};
}

Limit lostDischarge(const LossState& state, const LossSettings& settings, const Now& now) {
    if (state.ridesThrough && now.steady - state.since < settings.rideThrough)
        return {state.discharge_A, Cause::RideThrough, "", ""};
    return {settings.safeDischarge_A, Cause::NoData, "", ""};
}

} // namespace busbar
