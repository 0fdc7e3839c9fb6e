// SPDX-License-Identifier: MIT
// What ends a program or has it read its configuration again: signals, and a time limit.
#pragma once

#include "base/event_loop.hpp"

#include <chrono>
#include <csignal>
#include <functional>
#include <utility>

namespace busbar {

/// Ends the loop at SIGTERM and SIGINT, which must be blocked (blockSignals).
class Stops {
public:
    Stops(EventLoop& loop, std::function<void()> hangUp)
        : end_(loop, [&loop](const Now&) { loop.exit(0); }),
          terminate_(loop, SIGTERM, [&loop](const Now&) { loop.exit(0); }),
          interrupt_(loop, SIGINT, [&loop](const Now&) { loop.exit(0); }),
          hangUp_(loop, SIGHUP, [call = std::move(hangUp)](const Now&) { call(); }) {}

    /// Also ends it after this long; 0 = does not.
    void endAfter(std::chrono::milliseconds span) {
        if (span.count() > 0)
            end_.arm(span);
    }

private:
    Timer end_;
    SignalWatch terminate_;
    SignalWatch interrupt_;
    SignalWatch hangUp_;
};

} // namespace busbar
