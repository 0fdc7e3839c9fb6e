// SPDX-License-Identifier: MIT
// Folding members into the bank.
#include "core/aggregate.hpp"

#include "core/member.hpp"
#include "core/path_table.hpp"
#include "core/snapshot.hpp"

#include <algorithm>

namespace busbar {

namespace {

Value sumOf(RowIndex index, const Members& members) {
    std::optional<double> sum;
    for (const Member& member : members)
        if (const auto number = member.number(index))
            sum = sum.value_or(0.0) + *number;
    return sum;
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
    double sum = 0.0;
    double capacity_Ah = 0.0;
    for (const Member& member : members) {
        const auto number = member.number(index);
        if (!number)
            continue;
        const auto weight_Ah = member.nominalCapacity_Ah();
        if (!weight_Ah)
            return meanOf(index, members);
        sum += *number * *weight_Ah;
        capacity_Ah += *weight_Ah;
    }
    return capacity_Ah > 0.0 ? Value(sum / capacity_Ah) : Value();
}

/// The member with the extreme value; of equal ones the first by name, so that the order of members
/// does not matter.
const Member* winnerOf(RowIndex index, const Members& members) {
    const bool wantsMax = kRows.at(index).rule == Rule::Max;
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

Value extremeOf(RowIndex index, const Members& members) {
    const Member* winner = winnerOf(index, members);
    return winner == nullptr ? Value() : *winner->value(index);
}

/// `<member name>/<cell id>`; just the name if the member does not say which cell.
Value companionOf(RowIndex index, const Members& members) {
    const Member* winner = winnerOf(*findRow(kRows.at(index).companionOf), members);
    if (winner == nullptr)
        return {};
    const Value* id = winner->value(index);
    const std::string* text = id == nullptr ? nullptr : id->text();
    return text == nullptr || text->empty() ? winner->name() : winner->name() + "/" + *text;
}

} // namespace

Value fold(RowIndex index, const Members& members) {
    switch (kRows.at(index).rule) {
    case Rule::Sum:
        return sumOf(index, members);
    case Rule::Mean:
        return meanOf(index, members);
    case Rule::MeanByCapacity:
        return meanByCapacityOf(index, members);
    case Rule::Min:
    case Rule::Max:
        return extremeOf(index, members);
    case Rule::Companion:
        return companionOf(index, members);
    case Rule::Computed:
    case Rule::Fixed:
    case Rule::Input:
        break;
    }
    return {};
}

void foldAll(const Members& members, Snapshot& snapshot) {
    for (std::size_t i = 0; i < kRowCount; ++i)
        snapshot[static_cast<RowIndex>(i)] = fold(static_cast<RowIndex>(i), members);
}

} // namespace busbar
