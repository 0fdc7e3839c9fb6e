// SPDX-License-Identifier: MIT
// The yearly rule of a time zone in the form of POSIX's TZ: "CET-1CEST,M3.5.0,M10.5.0/3".
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace busbar {

/// When clocks are turned, each year anew.
struct TurnRule {
    enum class Kind : std::uint8_t {
        Weekday, ///< "M10.5.0": month, week 1 … 5 (5 = the last), day of the week 0 = Sunday
        DayWithoutLeap, ///< "J60": 1 … 365, 29 February is never counted
        Day             ///< "59": 0 … 365, 29 February is counted
    };
    Kind kind{Kind::Weekday};
    unsigned month{0};
    unsigned week{0};
    unsigned day{0};
    std::chrono::seconds time{7200}; ///< after midnight by the clock that holds until then; may be
                                     ///< negative, or beyond a day
};

/// Offsets are east of Greenwich: local = UTC + offset.
struct ZoneRule {
    struct Summer {
        std::chrono::seconds offset{0};
        TurnRule begin{};
        TurnRule end{}; ///< before `begin` in the south
    };
    std::chrono::seconds standard{0};
    std::optional<Summer> summer{}; ///< nothing = one time all the year
};

/// Nothing if it is not whole and in range.
[[nodiscard]] std::optional<ZoneRule> parseZoneRule(std::string_view text);

[[nodiscard]] std::chrono::seconds offsetAt(const ZoneRule& rule, std::chrono::sys_seconds moment);

} // namespace busbar
