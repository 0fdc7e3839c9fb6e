// SPDX-License-Identifier: MIT
// The table of batteries in the terminal's view.
#pragma once

#include "app/view/terminal_lines.hpp"
#include "core/report.hpp"

#include <cstddef>

namespace busbar {

/// Where batteries are shown.
struct BatteryRoom {
    std::size_t width{80};
    std::size_t lines{0}; ///< 0 = as many as it takes
    std::size_t first{0}; ///< so many are scrolled away
};

struct BatteryPage {
    Lines lines{};
    std::size_t first{0}; ///< that is shown, never beyond the last page
    std::size_t shown{0}; ///< so many
};

/// All, as they are reported, if there is room. Else those first that are lost, held or not joined,
/// then those that set a limit of the bank, then the others, and what is no battery of the bank at
/// last; what does not fit is one line: "… 7 more, all well", "… 16 more: 7 well, 9 excluded".
[[nodiscard]] BatteryPage batteryLines(const BankReport& report, const BatteryRoom& room);

} // namespace busbar
