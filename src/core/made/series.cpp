// SPDX-License-Identifier: MIT
// Blocks in series make a string.
#include "core/made/folding.hpp"
#include "core/members/member.hpp"
#include "core/table/aggregate.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace busbar {

namespace {

/// What a row was when all blocks said it last.
std::optional<double> lastOf(RowIndex index, const Members& blocks) {
    std::vector<double> numbers;
    for (const Member& block : blocks) {
        const auto last = block.lastNumber(index);
        if (!last)
            return std::nullopt;
        numbers.push_back(*last);
    }
    switch (kRows.at(index).inSeries) {
    case Rule::WholeSum:
        return std::accumulate(numbers.begin(), numbers.end(), 0.0);
    case Rule::WholeMin:
        return *std::ranges::min_element(numbers);
    case Rule::WholeMax:
        return *std::ranges::max_element(numbers);
    default:
        return std::nullopt;
    }
}

/// One that gives none hides what its cells do, so the string has none either.
void joinCells(Battery& made, std::span<const Part> blocks) {
    made.cells.clear();
    const bool isAny = std::ranges::any_of(
        blocks, [](const Part& block) { return cellCount(*block.battery) == 0; });
    if (isAny)
        return;
    for (const Part& block : blocks) {
        const auto& cells = block.battery->cells;
        const auto count = static_cast<std::ptrdiff_t>(cellCount(*block.battery));
        std::copy(cells.begin(), std::next(cells.begin(), count), std::back_inserter(made.cells));
    }
}

/// The block with the smallest value, or without one; of equal ones the first by name.
const Part* smallestBy(RowIndex index, std::span<const Part> blocks) {
    const Part* smallest = nullptr;
    std::optional<double> least;
    for (const Part& block : blocks) {
        const auto own = lastNumberOf(*block.battery, index);
        if (!own && kRows.at(index).inSeries != Rule::All)
            return &block;
        const bool isSmaller = own && (!least || *own < *least ||
                                       (*own == *least && block.entry.name < smallest->entry.name));
        smallest = isSmaller ? &block : smallest;
        least = isSmaller ? own : least;
    }
    return smallest;
}

void nameDeciders(Battery& made, std::span<const Part> blocks) {
    made.deciders.clear();
    for (const RowIndex index : {row("/Info/MaxChargeCurrent"), row("/Info/MaxDischargeCurrent"),
                                 row("/Io/AllowToCharge"), row("/Io/AllowToDischarge")})
        if (const Part* block = smallestBy(index, blocks))
            made.deciders.push_back({index, deepName(*block, index)});
}

double blocksIn(const Member& block) {
    return std::max(block.number(row("/System/BatteriesSeries")).value_or(1.0), 1.0);
}

} // namespace

void foldSeries(Battery& made, std::span<const Part> blocks) {
    const Members members = membersOf(blocks);
    made.unsaid.clear();
    for (std::size_t i = 0; i < kRowCount; ++i) {
        const auto index = static_cast<RowIndex>(i);
        if (isOwnRow(index))
            continue;
        Value value = fold(index, members, &Row::inSeries);
        const bool isKnown = value.isKnown();
        setRow(made, index, std::move(value), isKnown ? std::nullopt : lastOf(index, members));
    }
    double count = 0.0;
    for (const Member& block : members)
        count += blocksIn(block);
    setRow(made, row("/System/BatteriesSeries"), count);
    joinCells(made, blocks);
    takeDoubts(made, blocks);
    made.hasBms = std::ranges::any_of(blocks, [](const Part& b) { return b.battery->hasBms; });
    made.moved = std::ranges::min_element(blocks, {}, [](const Part& b) {
                     return b.battery->moved;
                 })->battery->moved;
    const auto leaping = std::ranges::find_if(
        blocks, [](const Part& b) { return b.battery->leap.since.has_value(); });
    made.leap = leaping == blocks.end() ? CurrentLeap{} : leaping->battery->leap;
    nameDeciders(made, blocks);
}

} // namespace busbar
