// SPDX-License-Identifier: MIT
// Open-circuit voltages from published electrode potentials, and typical settings.
#include "sim/chemistry.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace busbar::sim {

namespace {

/// Pieces over 0 … 1; the LFP curve's top bends within 1 %.
constexpr int kPieces = 1000;

/// Potential of graphite (with silicon) against lithium over its lithium content: Chen et al. 2020,
/// J. Electrochem. Soc. 167, 080534 (LG M50).
double graphite_V(double x) {
    return 1.9793 * std::exp(-39.3631 * x) + 0.2482 - 0.0909 * std::tanh(29.8538 * (x - 0.1234)) -
           0.04478 * std::tanh(14.9159 * (x - 0.2769)) - 0.0205 * std::tanh(30.4444 * (x - 0.6103));
}

/// NMC 811, the same paper.
double nmc_V(double y) {
    return -0.8090 * y + 4.4875 - 0.0428 * std::tanh(18.5138 * (y - 0.5542)) -
           17.7326 * std::tanh(15.7890 * (y - 0.3117)) +
           17.5842 * std::tanh(15.9308 * (y - 0.3120));
}

/// Graphite of an LFP cell: Safari and Delacourt 2011, J. Electrochem. Soc. 158, A562.
double plainGraphite_V(double x) {
    return 0.6379 + 0.5416 * std::exp(-305.5309 * x) - 0.0440 * std::tanh((x - 0.1958) / 0.1088) -
           0.1978 * std::tanh((x - 1.0571) / 0.0854) - 0.6875 * std::tanh((x + 0.0117) / 0.0529) -
           0.0175 * std::tanh((x - 0.5692) / 0.0875);
}

/// LiFePO4: Afshar et al. 2017, arXiv:1709.03970.
double ironPhosphate_V(double y) {
    return 3.4077 - 0.020269 * y + 0.5 * std::exp(-150.0 * y) - 0.9 * std::exp(-30.0 * (1.0 - y));
}

/// Li4Ti5O12: flat at 1.55 V (Ohzuku et al. 1995, J. Electrochem. Soc. 142, 1431). The bends at its
/// ends are shaped by hand so that the cell rests at 1.8 V empty and at 2.75 V full, as the charge
/// and discharge curves of makers' data sheets (Yinlong, Toshiba SCiB: 1.5 … 2.8 V) suggest.
double titanate_V(double soc) {
    return 1.55 + 0.22 * std::exp(-soc / 0.02) - 0.15 * std::exp((soc - 1.0) / 0.015);
}

double between(double empty, double full, double soc) {
    return empty + (full - empty) * soc;
}

/// Lithium contents, LFP: full as in the parameter set of Prada et al. 2013 (graphite 0.81, LFP
/// 0.0038), empty at 2.5 V with that set's ratio of the electrodes' capacities (0.883). NMC: Chen
/// et al. 2020. LTO: the NMC electrode of the same paper, used up to 2.75 V.
double ocv_V(Chemistry chemistry, double soc) {
    switch (chemistry) {
    case Chemistry::Lfp:
        return ironPhosphate_V(between(0.716, 0.0038, soc)) -
               plainGraphite_V(between(0.0034, 0.81, soc));
    case Chemistry::Lto:
        return nmc_V(between(0.9084, 0.36, soc)) - titanate_V(soc);
    case Chemistry::Nmc:
        return nmc_V(between(0.9084, 0.2661, soc)) - graphite_V(between(0.0279, 0.9014, soc));
    }
    return 0.0;
}

// clang-format off
// Voltages: makers' data sheets of prismatic cells (EVE LF280K, Yinlong, Samsung SDI) and what BMS
// makers preset (JK, Seplos, Daly). R0: about 0.25 … 0.5 mΩ for 280 Ah LFP, with busbars.
constexpr std::array kTypical = {
    //          nom   CVL   float over  rel.  from  to    under rel.  from  to    bal.  Ω·Ah  cells
    TypicalCell{3.2,  3.50, 3.375,3.65, 3.45, 3.45, 3.60, 2.60, 3.00, 3.00, 2.80, 3.40, 0.10, 16},
    TypicalCell{2.3,  2.65, 2.50, 2.80, 2.60, 2.60, 2.75, 1.70, 2.05, 2.05, 1.85, 2.45, 0.03, 24},
    TypicalCell{3.65, 4.10, 4.00, 4.25, 4.10, 4.08, 4.20, 3.00, 3.40, 3.40, 3.15, 4.00, 0.08, 14},
};
// clang-format on

} // namespace

std::string_view toText(Chemistry chemistry) {
    constexpr std::array<std::string_view, 3> kTexts = {"LFP", "LTO", "NMC"};
    return kTexts.at(static_cast<std::size_t>(chemistry));
}

OcvTable::OcvTable(const std::vector<double>& voltages_V)
    : count_(static_cast<double>(voltages_V.size() - 1)), last_(count_ - 1.0),
      width_(1.0 / count_) {
    double sum_Wh = 0.0;
    for (std::size_t i = 0; i + 1 < voltages_V.size(); ++i) {
        const double here_V = voltages_V[i];
        const double next_V = voltages_V[i + 1];
        pieces_.push_back({here_V, (next_V - here_V) * count_});
        energy_Wh_.push_back(sum_Wh);
        sum_Wh += (here_V + next_V) / 2.0 * width_;
    }
}

double OcvTable::soc(double voltage_V) const {
    const auto above = std::ranges::upper_bound(pieces_, voltage_V, {}, &Piece::voltage_V);
    const auto index =
        static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, above - pieces_.begin() - 1));
    const Piece& piece = pieces_[index];
    return static_cast<double>(index) * width_ + (voltage_V - piece.voltage_V) / piece.slope_V;
}

double OcvTable::energy_Wh(double soc) const {
    const double clamped = std::clamp(soc * count_, 0.0, last_);
    const auto index = static_cast<std::size_t>(clamped);
    const double part = soc - static_cast<double>(index) * width_;
    return energy_Wh_[index] +
           (pieces_[index].voltage_V + pieces_[index].slope_V * part / 2.0) * part;
}

OcvTable makeOcvTable(Chemistry chemistry) {
    std::vector<double> voltages_V;
    for (int i = 0; i <= kPieces; ++i)
        voltages_V.push_back(ocv_V(chemistry, static_cast<double>(i) / kPieces));
    return OcvTable(voltages_V);
}

TypicalCell typicalCell(Chemistry chemistry) {
    return kTypical.at(static_cast<std::size_t>(chemistry));
}

} // namespace busbar::sim
