// SPDX-License-Identifier: MIT
// The common DC bus: one voltage, solved exactly for sources, diodes, a charger and loads.
#pragma once

#include "sim/pack.hpp"

#include <vector>

namespace busbar::sim {

/// Drop of a conducting body diode: typical of silicon power transistors at their rated current.
inline constexpr double kDiode_V = 0.7;

/// A pack, or packs in series, as the bus sees it.
struct Branch {
    Thevenin source;
    bool canCharge = true;     ///< false: current only out of the pack, through a diode …
    bool canDischarge = true;  ///< … false: only into it; both false: open
    double current_A = 0.0;    ///< result, charging positive
    double diode_V = kDiode_V; ///< drop of its diodes while it conducts one way only
};

struct BusInput {
    double target_V = 0.0;    ///< charger holds the bus at or below this; 0 = charger off
    double charger_A = 0.0;   ///< most that it may deliver, ≥ 0
    double load_A = 0.0;      ///< wanted, ≥ 0
    double discharge_A = 0.0; ///< most that may come out of all packs together, ≥ 0
};

struct BusResult {
    double voltage_V = 0.0;
    double charger_A = 0.0;
    double load_A = 0.0; ///< served
    double battery_A = 0.0;
};

/// Writes `current_A` of the branches. `breaks_V` is scratch memory. A load that nothing on the bus
/// can carry is dropped; a bus without any source is at 0 V.
[[nodiscard]] BusResult solveBus(std::vector<Branch>& branches, const BusInput& input,
                                 std::vector<double>& breaks_V);

/// Current of one branch at a bus voltage.
[[nodiscard]] double currentAt(const Branch& branch, double bus_V);

} // namespace busbar::sim
