// SPDX-License-Identifier: MIT
// Down at once, up slowly.
#pragma once

#include "core/now.hpp"

#include <cstdint>
#include <optional>

namespace busbar {

struct Limit;

/// What a higher limit would rest on.
enum class Basis : std::uint8_t {
    New,    ///< something has come since the last cycle
    Silent, ///< nothing has; when something comes, what is due up to then is made up for, a little
    Held,   ///< values of somebody who is not heard: nothing of that time counts
};

/// What a ramp remembers; made anew = the next value is taken as it is.
struct RampState {
    std::optional<double> value;
    SteadyTime at{};
    // Calm: a limit that falls again and again when it has risen, rises more and more slowly there.
    double slowness = 1.0;  ///< what the rate is divided by near `turnedAbove_A`
    double turnedAbove_A{}; ///< a little below where it last fell
    bool isRising = false;
    std::optional<double> extreme_A{}; ///< highest since it rises, lowest since it falls
    SteadyTime calmSince{};            ///< of the last turn, or the last time that it became faster
};

/// The limit as it may be published now: a lower one at once, a higher one by at most `rate_A` per
/// second of monotonic time (0 = at once), and only on what is new. While it is on its way up, the
/// cause is `ramping`.
///
/// Where a BMS or a curve lowers its limit because of the current that the last rise allowed (a
/// cell of high resistance), limit and current would swing for ever: each fall after a rise halves
/// the rate near that level, a minute without one makes it four times as fast again.
[[nodiscard]] Limit ramped(const Limit& target, double rate_A, RampState& state, const Now& now,
                           Basis basis = Basis::New);

} // namespace busbar
