// SPDX-License-Identifier: MIT
// All that outputs may know about a bank after a cycle.
#pragma once

#include "core/settings.hpp"

#include <map>
#include <vector>

namespace busbar {

struct Advice;
struct BankReport;
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

/// Regular balancing is switched on, so that it can be started by hand.
[[nodiscard]] inline bool hasBalancing(const BankSettings& settings) {
    return settings.balancing.isEnabled && settings.limits.cvl.mode == CvlMode::Own;
}

/// The SoC comes from the own counter, so that it can be reset.
[[nodiscard]] inline bool hasCounter(const BankSettings& settings) {
    return settings.soc.source == SocSource::Counter;
}

} // namespace busbar
