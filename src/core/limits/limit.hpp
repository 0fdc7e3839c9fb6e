// SPDX-License-Identifier: MIT
// A limit says how much, why, and who.
#pragma once

#include "core/limits/cause.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace busbar {

/// One limit of the bank. `member` and `cell` name who decided; empty where nobody in particular
/// did.
struct Limit {
    double value = 0.0; ///< A (CCL, DCL) or V (CVL), ≥ 0
    Cause cause = Cause::None;
    std::string member;
    std::string cell;
};

/// One of the reasons that hold a limit down, whether it is the one that decides or not.
struct Limiter {
    Limit limit;
    std::optional<double> share{}; ///< of the current, 0 … 1, that its member takes; if it is why
    std::optional<double> own{};   ///< what that member itself allows, A
};

/// All that holds the limits of a bank down.
struct LimiterLists {
    std::vector<Limiter> charge{};
    std::vector<Limiter> discharge{};
    std::vector<Limiter> chargeVoltage{};
};

/// The smallest, of equal ones the first; closed with `unknown_limit` where there is none.
[[nodiscard]] Limit strictest(const std::vector<Limiter>& limiters);

/// Those that were worked out, and what was published in the end: ascending, the published one
/// first, whatever has come after them (a ramp, a voltage that is held).
[[nodiscard]] std::vector<Limiter> withPublished(std::vector<Limiter> limiters,
                                                 const Limit& published);

/// The smaller of two limits; nothing = none.
[[nodiscard]] inline std::optional<double> smaller(const std::optional<double>& a,
                                                   const std::optional<double>& b) {
    return a && b ? std::min(a, b) : (a ? a : b);
}

/// "member Pack A", "no_data": what /Info/ChargeLimitation shows.
[[nodiscard]] std::string describe(const Limit& limit);

} // namespace busbar
