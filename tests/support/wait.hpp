// SPDX-License-Identifier: MIT
// Waiting in integration tests: for a condition, with a bound, never for a fixed time.
#pragma once

#include <chrono>
#include <thread>

namespace busbar::test {

/// Asks `pred` every few milliseconds until it holds or `limit` is over; its last answer. A
/// predicate may do work of its own, such as one step of an event loop.
template <class Pred>
[[nodiscard]] bool waitUntil(Pred pred, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!pred()) {
        if (std::chrono::steady_clock::now() >= end)
            return pred();
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

} // namespace busbar::test
