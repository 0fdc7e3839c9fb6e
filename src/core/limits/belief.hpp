// SPDX-License-Identifier: MIT
// Which battery's current contradicts its own voltage: it stands still, or goes the other way,
// while the load moves the voltage.
#pragma once

#include "core/limits/swing.hpp"
#include "core/members/members.hpp"
#include "core/now.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace busbar {

/// What swings have shown of one member; currents per Ah of capacity, so that all are alike.
struct BeliefSums {
    double up = 0.0;          ///< Σ swing² of what drives it, 1/h²·s, where that went up …
    double down = 0.0;        ///< … and down
    double own = 0.0;         ///< Σ own swing · driving swing
    double voltage = 0.0;     ///< Σ swing² of its voltage, V²s
    double withVoltage = 0.0; ///< Σ swing of its voltage · driving swing
    double others = 0.0;      ///< Σ swing² of its siblings' mean voltage, V²s
    double withOthers = 0.0;  ///< Σ swing of that · driving swing
};

struct BeliefTrack {
    swing::Means current_A;
    swing::Means voltage_V;
    BeliefSums sums;
    bool isDoubted{false};
    bool isOff{false};    ///< it was, until load showed that it hangs on nothing while it blocks
    bool hasShown{false}; ///< a current, at least once
    double mute_s{0.0};   ///< for how long it has shown none although its siblings carried much
};

struct CurrentBelief {
    std::map<std::string, BeliefTrack> tracks; ///< by member id
    std::optional<swing::Means> plant_A;
    std::optional<SteadyTime> at; ///< of the last sample
};

struct BeliefInput {
    const Members& members;
    std::optional<double>
        plant_A{}; ///< what chargers, inverters and meters put in; see OffProofInput
};

/// Once per cycle; takes a sample once a second at most. What drives a member are its siblings, or
/// the plant where they carry nothing. In doubt is one whose voltage goes with that, both ways, and
/// whose current does not. No load that nobody measures can do so: it would move the current of
/// the battery as it moves its voltage. A doubt ends when its current follows, or its voltage does
/// not although that of its siblings does: while chargers hold the voltage, none does, which says
/// nothing. Members that block are looked at later; only a doubt goes on, until load moves the
/// voltage no more. That a switch is open says nothing of the sensor: once it is closed, the doubt
/// is back; and a battery that was away comes back with it.
void step(CurrentBelief& belief, const BeliefInput& input, const Now& now);

/// Ids of members whose current is not believed; also of those that have never shown any, while
/// changes of load have not yet told whether they carry some.
[[nodiscard]] std::set<std::string> doubtedOf(const CurrentBelief& belief);

/// "A, B": names of those whose voltage has shown it; empty = none.
[[nodiscard]] std::string doubtedNames(const CurrentBelief& belief, const Members& members);

} // namespace busbar
