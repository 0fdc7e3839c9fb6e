// SPDX-License-Identifier: MIT
// The bank's lifetime counters: sums over all batteries that have ever counted, never backwards.
#pragma once

#include "core/members/members.hpp"
#include "core/now.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>

namespace busbar {

struct BankMemory;
struct Snapshot;

/// One counter of one member; what it adds to the bank is base + last, ≥ 0. kWh or Ah.
struct CounterBase {
    /// What it counted before it began again; below 0 if it leapt to more than can have flowed.
    double base = 0.0;
    std::optional<double> last; ///< nothing = it has never told more than 0
    /// Both before it last began again: a reading that was only wrong is taken back. Not saved.
    double baseBefore = 0.0;
    double lastBefore = 0.0;
    std::optional<SteadyTime> movedAt; ///< when `last` changed, in this run

    friend bool operator==(const CounterBase&, const CounterBase&) = default;
};

/// Survives a restart.
struct Lifetime {
    CounterBase energyIn;  ///< kWh
    CounterBase energyOut; ///< kWh
    CounterBase drawn_Ah;

    friend bool operator==(const Lifetime&, const Lifetime&) = default;
};

/// What batteries that are not remembered any more have left in the bank's sums. Survives a
/// restart.
struct LifetimeRest {
    double energyIn = 0.0;  ///< kWh
    double energyOut = 0.0; ///< kWh
    double drawn_Ah = 0.0;

    friend bool operator==(const LifetimeRest&, const LifetimeRest&) = default;
};

/// What was last shown, in this run: energies, Ah, and counts that are the largest of members.
struct LifetimeShown {
    std::array<double, 3> sums{};
    std::map<std::size_t, double> counts; ///< by row
    /// By member id: the day on which an earlier run last saw it.
    std::map<std::string, WallTime> seenBefore;
};

/// Before the first cycle, from what an earlier run has left.
void startLifetime(LifetimeShown& shown, const BankMemory& memory);

/// Notes what members tell (held ones tell nothing) and writes /History/ChargedEnergy,
/// DischargedEnergy and TotalAhDrawn, and counts of /History that would have fallen. A member that
/// is away adds what it last told; one that tells nothing, or 0 for ever, what Busbar has metered
/// of it. Where nobody has ever told, the three become unknown. `memory` must know the members.
///
/// Nothing is counted that cannot have flowed: a counter that leaps begins again, and of one
/// without a serial that comes while another is away (it may be that one) only counts what follows.
void foldLifetime(BankMemory& memory, LifetimeShown& shown, const Members& members,
                  Snapshot& snapshot, const Now& now);

} // namespace busbar
