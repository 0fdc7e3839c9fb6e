// SPDX-License-Identifier: MIT
// dbus-aggregate-batteries (DAB) of every version: its files become a configuration.
#pragma once

#include "migrate/migration.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace busbar::migrate {

/// What lies in its folder; at least one of `ini` and `python` is needed, else the defaults count.
struct DabFiles {
    std::optional<PeerText> defaults{};     ///< config.default.ini, from 4.0 on
    std::optional<PeerText> ini{};          ///< config.ini, from 4.0 on
    std::optional<PeerText> python{};       ///< settings.py, which up to 3.5 holds the options
    std::optional<PeerText> charge{};       ///< storedvalue_charge, up to 3.4 `charge`
    std::optional<PeerText> lastBalanced{}; ///< storedvalue_last_balancing, `last_balancing`
};

/// `today`: by which the day of the year that DAB keeps gets its year.
[[nodiscard]] Migration migrateDab(const DabFiles& files, WallTime today);

/// Every option that a version of it has had.
[[nodiscard]] std::vector<std::string_view> dabOptionNames();

/// The last such day before or at `today`; nothing for 0 (never) and for what is no day of a year.
[[nodiscard]] std::optional<WallTime> lastDayOfYear(int day, WallTime today);

} // namespace busbar::migrate
