// SPDX-License-Identifier: MIT
// Swings of currents: a fast mean minus a slow one, which is what a change of load moved.
#pragma once

#include <chrono>
#include <cmath>

namespace busbar::swing {

// Chosen on the twin (tests/bench, control): BMSs report every 1 to 2 s and not together, so means
// must be longer than that; loads of a house change within the slow mean.
inline constexpr auto kSpacing = std::chrono::milliseconds(950); ///< between samples, at least
inline constexpr auto kLongestGap = std::chrono::seconds(10);    ///< longer: means begin anew
inline constexpr double kFast = 3.0;                             ///< s
inline constexpr double kSlow = 45.0;                            ///< s

/// How far a mean over `time` goes towards a sample that stood for `span`, both s; 0 … 1.
[[nodiscard]] inline double blend(double span, double time) {
    return 1.0 - std::exp(-span / time);
}

[[nodiscard]] constexpr double square(double x) {
    return x * x;
}

/// Both means of one quantity.
struct Means {
    double fast = 0.0;
    double slow = 0.0;

    void begin(double x) { fast = slow = x; }
    /// A sample that stood for `span`, s.
    void move(double x, double span) {
        fast += blend(span, kFast) * (x - fast);
        slow += blend(span, kSlow) * (x - slow);
    }
    [[nodiscard]] double swing() const { return fast - slow; }
};

} // namespace busbar::swing
