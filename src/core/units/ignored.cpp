// SPDX-License-Identifier: MIT
// Forgets and drops what nobody looks at.
#include "core/units/ignored.hpp"

#include "core/units/battery_slots.hpp"

#include <utility>

namespace busbar {

void Ignored::set(std::set<int> instances, const Ledger& ledger) {
    for (const int instance : instances_) {
        const auto battery = ledger.batteries.find(instance);
        if (!instances.contains(instance) && battery != ledger.batteries.end() &&
            !battery->second.left)
            ledger.changes.wantsSweep = true; // its values were dropped
    }
    for (const int instance : instances)
        if (!instances_.contains(instance))
            forgetValues(ledger.batteries.at(instance));
    instances_ = std::move(instances);
}

bool Ignored::drops(int instance, std::string_view path) const {
    if (!instances_.contains(instance))
        return false;
    const auto place = findPlace(path);
    return !place || !saysWho(*place);
}

} // namespace busbar
