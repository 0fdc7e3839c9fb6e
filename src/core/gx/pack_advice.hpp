// SPDX-License-Identifier: MIT
// What advice has to say of the batteries themselves: unequal charge, and values that are missing.
#pragma once

#include "core/limits/curves.hpp"
#include "core/limits/guards.hpp"
#include "core/members/membership.hpp"

#include <string>
#include <vector>

namespace busbar {

enum class Preset : std::uint8_t;
struct Limit;
struct ShareState;

/// Batteries that stand open beside the bank at another charge, with the voltages at which to join
/// them; and such as the others push near their own limit, or draw from. Equalising flows between
/// batteries without the chargers, so no limit of the bank holds it back. Empty = none.
///
/// Open: heard, no current, and not joined, at another voltage, or blocking both directions. At
/// another charge: more than 30 mV a cell away from the others, and 5 % where both say a state of
/// charge. Of another number of cells, nothing is said: there is no voltage at which to join it.
[[nodiscard]] std::string unequalCharge(const std::vector<Verdict>& verdicts,
                                        const Members& members, const ShareState& share);

struct NoLimitsInput {
    const Members& members;
    const CurveState& curves;
    const Limit& charge; ///< of this cycle
    const Limit& discharge;
    Preset preset;             ///< in force
    bool isOwnMode;            ///< `limits.mode` = own: no battery is asked for current limits
    bool takesAll;             ///< batteries are not listed (MembershipSettings::takeAll)
    std::vector<Lack> lacks{}; ///< limits/guards.hpp
};

/// Which battery closes the bank because it does not say what limits need, what that is, and which
/// options would cure it. Empty = none.
[[nodiscard]] std::string missingLimits(const NoLimitsInput& input);

} // namespace busbar
