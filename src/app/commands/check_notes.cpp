// SPDX-License-Identifier: MIT
// The sentences of the check about what is needed.
#include "app/commands/check_notes.hpp"

#include "core/settings.hpp"

namespace busbar {

std::vector<std::string> neededFromBatteries(const BankSettings& bank) {
    std::vector<std::string> notes;
    const LimitSettings& limits = bank.limits;
    if (limits.cvl.mode == CvlMode::Own && bank.cells == 0)
        notes.emplace_back("limits.cvl.mode own goes by the number of cells; where no battery "
                           "tells or shows it, charging is closed: then give cells");
    if (limits.cvl.cellMax_V.value_or(0.0) > 0.0)
        notes.emplace_back("limits.cvl.cell_max_V needs the highest cell voltage of every battery; "
                           "without, charging is closed");
    if (limits.mode == LimitMode::Own && bank.preset != Preset::None)
        notes.emplace_back(
            "limits.mode own with a preset needs the cell voltages of every battery; "
            "without, charging and discharging are closed");
    return notes;
}

} // namespace busbar
