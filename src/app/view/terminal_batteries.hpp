// SPDX-License-Identifier: MIT
// The table of batteries in the terminal's view.
#pragma once

#include "app/view/terminal_lines.hpp"
#include "core/report.hpp"

#include <cstddef>

namespace busbar {

/// As many batteries as `room` lines hold (0 = all), then how many are left.
[[nodiscard]] Lines batteryLines(const BankReport& report, std::size_t width, std::size_t room);

} // namespace busbar
