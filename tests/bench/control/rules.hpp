// SPDX-License-Identifier: MIT
// What Busbar is compared with: the formulas of today's programs, and one who knows everything.
#pragma once

#include "sim/closed_loop.hpp"

namespace busbar::bench {

/// dbus-aggregate-batteries with its own charge parameters and the defaults of the chemistry:
/// voltage by month, dynamic reduction, curves of the highest and the lowest cell. Its ceilings of
/// 200 A are replaced by what the packs bear together, as a careful owner would set them.
[[nodiscard]] sim::Controller dabRule(const sim::Twin& twin);

/// BatteryAggregator with the ratio method `ir` and `max_when_balancing`: total least squares over
/// the last ten samples of voltage and current, falling back to capacity; over-current correction;
/// highest voltage while a battery balances.
[[nodiscard]] sim::Controller bagRule(const sim::Twin& twin);

/// Knows each pack's true current, resistance and limit at this moment, and that of its cells: the
/// largest current that keeps every pack within its own limit; the smallest voltage that a BMS asks
/// for.
[[nodiscard]] sim::Controller oracle(const sim::Twin& twin);

} // namespace busbar::bench
