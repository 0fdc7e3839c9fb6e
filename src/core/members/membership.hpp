// SPDX-License-Identifier: MIT
// Who takes part now: freshness, hold, frozen test, pending states, voltage guard.
#pragma once

#include "core/members/frozen.hpp"
#include "core/members/voltage_guard.hpp"
#include "core/now.hpp"
#include "core/table/out_reason.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace busbar {

class Readings;
struct MembershipSettings;
struct RosterEntry;
struct Unit;

/// What one roster entry came to in this cycle.
struct Verdict {
    const RosterEntry* entry{nullptr};
    const Unit* battery{nullptr}; ///< nullptr for a missing one
    bool takesPart{false};
    bool held{false};
    /// A bad sample is bridged by the last good value (sieve.hpp, voltage_guard.hpp) …
    bool isHeldOver{false};
    std::optional<double> instead_V;   ///< … which stands for its voltage
    double currentGain{1.0};           ///< that `battery`'s current has been corrected by
    bool returning{false};             ///< joining, and was a member before: not heard again yet
    bool isSum{false};                 ///< `aggregate`, by its numbers
    bool maybeSum{false};              ///< `aggregate`, but not decided: may be one of its own
    OutReason reason{OutReason::None}; ///< why out; or why held
    std::string detail;
};

/// Things that membership remembers from cycle to cycle.
struct MembershipState {
    FrozenState frozen;
    GuardState guard;
    std::set<std::string> outOfService; ///< ids switched off by the owner
};

struct MembershipInput {
    const Readings& readings;
    const std::vector<RosterEntry>& roster;
    const MembershipSettings& settings;
    std::chrono::milliseconds linkTimeout; ///< how long members are held when the link is lost
};

/// One verdict per roster entry, in the roster's order.
[[nodiscard]] std::vector<Verdict> judge(const MembershipInput& input, MembershipState& state,
                                         const Now& now);

/// None of the bank's, as far as is known.
[[nodiscard]] bool isForeign(const Verdict& verdict);

/// The outermost battery that this one is a part of; nullptr = it is none, or that is not there.
[[nodiscard]] const Verdict* wholeOf(const Verdict& part, const std::vector<Verdict>& verdicts);

/// It talks, it is not joined or not at the busbar's voltage, and nothing flows.
[[nodiscard]] bool saysItIsOff(const Verdict& verdict);

} // namespace busbar
