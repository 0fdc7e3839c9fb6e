// SPDX-License-Identifier: MIT
// Fourth stage of a cycle: state of charge, balancing, and what is counted over years.
#pragma once

#include "core/charge/upkeep.hpp"
#include "core/members/members.hpp"
#include "core/members/roster.hpp"
#include "core/now.hpp"
#include "core/value.hpp"

#include <optional>

namespace busbar {

class Readings;
struct BankSettings;
struct Measured;
struct PresetValues;
struct Snapshot;

/// Memory between cycles.
struct ChargeStageState {
    Upkeep upkeep;
    std::optional<SteadyTime> gathering; ///< since when members come in after there were none
    Value lastSoc;                       ///< as last published
    std::optional<double> usableSoc_pct;
};

struct ChargeStageInput {
    const Members& members; ///< not empty
    const Readings& readings;
    const BankSettings& settings;
    const OwnSerials& ownSerials;
    const PresetValues& preset;
    const Measured& measured;
    const std::optional<Limit>& chargeVoltage; ///< CVL of the last cycle
    ChargeWishes wishes{};
    std::optional<unsigned> month{}; ///< 1 … 12; nothing while the clock is not set
};

/// What is to be counted in this cycle, for `count` and `keepBooks`.
[[nodiscard]] UpkeepInput upkeepInput(ChargeStageState& state, const ChargeStageInput& input,
                                      const Now& now);

/// What the counter says goes into the rows only where the SoC comes from it; members' own Ah stay
/// where it does not.
void countCharge(ChargeStageState& state, const UpkeepInput& input, Snapshot& snapshot,
                 const Now& now);

/// Nobody sees the battery now: it comes back as after a start.
void beginToGather(ChargeStageState& state);

/// The own counter begins again from what the batteries say.
void resetCounter(Upkeep& upkeep);

} // namespace busbar
