// SPDX-License-Identifier: MIT
// One step of the plant: sun and load, charger, bus, cells, BMSs.
#include "sim/twin.hpp"

#include <algorithm>

namespace busbar::sim {

namespace {

/// Seeds of the parts, so that one more draw in one does not change the others.
enum class Part : std::uint64_t { Sun = 1, Load = 2, Losses = 3, Bms = 16 };

std::uint64_t seedOf(std::uint64_t seed, Part part, std::size_t index = 0) {
    Random random(seed * 1009U + static_cast<std::uint64_t>(part) + index);
    return random.fork();
}

/// On a dead bus, power is reckoned with the voltage that it would have.
double reckoningVoltage_V(const BusResult& bus, const Pack& pack) {
    return bus.voltage_V > 1.0 ? bus.voltage_V : std::max(1.0, pack.voltage_V());
}

} // namespace

double coldResistance_Ohm(const PackSpec& pack) {
    double sum_Ohm = pack.connection_Ohm;
    for (const CellSpec& cell : pack.cells)
        sum_Ohm += cell.resistance_Ohm;
    return sum_Ohm;
}

Twin::Twin(TwinSpec spec)
    : spec_(std::move(spec)), charger_(spec_.charger),
      load_(spec_.load, seedOf(spec_.seed, Part::Load)),
      sun_(spec_.sun, seedOf(spec_.seed, Part::Sun)) {
    const Seconds step = spec_.step;
    for (const PackSpec& pack : spec_.packs) {
        packs_.emplace_back(pack.chemistry, pack.cells, pack.connection_Ohm, pack.heat,
                            step.count());
        bms_.emplace_back(pack.bms, packs_.back(), seedOf(spec_.seed, Part::Bms, bms_.size()),
                          step);
    }
    if (spec_.withLosses)
        losses_.emplace(seedOf(spec_.seed, Part::Losses), packs_.size());
    branches_.resize(packs_.size());
    breaks_V_.reserve(packs_.size());
    prepareBranches();
    bus_ = solveBus(branches_, {}, breaks_V_);
}

void Twin::prepareBranches() {
    for (std::size_t i = 0; i < packs_.size(); ++i)
        branches_[i] = {packs_[i].prepare(), bms_[i].canCharge(), bms_[i].canDischarge(), 0.0};
}

void Twin::step(const Limits& limits) {
    const double step_s = Seconds(spec_.step).count();
    const double sun_W = sun_.step(Seconds(spec_.startOfDay + time_).count(), step_s);
    const double at_V = reckoningVoltage_V(bus_, packs_.front());
    load_W_ = load_.step(step_s);
    available_A_ = std::min(charger_.spec().max_A, sun_W / at_V);

    const ChargerOrder order =
        charger_.step({limits, spec_.feedIn, bus_.voltage_V, bus_.load_A, available_A_, step_s});
    const double wanted_A = std::min(load_W_, charger_.spec().inverter_W) / at_V;
    prepareBranches();
    bus_ = solveBus(
        branches_,
        {order.target_V, order.charger_A, order.inverterOn ? wanted_A : 0.0, order.discharge_A},
        breaks_V_);
    for (std::size_t i = 0; i < packs_.size(); ++i)
        packs_[i].apply(branches_[i].current_A);

    time_ += spec_.step;
    for (std::size_t i = 0; i < packs_.size(); ++i)
        bms_[i].step(time_, packs_[i], bus_.voltage_V);
    lose();
    write(sun_W, at_V, step_s / 3600.0);
}

void Twin::lose() {
    if (!losses_)
        return;
    for (const Loss& loss : losses_->step(*this)) {
        bms_[loss.pack].addFault(loss.fault);
        lost_.push_back(loss);
    }
}

void Twin::write(double sun_W, double at_V, double step_h) {
    const double wanted_A = load_W_ / at_V;
    const double charged_W = bus_.charger_A * bus_.voltage_V;
    book_.served_Wh += bus_.load_A * bus_.voltage_V * step_h;
    book_.unserved_Wh += std::max(0.0, wanted_A - bus_.load_A) * at_V * step_h;
    book_.sun_Wh += charged_W * step_h;
    book_.curtailed_Wh += std::max(0.0, sun_W - charged_W) * step_h;
}

PackTruth Twin::truth(std::size_t i) const {
    const Pack& pack = packs_[i];
    PackTruth truth;
    truth.current_A = pack.current_A();
    truth.voltage_V = pack.voltage_V();
    truth.remaining_Ah = pack.remaining_Ah();
    truth.room_Ah = pack.room_Ah();
    truth.soc = truth.remaining_Ah / (truth.remaining_Ah + truth.room_Ah);
    truth.minCell_V = *std::ranges::min_element(pack.cells_V());
    truth.maxCell_V = *std::ranges::max_element(pack.cells_V());
    truth.temperature_C = pack.temperature_C();
    truth.canCharge = bms_[i].canCharge();
    truth.canDischarge = bms_[i].canDischarge();
    truth.ownLimit = bms_[i].ownLimits();
    return truth;
}

} // namespace busbar::sim
