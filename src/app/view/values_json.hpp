// SPDX-License-Identifier: MIT
// Snapshots and reports as JSON, one line each.
#pragma once

#include "core/report.hpp"
#include "core/snapshot.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace busbar {

/// What stands in front of a value.
struct LineHead {
    std::chrono::milliseconds t{0};
    std::string_view site{}; ///< empty where there is only one
    std::string_view bank{}; ///< of one of several sites
};

/// `{"t":12.5,"path":"/Soc","value":71.5}` lines for every value that differs between the two,
/// unknown as null; of one of several sites `{"t":12.5,"site":"barn","bank":"main","path":…`.
[[nodiscard]] std::string changedLines(const LineHead& head, const Snapshot& before,
                                       const Snapshot& after);

/// One object: every published path with its value, and `"members"`: who takes part and why not,
/// and `"limits"`: value, cause, member.
[[nodiscard]] std::string finalDocument(const Snapshot& snapshot, const BankReport& report);

} // namespace busbar
