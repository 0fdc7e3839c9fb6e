// SPDX-License-Identifier: MIT
// The owner's wishes for a battery whose values somebody writes.
#pragma once

#include "core/value.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace busbar {

/// By path of the path table.
using PathValues = std::map<std::string, Value, std::less<>>;

/// Paths that have a time of their own: the fail-safe values count as soon as one that was written
/// is older, or while none has been written for so long.
struct WritableGroup {
    std::vector<std::string> paths{};                  ///< each in one group at most
    std::optional<std::chrono::milliseconds> expire{}; ///< nothing = for ever
};

struct WritableSettings {
    /// Nothing good was written for this long, or a limit was written and not again: the fail-safe
    /// values count. What is measured is unknown when it lags behind the last good write by this
    /// much. Nothing = for ever.
    std::optional<std::chrono::milliseconds> expire{};
    std::vector<WritableGroup> groups{}; ///< of their paths `expire` says nothing
    PathValues values{};                 ///< before anything is written
    PathValues failSafe{};               ///< beside limits of 0 and `/Alarms/InternalFailure` 1
    bool publish = false;                ///< as a D-Bus battery of its own
    bool persist = false;                ///< what was written outlives a restart
};

} // namespace busbar
