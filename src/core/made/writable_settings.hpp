// SPDX-License-Identifier: MIT
// The owner's wishes for a battery whose values somebody writes.
#pragma once

#include "core/value.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace busbar {

/// By path of the path table.
using PathValues = std::map<std::string, Value, std::less<>>;

struct WritableSettings {
    /// Nothing good was written for this long: the fail-safe values count. Nothing = for ever.
    std::optional<std::chrono::milliseconds> expire{};
    PathValues values{};   ///< before anything is written
    PathValues failSafe{}; ///< beside limits of 0 and `/Alarms/InternalFailure` 1
    bool publish = false;  ///< as a D-Bus battery of its own
    bool persist = false;  ///< what was written outlives a restart
};

} // namespace busbar
