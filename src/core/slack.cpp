// SPDX-License-Identifier: MIT
// Compares a limit with what it may fall to.
#include "core/slack.hpp"

#include "core/table/path_table.hpp"

#include <cmath>

namespace busbar {

namespace {

std::optional<double> leastOf(const Slack& slack, RowIndex index) {
    if (index == row("/Info/MaxChargeCurrent"))
        return slack.charge_A;
    if (index == row("/Info/MaxDischargeCurrent"))
        return slack.discharge_A;
    return std::nullopt;
}

} // namespace

bool isSlack(const Slacks& slacks, int instance, RowIndex index, const Value& after,
             const Value& current) {
    const auto slack = slacks.byInstance.find(instance);
    if (slack == slacks.byInstance.end())
        return false;
    const auto least_A = leastOf(slack->second, index);
    const auto after_A = after.number();
    const auto current_A = current.number();
    return least_A && after_A && current_A && *after_A > 0.0 && *after_A >= *least_A &&
           *after_A >= std::abs(*current_A) * slack->second.currentGain;
}

} // namespace busbar
