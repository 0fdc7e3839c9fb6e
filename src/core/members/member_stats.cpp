// SPDX-License-Identifier: MIT
// A share that is averaged, and cells that are tallied.
#include "core/members/member_stats.hpp"

#include <algorithm>
#include <cmath>

namespace busbar {

namespace {

using Seconds = std::chrono::duration<double>;

/// Less current tells nothing about sharing or weak cells: 2 % of the capacity an hour, as the
/// frozen test has it (frozen.hpp).
constexpr double kWorking_C = 0.02;
constexpr Seconds kShareTime = std::chrono::minutes(10);
/// A share beyond these is a measurement of two different moments.
constexpr double kLeastShare = -1.0;
constexpr double kMostShare = 2.0;
/// A week of work makes the old count half: about a season of real days, so that a replaced cell or
/// another winter shows.
constexpr Seconds kHalfLife = std::chrono::hours(168);
/// Before that much work nothing is named: one charge's end takes longer.
constexpr double kEnough_s = 600.0;
/// A new name must lead by this factor, so that two equal cells do not alternate.
constexpr double kLead = 1.2;

bool isWorking(std::optional<double> current_A, std::optional<double> capacity_Ah) {
    return current_A && capacity_Ah && *capacity_Ah > 0.0 &&
           std::abs(*current_A) > kWorking_C * *capacity_Ah;
}

void learnShare(std::optional<double>& share, const MemberStatsInput& input, Seconds span) {
    if (!input.current_A || !isWorking(input.bankCurrent_A, input.bankCapacity_Ah))
        return;
    const double seen =
        std::clamp(*input.current_A / *input.bankCurrent_A, kLeastShare, kMostShare);
    const double weight = share ? 1.0 - std::exp(-span / kShareTime) : 1.0;
    share = share.value_or(0.0) + weight * (seen - share.value_or(0.0));
}

const CellTally* find(const WeakCells& cells, const std::string& name) {
    const auto found = std::ranges::find(cells.tallies, name, &CellTally::cell);
    return found == cells.tallies.end() ? nullptr : &*found;
}

/// A place for the cell. When all are taken it gets the lightest one's, with its weight, so that a
/// cell that turns weak later is not starved (space-saving, Metwally et al. 2005).
CellTally& placeFor(WeakCells& cells, const std::string& name) {
    const auto found = std::ranges::find(cells.tallies, name, &CellTally::cell);
    if (found != cells.tallies.end())
        return *found;
    if (cells.tallies.size() < kMostTallies)
        return cells.tallies.emplace_back(CellTally{name, 0.0});
    CellTally& lightest = *std::ranges::min_element(cells.tallies, {}, &CellTally::seconds);
    lightest.cell = name;
    return lightest;
}

void name(WeakCells& cells) {
    const auto heaviest = std::ranges::max_element(cells.tallies, {}, &CellTally::seconds);
    const CellTally* present = find(cells, cells.named);
    const double toBeat = present == nullptr ? 0.0 : kLead * present->seconds;
    if (heaviest->seconds >= kEnough_s && heaviest->seconds > toBeat)
        cells.named = heaviest->cell;
}

void tally(WeakCells& cells, const std::string& cell, Seconds span) {
    if (cell.empty() || cell.size() > kLongestCellId)
        return;
    const double kept = std::exp2(-span / kHalfLife);
    for (CellTally& entry : cells.tallies)
        entry.seconds *= kept;
    placeFor(cells, cell).seconds += span.count();
    name(cells);
}

/// Since the last cycle; nothing after a gap, at the first one, or when the time went back.
Seconds spanSince(std::optional<SteadyTime>& at, std::chrono::milliseconds maxGap, const Now& now) {
    const auto before = at;
    at = now.steady;
    if (!before || now.steady < *before || now.steady - *before > maxGap)
        return Seconds::zero();
    return now.steady - *before;
}

} // namespace

void step(MemberStatsState& state, const MemberStatsInput& input, const Now& now) {
    const Seconds span = spanSince(state.at, input.maxGap, now);
    if (span <= Seconds::zero())
        return;
    learnShare(state.stats.share, input, span);
    if (!isWorking(input.current_A, input.capacity_Ah))
        return;
    if (*input.current_A < 0.0)
        tally(state.stats.lowest, input.lowestCell, span);
    else
        tally(state.stats.highest, input.highestCell, span);
}

std::optional<double> socDeviation_pct(std::optional<double> member_pct,
                                       std::optional<double> bank_pct) {
    if (!member_pct || !bank_pct)
        return std::nullopt;
    return *member_pct - *bank_pct;
}

} // namespace busbar
