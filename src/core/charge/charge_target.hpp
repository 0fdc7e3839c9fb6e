// SPDX-License-Identifier: MIT
// Charging ends at a state of charge that the owner wants, but for a full charge from time to time.
#pragma once

#include "core/now.hpp"

#include <optional>

namespace busbar {

struct ChargeTargetSettings;

/// Survives a restart. Stamps are whole seconds.
struct ChargeTargetMemory {
    std::optional<WallTime> fullSince; ///< begin of the full charge that is under way
    std::optional<WallTime> fullEnded; ///< end of the last one, full or given up

    friend bool operator==(const ChargeTargetMemory&, const ChargeTargetMemory&) = default;
};

struct ChargeTargetInput {
    std::optional<double> chosen_pct; ///< by the owner at run time; the lower one counts
    std::optional<double> soc_pct;    ///< the higher of what is shown and what is true
    bool areAllFull = false;          ///< every battery that takes part is proven full
    bool isBalancing = false;         ///< the charge voltage is raised, which needs a full charge
    bool isFullWanted = false;        ///< the button, pressed since the last step
    std::optional<WallTime> lastFull;
    std::optional<WallTime> firstSeen; ///< when the bank was first run; stands in for a full charge
};

/// Where charging stands in this cycle.
struct ChargeTarget {
    std::optional<double> soc_pct; ///< in force; nothing = there is none
    bool isReached = false;        ///< nothing is charged until it has fallen by 3 %
    bool isFullCharge = false;     ///< on the way to full in spite of it
};

struct ChargeTargetState {
    ChargeTargetMemory memory; ///< to be set from the file before the first step
    ChargeTarget now;
};

/// One cycle; changes `state.now`. While the SoC is unknown, what was reached stays reached. A full
/// charge ends when all batteries are proven full, after a week at last; by itself it begins only
/// with a clock that is set.
void step(ChargeTargetState& state, const ChargeTargetInput& input,
          const ChargeTargetSettings& settings, const Now& now);

} // namespace busbar
