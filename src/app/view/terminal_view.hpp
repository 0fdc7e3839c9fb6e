// SPDX-License-Identifier: MIT
// The live picture of a bank for a terminal: values, what limits them and who, every battery.
#pragma once

#include "app/view/trend.hpp"
#include "core/gx/advice.hpp"
#include "core/report.hpp"
#include "core/snapshot.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace busbar {

/// The link to the GX.
struct ViewHealth {
    bool isLinkUp = false;
    std::string portalId;                             ///< empty until it is known
    std::optional<std::chrono::seconds> heartbeatAge; ///< nothing until the first
    std::uint64_t messages = 0;
    std::uint64_t rejected = 0; ///< malformed or outside the plausible range
    std::uint64_t dropped = 0;  ///< did not fit the mailbox
};

struct ViewStyle {
    int width = 80;          ///< columns; laid out for 40 or more, cut off below
    int height = 24;         ///< lines; 0 = as many as it needs, which is what a file or pipe wants
    bool isColoured = false; ///< with escape sequences for colours, and no others
    bool isAscii = false;    ///< for a terminal that shows nothing else
    std::size_t first = 0;   ///< so many batteries are scrolled away, of those that do not all fit
};

struct TerminalPicture {
    std::string text;
    std::size_t first = 0; ///< as `ViewStyle::first`, but never beyond the last page
    std::size_t shown = 0; ///< batteries
};

/// Lines separated by '\n', none longer than the width and, if a height is given, no more than
/// that: then of batteries that do not all fit those come first that somebody should look at
/// (terminal_batteries.hpp), and empty lines are left out. Where lines are left, they tell what
/// else holds the limits down, and how values went while they were watched. Advice goes over
/// several. Texts that came from outside cannot steer the terminal.
[[nodiscard]] TerminalPicture terminalView(const BankReport& report, const Snapshot& snapshot,
                                           const std::vector<Advice>& advice,
                                           const ViewHealth& health, const ViewStyle& style,
                                           const Trend& trend = {});

} // namespace busbar
