// SPDX-License-Identifier: MIT
// Cells in series, solved exactly over a step with constant current.
#include "sim/pack.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace busbar::sim {

namespace {

constexpr double kOneHour_s = 3600.0;
/// Resistances are worked out anew when the temperature has moved this far.
constexpr double kTemperatureStep_C = 0.2;

/// R0 against 25 °C: about doubled at 0 °C, as data sheets of LFP cells show.
double coldFactor(double temperature_C) {
    return std::exp(0.028 * (25.0 - std::clamp(temperature_C, -20.0, 45.0)));
}

} // namespace

Pack::Pack(Chemistry chemistry, const std::vector<CellSpec>& cells, double connection_Ohm,
           const HeatSpec& heat, double step_s)
    : ocv_(makeOcvTable(chemistry)), connection_Ohm_(connection_Ohm), heat_(heat), step_s_(step_s),
      temperature_C_(heat.start_C), temperatureSet_C_(heat.start_C) {
    for (const CellSpec& cell : cells) {
        soc_.push_back(cell.soc);
        capacity_Ah_.push_back(cell.capacity_Ah);
        socPerAmpere_.push_back(step_s / kOneHour_s / cell.capacity_Ah);
        cold_Ohm_.push_back(cell.resistance_Ohm);
        slow_V_.push_back(0.0);
        slow_Ohm_.push_back(cell.slowResistance_Ohm);
        slowTime_s_.push_back(cell.slowTime_s);
        const double decay = std::exp(-step_s / cell.slowTime_s);
        decay_.push_back(decay);
        meanDecay_.push_back(cell.slowTime_s / step_s * (1.0 - decay));
        leak_A_.push_back(cell.leak_A);
        cell_V_.push_back(ocv_.voltage_V(cell.soc));
    }
    resistance_Ohm_ = cold_Ohm_;
    bleed_A_.assign(cells.size(), 0.0);
    source_V_.assign(cells.size(), 0.0);
    source_Ohm_.assign(cells.size(), 0.0);
    voltage_V_ = std::accumulate(cell_V_.begin(), cell_V_.end(), 0.0);
    setTemperature();
}

void Pack::setTemperature() {
    const double factor = coldFactor(temperature_C_);
    for (std::size_t k = 0; k < size(); ++k)
        resistance_Ohm_[k] = cold_Ohm_[k] * factor;
    temperatureSet_C_ = temperature_C_;
}

/// The mean voltage over the step is linear in the current: the OCV moves along its piece (half of
/// that on average), the RC member decays by an exponential.
Thevenin Pack::prepare() {
    Thevenin pack{0.0, connection_Ohm_};
    for (std::size_t k = 0; k < size(); ++k) {
        const OcvTable::Piece ocv = ocv_.at(soc_[k]);
        const double ohm = 0.5 * ocv.slope_V * socPerAmpere_[k] +
                           slow_Ohm_[k] * (1.0 - meanDecay_[k]) + resistance_Ohm_[k];
        const double volt = ocv.voltage_V + slow_V_[k] * meanDecay_[k];
        source_V_[k] = volt;
        source_Ohm_[k] = ohm;
        pack.voltage_V += volt - ohm * (leak_A_[k] + bleed_A_[k]);
        pack.resistance_Ohm += ohm;
    }
    return pack;
}

void Pack::apply(double current_A) {
    double sum_V = 0.0;
    double heat_W = connection_Ohm_ * current_A * current_A;
    double bled_W = 0.0;
    double bled_A = 0.0;
    for (std::size_t k = 0; k < size(); ++k) {
        const double lost_A = leak_A_[k] + bleed_A_[k];
        const double own_A = current_A - lost_A;
        const double volt = source_V_[k] + source_Ohm_[k] * own_A;
        const double before_V = slow_V_[k];
        const double final_V = slow_Ohm_[k] * own_A;
        const double after_V = final_V + (before_V - final_V) * decay_[k];
        const double mean_V = final_V + (before_V - final_V) * meanDecay_[k];
        // What the RC member took in is stored in its capacitance, or became heat.
        const double stored_W = slowTime_s_[k] / slow_Ohm_[k] *
                                (after_V * after_V - before_V * before_V) / (2.0 * step_s_);
        heat_W += resistance_Ohm_[k] * own_A * own_A + mean_V * own_A - stored_W;
        bled_W += volt * lost_A;
        bled_A += lost_A;
        slow_V_[k] = after_V;
        soc_[k] += own_A * socPerAmpere_[k];
        cell_V_[k] = volt;
        sum_V += volt;
    }
    const double step_h = step_s_ / kOneHour_s;
    current_A_ = current_A;
    voltage_V_ = sum_V;
    bled_Ah_ += bled_A * step_h;
    energy_.terminals_Wh += (sum_V + connection_Ohm_ * current_A) * current_A * step_h;
    energy_.heat_Wh += heat_W * step_h;
    energy_.bled_Wh += bled_W * step_h;
    warm(heat_W + bled_W);
}

void Pack::warm(double loss_W) {
    const double cooling_W = (temperature_C_ - heat_.ambient_C) / heat_.resistance_K_W;
    temperature_C_ += (loss_W - cooling_W) * step_s_ / heat_.capacity_J_K;
    if (std::abs(temperature_C_ - temperatureSet_C_) > kTemperatureStep_C)
        setTemperature();
}

double Pack::resistance_Ohm() const {
    return std::accumulate(resistance_Ohm_.begin(), resistance_Ohm_.end(), connection_Ohm_);
}

double Pack::remaining_Ah() const {
    double least_Ah = soc_[0] * capacity_Ah_[0];
    for (std::size_t k = 1; k < size(); ++k)
        least_Ah = std::min(least_Ah, soc_[k] * capacity_Ah_[k]);
    return least_Ah;
}

double Pack::room_Ah() const {
    double least_Ah = (1.0 - soc_[0]) * capacity_Ah_[0];
    for (std::size_t k = 1; k < size(); ++k)
        least_Ah = std::min(least_Ah, (1.0 - soc_[k]) * capacity_Ah_[k]);
    return least_Ah;
}

double Pack::charge_Ah() const {
    return std::inner_product(soc_.begin(), soc_.end(), capacity_Ah_.begin(), 0.0);
}

double Pack::stored_Wh() const {
    double sum_Wh = 0.0;
    for (std::size_t k = 0; k < size(); ++k) {
        const double farad = slowTime_s_[k] / slow_Ohm_[k];
        sum_Wh += capacity_Ah_[k] * ocv_.energy_Wh(soc_[k]) +
                  farad * slow_V_[k] * slow_V_[k] / 2.0 / kOneHour_s;
    }
    return sum_Wh;
}

} // namespace busbar::sim
