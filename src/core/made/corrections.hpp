// SPDX-License-Identifier: MIT
// What the owner knows better: of single batteries before they count, of the bank's own values
// after.
#pragma once

#include "core/limits/replaced.hpp"
#include "core/members/roster.hpp"
#include "core/table/row_index.hpp"
#include "core/units/unit.hpp"

#include <map>
#include <optional>
#include <vector>

namespace busbar {

class Readings;
struct BatteryCorrection;
struct CorrectionSettings;
struct Snapshot;
struct Verdict;

/// Corrected copies, by the verdict's key in the readings; verdicts point into it.
using CorrectedUnits = std::map<int, Unit>;

/// The first that picks this battery; nullptr if none does.
[[nodiscard]] const BatteryCorrection*
correctionOf(const Unit& unit, const std::vector<BatteryCorrection>& corrections);

/// What the owner allows of it at most.
void holdLimits(Unit& unit, const BatteryCorrection& correction);

/// Makes it say what is right.
void correct(Unit& unit, const BatteryCorrection& correction);

/// In the place of each battery that the owner has corrected, its copy that says what is right:
/// `own` are the corrections of the bank, `outer` those of banks that it is a battery of.
void correct(std::vector<Verdict>& verdicts, CorrectedUnits& corrected,
             const std::vector<BatteryCorrection>& own,
             const std::vector<BatteryCorrection>& outer);

/// A row that a service may say in the place of the bank: a limit, or what does not come from the
/// bank's own limits and stages.
[[nodiscard]] bool isReplaceable(RowIndex index);

/// Where values come from that replace others: never from what this process publishes itself.
struct Services {
    const Readings& readings;
    const OwnSerials& own;
};

/// Of services that are heard now: overrides, and fallbacks where no member gives the value.
[[nodiscard]] ReplacedLimits replacedLimits(const CorrectionSettings& settings,
                                            const Services& services,
                                            const std::vector<Verdict>& verdicts);

/// Rows of the bank other than its limits: overrides, and fallbacks where it knows nothing.
void replaceRows(Snapshot& snapshot, const CorrectionSettings& settings, const Services& services);

} // namespace busbar
