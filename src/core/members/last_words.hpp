// SPDX-License-Identifier: MIT
// What batteries say while they are heard, for the time when they are not.
#pragma once

#include "core/members/members.hpp"
#include "core/now.hpp"
#include "core/table/path_table.hpp"

#include <optional>

namespace busbar {

struct Limit;
struct ShareState;
struct UnheardState;

/// A part of the bank's current that is this many times what its sensor may show at rest would not
/// be overlooked.
inline constexpr double kTells = 2.0;

/// What the bank allows in this cycle, before ramps.
struct BankWord {
    const Limit& charge;
    const Limit& discharge;
    const std::optional<Limit>& chargeVoltage;
};

/// End of a cycle: notes the words of all that take part with fresh values and say who they are. A
/// bank's limit that is closed for want of somebody's data is no judgement, so the last one before
/// it stands.
void noteWords(UnheardState& state, const Members& members, const ShareState& share,
               const BankWord& bank, const Now& now);

/// A cell that can be one, V: a BMS that sleeps shows 0 V there, too.
[[nodiscard]] std::optional<double> realCell_V(const Member& member, RowIndex index);

/// Mean of those that are known, %.
[[nodiscard]] std::optional<double> meanSoc_pct(const Members& members);

} // namespace busbar
