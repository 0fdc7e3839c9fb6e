// SPDX-License-Identifier: MIT
// Sensors, trips and the switch of a BMS.
#include "sim/bms_guard.hpp"

#include <algorithm>
#include <cmath>

namespace busbar::sim {

namespace {

/// True if it trips just now.
bool watchTrip(TripState& state, bool isOver, bool mayClose, Seconds delay, const TripSpec& spec,
               double step_s) {
    if (state.isOpen) {
        state.closed_s = mayClose ? state.closed_s + step_s : 0.0;
        if (state.closed_s >= spec.reconnectDelay.count())
            state = {false, 0.0, 0.0, state.count};
        return false;
    }
    state.over_s = isOver ? state.over_s + step_s : 0.0;
    if (state.over_s < std::max(delay.count(), step_s))
        return false;
    state = {true, 0.0, 0.0, state.count + 1};
    return true;
}

} // namespace

void BmsSense::measure(const Pack& pack, double gain, double offset_A) {
    const std::vector<double>& real_V = pack.cells_V();
    lowestCell = 0;
    highestCell = 0;
    for (std::size_t k = 0; k < real_V.size(); ++k) {
        cells_V[k] = real_V[k] + cellError_V[k];
        if (cells_V[k] < cells_V[static_cast<std::size_t>(lowestCell)])
            lowestCell = static_cast<int>(k);
        if (cells_V[k] > cells_V[static_cast<std::size_t>(highestCell)])
            highestCell = static_cast<int>(k);
    }
    lowest_V = cells_V[static_cast<std::size_t>(lowestCell)];
    highest_V = cells_V[static_cast<std::size_t>(highestCell)];
    current_A = pack.current_A() * gain + offset_A;
}

bool BmsGuard::step(const TripSpec& spec, const BmsSense& sense, std::optional<double> gap_V,
                    double step_s) {
    const auto watch = [&](Trip which, bool isOver, bool mayClose, Seconds delay) {
        return watchTrip(trips_.at(static_cast<std::size_t>(which)), isOver, mayClose, delay, spec,
                         step_s);
    };
    watch(Trip::OverVoltage, sense.highest_V > spec.overVoltage_V,
          sense.highest_V < spec.overRelease_V, spec.voltageDelay);
    const bool isEmpty = watch(
        Trip::UnderVoltage, sense.lowest_V<spec.underVoltage_V, sense.lowest_V> spec.underRelease_V,
        spec.voltageDelay);
    watch(Trip::OverCharge, sense.current_A > spec.overCharge_A, true, spec.currentDelay);
    watch(Trip::OverDischarge, -sense.current_A > spec.overDischarge_A, true, spec.currentDelay);
    const bool mayCharge = !isOpen(Trip::OverVoltage) && !isOpen(Trip::OverCharge);
    const bool mayDischarge = !isOpen(Trip::UnderVoltage) && !isOpen(Trip::OverDischarge);
    if (spec.kind == Switch::Fets) {
        canCharge_ = mayCharge;
        canDischarge_ = mayDischarge;
        return isEmpty;
    }
    const bool mayClose = canCharge_ || !gap_V || std::abs(*gap_V) <= spec.reconnectWithin_V;
    canCharge_ = mayCharge && mayDischarge && mayClose;
    canDischarge_ = canCharge_;
    return isEmpty;
}

} // namespace busbar::sim
