// SPDX-License-Identifier: MIT
// Whose values stand still while those of others on the same copper move: BMS drivers keep old
// values on the bus after they have lost their BMS.
#pragma once

#include "core/members/peers.hpp"
#include "core/members/steep_end.hpp"
#include "core/now.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <vector>

namespace busbar {

struct Battery;
struct RosterEntry;

/// Since its values last moved.
struct FrozenTrack {
    SteadyTime moved{};                        ///< when that was
    SteadyTime at{};                           ///< last look
    std::chrono::duration<double> worked{0.0}; ///< time in which something should have moved
    std::vector<int> others;                   ///< instances that it is compared with
    std::optional<double> mean_V;              ///< voltage of the others, smoothed
    double lowest_V = 0.0;                     ///< of that mean, since then …
    double highest_V = 0.0;                    ///< … and the highest
    std::optional<double> last_V;              ///< its own voltage
    std::optional<double> step_V;              ///< its smallest change ever seen: its resolution
    std::optional<SteadyTime> frozenSince;     ///< found so, until something moves
};

struct FrozenState {
    std::map<int, FrozenTrack> tracks; ///< by instance
    bool isBankWorking = false;        ///< as of the last cycle
    SteepEnds ends;                    ///< of the bank's chemistry, as of the last cycle
};

struct FrozenInput {
    const Battery& battery; ///< usable
    const RosterEntry& entry;
    const Peers& peers;              ///< usable ones of the same bank
    std::chrono::milliseconds after; ///< MembershipSettings::frozen
};

/// One cycle for one battery; since when it has been frozen, if it is. Frozen: nothing of it has
/// moved for `after`, and either the bank has worked for so long in that time, or the others have
/// carried something and moved all the time, or the voltage of the others, which is its own, has
/// moved by several of its steps; by many of them, a minute and a half is enough, and kSteepRest
/// for one whose own values say that they have to move. One that blocks and carries nothing may
/// stand still while the others work, and nearly so in voltage.
[[nodiscard]] std::optional<SteadyTime> step(FrozenState& state, const FrozenInput& input,
                                             const Now& now);

/// Call after a cycle with the bank's |current| (A) and capacity (Ah): whether more than 2 % of the
/// capacity per hour flows. Unknown counts as idle.
void noteWork(FrozenState& state, std::optional<double> current_A,
              std::optional<double> capacity_Ah);

} // namespace busbar
