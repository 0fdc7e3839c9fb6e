// SPDX-License-Identifier: MIT
// The ladder of lost data.
#include "core/loss.hpp"

#include "core/limits/limit.hpp"
#include "core/loss_settings.hpp"

namespace busbar {

namespace {

/// Unknown is not comfortable.
bool isComfortable(const LossState& state, const LossSettings& settings) {
    return state.lowestCell_V && state.soc_pct &&
           *state.lowestCell_V >= settings.comfortCell_V.value_or(state.comfortCell_V) &&
           *state.soc_pct >= settings.comfortSoc_pct;
}

} // namespace

void step(LossState& state, bool usable, const LossSettings& settings, const Now& now) {
    if (usable) {
        state.stage = Stage::Normal;
        return;
    }
    if (state.stage == Stage::Normal) {
        state.stage = Stage::NoData;
        state.since = now.steady;
        state.ridesThrough = isComfortable(state, settings);
    }
    if (state.stage == Stage::NoData && now.steady - state.since >= settings.leaveBus)
        state.stage = Stage::Left;
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
