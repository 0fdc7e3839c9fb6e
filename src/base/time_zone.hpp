// SPDX-License-Identifier: MIT
// Local time of a named zone, from the system's zone files (TZif, RFC 9636).
#pragma once

#include "base/zone_rule.hpp"
#include "core/now.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

/// What a zone file says. The C library knows one zone at a time, for all threads of the process; a
/// program with sites in several zones needs one each.
struct TimeZone {
    struct Turn {
        std::chrono::sys_seconds at{};
        std::chrono::seconds offset{0}; ///< from then on; local = UTC + offset
    };
    std::chrono::seconds first{0};   ///< before all turns
    std::vector<Turn> turns{};       ///< in order of time
    std::optional<ZoneRule> after{}; ///< after the last turn; nothing = as from that on
};

/// Content of a zone file, version 2 or later. Nothing if it is none, or damaged.
[[nodiscard]] std::optional<TimeZone> parseTimeZone(std::string_view file);

/// The zone of a name from the files in `folder`, "/usr/share/zoneinfo"; "UTC" needs none. Nothing
/// if it is not there, or damaged. Reads a file of a few kilobytes.
[[nodiscard]] std::optional<TimeZone> readTimeZone(const std::string& folder,
                                                   std::string_view name);

/// What local time is ahead of UTC.
[[nodiscard]] std::chrono::seconds offsetAt(const TimeZone& zone, WallTime moment);

} // namespace busbar
