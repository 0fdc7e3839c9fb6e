// SPDX-License-Identifier: MIT
// How many cells in series a battery has, where it does not say it or says what cannot be.
#pragma once

#include "core/limits/preset_name.hpp"
#include "core/members/members.hpp"
#include "core/now.hpp"

#include <map>
#include <optional>
#include <string>

namespace busbar {

/// What one member gives in this moment: the number it says, else that of the cells it lists, as
/// far as its voltage and its cells allow it; else its voltage divided by its mean cell, where that
/// leaves one whole number. Nothing if none of it does.
[[nodiscard]] std::optional<double> cellsByItself(const Member& member);

/// The only usual number of cells for which charge voltage and voltage fit the chemistry; nothing
/// where there are several, or none.
[[nodiscard]] std::optional<double> cellsByChemistry(const Member& member, Preset chemistry);

/// What has been found, by member id.
struct CellCounts {
    struct Count {
        double cells = 0.0; ///< counts
        double other = 0.0; ///< what it gives since `otherSince`; 0 = the same, or nothing
        SteadyTime otherSince{};
        double charge_V = 0.0; ///< its largest own charge voltage; 0 = it gave none
    };
    std::map<std::string, Count> found;
};

struct CellCountInput {
    std::optional<double> owners; ///< BankSettings::cells
    Preset chemistry{};           ///< in force; Auto or None = not known
    /// That a cell is to be charged to, V; nothing = not known.
    std::optional<double> cell_V{};
};

/// Gives each member its number for this cycle (Member::setCells). The owner's counts for all, but
/// is unknown for one whose own cells contradict it, and for all if the charge voltage that one
/// asks for, or its voltage where it asks for none, is that of fewer cells: more than it has would
/// be charged past their end. A number that was found stays while a member gives none, and until
/// another has stood for a minute: one wrong voltage changes nothing.
void countCells(CellCounts& state, Members& members, const CellCountInput& input, const Now& now);

} // namespace busbar
