// SPDX-License-Identifier: MIT
// How long to wait before trying again.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace busbar::dbus {

/// Doubles from `first` to `most`; each wait is drawn from 75 … 125 % of that, at most `most`, so
/// that several programs do not knock on a restarted bus together.
class Backoff {
public:
    using Span = std::chrono::milliseconds;

    Backoff(Span first, Span most) : Backoff(first, most, std::random_device{}()) {}
    Backoff(Span first, Span most, unsigned seed)
        : first_(first), most_(most), next_(first), random_(seed) {}

    [[nodiscard]] Span next() {
        std::uniform_real_distribution<double> factor(0.75, 1.25);
        const auto wait = std::chrono::duration_cast<Span>(next_ * factor(random_));
        next_ = std::min(next_ * 2, most_);
        return std::clamp(wait, Span(1), most_);
    }
    void reset() { next_ = first_; }

private:
    Span first_;
    Span most_;
    Span next_;
    std::minstd_rand random_;
};

} // namespace busbar::dbus
