// SPDX-License-Identifier: MIT
// A limit says how much, why, and who.
#pragma once

#include "core/limits/cause.hpp"

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

/// "member Pack A", "no_data": what /Info/ChargeLimitation shows.
[[nodiscard]] std::string describe(const Limit& limit);

} // namespace busbar
