// SPDX-License-Identifier: MIT
// A battery that takes part, as everything behind membership sees it: one value per row, derived
// ones included.
#pragma once

#include "core/members/members.hpp"
#include "core/members/roster.hpp"
#include "core/members/row_values.hpp"
#include "core/now.hpp"
#include "core/table/row_index.hpp"
#include "core/units/unit.hpp"
#include "core/value.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace busbar {

enum class Direction : std::uint8_t;

/// Valid for one evaluation: the values stay in the battery, or in `values_`. Not copyable, because
/// rows point into it.
class Member {
public:
    /// What the battery does not give is derived as far as it can be (row_values.hpp).
    Member(const Unit& unit, const RosterEntry& entry, bool held);
    ~Member() = default;
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    Member(Member&&) = delete;
    Member& operator=(Member&&) = delete;

    [[nodiscard]] const std::string& name() const { return entry_->name; }
    [[nodiscard]] const RosterEntry& entry() const { return *entry_; }
    [[nodiscard]] bool isHeld() const { return held_; }
    /// It forbids this direction (limits/direction.hpp); asked for often, found out once.
    [[nodiscard]] bool isBlocked(Direction direction) const;
    /// Its switch is open in this direction (limits/open_switch.hpp): no say there.
    [[nodiscard]] bool isOpen(Direction direction) const;
    void setOpen(Direction direction, bool isOpen);
    /// In the place of what it says.
    void setVoltage(double voltage_V) { values_.setVoltage(voltage_V); }
    /// Its current without a leap that nothing bears out yet (current_leap.hpp), for what is
    /// remembered of it.
    [[nodiscard]] std::optional<double> steadyCurrent_A() const;
    /// When its voltage, current or a cell last changed.
    [[nodiscard]] SteadyTime movedAt() const;

    /// nullptr = unknown.
    [[nodiscard]] const Value* value(RowIndex index) const { return values_.at(index); }
    [[nodiscard]] std::optional<double> number(RowIndex index) const {
        return values_.number(index);
    }
    /// Its number now, else the last that it gave (lastNumberOf): for what closes.
    [[nodiscard]] std::optional<double> lastNumber(RowIndex index) const;
    /// It gave its highest cell, or cells, and does not now.
    [[nodiscard]] bool hasLostHighest() const;
    /// Of a limit: see Slot.
    [[nodiscard]] bool isWish(RowIndex index) const { return unit_->slot(index).isWish; }
    /// Installed capacity, else capacity (Victron's drivers put the nominal one there), Ah, > 0;
    /// unknown if neither.
    [[nodiscard]] std::optional<double> nominalCapacity_Ah() const;
    /// Voltage of cell n (from 0), V.
    [[nodiscard]] std::optional<double> cell_V(std::size_t n) const {
        return cellOf_V(*unit_, n, held_);
    }
    /// Of those that are live.
    [[nodiscard]] std::size_t cellCount() const { return cellCount_; }
    /// Also such as are read now and then only.
    [[nodiscard]] bool givesCells() const;
    /// Cells in series as limits/cell_count.hpp has found them: 0 = unknown; nothing = nobody has
    /// looked.
    [[nodiscard]] std::optional<double> foundCells() const { return foundCells_; }
    void setCells(double cells) { foundCells_ = cells; }

private:
    const Unit* unit_;
    const RosterEntry* entry_;
    bool held_;
    std::array<bool, 2> isBlocked_{}; ///< charge, discharge
    std::array<bool, 2> isOpen_{};    ///< the same
    std::size_t cellCount_;
    std::optional<double> foundCells_;
    RowValues values_;
};

/// Of all together, installed, Ah; 0 of none; nothing if one member's is unknown: a part of it
/// would make every time too short.
[[nodiscard]] std::optional<double> capacityOf_Ah(const Members& members);

/// What one, or all together, take or give in this direction, A; below 0 = the other way. Who says
/// nothing counts as 0.
[[nodiscard]] double flow_A(const Member& member, Direction direction);
[[nodiscard]] double flow_A(const Members& members, Direction direction);

/// What a member's current sensor shows at most where nothing flows, A.
[[nodiscard]] double offset_A(const Member& member);
/// The same of whoever has this nominal capacity.
[[nodiscard]] double offset_A(std::optional<double> nominal_Ah);
/// No more flows in it than that; not true of an unknown current.
[[nodiscard]] bool carriesNothing(const Member& member);

} // namespace busbar
