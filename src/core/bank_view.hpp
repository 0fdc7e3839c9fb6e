// SPDX-License-Identifier: MIT
// All that outputs may know about a bank after a cycle.
#pragma once

#include <map>
#include <vector>

namespace busbar {

struct Advice;
struct BankReport;
struct BankSettings;
struct Battery;
struct Controls;
struct Event;
struct Snapshot;

/// Valid until the next cycle or the next message, whichever comes first.
struct BankView {
    const BankSettings& settings;
    const Snapshot& snapshot;
    const BankReport& report;
    const std::vector<Event>& events; ///< what this cycle changed
    const Controls& controls;
    const std::vector<Advice>& advice;
    /// What the GX says of its batteries, by instance; those of `report.members` are among them,
    /// but for missing ones.
    const std::map<int, Battery>& batteries;
    bool hasBalancing; ///< regular balancing is switched on, so that it can be started by hand
    bool hasCounter;   ///< the SoC comes from the own counter, so that it can be reset
};

} // namespace busbar
