// SPDX-License-Identifier: MIT
// Down at once, up slowly.
#pragma once

#include "core/now.hpp"

#include <optional>

namespace busbar {

struct Limit;

/// What a ramp remembers; made anew = the next value is taken as it is.
struct RampState {
    std::optional<double> value;
    SteadyTime at{};
};

/// The limit as it may be published now: a lower one at once, a higher one by at most `rate_A` per
/// second of monotonic time (0 = at once). While it is on its way up, the cause is `ramping`. Not
/// `mayRise`: nothing new has come that a higher one could rest on, so the last one stays.
[[nodiscard]] Limit ramped(const Limit& target, double rate_A, RampState& state, const Now& now,
                           bool mayRise = true);

} // namespace busbar
