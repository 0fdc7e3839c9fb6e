// SPDX-License-Identifier: MIT
// The moment a wake-up of the event loop began; the only way in which time reaches the core.
#pragma once

#include <chrono>

namespace busbar {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

/// Both clocks, read once per wake-up by whoever owns the loop. `steady` measures ages and ramps
/// and never jumps; `wall` is for calendar decisions only.
struct Now {
    SteadyTime steady{};
    WallTime wall{};

    /// The same moment moved by a span on both clocks; tests and replays step with it.
    [[nodiscard]] Now operator+(std::chrono::milliseconds span) const {
        return {steady + span, wall + span};
    }
};

} // namespace busbar
