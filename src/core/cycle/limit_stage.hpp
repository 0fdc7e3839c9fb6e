// SPDX-License-Identifier: MIT
// Fifth stage of a cycle: CCL, DCL and CVL of the bank.
#pragma once

#include "core/gx/dvcc.hpp"
#include "core/gx/overrun.hpp"
#include "core/limits/cell_count.hpp"
#include "core/limits/deduced.hpp"
#include "core/limits/guards.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/limiters.hpp"
#include "core/limits/peak.hpp"
#include "core/limits/preset.hpp"
#include "core/limits/ramp.hpp"
#include "core/limits/replaced.hpp"
#include "core/members/agreement.hpp"
#include "core/members/members.hpp"
#include "core/members/membership.hpp"
#include "core/now.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace busbar {

class Readings;
struct BankSettings;
struct Controls;
struct Measured;
struct Upkeep;

/// What the bank may take and give, as published (but for rounding).
struct BankLimits {
    Limit charge;                       ///< CCL
    Limit discharge;                    ///< DCL
    std::optional<Limit> chargeVoltage; ///< CVL; nothing before a first one was worked out
    /// What each was made of, in the order in which it was looked at; empty while nobody takes
    /// part.
    LimiterLists limiters{};
};

/// Memory between cycles.
struct LimitStageState {
    LimitState own;
    std::optional<LimitState> withSuspects; ///< if those that may be sums were batteries
    PresetValues preset;                    ///< in force
    CellCounts cells;
    PeakState peak;
    RampState chargeRamp;
    RampState dischargeRamp;
    OverrunState overrun;
    StillLimits still; ///< of this cycle
};

struct LimitStageInput {
    const Members& members; ///< not empty
    const Members& all;     ///< with those that may be sums of others
    const std::vector<Verdict>& verdicts;
    const Readings& readings;
    const BankSettings& settings;
    const Controls& controls;
    const std::optional<DvccValues>& ownersLimits; ///< Surroundings::ownersLimits
    const Measured& measured;
    const std::optional<Agreement>& agreement;
    const Upkeep& charge; ///< of this cycle
    Basis basis{Basis::Held};
    bool isComfortable = false; ///< far from where discharging ends, in the last cycle
    ReplacedLimits replaced{};
    std::optional<unsigned> month{}; ///< 1 … 12; nothing while the clock is not set
};

/// The chemistry: the owner's, else once it is recognised it stays, until the settings change.
void knowPreset(PresetValues& preset, const BankSettings& settings, const Members& members);

/// Cells in series and open switches of each member, for this cycle.
void know(Members& members, LimitStageState& state, const BankSettings& settings, const Now& now);

/// Members whose current is not believed in this cycle, by id, and what one of them carries all the
/// same.
void noteDoubted(LimitStageState& state, std::set<std::string> doubted,
                 std::optional<Deduced> deduced);

/// One cycle. What lost batteries last said is noted in the state, too.
void workOut(BankLimits& limits, LimitStageState& state, const LimitStageInput& input,
             const Now& now);

/// What unheard batteries are estimated from.
[[nodiscard]] UnheardInput unheardInput(const LimitStageInput& input, const LimitStageState& state);

/// The chemistry is to be recognised, and is not.
[[nodiscard]] bool isUnrecognised(const BankSettings& settings, const PresetValues& preset);

} // namespace busbar
