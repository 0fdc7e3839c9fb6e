// SPDX-License-Identifier: MIT
// Sums and extremes over the blocks of a string.
#include "sim/series.hpp"

#include <algorithm>

namespace busbar::sim {

std::size_t stringCount(const Twin& twin) {
    return twin.size() / twin.spec().inSeries;
}

std::size_t stringOf(const Twin& twin, std::size_t pack) {
    return pack / twin.spec().inSeries;
}

Blocks blocksOf(const Twin& twin, std::size_t string) {
    const std::size_t first = string * twin.spec().inSeries;
    return {first, first + twin.spec().inSeries};
}

bool canCharge(const Twin& twin, std::size_t string) {
    const Blocks blocks = blocksOf(twin, string);
    for (std::size_t i = blocks.first; i < blocks.end; ++i)
        if (!twin.bms(i).canCharge())
            return false;
    return true;
}

bool canDischarge(const Twin& twin, std::size_t string) {
    const Blocks blocks = blocksOf(twin, string);
    for (std::size_t i = blocks.first; i < blocks.end; ++i)
        if (!twin.bms(i).canDischarge())
            return false;
    return true;
}

double stringVoltage_V(const Twin& twin, std::size_t string) {
    const Blocks blocks = blocksOf(twin, string);
    double sum_V = 0.0;
    for (std::size_t i = blocks.first; i < blocks.end; ++i)
        sum_V += twin.cells(i).voltage_V();
    return sum_V;
}

double stringColdResistance_Ohm(const Twin& twin, std::size_t string) {
    const Blocks blocks = blocksOf(twin, string);
    double sum_Ohm = 0.0;
    for (std::size_t i = blocks.first; i < blocks.end; ++i)
        sum_Ohm += coldResistance_Ohm(twin.pack(i));
    return sum_Ohm;
}

double stringNominal_Ah(const Twin& twin, std::size_t string) {
    const Blocks blocks = blocksOf(twin, string);
    double least_Ah = twin.pack(blocks.first).bms.capacity_Ah;
    for (std::size_t i = blocks.first + 1; i < blocks.end; ++i)
        least_Ah = std::min(least_Ah, twin.pack(i).bms.capacity_Ah);
    return least_Ah;
}

PackTruth inSeries(const PackTruth& others, const PackTruth& block) {
    PackTruth both;
    both.current_A = block.current_A;
    both.voltage_V = others.voltage_V + block.voltage_V;
    both.remaining_Ah = std::min(others.remaining_Ah, block.remaining_Ah);
    both.room_Ah = std::min(others.room_Ah, block.room_Ah);
    both.soc = both.remaining_Ah / (both.remaining_Ah + both.room_Ah);
    both.minCell_V = std::min(others.minCell_V, block.minCell_V);
    both.maxCell_V = std::max(others.maxCell_V, block.maxCell_V);
    both.temperature_C = std::min(others.temperature_C, block.temperature_C);
    both.canCharge = others.canCharge && block.canCharge;
    both.canDischarge = others.canDischarge && block.canDischarge;
    both.ownLimit = {others.ownLimit.maxCharge_V + block.ownLimit.maxCharge_V,
                     std::min(others.ownLimit.maxCharge_A, block.ownLimit.maxCharge_A),
                     std::min(others.ownLimit.maxDischarge_A, block.ownLimit.maxDischarge_A)};
    return both;
}

PackTruth stringTruth(const Twin& twin, std::size_t string) {
    const Blocks blocks = blocksOf(twin, string);
    PackTruth whole = twin.truth(blocks.first);
    for (std::size_t i = blocks.first + 1; i < blocks.end; ++i)
        whole = inSeries(whole, twin.truth(i));
    return whole;
}

} // namespace busbar::sim
