// SPDX-License-Identifier: MIT
// Folding members into the bank.
#include "core/table/aggregate.hpp"

#include "core/members/member.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "core/units/inner_name.hpp"

#include <algorithm>
#include <vector>

namespace busbar {

namespace {

Value sumOf(RowIndex index, const Members& members) {
    std::optional<double> sum;
    for (const Member& member : members)
        if (const auto number = member.number(index))
            sum = sum.value_or(0.0) + *number;
    return sum;
}

Value wholeSumOf(RowIndex index, const Members& members) {
    const bool isWhole = std::ranges::all_of(
        members, [index](const Member& member) { return member.number(index).has_value(); });
    return isWhole ? sumOf(index, members) : Value();
}

Value meanOf(RowIndex index, const Members& members) {
    double sum = 0.0;
    int known = 0;
    for (const Member& member : members) {
        const auto number = member.number(index);
        sum += number.value_or(0.0);
        known += number ? 1 : 0;
    }
    return known > 0 ? Value(sum / known) : Value();
}

Value meanByCapacityOf(RowIndex index, const Members& members) {
    std::vector<Weighted> values;
    for (const Member& member : members)
        if (const auto number = member.number(index))
            values.push_back({*number, member.nominalCapacity_Ah()});
    return weightedMean(values);
}

bool wantsLargest(Rule rule) {
    return rule == Rule::Max || rule == Rule::WholeMax || rule == Rule::Any;
}

/// The member with the extreme value; of equal ones the first by name, so that the order of members
/// does not matter.
const Member* winnerOf(RowIndex index, const Members& members, Rule rule) {
    const bool wantsMax = wantsLargest(rule);
    const Member* winner = nullptr;
    for (const Member& member : members) {
        const auto number = member.number(index);
        if (!number)
            continue;
        const auto best = winner == nullptr ? std::nullopt : winner->number(index);
        const bool isBetter = !best || (wantsMax ? *number > *best : *number < *best) ||
                              (*number == *best && member.name() < winner->name());
        winner = isBetter ? &member : winner;
    }
    return winner;
}

bool isKnownOfAll(RowIndex index, const Members& members) {
    return std::ranges::all_of(
        members, [index](const Member& member) { return member.number(index).has_value(); });
}

Value extremeOf(RowIndex index, const Members& members, Rule rule) {
    const Member* winner = winnerOf(index, members, rule);
    return winner == nullptr ? Value() : *winner->value(index);
}

Value wholeExtremeOf(RowIndex index, const Members& members, Rule rule) {
    return isKnownOfAll(index, members) ? extremeOf(index, members, rule) : Value();
}

Value lastExtremeOf(RowIndex index, const Members& members, Rule rule) {
    std::optional<double> extreme;
    for (const Member& member : members)
        if (const auto last = member.lastNumber(index))
            extreme = !extreme             ? *last
                      : wantsLargest(rule) ? std::max(*extreme, *last)
                                           : std::min(*extreme, *last);
    return extreme;
}

Value ofLeastLeft(RowIndex index, const Members& members) {
    constexpr RowIndex kLeft = row("/Capacity");
    if (!isKnownOfAll(kLeft, members))
        return extremeOf(index, members, Rule::Min);
    const Member* least = winnerOf(kLeft, members, Rule::Min);
    const Value* value = least == nullptr ? nullptr : least->value(index);
    return value == nullptr ? Value() : *value;
}

Value leastJoinedOf(RowIndex index, const Members& members) {
    for (const Member& member : members)
        if (const auto state = member.lastNumber(index); state && isNotJoinedState(*state))
            return *state;
    return lastExtremeOf(index, members, Rule::Any);
}

/// `<member name>/<cell id>`; just the name if the member does not say which cell.
Value companionOf(RowIndex index, const Members& members, Column column) {
    const RowIndex decides = *findRow(kRows.at(index).companionOf);
    const Rule rule = kRows.at(decides).*column;
    if (rule == Rule::WholeMin || rule == Rule::WholeMax)
        if (!isKnownOfAll(decides, members))
            return {};
    const Member* winner = winnerOf(decides, members, rule);
    if (winner == nullptr)
        return {};
    const Value* id = winner->value(index);
    const std::string* text = id == nullptr ? nullptr : id->text();
    return text == nullptr ? winner->name() : innerName(winner->name(), *text);
}

} // namespace

std::optional<double> weightedMean(std::span<const Weighted> values) {
    const bool isPlain =
        std::ranges::any_of(values, [](const Weighted& one) { return !one.weight; });
    double sum = 0.0;
    double weights = 0.0;
    for (const Weighted& one : values) {
        const double weight = isPlain ? 1.0 : *one.weight;
        sum += one.value * weight;
        weights += weight;
    }
    return weights > 0.0 ? std::optional(sum / weights) : std::nullopt;
}

Value fold(RowIndex index, const Members& members, Column column) {
    const Rule rule = kRows.at(index).*column;
    switch (rule) {
    case Rule::Sum:
        return sumOf(index, members);
    case Rule::WholeSum:
        return wholeSumOf(index, members);
    case Rule::Mean:
        return meanOf(index, members);
    case Rule::MeanByCapacity:
        return meanByCapacityOf(index, members);
    case Rule::Min:
    case Rule::Max:
        return extremeOf(index, members, rule);
    case Rule::WholeMin:
    case Rule::WholeMax:
        return wholeExtremeOf(index, members, rule);
    case Rule::All:
    case Rule::Any:
        return lastExtremeOf(index, members, rule);
    case Rule::LeastLeft:
        return ofLeastLeft(index, members);
    case Rule::LeastJoined:
        return leastJoinedOf(index, members);
    case Rule::Companion:
        return companionOf(index, members, column);
    case Rule::Computed:
    case Rule::Fixed:
    case Rule::Input:
    case Rule::None:
        break;
    }
    return {};
}

void foldAll(const Members& members, Snapshot& snapshot) {
    for (std::size_t i = 0; i < kRowCount; ++i)
        snapshot[static_cast<RowIndex>(i)] = fold(static_cast<RowIndex>(i), members);
}

} // namespace busbar
