// SPDX-License-Identifier: MIT
// How limits reach chargers and inverter: picked up now and then, rounded up, ramped.
#include "sim/charger.hpp"

#include <algorithm>
#include <cmath>

namespace busbar::sim {

namespace {

/// A limit that nobody gave.
constexpr double kUnlimited_A = 1e6;

double towards(double from, double to, double up, double down) {
    return to > from ? std::min(to, from + up) : std::max(to, from - down);
}

} // namespace

/// DVCC (dbus/VENUS.md): the solar chargers may give the CCL and what the inverter takes besides,
/// rounded up to whole amperes; CCL and DCL that are unknown do not limit. Without a CVL nothing is
/// written any more.
void Charger::pickUp(const Input& input) {
    sincePickUp_s_ += input.step_s;
    if (sincePickUp_s_ < spec_.pickUp_s)
        return;
    sincePickUp_s_ = 0.0;
    if (!input.limits.cvl_V)
        return;
    everHadBms_ = true;
    wanted_V_ = *input.limits.cvl_V;
    const bool isFree = (input.feedIn && spec_.hasMains) || !input.limits.ccl_A;
    wanted_A_ =
        isFree ? spec_.max_A : std::min(spec_.max_A, std::ceil(*input.limits.ccl_A + input.load_A));
    discharge_A_ = input.limits.dcl_A.value_or(kUnlimited_A);
}

void Charger::ramp(const Input& input) {
    if (target_V_ <= 0.0)
        target_V_ = wanted_V_;
    target_V_ =
        towards(target_V_, wanted_V_, spec_.up_V * input.step_s, spec_.down_V * input.step_s);
    limit_A_ = towards(limit_A_, wanted_A_, spec_.up_A * input.step_s, spec_.down_A * input.step_s);
}

void Charger::watchVoltage(double bus_V) {
    if (bus_V < spec_.cutOff_V)
        isCutOff_ = true;
    else if (bus_V >= spec_.restart_V)
        isCutOff_ = false;
}

ChargerOrder Charger::step(const Input& input) {
    lost_s_ = input.limits.cvl_V ? 0.0 : lost_s_ + input.step_s;
    pickUp(input);
    ramp(input);
    watchVoltage(input.bus_V);
    ChargerOrder order;
    const bool chargerRuns = everHadBms_ && lost_s_ < spec_.chargerTimeout_s;
    order.target_V = chargerRuns ? target_V_ : 0.0;
    order.charger_A = chargerRuns ? std::min(limit_A_, input.available_A) : 0.0;
    order.inverterOn = everHadBms_ && lost_s_ < spec_.inverterTimeout_s && !isCutOff_;
    order.discharge_A = discharge_A_;
    return order;
}

} // namespace busbar::sim
