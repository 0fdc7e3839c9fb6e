// SPDX-License-Identifier: MIT
// Whether batteries stand at one voltage: the bank's median, and where it does not decide, what
// others on the same copper measure.
#pragma once

#include "core/now.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace busbar {

class Readings;
struct MembershipSettings;
struct RosterEntry;
struct Verdict;

/// A direct voltage that none of the bank's own batteries measures.
struct Witness {
    double voltage_V = 0.0;
    std::string who; ///< "vebus/276 (MultiPlus 24/3000)"
};

/// One battery that stood with the others.
struct VoltageTrack {
    double good_V = 0.0;                ///< where it last did
    std::optional<double> cells;        ///< how many of its highest cell that was
    std::optional<SteadyTime> awayFrom; ///< since when it does not
};

/// What the guard remembers.
struct GuardState {
    bool isBorneOut{false};               ///< a witness has agreed with the batteries in this run
    std::optional<SteadyTime> seriesFrom; ///< since when they look like a string …
    std::optional<SteadyTime> agreedFrom; ///< … or, once that was said, like none
    /// What is so and what to change, once the batteries have looked like a series string and until
    /// a witness agrees with them; empty = not.
    std::string series;
    int blocks{0}; ///< … so many in each string
    std::optional<SteadyTime>
        tooHighFrom;       ///< since when a string of the owner's is one no longer …
    bool isMadeOut{false}; ///< … and is out for it
    std::map<std::string, VoltageTrack> tracks; ///< by id; of those that take part
    /// Ids of services known to be sums of others (aggregate_watch.hpp): what they show is the
    /// voltage of one of these, and no voice of its own.
    std::set<std::string> sums;
};

struct VoltageGuardInput {
    const Readings& readings;
    const std::vector<RosterEntry>& roster;
    const MembershipSettings& settings;
};

/// Multis, inverters, solar chargers, meters, and shunts that are no members. What systemcalc shows
/// is none: it repeats one of these, or a battery of the bank. Nor is the output of a DC-DC charger
/// or of an alternator, which often feeds another bank.
[[nodiscard]] std::vector<Witness> witnessesOf(const VoltageGuardInput& input);

/// Takes out whoever stands too far from the others. Compares fresh voltages only: one that is held
/// is of another moment. Where no majority stands together, the voltage counts that most others
/// bear out, witnesses included; where they do not decide either, all are out. One that stood with
/// the others is out when it has not for some seconds, and shows its last good voltage until then.
///
/// All are out, too, once every witness measured a multiple of what the batteries do: in series,
/// they must not be charged as if in parallel. One alone is enough, for the rest of the string may
/// not be read (any more); and it ends only when a witness has agreed for some seconds.
void guardVoltages(std::vector<Verdict>& verdicts, const VoltageGuardInput& input,
                   GuardState& state, const Now& now);

} // namespace busbar
