// SPDX-License-Identifier: MIT
// Cells in series: charge, voltage, heat. No electronics.
#pragma once

#include "sim/chemistry.hpp"

#include <cstddef>
#include <vector>

namespace busbar::sim {

/// One cell as it really is; the BMS does not know these.
struct CellSpec {
    double capacity_Ah = 100.0;
    double resistance_Ohm = 0.0005; ///< R0 at 25 °C
    double slowResistance_Ohm = 0.0004;
    double slowTime_s = 60.0; ///< time constant of the RC member
    double soc = 0.5;         ///< at the start, 1 = full
    double leak_A = 0.0;      ///< self-discharge
};

/// Heat of the whole pack against its surroundings.
struct HeatSpec {
    double ambient_C = 20.0;
    double start_C = 20.0;
    double capacity_J_K = 50000.0;
    double resistance_K_W = 0.2;
    double spread_K = 1.0; ///< hottest minus coldest sensor
};

/// Where the energy went since the start, Wh. What came in at the terminals is what the cells and
/// their RC members store more, plus the other two.
struct EnergyBook {
    double terminals_Wh = 0.0;
    double heat_Wh = 0.0; ///< in R0, the RC members and the connection
    double bled_Wh = 0.0; ///< balancers and self-discharge
    double bled_Ah = 0.0; ///< the same, over all cells
};

/// A source behind a resistance: V = voltage_V + resistance_Ohm · I, charging positive. Exact for
/// the mean voltage over one step in which the current does not change.
struct Thevenin {
    double voltage_V = 0.0;
    double resistance_Ohm = 0.0;
};

/// The cells of one pack, as flat arrays.
class Pack {
public:
    Pack(Chemistry chemistry, const std::vector<CellSpec>& cells, double connection_Ohm,
         const HeatSpec& heat, double step_s);

    /// What the pack is towards the bus during the coming step.
    [[nodiscard]] Thevenin prepare();
    /// The step itself, with the current that prepare's source carries.
    void apply(double current_A);

    [[nodiscard]] std::size_t size() const { return cells_.soc.size(); }
    /// Mean over the last step, V.
    [[nodiscard]] const std::vector<double>& cells_V() const { return cells_.volt_V; }
    [[nodiscard]] const std::vector<double>& socs() const { return cells_.soc; }
    [[nodiscard]] double voltage_V() const { return voltage_V_; }
    [[nodiscard]] double current_A() const { return current_A_; }
    [[nodiscard]] double temperature_C() const { return temperature_C_; }
    /// R0 of all cells now, and the connection: what divides a sudden change of the bank's current.
    [[nodiscard]] double resistance_Ohm() const;
    [[nodiscard]] const HeatSpec& heat() const { return heat_; }
    [[nodiscard]] double capacity_Ah(std::size_t cell) const { return cells_.capacity_Ah[cell]; }

    /// Balancing current of a cell from now on, A.
    void bleed(std::size_t cell, double current_A) { cells_.bleed_A[cell] = current_A; }

    /// Until the first cell is empty, Ah.
    [[nodiscard]] double remaining_Ah() const;
    /// Until the first cell is full, Ah.
    [[nodiscard]] double room_Ah() const;
    /// What is in the cells, together.
    [[nodiscard]] double charge_Ah() const;
    /// Stored in cells and RC members, Wh.
    [[nodiscard]] double stored_Wh() const;
    [[nodiscard]] const EnergyBook& energy() const { return energy_; }

private:
    void warm(double loss_W);
    void setTemperature();

    OcvTable ocv_;
    double connection_Ohm_;
    HeatSpec heat_;
    double step_s_;
    double temperature_C_;
    double temperatureSet_C_; ///< for which the resistances were worked out
    double voltage_V_{0.0};
    double current_A_{0.0};
    EnergyBook energy_;

    /// One value per cell.
    struct Cells {
        std::vector<double> soc, capacity_Ah, socPerAmpere;
        std::vector<double> cold_Ohm, resistance_Ohm; ///< R0 at 25 °C, and now
        std::vector<double> slow_V, slow_Ohm, slowTime_s;
        std::vector<double> decay, meanDecay; ///< of the RC member over one step
        std::vector<double> leak_A, bleed_A;
        std::vector<double> source_V, source_Ohm; ///< from prepare
        std::vector<double> volt_V;               ///< mean over the last step
    } cells_;
};

} // namespace busbar::sim
