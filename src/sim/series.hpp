// SPDX-License-Identifier: MIT
// Packs of a twin in series as one battery.
#pragma once

#include "sim/twin.hpp"

#include <cstddef>

namespace busbar::sim {

/// Between the bars; a pack alone is a string of one.
[[nodiscard]] std::size_t stringCount(const Twin& twin);
[[nodiscard]] std::size_t stringOf(const Twin& twin, std::size_t pack);

/// Packs `first` … `end` − 1 are the blocks of one string.
struct Blocks {
    std::size_t first = 0;
    std::size_t end = 0;
};
[[nodiscard]] Blocks blocksOf(const Twin& twin, std::size_t string);

/// None of its BMSs is in the way.
[[nodiscard]] bool canCharge(const Twin& twin, std::size_t string);
[[nodiscard]] bool canDischarge(const Twin& twin, std::size_t string);

/// Of its cells, as they were over the last step.
[[nodiscard]] double stringVoltage_V(const Twin& twin, std::size_t string);
/// R0 of its cells at 25 °C, and the connections.
[[nodiscard]] double stringColdResistance_Ohm(const Twin& twin, std::size_t string);
/// What the BMS of its smallest block believes.
[[nodiscard]] double stringNominal_Ah(const Twin& twin, std::size_t string);

/// `others` and one more block of the same string as one battery: it holds what its weakest block
/// holds, and its voltage limit is the sum of theirs.
[[nodiscard]] PackTruth inSeries(const PackTruth& others, const PackTruth& block);
/// All blocks of a string as one battery.
[[nodiscard]] PackTruth stringTruth(const Twin& twin, std::size_t string);

} // namespace busbar::sim
