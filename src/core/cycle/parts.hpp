// SPDX-License-Identifier: MIT
// First stage of a cycle: which batteries take part, and how fresh what they say is.
#pragma once

#include "core/cycle/pace.hpp"
#include "core/limits/ramp.hpp"
#include "core/limits/unheard.hpp"
#include "core/made/corrections.hpp"
#include "core/members/aggregate_watch.hpp"
#include "core/members/members.hpp"
#include "core/members/membership.hpp"
#include "core/members/roster.hpp"
#include "core/now.hpp"
#include "core/units/identity_book.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace busbar {

class Readings;
struct BankSettings;

/// Memory between cycles.
struct PartsState {
    std::uint64_t rosterVersion{0}; ///< of the readings, for `roster`; 0 = it is to be made anew
    OwnSerials ownSerials;          ///< the same
    std::vector<RosterEntry> roster;
    MembershipState membership;
    CorrectedUnits corrected; ///< verdicts point into it
    SumWatch sums;
    std::uint64_t signs{0}; ///< of the readings, in the last cycle
};

/// What comes of it. Verdicts point into the state and the readings.
struct Parts {
    std::vector<Verdict> verdicts; ///< one per roster entry
    Basis basis{Basis::New};       ///< what limits rest on that are worked out from these
    bool isNewRoster{false};
};

struct PartsInput {
    const Readings& readings;
    const BankSettings& settings;
    const OwnSerials& ownSerials;
    const IdentityBook& book;
    const std::vector<BatteryCorrection>& outerCorrections; ///< see `correct`
    std::optional<double> last_V{};                         ///< of the bank, as last published
    std::optional<double> last_A{}; ///< of the bank, in the last cycle that had one
    Pace pace = Pace::Cycle;
};

/// One cycle. Who is heard, and who is lost, is noted in `unheard`.
void decide(Parts& parts, PartsState& state, UnheardState& unheard, const PartsInput& input,
            const Now& now);

/// Those that take part; `withSuspects`: also those that may be sums of others.
[[nodiscard]] Members membersOf(const std::vector<Verdict>& verdicts, bool withSuspects);

/// Somebody may be a sum of others.
[[nodiscard]] bool hasSuspects(const std::vector<Verdict>& verdicts);

/// Batteries are there, and what they say cannot be used: nothing may flow, although no bank has
/// begun.
[[nodiscard]] bool isKeptOut(const std::vector<Verdict>& verdicts);

[[nodiscard]] int onlineCount(const std::vector<Verdict>& verdicts);

/// Those that the GX shows nothing of any more, and that may still hang on the busbar.
[[nodiscard]] int absentCount(const std::vector<Verdict>& verdicts, const UnheardState& unheard,
                              const BankSettings& settings);
/// Those that should take part and do not.
[[nodiscard]] int lostCount(const std::vector<Verdict>& verdicts, const UnheardState& unheard,
                            const BankSettings& settings);

/// Enters those that take part with fresh values: only from what they say now.
void noteBook(IdentityBook& book, const std::vector<Verdict>& verdicts, const Now& now);

} // namespace busbar
