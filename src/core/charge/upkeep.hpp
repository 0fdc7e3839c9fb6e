// SPDX-License-Identifier: MIT
// What a bank counts and remembers over hours and years: state of charge, balancing, meters,
// statistics.
#pragma once

#include "core/charge/balancing.hpp"
#include "core/charge/charge_target.hpp"
#include "core/charge/meters.hpp"
#include "core/charge/soc.hpp"
#include "core/limits/limit.hpp"
#include "core/members/member_stats.hpp"
#include "core/members/members.hpp"
#include "core/memory.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace busbar {

struct BankSettings;
struct PresetValues;
struct ShareState;

struct MemberUpkeep {
    MeterState meters;
    MemberStatsState stats;
};

struct Upkeep {
    SocState soc;
    BalancingState balancing;
    ChargeTargetState chargeTarget;
    MeterState meters;
    std::map<std::string, MemberUpkeep> members; ///< by member id
    std::vector<std::string> present;            ///< ids of those that took part in the last cycle
    BankMemory memory;                           ///< as it would be saved now
    SocOutput socNow;
    BalancingOutput balancingNow;
};

/// Takes over what an earlier run has left. Before the first cycle.
void restore(Upkeep& upkeep, ShareState& share, const BankMemory& memory);

/// What the owner asked for at run time.
struct ChargeWishes {
    bool balanceNow = false;    ///< since the last cycle
    bool fullChargeNow = false; ///< likewise
    std::optional<double> target_pct{};
};

struct UpkeepInput {
    const Members& members; ///< those that take part
    const BankSettings& settings;
    const PresetValues& preset;
    std::optional<double> current_A{}; ///< of the bank, from wherever it is measured
    std::optional<double> power_W{};
    bool isMeasuredElsewhere = false;
    std::optional<double> voltage_V{};
    std::optional<SelectedSoc> selected{}; ///< the battery in `soc.battery`
    bool isGathering = false;              ///< see SocInput
    ChargeWishes wishes{};
    std::optional<Limit> chargeVoltage{}; ///< CVL of the last cycle
    std::optional<unsigned> month{};      ///< 1 … 12; nothing while the clock is not set
};

/// State of charge and balancing; before limits are worked out, which look at both.
void count(Upkeep& upkeep, const UpkeepInput& input, const Now& now);

/// Meters and statistics, and the memory as it would be saved now; after limits, because these
/// learn.
void keepBooks(Upkeep& upkeep, const UpkeepInput& input, const ShareState& share, const Now& now);

} // namespace busbar
