// SPDX-License-Identifier: MIT
// The bus: Σ of the packs' currents is a rising, piecewise linear function of its voltage.
#include "sim/bus.hpp"

#include <algorithm>
#include <optional>

namespace busbar::sim {

namespace {

bool isOpen(const Branch& branch) {
    return !branch.canCharge && !branch.canDischarge;
}

/// Where a branch begins to conduct when only one direction is switched: it does so through the
/// other transistor's diode.
double break_V(const Branch& branch) {
    return branch.source.voltage_V + (branch.canCharge ? branch.diode_V : -branch.diode_V);
}

bool isDiode(const Branch& branch) {
    return branch.canCharge != branch.canDischarge;
}

double sumAt(const std::vector<Branch>& branches, double bus_V) {
    double sum_A = 0.0;
    for (const Branch& branch : branches)
        sum_A += currentAt(branch, bus_V);
    return sum_A;
}

/// Straight part of Σ I(V) around a voltage that is no break: I = slope · V − offset.
struct Line {
    double slope = 0.0;
    double offset_A = 0.0;
};

Line lineAt(const std::vector<Branch>& branches, double bus_V) {
    Line line;
    for (const Branch& branch : branches) {
        if (isOpen(branch))
            continue;
        if (isDiode(branch) && (bus_V > break_V(branch)) != branch.canCharge)
            continue;
        const double from_V = isDiode(branch) ? break_V(branch) : branch.source.voltage_V;
        line.slope += 1.0 / branch.source.resistance_Ohm;
        line.offset_A += from_V / branch.source.resistance_Ohm;
    }
    return line;
}

/// The voltage at which the packs take `sum_A`; nothing if no voltage does that.
std::optional<double> voltageFor(const std::vector<Branch>& branches, double sum_A,
                                 std::vector<double>& breaks_V) {
    breaks_V.clear();
    for (const Branch& branch : branches)
        if (isDiode(branch))
            breaks_V.push_back(break_V(branch));
    std::ranges::sort(breaks_V);
    // The first break at which the sum is large enough bounds the part that holds the solution.
    std::size_t part = 0;
    while (part < breaks_V.size() && sumAt(branches, breaks_V[part]) < sum_A)
        ++part;
    double inside_V = 0.0;
    if (breaks_V.empty())
        inside_V = 0.0;
    else if (part == 0)
        inside_V = breaks_V.front() - 1.0;
    else if (part == breaks_V.size())
        inside_V = breaks_V.back() + 1.0;
    else
        inside_V = (breaks_V[part - 1] + breaks_V[part]) / 2.0;
    const Line line = lineAt(branches, inside_V);
    if (line.slope > 0.0)
        return (sum_A + line.offset_A) / line.slope;
    if (part < breaks_V.size() && sumAt(branches, breaks_V[part]) == sum_A)
        return breaks_V[part];
    return std::nullopt;
}

/// Nothing can carry the load: the inverter is off. The charger alone holds the bus, if it runs.
BusResult withoutLoad(std::vector<Branch>& branches, const BusInput& input,
                      std::vector<double>& breaks_V) {
    BusResult result;
    const auto idle_V = voltageFor(branches, 0.0, breaks_V);
    result.voltage_V = idle_V.value_or(input.charger_A > 0.0 ? input.target_V : 0.0);
    if (input.target_V > result.voltage_V && input.charger_A > 0.0) {
        const auto full_V = voltageFor(branches, input.charger_A, breaks_V);
        result.voltage_V = full_V && *full_V < input.target_V ? *full_V : input.target_V;
    }
    result.charger_A = std::max(0.0, sumAt(branches, result.voltage_V));
    return result;
}

BusResult solved(std::vector<Branch>& branches, const BusInput& input,
                 std::vector<double>& breaks_V) {
    const double most_A = input.target_V > 0.0 ? input.charger_A : 0.0;
    const double served_A = std::min(input.load_A, most_A + input.discharge_A);
    // Limited by current: the charger gives all it may.
    const auto free_V = voltageFor(branches, most_A - served_A, breaks_V);
    if (free_V && (most_A <= 0.0 || *free_V <= input.target_V))
        return {*free_V, most_A, served_A, 0.0};
    if (!free_V && (most_A <= 0.0 || most_A < served_A))
        return withoutLoad(branches, input, breaks_V);
    // Limited by voltage: it gives what packs and load take at its target.
    const double packs_A = sumAt(branches, input.target_V);
    const double needed_A = packs_A + input.load_A;
    if (needed_A >= 0.0 && packs_A >= -input.discharge_A)
        return {input.target_V, needed_A, input.load_A, 0.0};
    // The packs hold the bus above its target, and carry the load alone.
    const double alone_A = std::min(input.load_A, input.discharge_A);
    const auto above_V = voltageFor(branches, -alone_A, breaks_V);
    if (!above_V)
        return withoutLoad(branches, input, breaks_V);
    return {*above_V, 0.0, alone_A, 0.0};
}

} // namespace

double currentAt(const Branch& branch, double bus_V) {
    if (isOpen(branch))
        return 0.0;
    if (!isDiode(branch))
        return (bus_V - branch.source.voltage_V) / branch.source.resistance_Ohm;
    const double beyond_A = (bus_V - break_V(branch)) / branch.source.resistance_Ohm;
    return branch.canCharge ? std::max(0.0, beyond_A) : std::min(0.0, beyond_A);
}

BusResult solveBus(std::vector<Branch>& branches, const BusInput& input,
                   std::vector<double>& breaks_V) {
    BusResult result = solved(branches, input, breaks_V);
    for (Branch& branch : branches) {
        branch.current_A = currentAt(branch, result.voltage_V);
        result.battery_A += branch.current_A;
    }
    return result;
}

} // namespace busbar::sim
