// SPDX-License-Identifier: MIT
// How far over is over, and for how long.
#include "core/gx/overrun.hpp"

#include "core/members/member.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <chrono>

namespace busbar {

namespace {

using namespace std::chrono_literals;

/// As for the advice about ignored limits; a BMS opens at about 125 %, after some 10 s.
constexpr double kOverrunTolerance = 1.1;
constexpr double kOverrunTolerance_A = 1.0;
/// DVCC passes a limit on every 3 s (dbus/VENUS.md), and chargers need a moment.
constexpr auto kPatience = 5s;
/// Chargers that stay this far below have no more to give.
constexpr double kOverrunCalm = 0.8;
/// Clouds pass in minutes.
constexpr auto kCalmTime = 15min;

struct Load {
    bool isOver = false;
    bool isCalm = true;
};

void add(Load& load, std::optional<double> current_A, double limit_A) {
    if (!current_A)
        return;
    load.isOver = load.isOver || *current_A > limit_A * kOverrunTolerance + kOverrunTolerance_A;
    load.isCalm =
        load.isCalm && *current_A <= std::max(limit_A * kOverrunCalm, kOverrunTolerance_A);
}

Load loadOf(const OverrunInput& input) {
    Load load;
    if (input.limit_A <= 0.0)
        return load;
    add(load, input.current_A, input.limit_A);
    // What members push into each other while nothing flows into the bank is not the chargers'.
    if (input.current_A.value_or(0.0) < kOverrunTolerance_A)
        return load;
    for (const Member& member : input.members)
        if (const auto own_A = member.number(row("/Info/MaxChargeCurrent"));
            own_A && !member.isHeld())
            add(load, member.steadyCurrent_A(), *own_A);
    return load;
}

} // namespace

void step(OverrunState& state, const OverrunInput& input, const Now& now) {
    const Load load = loadOf(input);
    state.overSince =
        load.isOver ? std::optional(state.overSince.value_or(now.steady)) : std::nullopt;
    state.calmSince =
        load.isCalm ? std::optional(state.calmSince.value_or(now.steady)) : std::nullopt;
    if (state.overSince && now.steady - *state.overSince >= kPatience)
        state.isOver = true;
    else if (state.calmSince && now.steady - *state.calmSince >= kCalmTime)
        state.isOver = false;
}

} // namespace busbar
