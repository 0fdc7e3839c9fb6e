// SPDX-License-Identifier: MIT
// Second stage of a cycle: the members' values folded, and what is measured on both sides of the
// busbar.
#pragma once

#include "core/charge/current_source.hpp"
#include "core/members/members.hpp"
#include "core/now.hpp"

#include <optional>
#include <vector>

namespace busbar {

class Readings;
struct Agreement;
struct BankSettings;
struct Snapshot;
struct Verdict;

/// Currents of both sides of the busbar.
struct BarSides {
    std::optional<double> plant_A; ///< nothing = a piece lacks, or a member is held
    std::optional<double> heard_A;
    double capacity_Ah = 0.0; ///< 0 = unknown
};

struct Measured {
    BankCurrent current; ///< from where the owner wants it measured
    BarSides sides;
    std::optional<double> voltage_V;
    /// `voltage_V` with samples that are bridged and lower: a stop of discharging that goes by it
    /// does not wait until they last.
    std::optional<double> unbridged_V;
    std::optional<double> nominal_Ah; ///< see capacityOf_Ah
    std::optional<double> highestCell_V;
    std::optional<double> lowestCell_V;
    double leapt_A = 0.0; ///< of the members' sum, what nothing bears out yet (current_leap.hpp)
};

struct MeasureInput {
    const Members& members; ///< not empty
    const std::vector<Verdict>& verdicts;
    const Readings& readings;
    const BankSettings& settings;
    const OwnSerials& ownSerials;
};

/// Folds all rows into `snapshot`; current and power from where the owner wants them measured.
[[nodiscard]] Measured measure(const MeasureInput& input, Snapshot& snapshot);

/// By all chargers, inverters and meters, A, positive into the busbar; nothing if there are none,
/// or a piece lacks.
[[nodiscard]] std::optional<double>
plantCurrent_A(const Readings& readings, const OwnMeasurement& own, const OwnSerials& ownSerials);

/// The part of the bank's current that the GX sees and its limits bound, A.
[[nodiscard]] std::optional<double> controlledCurrent_A(const Measured& measured,
                                                        const std::optional<Agreement>& agreement);

/// `current_A` less `part_A`; nothing of nothing.
[[nodiscard]] std::optional<double> less(const std::optional<double>& current_A, double part_A);

} // namespace busbar
