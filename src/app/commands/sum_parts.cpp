// SPDX-License-Identifier: MIT
// Tries all selections.
#include "app/commands/sum_parts.hpp"

#include <cmath>
#include <cstdint>

namespace busbar {

namespace {

/// Selections double with each: beyond, only all of them are tried.
constexpr std::size_t kMostTried = 14;
constexpr double kCapacityTolerance = 0.01;
constexpr double kCurrentTolerance = 0.03;
constexpr double kOtherMoment_A = 1.0;

using Selection = std::uint64_t;

/// Values of all that are selected; nothing where one of them says none.
struct Added {
    std::optional<double> current_A = 0.0;
    std::optional<double> capacity_Ah = 0.0;
    double moved_A = 0.0; ///< without signs
};

void addTo(std::optional<double>& sum, const std::optional<double>& one) {
    sum = sum && one ? std::optional(*sum + *one) : std::nullopt;
}

Added addedOf(const std::vector<SumShare>& batteries, Selection selection) {
    Added added;
    for (std::size_t i = 0; i < batteries.size(); ++i) {
        if ((selection >> i & 1U) == 0)
            continue;
        addTo(added.current_A, batteries[i].current_A);
        addTo(added.capacity_Ah, batteries[i].capacity_Ah);
        added.moved_A += std::abs(batteries[i].current_A.value_or(0.0));
    }
    return added;
}

/// What both say agrees, and there is something that both say.
bool makesUp(const SumShare& sum, const Added& added) {
    const bool hasCapacity = sum.capacity_Ah && added.capacity_Ah;
    const bool hasCurrent = sum.current_A && added.current_A;
    if (hasCapacity &&
        std::abs(*sum.capacity_Ah - *added.capacity_Ah) > kCapacityTolerance * *added.capacity_Ah)
        return false;
    if (hasCurrent && std::abs(*sum.current_A - *added.current_A) >
                          kCurrentTolerance * added.moved_A + kOtherMoment_A)
        return false;
    return hasCapacity || (hasCurrent && added.moved_A > kOtherMoment_A);
}

std::vector<std::size_t> indicesOf(Selection selection, std::size_t count) {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < count; ++i)
        if ((selection >> i & 1U) != 0)
            indices.push_back(i);
    return indices;
}

bool hasTwo(Selection selection) {
    return (selection & (selection - 1)) != 0;
}

} // namespace

std::optional<std::vector<std::size_t>> partsOfSum(const SumShare& sum,
                                                   const std::vector<SumShare>& batteries) {
    const std::size_t count = batteries.size();
    if (count < 2 || count > 64)
        return std::nullopt;
    const Selection all = ~Selection{0} >> (64 - count);
    if (makesUp(sum, addedOf(batteries, all)))
        return indicesOf(all, count);
    std::optional<Selection> found;
    for (Selection one = 1; count <= kMostTried && one < all; ++one) {
        if (!hasTwo(one) || !makesUp(sum, addedOf(batteries, one)))
            continue;
        if (found)
            return std::nullopt;
        found = one;
    }
    return found ? std::optional(indicesOf(*found, count)) : std::nullopt;
}

} // namespace busbar
