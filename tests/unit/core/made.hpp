// SPDX-License-Identifier: MIT
// Batteries made by hand for the tests of the core.
#pragma once

#include "core/members/member.hpp"
#include "core/members/members.hpp"
#include "core/units/battery.hpp"
#include "core/value.hpp"

#include <deque>
#include <initializer_list>
#include <string>
#include <utility>

namespace busbar::made {

using Values = std::initializer_list<std::pair<RowIndex, Value>>;

/// A battery with its roster entry; stays where it is, because members point into it.
struct Pack {
    Battery battery;
    RosterEntry entry;

    Pack(std::string name, Values values) {
        entry.id = name;
        entry.name = std::move(name);
        for (const auto& [index, value] : values)
            set(index, value);
    }
    void set(RowIndex index, Value value) {
        battery.slots.at(index).present = true;
        battery.slots.at(index).value = std::move(value);
    }
    void setCells(std::initializer_list<Value> cells) {
        battery.cells.clear();
        for (const Value& cell : cells) {
            battery.cells.emplace_back().value = cell;
            battery.cells.back().present = true;
        }
    }
};

inline void addTo(Members& members, const Pack& pack, bool held = false) {
    members.emplace_back(pack.battery, pack.entry, held);
}

} // namespace busbar::made
