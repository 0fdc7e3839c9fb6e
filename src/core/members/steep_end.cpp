// SPDX-License-Identifier: MIT
// Cells and current against the ends of the curve.
#include "core/members/steep_end.hpp"

#include "core/members/member.hpp"
#include "core/table/path_table.hpp"

#include <cmath>
#include <cstddef>

namespace busbar {

namespace {

constexpr double kMovesCells = 0.05; ///< of the capacity, per hour
constexpr std::size_t kFewestCells = 4;

bool isAtAnEnd(const Member& member, const SteepEnds& ends) {
    const auto highest_V = member.number(row("/System/MaxCellVoltage"));
    const auto lowest_V = member.number(row("/System/MinCellVoltage"));
    return (ends.from_V && highest_V && *highest_V >= *ends.from_V) ||
           (ends.to_V && lowest_V && *lowest_V <= *ends.to_V);
}

} // namespace

bool mustMove(const Member& member, const SteepEnds& ends) {
    const auto current_A = member.number(row("/Dc/0/Current"));
    const auto capacity_Ah = member.nominalCapacity_Ah();
    return member.cellCount() >= kFewestCells && current_A && capacity_Ah &&
           std::abs(*current_A) > kMovesCells * *capacity_Ah && isAtAnEnd(member, ends);
}

} // namespace busbar
