// SPDX-License-Identifier: MIT
// The limits in the terminal's view, and what else holds them down.
#pragma once

#include "app/view/terminal_lines.hpp"
#include "core/report.hpp"

#include <cstddef>

namespace busbar {

/// How many reasons there are beside those in force, of all limits.
[[nodiscard]] std::size_t furtherReasons(const BankReport& report);

/// A line for each limit, and below it the reasons that come next, the nearest first: in all at
/// most so many, shared evenly; of several lines the last one says how many do not fit.
[[nodiscard]] Lines limitLines(const BankReport& report, std::size_t width, std::size_t further);

} // namespace busbar
