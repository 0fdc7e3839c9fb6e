// SPDX-License-Identifier: MIT
// How long to wait before the next attempt to reach a broker: doubling, with jitter, between two
// bounds.
#pragma once

#include <algorithm>
#include <chrono>

namespace busbar::mqtt {

/// The n-th failure in a row is followed by a pause between half of and the whole of `shortest`
/// times 2 to the n, so that many clients of one broker do not come back at the same moment. Never
/// below `shortest` nor above `longest`; a `longest` below `shortest` counts as `shortest`.
class Backoff {
public:
    using Pause = std::chrono::milliseconds;

    Backoff(Pause shortest, Pause longest)
        : shortest_(std::max(shortest, Pause(1))), longest_(std::max(longest, shortest_)),
          ceiling_(shortest_) {}

    /// The next pause. `random` is at least 0 and below 1; beyond that it is clamped.
    [[nodiscard]] Pause next(double random) {
        ceiling_ = ceiling_ > longest_ / 2 ? longest_ : ceiling_ * 2;
        const Pause low = std::max(shortest_, ceiling_ / 2);
        const auto span = static_cast<double>((ceiling_ - low).count());
        return low + Pause(static_cast<Pause::rep>(span * std::clamp(random, 0.0, 1.0)));
    }

    /// A session worked: the next failure starts from the shortest pause again.
    void reset() { ceiling_ = shortest_; }

private:
    Pause shortest_;
    Pause longest_;
    Pause ceiling_;
};

} // namespace busbar::mqtt
