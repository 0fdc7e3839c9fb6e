// SPDX-License-Identifier: MIT
// How long a Venus server lives on without a keepalive, when its heart beats, and how often it
// publishes everything.
#pragma once

#include "core/now.hpp"

#include <cstdint>

namespace busbar::mqtt {

class VenusPulse {
public:
    [[nodiscard]] bool isAlive() const { return isAlive_; }
    /// Somebody keeps it alive.
    void keepAlive(const Now& now);
    void advance(const Now& now);
    /// The first beat is now.
    void startBeating(const Now& now) { nextBeat_ = now.steady; }
    /// True once per beat.
    [[nodiscard]] bool beats(const Now& now);
    /// Counts.
    [[nodiscard]] bool mayPublishAll(const Now& now);

private:
    bool isAlive_{false};
    SteadyTime aliveUntil_{};
    SteadyTime nextBeat_{};
    std::int64_t window_{-1}; ///< second in which full publishes were counted
    int fullInWindow_{0};
};

} // namespace busbar::mqtt
