// SPDX-License-Identifier: MIT
// Takes and forgets items of the GX.
#include "core/units/gx_readings.hpp"

#include "core/units/ledger.hpp"

#include <cstddef>
#include <limits>
#include <optional>

namespace busbar {

namespace {

/// A limit of the owner fell; nothing = none.
bool isLower(const std::optional<double>& before, const std::optional<double>& after) {
    return after && (!before || *after < *before);
}

} // namespace

bool GxReadings::put(GxItem item, const Value& value, Sweep sweep, Changes& changes) {
    const GxState before = state_;
    const bool isGood = takeGx(state_, item, value);
    sweeps_.at(static_cast<std::size_t>(item)) = sweep;
    if (state_ != before) {
        changes.isAny = true;
        changes.isUrgent = changes.isUrgent || isLower(before.maxCharge_A, state_.maxCharge_A) ||
                           isLower(before.maxCharge_V, state_.maxCharge_V);
    }
    return isGood;
}

void GxReadings::forget(Sweep olderThan) {
    for (const GxTopic& topic : kGxTopics)
        if (isForgotten(topic.item) && sweeps_.at(static_cast<std::size_t>(topic.item)) < olderThan)
            takeGx(state_, topic.item, Value());
}

void GxReadings::forgetAll() {
    forget(std::numeric_limits<Sweep>::max());
}

} // namespace busbar
