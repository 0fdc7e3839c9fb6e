// SPDX-License-Identifier: MIT
// Snapshots and reports as JSON, one line each.
#pragma once

#include "core/report.hpp"
#include "core/snapshot.hpp"

#include <chrono>
#include <string>

namespace busbar {

/// `{"t":12.5,"path":"/Soc","value":71.5}` lines for every value that differs between the two,
/// unknown as null.
[[nodiscard]] std::string changedLines(std::chrono::milliseconds t, const Snapshot& before,
                                       const Snapshot& after);

/// One object: every published path with its value, and `"members"`: who takes part and why not,
/// and `"limits"`: value, cause, member.
[[nodiscard]] std::string finalDocument(const Snapshot& snapshot, const BankReport& report);

} // namespace busbar
