// SPDX-License-Identifier: MIT
// One bank: from the readings of a GX to the snapshot that is published, and the report that
// explains it. A cycle is a list of stages (cycle/), each with a memory of its own.
#pragma once

#include "core/cycle/charge_stage.hpp"
#include "core/cycle/evidence.hpp"
#include "core/cycle/findings.hpp"
#include "core/cycle/limit_stage.hpp"
#include "core/cycle/measured.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/rows.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/loss.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"

#include <vector>

namespace busbar {

class Readings;

/// Pure apart from its own memory (ramps, ladder, means): no clock, no input or output.
class Bank {
public:
    explicit Bank(BankSettings settings);

    /// New settings at run time; what was learned and remembered stays.
    void setSettings(BankSettings settings);
    [[nodiscard]] const BankSettings& settings() const { return settings_; }
    [[nodiscard]] Surroundings& surroundings() { return surroundings_; }

    /// What an earlier run has left; before the first cycle.
    void restore(const BankMemory& memory);
    /// What should survive a restart, as of the last cycle.
    [[nodiscard]] const BankMemory& memory() const { return charge_.upkeep.memory; }
    /// The owner's wishes at run time; remembered with `memory`.
    void setControls(Controls controls);
    [[nodiscard]] const Controls& controls() const { return memory().controls; }
    /// The own counter begins again from what the batteries say.
    void resetCounter() { busbar::resetCounter(charge_.upkeep); }

    /// `readings` must be settled for `now`. The reference stays valid until the next call.
    const Snapshot& evaluate(const Readings& readings, const Now& now, Pace pace = Pace::Cycle);
    /// A cycle before there is anything to conclude from: only the ladder goes on.
    const Snapshot& await(const Now& now);

    [[nodiscard]] const Snapshot& snapshot() const { return snapshot_; }
    /// Only directly after evaluate, while the readings it was given have not changed.
    [[nodiscard]] BankReport report() const { return reportOf(view()); }
    /// What should be changed in the settings of the GX.
    [[nodiscard]] const std::vector<Advice>& advice() const { return findings_.advice; }
    /// What the last evaluate changed.
    [[nodiscard]] const std::vector<Event>& events() const { return findings_.events; }
    /// What it knows, for those who ask more (cycle/view.hpp). Valid as long as the bank.
    [[nodiscard]] CycleView view() const;
    [[nodiscard]] Stage stage() const { return loss_.stage; }

private:
    void work(const Members& members, const Readings& readings, const Now& now);
    void doWithout(const Now& now);
    void show(const Members& members, const Now& now, Pace pace);

    BankSettings settings_;
    Surroundings surroundings_;
    PartsState partsState_;
    Parts parts_;
    Measured measured_;
    EvidenceState evidence_;
    ChargeStageState charge_;
    LimitStageState limitState_;
    BankLimits limits_;
    LossState loss_;
    RowsState rows_;
    Snapshot snapshot_;
    Findings findings_;
};

} // namespace busbar
