// SPDX-License-Identifier: MIT
// What ends a program or has it read its configuration again: signals, and a time limit.
#pragma once

#include "base/event_loop.hpp"

#include <chrono>
#include <csignal>
#include <functional>
#include <utility>

namespace busbar {

/// The program was started so that it outlives its terminal, as by nohup.
[[nodiscard]] inline bool outlivesTerminal() {
    struct sigaction action {};
    return ::sigaction(SIGHUP, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// Ends the loop at SIGTERM and SIGINT, which must be blocked (blockSignals).
class Stops {
public:
    /// `hangUp` is what SIGHUP means; empty = the terminal is gone, which ends the loop, too.
    Stops(EventLoop& loop, std::function<void()> hangUp)
        : end_(loop, [&loop](const Now&) { loop.exit(0); }),
          terminate_(loop, SIGTERM, [&loop](const Now&) { loop.exit(0); }),
          interrupt_(loop, SIGINT, [&loop](const Now&) { loop.exit(0); }),
          hangUp_(loop, SIGHUP, [&loop, call = std::move(hangUp)](const Now&) {
              if (call)
                  call();
              else if (!outlivesTerminal()) // a blocked signal comes although it is ignored
                  loop.exit(0);
          }) {}

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
