// SPDX-License-Identifier: MIT
// Blocks in series make a string.
#include "core/limits/direction.hpp"
#include "core/made/folding.hpp"
#include "core/members/member.hpp"
#include "core/table/aggregate.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
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

/// 0 V is no charge voltage but a word that forbids (limits/direction.hpp): with the others' it
/// would be one of fewer blocks, which a GX discharges the battery to.
void forbidByVoltage(Battery& made, const Members& blocks) {
    constexpr RowIndex kChargeVoltage = row("/Info/MaxChargeVoltage");
    const bool isForbidden = std::ranges::any_of(
        blocks, [](const Member& block) { return block.lastNumber(kChargeVoltage) == 0.0; });
    if (isForbidden)
        setRow(made, kChargeVoltage, 0.0);
}

/// One switch that is open opens the string. A 0 that none stands for is a wish of the whole, too.
void takeWishes(Battery& made, const Members& blocks) {
    for (const Direction direction : {Direction::Charge, Direction::Discharge})
        made.slots.at(rowsOf(direction).limit).isWish = std::ranges::none_of(
            blocks, [direction](const Member& block) { return block.isBlocked(direction); });
}

double blocksIn(const Member& block) {
    return std::max(block.number(row("/System/BatteriesSeries")).value_or(1.0), 1.0);
}

/// One wire, one current: more than that apart is a wiring or a sensor fault (share of the current,
/// and A) …
constexpr double kUnequalShare = 0.05;
constexpr double kUnequal_A = 2.0;
/// … once it lasts longer than blocks report apart: drivers poll every 1 to 5 s.
constexpr auto kUnequalFor = std::chrono::seconds(30);
/// Blocks of the same cells that are this far apart, as a share of their mean voltage, are out of
/// balance: 50 mV and 150 mV of a cell of 3.3 V, as for cells (alarm_settings.hpp).
constexpr double kApartWarning = 0.015;
constexpr double kApartAlarm = 0.045;

struct Spread {
    double lowest;
    double highest;
    double mean;
    const Part* lowestOf;
    const Part* highestOf;
};

/// Nothing if a block does not say.
std::optional<Spread> spreadOf(RowIndex index, std::span<const Part> blocks) {
    std::optional<Spread> spread;
    double sum = 0.0;
    for (const Part& block : blocks) {
        const auto own = numberOf(*block.battery, index);
        if (!own)
            return std::nullopt;
        sum += *own;
        if (!spread)
            spread = Spread{*own, *own, 0.0, &block, &block};
        if (*own < spread->lowest) {
            spread->lowest = *own;
            spread->lowestOf = &block;
        }
        if (*own > spread->highest) {
            spread->highest = *own;
            spread->highestOf = &block;
        }
    }
    if (spread)
        spread->mean = sum / static_cast<double>(blocks.size());
    return spread;
}

std::string apartText(const Spread& spread, Quantity quantity) {
    return spread.lowestOf->entry.name + " " + displayText(quantity, spread.lowest) + ", " +
           spread.highestOf->entry.name + " " + displayText(quantity, spread.highest);
}

void raiseTo(Battery& made, RowIndex alarm, double level) {
    setRow(made, alarm, std::max(numberOf(made, alarm).value_or(0.0), level));
}

bool areAlike(std::span<const Part> blocks) {
    const auto cells = spreadOf(row("/System/NrOfCellsPerBattery"), blocks);
    return !cells || cells->lowest == cells->highest;
}

std::string lookAtVoltages(Battery& made, std::span<const Part> blocks) {
    const auto spread = spreadOf(row("/Dc/0/Voltage"), blocks);
    if (!spread || !areAlike(blocks))
        return "";
    const double apart = spread->highest - spread->lowest;
    if (apart <= kApartWarning * spread->mean)
        return "";
    raiseTo(made, row("/Alarms/CellImbalance"), apart > kApartAlarm * spread->mean ? 2.0 : 1.0);
    return "blocks are out of balance: " + apartText(*spread, Quantity::Voltage);
}

std::string lookAtCurrents(Battery& made, std::span<const Part> blocks, SeriesState& state,
                           const Now& now) {
    const auto spread = spreadOf(row("/Dc/0/Current"), blocks);
    const bool isUnequal = spread && spread->highest - spread->lowest >
                                         kUnequalShare * std::abs(spread->mean) + kUnequal_A;
    if (!isUnequal) {
        state.unequal.reset();
        return "";
    }
    state.unequal = state.unequal.value_or(now.steady);
    if (now.steady - *state.unequal < kUnequalFor)
        return "";
    raiseTo(made, row("/Alarms/BmsCable"), 1.0);
    return "blocks in series show different currents: " + apartText(*spread, Quantity::Current);
}

} // namespace

std::string foldSeries(Battery& made, std::span<const Part> blocks, SeriesState& state,
                       const Now& now) {
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
    forbidByVoltage(made, members);
    takeWishes(made, members);
    double count = 0.0;
    for (const Member& block : members)
        count += blocksIn(block);
    setRow(made, row("/System/BatteriesSeries"), count);
    joinCells(made, blocks);
    takeDoubts(made, blocks);
    takeHeard(made, blocks);
    made.hasBms = std::ranges::any_of(blocks, [](const Part& b) { return b.battery->hasBms; });
    made.moved = std::ranges::min_element(blocks, {}, [](const Part& b) {
                     return b.battery->moved;
                 })->battery->moved;
    const auto leaping = std::ranges::find_if(
        blocks, [](const Part& b) { return b.battery->leap.since.has_value(); });
    made.leap = leaping == blocks.end() ? CurrentLeap{} : leaping->battery->leap;
    nameDeciders(made, blocks);
    std::string odd = lookAtVoltages(made, blocks);
    const std::string currents = lookAtCurrents(made, blocks, state, now);
    return odd.empty() ? currents : odd + (currents.empty() ? "" : "; " + currents);
}

} // namespace busbar
