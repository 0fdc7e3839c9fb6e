// SPDX-License-Identifier: MIT
// Blocks that belong together, or do not.
#include "sim/string_lot.hpp"

#include <algorithm>
#include <cstddef>

namespace busbar::sim {

namespace {

/// Who builds a string takes blocks of one size and charges each full before: what is left of the
/// spread that packs start with.
constexpr double kMatchedSoc = 0.2;
constexpr double kThrownTogether = 0.25;
/// A block that was stored for months, or bleeds more than the others: what no BMS of its own can
/// mend.
constexpr double kDriftedSoc = 0.10;
constexpr double kDriftedLeak = 5.0;

} // namespace

void StringLot::begin(Random& random, int index) {
    isFirst_ = index % blocks_ == 0;
    if (blocks_ > 1 && isFirst_)
        isMatched_ = !random.chance(kThrownTogether);
}

double StringLot::nominal_Ah(double drawn_Ah) {
    if (isByItself())
        nominal_Ah_ = drawn_Ah;
    return nominal_Ah_;
}

double StringLot::soc(double drawn) {
    if (!isByItself())
        return soc_ + kMatchedSoc * (drawn - meanSoc_);
    soc_ = drawn;
    return drawn;
}

void drawDriftingBlock(TwinSpec& bank, Random& random) {
    const auto which = random.integer(0, static_cast<int>(bank.packs.size()) - 1);
    const double by = random.uniform(-kDriftedSoc, kDriftedSoc);
    for (CellSpec& cell : bank.packs[static_cast<std::size_t>(which)].cells) {
        cell.soc = std::clamp(cell.soc + by, 0.02, 0.98);
        cell.leak_A *= kDriftedLeak;
    }
}

double nominalSum_Ah(const TwinSpec& bank) {
    double sum_Ah = 0.0;
    double least_Ah = 0.0;
    for (std::size_t i = 0; i < bank.packs.size(); ++i) {
        const double own_Ah = bank.packs[i].bms.capacity_Ah;
        least_Ah = i % bank.inSeries == 0 ? own_Ah : std::min(least_Ah, own_Ah);
        if ((i + 1) % bank.inSeries == 0)
            sum_Ah += least_Ah;
    }
    return sum_Ah;
}

} // namespace busbar::sim
