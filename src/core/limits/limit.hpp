// SPDX-License-Identifier: MIT
// A limit says how much, why, and who.
#pragma once

#include "core/limits/cause.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace busbar {

/// One limit of the bank. `member` and `cell` name who decided; empty where nobody in particular
/// did.
struct Limit {
    double value = 0.0; ///< A (CCL, DCL) or V (CVL), ≥ 0
    Cause cause = Cause::None;
    std::string member;
    std::string cell;
};

/// The smaller of two limits; nothing = none.
[[nodiscard]] inline std::optional<double> smaller(const std::optional<double>& a,
                                                   const std::optional<double>& b) {
    return a && b ? std::min(a, b) : (a ? a : b);
}

/// "member Pack A", "no_data": what /Info/ChargeLimitation shows.
[[nodiscard]] std::string describe(const Limit& limit);

} // namespace busbar
