// SPDX-License-Identifier: MIT
// What each control does to a bank.
#include "core/table/control_table.hpp"

#include "core/bank.hpp"
#include "core/bank_view.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/settings.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace busbar {

namespace {

std::optional<double> onlyIfThere(bool isThere) {
    return isThere ? std::optional(1.0) : std::nullopt;
}

} // namespace

namespace control {

std::optional<double> always(const ControlOffer& /*offer*/) {
    return 1.0;
}

std::optional<double> mostCharge_A(const ControlOffer& offer) {
    return offer.settings.limits.maxCharge_A.value_or(kHighestCeiling_A);
}

std::optional<double> mostDischarge_A(const ControlOffer& offer) {
    return offer.settings.limits.maxDischarge_A.value_or(kHighestCeiling_A);
}

std::optional<double> ifBalancing(const ControlOffer& offer) {
    return onlyIfThere(offer.hasBalancing);
}

std::optional<double> ifCounter(const ControlOffer& offer) {
    return onlyIfThere(offer.hasCounter);
}

void balanceNow(Bank& bank, std::string_view /*battery*/, double /*value*/) {
    bank.surroundings().balanceNow = true;
}

void resetCounter(Bank& bank, std::string_view /*battery*/, double /*value*/) {
    bank.resetCounter();
}

void confirmChoices(Bank& bank, std::string_view /*battery*/, double /*value*/) {
    Controls controls = bank.controls();
    controls.doubt = {};
    bank.setControls(std::move(controls));
}

void putInService(Bank& bank, std::string_view battery, double value) {
    Controls controls = bank.controls();
    if (value == 1.0)
        controls.outOfService.erase(std::string(battery));
    else
        controls.outOfService.insert(std::string(battery));
    bank.setControls(std::move(controls));
}

std::optional<double> mostTarget_pct(const ControlOffer& offer) {
    return offer.settings.chargeTarget.soc_pct.value_or(kNoTarget_pct);
}

void setTarget(Bank& bank, std::string_view /*battery*/, double value) {
    Controls controls = bank.controls();
    controls.chargeTarget_pct.reset();
    if (value < kNoTarget_pct)
        controls.chargeTarget_pct = value;
    bank.setControls(std::move(controls));
}

void fullChargeNow(Bank& bank, std::string_view /*battery*/, double /*value*/) {
    bank.surroundings().fullChargeNow = true;
}

void forgetLost(Bank& bank, std::string_view battery, double /*value*/) {
    if (isLost(bank.view(), std::string(battery)))
        putInService(bank, battery, 0.0);
}

} // namespace control

ControlOffer offerOf(const BankSettings& settings) {
    return {settings, hasBalancing(settings), hasCounter(settings)};
}

ControlOffer offerOf(const BankView& view) {
    return {view.settings, view.hasBalancing, view.hasCounter};
}

HighestValues highestOf(const ControlOffer& offer, ControlOf of) {
    HighestValues values{};
    for (std::size_t i = 0; i < kControlCount; ++i)
        if (kControls.at(i).of == of)
            values.at(i) = kControls.at(i).highest(offer);
    return values;
}

double allowed_A(const ControlRow& control, const Controls& controls, const ControlOffer& offer) {
    const double most_A = control.highest(offer).value_or(kHighestCeiling_A);
    return std::min(ceilingInForce_A(controls, *control.ceiling).value_or(most_A), most_A);
}

void apply(Bank& bank, ControlKind kind, std::string_view id, double value) {
    const ControlRow& control = rowOf(kind);
    if (control.of == ControlOf::Bank && bank.settings().id != id)
        return;
    if (control.ceiling != nullptr) {
        Controls controls = bank.controls();
        setCeiling(controls, *control.ceiling, value);
        if (value >= kHighestCeiling_A)
            (controls.*control.ceiling->value_A).reset();
        bank.setControls(std::move(controls));
    }
    if (control.effect != nullptr)
        control.effect(bank, id, value);
}

} // namespace busbar
