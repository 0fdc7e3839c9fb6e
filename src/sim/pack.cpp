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
        cells_.soc.push_back(cell.soc);
        cells_.capacity_Ah.push_back(cell.capacity_Ah);
        cells_.socPerAmpere.push_back(step_s / kOneHour_s / cell.capacity_Ah);
        cells_.cold_Ohm.push_back(cell.resistance_Ohm);
        cells_.slow_V.push_back(0.0);
        cells_.slow_Ohm.push_back(cell.slowResistance_Ohm);
        cells_.slowTime_s.push_back(cell.slowTime_s);
        const double decay = std::exp(-step_s / cell.slowTime_s);
        cells_.decay.push_back(decay);
        cells_.meanDecay.push_back(cell.slowTime_s / step_s * (1.0 - decay));
        cells_.leak_A.push_back(cell.leak_A);
        cells_.volt_V.push_back(ocv_.voltage_V(cell.soc));
    }
    cells_.resistance_Ohm = cells_.cold_Ohm;
    cells_.bleed_A.assign(cells.size(), 0.0);
    cells_.source_V.assign(cells.size(), 0.0);
    cells_.source_Ohm.assign(cells.size(), 0.0);
    voltage_V_ = std::accumulate(cells_.volt_V.begin(), cells_.volt_V.end(), 0.0);
    setTemperature();
}

void Pack::setTemperature() {
    const double factor = coldFactor(temperature_C_);
    for (std::size_t k = 0; k < size(); ++k)
        cells_.resistance_Ohm[k] = cells_.cold_Ohm[k] * factor;
    temperatureSet_C_ = temperature_C_;
}

/// The mean voltage over the step is linear in the current: the OCV moves along its piece (half of
/// that on average), the RC member decays by an exponential.
Thevenin Pack::prepare() {
    Thevenin pack{0.0, connection_Ohm_};
    for (std::size_t k = 0; k < size(); ++k) {
        const OcvTable::Piece ocv = ocv_.at(cells_.soc[k]);
        const double ohm = 0.5 * ocv.slope_V * cells_.socPerAmpere[k] +
                           cells_.slow_Ohm[k] * (1.0 - cells_.meanDecay[k]) +
                           cells_.resistance_Ohm[k];
        const double volt = ocv.voltage_V + cells_.slow_V[k] * cells_.meanDecay[k];
        cells_.source_V[k] = volt;
        cells_.source_Ohm[k] = ohm;
        pack.voltage_V += volt - ohm * (cells_.leak_A[k] + cells_.bleed_A[k]);
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
        const double lost_A = cells_.leak_A[k] + cells_.bleed_A[k];
        const double own_A = current_A - lost_A;
        const double volt = cells_.source_V[k] + cells_.source_Ohm[k] * own_A;
        const double before_V = cells_.slow_V[k];
        const double final_V = cells_.slow_Ohm[k] * own_A;
        const double after_V = final_V + (before_V - final_V) * cells_.decay[k];
        const double mean_V = final_V + (before_V - final_V) * cells_.meanDecay[k];
        // What the RC member took in is stored in its capacitance, or became heat.
        const double stored_W = cells_.slowTime_s[k] / cells_.slow_Ohm[k] *
                                (after_V * after_V - before_V * before_V) / (2.0 * step_s_);
        heat_W += cells_.resistance_Ohm[k] * own_A * own_A + mean_V * own_A - stored_W;
        bled_W += volt * lost_A;
        bled_A += lost_A;
        cells_.slow_V[k] = after_V;
        cells_.soc[k] += own_A * cells_.socPerAmpere[k];
        cells_.volt_V[k] = volt;
        sum_V += volt;
    }
    const double step_h = step_s_ / kOneHour_s;
    current_A_ = current_A;
    voltage_V_ = sum_V;
    energy_.bled_Ah += bled_A * step_h;
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
    return std::accumulate(cells_.resistance_Ohm.begin(), cells_.resistance_Ohm.end(),
                           connection_Ohm_);
}

double Pack::remaining_Ah() const {
    double least_Ah = cells_.soc[0] * cells_.capacity_Ah[0];
    for (std::size_t k = 1; k < size(); ++k)
        least_Ah = std::min(least_Ah, cells_.soc[k] * cells_.capacity_Ah[k]);
    return least_Ah;
}

double Pack::room_Ah() const {
    double least_Ah = (1.0 - cells_.soc[0]) * cells_.capacity_Ah[0];
    for (std::size_t k = 1; k < size(); ++k)
        least_Ah = std::min(least_Ah, (1.0 - cells_.soc[k]) * cells_.capacity_Ah[k]);
    return least_Ah;
}

double Pack::charge_Ah() const {
    return std::inner_product(cells_.soc.begin(), cells_.soc.end(), cells_.capacity_Ah.begin(),
                              0.0);
}

double Pack::stored_Wh() const {
    double sum_Wh = 0.0;
    for (std::size_t k = 0; k < size(); ++k) {
        const double farad = cells_.slowTime_s[k] / cells_.slow_Ohm[k];
        sum_Wh += cells_.capacity_Ah[k] * ocv_.energy_Wh(cells_.soc[k]) +
                  farad * cells_.slow_V[k] * cells_.slow_V[k] / 2.0 / kOneHour_s;
    }
    return sum_Wh;
}

} // namespace busbar::sim
