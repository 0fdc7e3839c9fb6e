// SPDX-License-Identifier: MIT
// Values of one member, and what follows from them.
#include "core/members/member.hpp"

#include "core/limits/direction.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <cmath>

namespace busbar {

Member::Member(const Unit& unit, const RosterEntry& entry, bool held)
    : unit_(&unit), entry_(&entry), held_(held),
      cellCount_(unit.hasOldCells ? 0 : busbar::cellCount(unit)), values_(unit, held) {
    deriveAll(values_, unit, held);
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

bool Member::givesCells() const {
    return busbar::cellCount(*unit_) > 0;
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

double flow_A(const Member& member, Direction direction) {
    return signOf(direction) * member.number(row("/Dc/0/Current")).value_or(0.0);
}

double flow_A(const Members& members, Direction direction) {
    double sum_A = 0.0;
    for (const Member& member : members)
        sum_A += flow_A(member, direction);
    return sum_A;
}

double offset_A(const Member& member) {
    return offset_A(member.nominalCapacity_Ah());
}

double offset_A(std::optional<double> nominal_Ah) {
    constexpr double kOfCapacity = 0.01; // per hour: offsets of good sensors; small packs …
    constexpr double kLeast_A = 1.0;     // … have sensors that are hardly better
    return std::max(kLeast_A, kOfCapacity * nominal_Ah.value_or(0.0));
}

bool carriesNothing(const Member& member) {
    const auto current_A = member.number(row("/Dc/0/Current"));
    return current_A && std::abs(*current_A) <= offset_A(member);
}

} // namespace busbar
