// SPDX-License-Identifier: MIT
// Compares a limit with what it may fall to.
#include "core/slack.hpp"

#include "core/table/path_table.hpp"

#include <cmath>

namespace busbar {

bool isSlack(const Slack& slack, RowIndex index, double after_A, std::optional<double> current_A) {
    std::optional<double> least_A;
    if (index == row("/Info/MaxChargeCurrent"))
        least_A = slack.charge_A;
    else if (index == row("/Info/MaxDischargeCurrent"))
        least_A = slack.discharge_A;
    return least_A && current_A && after_A > 0.0 && after_A >= *least_A &&
           after_A >= std::abs(*current_A);
}

} // namespace busbar
