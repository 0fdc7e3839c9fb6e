// SPDX-License-Identifier: MIT
// One bank: from the readings of a GX to the snapshot that is published, and the report that
// explains it. A cycle is a list of stages (cycle/), each with a memory of its own.
#pragma once

#include "core/cycle/pace.hpp"
#include "core/now.hpp"
#include "core/stage.hpp"

#include <memory>
#include <vector>

namespace busbar {

class Readings;
struct Advice;
struct BankMemory;
struct BankReport;
struct BankSettings;
struct Controls;
struct CycleView;
struct Event;
struct Snapshot;
struct Surroundings;

/// Pure apart from its own memory (ramps, ladder, means): no clock, no input or output.
class Bank {
public:
    explicit Bank(BankSettings settings);
    ~Bank();
    Bank(const Bank&) = delete;
    Bank& operator=(const Bank&) = delete;
    Bank(Bank&&) noexcept;
    Bank& operator=(Bank&&) noexcept;

    /// New settings at run time; what was learned and remembered stays.
    void setSettings(BankSettings settings);
    [[nodiscard]] const BankSettings& settings() const;
    /// What the program around it knows; may be changed between cycles.
    [[nodiscard]] Surroundings& surroundings();

    /// What an earlier run has left; before the first cycle.
    void restore(const BankMemory& memory);
    /// What should survive a restart, as of the last cycle.
    [[nodiscard]] const BankMemory& memory() const;
    /// The owner's wishes at run time; remembered with `memory`.
    void setControls(Controls controls);
    [[nodiscard]] const Controls& controls() const;
    /// The own counter begins again from what the batteries say.
    void resetCounter();

    /// `readings` must be settled for `now`. The reference stays valid until the next call.
    const Snapshot& evaluate(const Readings& readings, const Now& now, Pace pace = Pace::Cycle);
    /// A cycle before there is anything to conclude from: only the ladder goes on.
    const Snapshot& await(const Now& now);

    [[nodiscard]] const Snapshot& snapshot() const;
    /// Only directly after evaluate, while the readings it was given have not changed.
    [[nodiscard]] BankReport report() const;
    /// What should be changed in the settings of the GX.
    [[nodiscard]] const std::vector<Advice>& advice() const;
    /// What the last evaluate changed.
    [[nodiscard]] const std::vector<Event>& events() const;
    /// What it knows, for those who ask more (cycle/view.hpp). Valid as long as the bank.
    [[nodiscard]] CycleView view() const;
    [[nodiscard]] Stage stage() const;

private:
    struct Stages; ///< what each stage works on
    std::unique_ptr<Stages> s_;
};

/// Each bank may take over what another remembers of a battery, or one that is not configured any
/// more (`former`, which must live as long as the banks).
void introduce(std::vector<Bank>& banks, const std::vector<BankMemory>& former);

} // namespace busbar
