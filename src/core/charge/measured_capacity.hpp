// SPDX-License-Identifier: MIT
// What a battery really holds and gives back: learned from proven full to proven full, and from
// full to empty.
#pragma once

#include "core/charge/meters.hpp"
#include "core/now.hpp"

#include <optional>

namespace busbar {

/// Survives a restart.
struct MeasuredCapacity {
    std::optional<double> capacity_Ah; ///< comes out from full to empty; unknown = never measured
    std::optional<double> spread_Ah;   ///< one standard deviation of it
    /// What the battery was said to hold then: another battery's measure means nothing, nor one of
    /// before a correction.
    std::optional<double> nominal_Ah;
    std::optional<double> efficiency; ///< charge out per charge in, 0.9 … 1; unknown = not yet
    std::optional<WallTime> at;       ///< day of the last measurement of the capacity

    friend bool operator==(const MeasuredCapacity&, const MeasuredCapacity&) = default;
};

/// What has flowed since the battery was last proven full. Ends with a restart.
struct MeasuringState {
    bool isRunning = false;             ///< it was full …
    std::optional<SteadyTime> fullAt{}; ///< … then
    bool wasEmpty = false;              ///< … and was measured empty since
    double in_Ah = 0.0;
    double out_Ah = 0.0;
    double unseen_Ah = 0.0; ///< most that can have flowed while nothing was seen
};

struct MeasuringInput {
    double nominal_Ah = 0.0; ///< > 0
    Flow flow;               ///< of this cycle, Ah
    double unseen_Ah = 0.0;  ///< see MeasuringState
    bool isFull = false;     ///< proven in this cycle (soc.hpp)
    bool isEmpty = false;    ///< likewise
    double efficiency = 1.0; ///< to count by while none is learned
};

/// What is to be counted by: the measured capacity, if it belongs to this nominal one, else that.
/// Ah.
[[nodiscard]] double usable_Ah(const MeasuredCapacity& measured, double nominal_Ah);

/// Measured capacity, of the nominal one, %; unknown while it was never measured.
[[nodiscard]] std::optional<double> health_pct(const MeasuredCapacity& measured);

/// One cycle. Returns what is left in the battery by the capacity that was measured in it, Ah ≥ 0;
/// nothing = none was.
///
/// Each measurement moves the known value by as much as its own uncertainty allows, at most 60 %,
/// so that a wrong one costs little, and at least 20 %, so that ageing is followed. Nothing is
/// learned where more than 2 % of the capacity may have flowed unseen, nothing where the count
/// since full may be wrong by a tenth of it (its sensor's offset adds up: after five days, with a
/// cycle a day), and nothing that cannot be: capacities outside of 40 … 110 % of the nominal one,
/// efficiencies outside of 90 … 102 %.
std::optional<double> step(MeasuredCapacity& measured, MeasuringState& state,
                           const MeasuringInput& input, const Now& now);

} // namespace busbar
