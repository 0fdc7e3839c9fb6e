// SPDX-License-Identifier: MIT
// What the owner wants to know about a member over time: its share of the current, its weakest
// cells.
#pragma once

#include "core/now.hpp"

#include <optional>
#include <string>
#include <vector>

namespace busbar {

/// How long a cell was the extreme one, older times counting less.
struct CellTally {
    std::string cell; ///< its id as the BMS names it
    double seconds = 0.0;

    friend bool operator==(const CellTally&, const CellTally&) = default;
};

/// Of one direction. Survives a restart.
struct WeakCells {
    std::vector<CellTally> tallies; ///< at most kMostTallies
    std::string named;              ///< the present answer; empty = none yet

    friend bool operator==(const WeakCells&, const WeakCells&) = default;
};
inline constexpr std::size_t kMostTallies = 16;
inline constexpr std::size_t kLongestCellId = 64; ///< longer ones are not counted

/// Survives a restart.
struct MemberStats {
    std::optional<double> share; ///< of the bank's current, 1 = all of it; mean over ten minutes
    WeakCells lowest;            ///< lowest under discharge
    WeakCells highest;           ///< highest under charge

    friend bool operator==(const MemberStats&, const MemberStats&) = default;
};

struct MemberStatsState {
    MemberStats stats;
    std::optional<SteadyTime> at; ///< last cycle
};

struct MemberStatsInput {
    std::optional<double> current_A; ///< of the member
    std::optional<double> bankCurrent_A;
    std::optional<double> capacity_Ah;     ///< of the member
    std::optional<double> bankCapacity_Ah; ///< of all that take part
    std::string lowestCell;                ///< /System/MinVoltageCellId; empty = unknown
    std::string highestCell;               ///< /System/MaxVoltageCellId
    std::chrono::milliseconds maxGap{};    ///< MeterSettings::maxGap
};

/// One cycle. Learns only from currents above 2 % of the capacity per hour, the bank's for the
/// share and the member's for its cells; unknown teaches nothing.
void step(MemberStatsState& state, const MemberStatsInput& input, const Now& now);

/// Member's minus bank's SoC, %; unknown if one is.
[[nodiscard]] std::optional<double> socDeviation_pct(std::optional<double> member_pct,
                                                     std::optional<double> bank_pct);

} // namespace busbar
