// SPDX-License-Identifier: MIT
// Batteries made by hand for the tests of the core.
#pragma once

#include "core/limits/limit.hpp"
#include "core/members/member.hpp"
#include "core/members/members.hpp"
#include "core/units/battery.hpp"
#include "core/value.hpp"

#include <algorithm>
#include <deque>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

/// Nothing of none.
inline std::optional<Limit> smallestOf(const std::vector<Limit>& limits) {
    const auto found = std::ranges::min_element(limits, {}, &Limit::value);
    return found == limits.end() ? std::nullopt : std::optional(*found);
}

} // namespace busbar::made
