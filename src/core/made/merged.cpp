// SPDX-License-Identifier: MIT
// Several services that are one battery: for each value the first of them that has one.
#include "core/made/folding.hpp"
#include "core/members/membership_settings.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace busbar {

namespace {

constexpr RowIndex kMergedVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kMergedCurrent = row("/Dc/0/Current");
constexpr RowIndex kMergedPower = row("/Dc/0/Power");

using Usable = std::vector<const GivenPart*>;

/// One battery has one voltage: the first source that gives it is right, and who differs by more
/// than the guard of a bank measures something else.
Usable usableOf(std::span<const GivenPart> sources, Standing& standing) {
    const MembershipSettings guard{};
    Usable usable;
    std::optional<double> first_V;
    for (const GivenPart& source : sources) {
        if (!source.part.isUsable()) {
            Standing lack;
            lackPart(lack, source.part);
            standing.lacking += (standing.lacking.empty() ? "" : "; ") + lack.lacking;
            continue;
        }
        const auto own_V = numberOf(*source.part.battery, kMergedVoltage);
        if (first_V && own_V &&
            std::abs(*own_V - *first_V) > *first_V * guard.guard_pct / 100.0 + guard.guard_V) {
            standing.lacking += (standing.lacking.empty() ? "" : "; ") + source.part.entry.name +
                                " has another voltage";
            continue;
        }
        first_V = first_V ? first_V : own_V;
        usable.push_back(&source);
    }
    return usable;
}

const GivenPart* giverOf(RowIndex index, const Usable& usable) {
    const auto found = std::ranges::find_if(usable, [index](const GivenPart* source) {
        return source->gives.at(index) && source->part.battery->slot(index).value.isKnown();
    });
    return found == usable.end() ? nullptr : *found;
}

/// Current and power are of one source, never mixed: of the first that gives either.
const GivenPart* giverOfFlow(const Usable& usable) {
    const auto gives = [](const GivenPart& source, RowIndex index) {
        return source.gives.at(index) && source.part.battery->slot(index).value.isKnown();
    };
    const auto found = std::ranges::find_if(usable, [&gives](const GivenPart* source) {
        return gives(*source, kMergedCurrent) || gives(*source, kMergedPower);
    });
    return found == usable.end() ? nullptr : *found;
}

const GivenPart* giverFor(RowIndex index, const Usable& usable) {
    if (index == kMergedCurrent || index == kMergedPower)
        return giverOfFlow(usable);
    const Row& r = kRows.at(index);
    return giverOf(r.rule == Rule::Companion ? *findRow(r.companionOf) : index, usable);
}

/// What any of them said last, in their order.
std::optional<double> lastSaid(RowIndex index, std::span<const GivenPart> sources) {
    for (const GivenPart& source : sources)
        if (source.part.battery != nullptr && source.gives.at(index))
            if (const auto last = lastNumberOf(*source.part.battery, index))
                return last;
    return std::nullopt;
}

/// What is written on the battery stays true while the source that knows it is silent.
bool isNameplate(RowIndex index) {
    return index == row("/InstalledCapacity");
}

void takeCells(Battery& made, const Usable& usable) {
    const auto giver = std::ranges::find_if(usable, [](const GivenPart* source) {
        return source->givesCells && cellCount(*source->part.battery) > 0;
    });
    made.cells.clear();
    if (giver != usable.end())
        made.cells = (*giver)->part.battery->cells;
}

/// Its cells are no fresher than what says them. Who gives cells alone may say the same for long.
SteadyTime movedOf(const GivenPart& flow, const Usable& usable) {
    const SteadyTime moved = flow.part.battery->moved;
    const GivenPart* cells = giverOf(row("/System/MaxCellVoltage"), usable);
    if (cells == nullptr || !numberOf(*cells->part.battery, kMergedCurrent))
        return moved;
    return std::min(moved, cells->part.battery->moved);
}

void takeStory(Battery& made, const GivenPart& flow, const Usable& usable) {
    made.moved = movedOf(flow, usable);
    made.leap = flow.part.battery->leap;
    made.hasBms = std::ranges::any_of(
        usable, [](const GivenPart* source) { return source->part.battery->hasBms; });
    std::vector<Part> parts;
    for (const GivenPart* source : usable)
        parts.push_back(source->part);
    takeDoubts(made, parts);
    takeHeard(made, parts);
}

} // namespace

Standing foldMerged(Battery& made, std::span<const GivenPart> sources) {
    Standing standing;
    const Usable usable = usableOf(sources, standing);
    const GivenPart* flow = giverOfFlow(usable);
    if (flow == nullptr || giverOf(kMergedVoltage, usable) == nullptr) {
        standing.isWhole = false;
        for (const GivenPart& source : sources)
            if (source.part.battery != nullptr)
                loseLast(standing, *source.part.battery);
        return standing;
    }
    made.unsaid.clear();
    made.deciders.clear();
    for (std::size_t i = 0; i < kRowCount; ++i) {
        const auto index = static_cast<RowIndex>(i);
        if (isOwnRow(index))
            continue;
        const GivenPart* giver = giverFor(index, usable);
        const bool mayGive = giver != nullptr && giver->gives.at(index);
        Value value = mayGive ? giver->part.battery->slot(index).value : Value();
        const bool isKnown = value.isKnown();
        const auto last = isKnown ? std::nullopt : lastSaid(index, sources);
        if (last && isNameplate(index))
            value = Value(*last);
        setRow(made, index, std::move(value), last);
        made.slots.at(index).isWish = mayGive && isKnown && giver->part.battery->slot(index).isWish;
        if (mayGive && isKnown)
            if (const auto deeper = deciderOf(*giver->part.battery, index); !deeper.empty())
                made.deciders.push_back({index, std::string(deeper)});
    }
    takeCells(made, usable);
    takeStory(made, *flow, usable);
    return standing;
}

} // namespace busbar
