// SPDX-License-Identifier: MIT
// Waiting in integration tests: for a condition, with a bound, never for a fixed time.
#pragma once

#include <chrono>
#include <thread>

namespace busbar::test {

/// How long a test waits for what must come. Only there to end a hang: far more than a machine
/// needs that has ten times as much to do as it has cores.
inline constexpr std::chrono::seconds kPatience{300};

/// Asks `pred` every few milliseconds until it holds or `limit` is over; its last answer. A
/// predicate may do work of its own, such as one step of an event loop. A limit is given only where
/// the condition must *not* come true, or where something is promised about the time.
template <class Pred>
[[nodiscard]] bool waitUntil(Pred pred, std::chrono::milliseconds limit = kPatience) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!pred()) {
        if (std::chrono::steady_clock::now() >= end)
            return pred();
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

} // namespace busbar::test
