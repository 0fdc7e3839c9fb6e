// SPDX-License-Identifier: MIT
// Values of one member, and what follows from them.
#include "core/members/member.hpp"

#include "core/limits/direction.hpp"
#include "core/members/sieve.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace busbar {

Member::Member(const Unit& unit, const RosterEntry& entry, bool held)
    : unit_(&unit), entry_(&entry), held_(held), cellCount_(busbar::cellCount(unit)) {
    for (std::size_t i = 0; i < kRowCount; ++i)
        values_[i] = unit.valueOf(unit.slots[i], held);
    derivePower();
    deriveCharge();
    deriveCells();
    for (const Direction direction : {Direction::Charge, Direction::Discharge})
        isBlocked_.at(static_cast<std::size_t>(direction)) = forbids(*this, direction);
}

bool Member::isBlocked(Direction direction) const {
    return isBlocked_.at(static_cast<std::size_t>(direction));
}

bool Member::isOpen(Direction direction) const {
    return isOpen_.at(static_cast<std::size_t>(direction));
}

void Member::setOpen(Direction direction, bool isOpen) {
    isOpen_.at(static_cast<std::size_t>(direction)) = isOpen;
}

void Member::setVoltage(double voltage_V) {
    voltage_ = voltage_V;
    values_.at(row("/Dc/0/Voltage")) = &voltage_;
}

void Member::derive(RowIndex index, Value value) {
    if (values_.at(index) != nullptr)
        return;
    derived_.at(derivedCount_) = std::move(value);
    values_.at(index) = &derived_.at(derivedCount_++);
}

void Member::derivePower() {
    const auto voltage_V = number(row("/Dc/0/Voltage"));
    const auto current_A = number(row("/Dc/0/Current"));
    const auto power_W = number(row("/Dc/0/Power"));
    if (voltage_V && current_A)
        derive(row("/Dc/0/Power"), *voltage_V * *current_A);
    else if (voltage_V && power_W && *voltage_V > 0.0)
        derive(row("/Dc/0/Current"), *power_W / *voltage_V);
}

void Member::deriveCharge() {
    const auto installed_Ah = number(row("/InstalledCapacity"));
    const auto soc_pct = number(row("/Soc"));
    if (!installed_Ah || !soc_pct || *installed_Ah <= 0.0)
        return;
    const double remaining_Ah = *installed_Ah * *soc_pct / 100.0;
    derive(row("/Capacity"), remaining_Ah);
    derive(row("/ConsumedAmphours"), std::min(remaining_Ah - *installed_Ah, 0.0));
}

std::optional<double> Member::cell_V(std::size_t n) const {
    const Value* value = unit_->valueOf(unit_->cells.at(n), held_);
    if (value == nullptr)
        return std::nullopt;
    return value->number();
}

void Member::deriveCells() {
    std::optional<std::size_t> lowest;
    std::optional<std::size_t> highest;
    bool complete = cellCount() > 0;
    bool areReal = true; // one that reads 0 V may be the one that was the highest
    double sum_V = 0.0;
    for (std::size_t n = 0; n < cellCount(); ++n) {
        const auto cell = cell_V(n);
        complete = complete && cell;
        if (!cell)
            continue;
        sum_V += *cell;
        areReal = areReal && isRealCell(*cell);
        lowest = lowest && *cell_V(*lowest) <= *cell ? lowest : n;
        highest = highest && *cell_V(*highest) >= *cell ? highest : n;
    }
    if (complete)
        derive(row("/Voltages/Sum"), sum_V);
    if (lacksCell(*unit_))
        return; // it may be the lost one that is the highest or the lowest
    const auto deriveExtreme = [this](std::size_t n, RowIndex voltage, RowIndex id) {
        if (values_.at(voltage) != nullptr)
            return;
        derive(voltage, *cell_V(n));
        derive(id, "C" + std::to_string(n + 1));
    };
    if (lowest)
        deriveExtreme(*lowest, row("/System/MinCellVoltage"), row("/System/MinVoltageCellId"));
    if (highest && areReal)
        deriveExtreme(*highest, row("/System/MaxCellVoltage"), row("/System/MaxVoltageCellId"));
}

std::optional<double> Member::steadyCurrent_A() const {
    const CurrentLeap& leap = unit_->leap;
    return leap.since && !held_ ? leap.steady_A : number(row("/Dc/0/Current"));
}

std::optional<double> Member::lastNumber(RowIndex index) const {
    if (const Value* value = values_.at(index); value != nullptr && value->isNumber())
        return value->number();
    return lastNumberOf(*unit_, index);
}

bool Member::hasLostHighest() const {
    constexpr RowIndex kHighest = row("/System/MaxCellVoltage");
    return !number(kHighest) &&
           (lacksCell(*unit_) || lastNumberOf(*unit_, kHighest) || (cellCount() > 0 && cell_V(0)));
}

SteadyTime Member::movedAt() const {
    return unit_->moved;
}

std::optional<double> Member::nominalCapacity_Ah() const {
    const auto installed_Ah = number(row("/InstalledCapacity"));
    if (installed_Ah && *installed_Ah > 0.0)
        return installed_Ah;
    const auto left_Ah = number(row("/Capacity"));
    return left_Ah && *left_Ah > 0.0 ? left_Ah : std::nullopt;
}

std::optional<double> capacityOf_Ah(const Members& members) {
    double sum_Ah = 0.0;
    for (const Member& member : members) {
        const auto own_Ah = member.nominalCapacity_Ah();
        if (!own_Ah)
            return std::nullopt;
        sum_Ah += *own_Ah;
    }
    return sum_Ah;
}

double offset_A(const Member& member) {
    constexpr double kOfCapacity = 0.01; // per hour: offsets of good sensors; small packs …
    constexpr double kLeast_A = 1.0;     // … have sensors that are hardly better
    return std::max(kLeast_A, kOfCapacity * member.nominalCapacity_Ah().value_or(0.0));
}

bool carriesNothing(const Member& member) {
    const auto current_A = member.number(row("/Dc/0/Current"));
    return current_A && std::abs(*current_A) <= offset_A(member);
}

} // namespace busbar
