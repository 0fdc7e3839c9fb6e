// SPDX-License-Identifier: MIT
// Last stage of a cycle: limits, counts, alarms, history and pages become rows.
#pragma once

#include "core/charge/lifetime.hpp"
#include "core/charge/time_to_go.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/gx/gx_pages.hpp"
#include "core/limits/unheard.hpp"
#include "core/members/members.hpp"
#include "core/members/membership.hpp"
#include "core/now.hpp"
#include "core/stage.hpp"

#include <bitset>
#include <optional>
#include <vector>

namespace busbar {

struct BankLimits;
struct BankMemory;
struct BankSettings;
struct Controls;
struct Measured;
struct Snapshot;

/// Memory between cycles.
struct RowsState {
    MovingMean meanCurrent;
    std::optional<double> timeToFull_s;
    std::optional<double> stopSoc_pct; ///< as in WorkInput
    LifetimeShown lifetime;
    static constexpr std::size_t kOwnHistory = 5;
    std::bitset<kOwnHistory> historyOfMembers; ///< rows of the history that batteries have told
    ExtrasLayout extras;
    SteadyTime pagesFilled{}; ///< all of them, but for the cells
    int cellTurn{0};          ///< whose cells are next (core/gx/gx_pages.hpp)
};

/// What a working bank shows beside its folded values: time to go, charge mode, spread, history.
struct WorkInput {
    const Members& members; ///< not empty
    const Measured& measured;
    std::optional<double> soc_pct;     ///< that ends the bank
    std::optional<double> stopSoc_pct; ///< where the GX stops to discharge
};
void fillWork(Snapshot& snapshot, RowsState& state, BankMemory& memory, const WorkInput& input,
              const Now& now);

/// Who publishes the battery, and what it is called.
void fillFixed(Snapshot& snapshot, const Identity& identity);

/// What every cycle shows, with data or without.
struct RowsInput {
    const Members& members; ///< may be empty
    const std::vector<Verdict>& verdicts;
    const UnheardState& unheard;
    const BankSettings& settings;
    const Identity& identity;
    const Controls& controls;
    const BankLimits& limits;
    Stage stage = Stage::Starting;
};
void fillRows(Snapshot& snapshot, const RowsInput& input);

/// The pages of the GX's screen, after `fillRows`. `page`: Surroundings::page.
void fillPages(Snapshot& snapshot, RowsState& state, const RowsInput& input, int page,
               const Now& now);

} // namespace busbar
