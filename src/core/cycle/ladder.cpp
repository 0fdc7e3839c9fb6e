// SPDX-License-Identifier: MIT
// Limits while nobody takes part.
#include "core/cycle/ladder.hpp"

#include "core/cycle/limit_stage.hpp"
#include "core/cycle/parts.hpp"
#include "core/members/loss.hpp"
#include "core/settings.hpp"
#include "core/table/controls.hpp"

#include <utility>

namespace busbar {

namespace {

/// What the owner does not allow to a bank that is heard, one without data does not get either.
Limit underCeiling(Limit limit, std::optional<double> ceiling_A) {
    if (!ceiling_A || limit.value <= *ceiling_A)
        return limit;
    return {*ceiling_A, Cause::Ceiling, "", ""};
}

} // namespace

void fallBack(BankLimits& limits, LimitStageState& state, const LadderInput& input,
              const Now& now) {
    limits.limiters = {};
    if (input.isSeries) {
        limits.charge = limits.discharge = {0.0, Cause::InSeries, "", ""};
    } else if (input.loss.stage == Stage::Starting) {
        if (isKeptOut(input.verdicts))
            limits.charge = limits.discharge = {0.0, Cause::NoData, "", ""};
        return;
    } else {
        const LossSettings& settings = input.settings.loss;
        limits.charge = underCeiling(lostCharge(settings), chargeCeiling_A(input.controls));
        limits.discharge = underCeiling(lostDischarge(input.loss, settings, now),
                                        dischargeCeiling_A(input.controls));
    }
    state.chargeRamp = {limits.charge.value, now.steady};
    state.dischargeRamp = {limits.discharge.value, now.steady};
}

} // namespace busbar
