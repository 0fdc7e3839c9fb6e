// SPDX-License-Identifier: MIT
// What of a bank survives a restart, when it is worth writing down, and what of it can be believed.
#pragma once

#include "core/charge/balancing.hpp"
#include "core/charge/charge_target.hpp"
#include "core/charge/handed_over.hpp"
#include "core/charge/lifetime.hpp"
#include "core/charge/measured_capacity.hpp"
#include "core/charge/meters.hpp"
#include "core/charge/soc.hpp"
#include "core/limits/last_word.hpp"
#include "core/members/member_stats.hpp"
#include "core/now.hpp"
#include "core/site_memory.hpp"
#include "core/table/controls.hpp"
#include "core/units/identity_book.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

/// Kept per member, by its id.
struct MemberMemory {
    Counter counter;
    MeasuredCapacity measured;
    MeterTotals meters;
    Lifetime lifetime; ///< what its BMS has counted
    MemberStats stats;
    std::optional<double> resistance_Ohm; ///< learned
    /// Learned part of a change of the bank's current, 0 … 1. Those that were learned together add
    /// up to 1.
    std::optional<double> learnedShare;
    std::optional<WallTime> lastSeen; ///< whole days; the longest unseen is dropped first
    /// What it said when it was last heard, until it is known to be off the busbar or none of the
    /// bank's. After a start it is not heard until it speaks.
    std::optional<LastWord> word;
    bool isLost = false;    ///< was not heard when this was saved
    bool isStopped = false; ///< … and its discharge was stopped (limits/unheard.hpp)

    friend bool operator==(const MemberMemory&, const MemberMemory&) = default;
};

struct BankMemory {
    std::map<std::string, MemberMemory> members;
    IdentityBook book; ///< which battery has which id
    BalancingMemory balancing;
    ChargeTargetMemory chargeTarget;
    HandedOver handedOver; ///< of a program that counted before
    MeterTotals meters;
    LifetimeRest lifetimeRest;
    Controls controls;                ///< the owner's, given at run time
    std::optional<WallTime> lastFull; ///< when all members were proven full, whole seconds

    friend bool operator==(const BankMemory&, const BankMemory&) = default;
};

/// Notes that these members are there (to the day), makes entries for new ones and, above
/// kMostRemembered, drops the longest unseen.
void noteMembers(BankMemory& memory, const std::vector<std::string>& present, const Now& now);

/// How eagerly to write.
struct SavePace {
    double saveStep_pct = 1.0;                                   ///< SocSettings::saveStep_pct
    std::chrono::milliseconds saveEvery = std::chrono::hours(1); ///< MeterSettings::saveEvery

    friend bool operator==(const SavePace&, const SavePace&) = default;
};

/// At once: balancing, controls, full, who is a member,
/// what a battery is called. When a counter moved by a step:
/// that. Everything else (meters, statistics): when `sinceSave` has reached the pace.
[[nodiscard]] bool isWorthSaving(const BankMemory& saved, const BankMemory& current,
                                 const SavePace& pace, std::chrono::milliseconds sinceSave);

/// A memory of which everything that could be is believed.
struct SaneMemory {
    BankMemory memory;
    /// One per value that was dropped: place, value, what is allowed.
    /// "members.serial_1.charge_Ah: -3 is not taken, allowed is 0 … 100000"
    std::vector<std::string> dropped;
};
/// Drops each value that is not finite or out of range; the others stay.
[[nodiscard]] SaneMemory sane(BankMemory memory);

/// One number of a struct that is kept: the table that the check and the file share. Stamps are
/// seconds since 1970, UTC.
template <class Owner>
struct NumberField {
    std::string_view key;
    double lowest = 0.0; ///< allowed range, both ends included
    double highest = 0.0;
    std::optional<double> (*get)(const Owner&);
    void (*set)(Owner&, std::optional<double>); ///< in range; unknown = the default

    /// Also false for what is not a number.
    [[nodiscard]] constexpr bool allows(double value) const {
        return value >= lowest && value <= highest;
    }
};
[[nodiscard]] std::span<const NumberField<MemberMemory>> memberNumbers();
[[nodiscard]] std::span<const NumberField<BankMemory>> bankNumbers();
[[nodiscard]] std::span<const NumberField<RememberedBattery>> bookNumbers();
[[nodiscard]] std::span<const NumberField<SiteMemory>> siteNumbers();

/// Longest stretch of one cell that is believed, s: more than a century.
inline constexpr double kMostCellSeconds = 4e9;

/// "<place>: <value> is not taken, allowed is <lowest> … <highest>"
[[nodiscard]] std::string refusal(std::string_view place, std::string_view value, double lowest,
                                  double highest);

} // namespace busbar
