// SPDX-License-Identifier: MIT
// One step of the plant: sun and load, charger, bus, cells, BMSs.
#include "sim/twin.hpp"

#include "sim/series.hpp"

#include <algorithm>
#include <stdexcept>

namespace busbar::sim {

namespace {

/// Seeds of the parts, so that one more draw in one does not change the others.
enum class Part : std::uint64_t { Sun = 1, Load = 2, Losses = 3, Bms = 16 };

std::uint64_t seedOf(std::uint64_t seed, Part part, std::size_t index = 0) {
    Random random(seed * 1009U + static_cast<std::uint64_t>(part) + index);
    return random.fork();
}

/// On a dead bus, power is reckoned with the voltage that it would have.
double reckoningVoltage_V(const Twin& twin) {
    const double bus_V = twin.bus().voltage_V;
    return bus_V > 1.0 ? bus_V : std::max(1.0, stringVoltage_V(twin, 0));
}

/// An open contactor has across it what the bus and the whole string differ by.
std::optional<double> gap_V(const Twin& twin, std::size_t string) {
    const double bus_V = twin.bus().voltage_V;
    return bus_V <= 0.0 ? std::nullopt : std::optional(bus_V - stringVoltage_V(twin, string));
}

void checkStrings(const TwinSpec& spec) {
    if (spec.inSeries == 0 || spec.packs.size() % spec.inSeries != 0)
        throw std::invalid_argument("a bank's packs must be a whole number of strings");
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
    checkStrings(spec_);
    const Seconds step = spec_.step;
    for (const PackSpec& pack : spec_.packs) {
        packs_.emplace_back(pack.chemistry, pack.cells, pack.connection_Ohm, pack.heat,
                            step.count());
        bms_.emplace_back(pack.bms, packs_.back(), seedOf(spec_.seed, Part::Bms, bms_.size()),
                          step);
    }
    if (spec_.withLosses)
        losses_.emplace(seedOf(spec_.seed, Part::Losses), packs_.size());
    branches_.resize(packs_.size() / spec_.inSeries);
    breaks_V_.reserve(branches_.size());
    prepareBranches();
    bus_ = solveBus(branches_, {}, breaks_V_);
}

/// Sources and resistances of the blocks in series add up; each switch is in the way of the same
/// current, and so is the diode of each that conducts one way only.
void Twin::prepareBranches() {
    for (std::size_t s = 0; s < branches_.size(); ++s)
        branches_[s] = {{}, canCharge(*this, s), canDischarge(*this, s), 0.0, 0.0};
    for (std::size_t i = 0; i < packs_.size(); ++i) {
        Branch& branch = branches_[stringOf(*this, i)];
        const Thevenin block = packs_[i].prepare();
        branch.source.voltage_V += block.voltage_V;
        branch.source.resistance_Ohm += block.resistance_Ohm;
        branch.diode_V += bms_[i].canCharge() != bms_[i].canDischarge() ? kDiode_V : 0.0;
    }
}

void Twin::step(const Limits& limits) {
    const double step_s = Seconds(spec_.step).count();
    const double sun_W = sun_.step(Seconds(spec_.startOfDay + time_).count(), step_s);
    const double at_V = reckoningVoltage_V(*this);
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
        packs_[i].apply(branches_[stringOf(*this, i)].current_A);

    time_ += spec_.step;
    for (std::size_t i = 0; i < packs_.size(); ++i)
        bms_[i].step(time_, packs_[i], gap_V(*this, stringOf(*this, i)));
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
    truth.canCharge = canCharge(*this, stringOf(*this, i));
    truth.canDischarge = canDischarge(*this, stringOf(*this, i));
    truth.ownLimit = bms_[i].ownLimits();
    return truth;
}

} // namespace busbar::sim
