// SPDX-License-Identifier: MIT
// Random numbers that are the same on every machine for the same seed.
#pragma once

#include <cstdint>
#include <random>

namespace busbar::sim {

/// The engine is defined bit by bit by the C++ standard; its distributions are not, so these are
/// our own and use nothing but exact arithmetic.
class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    /// Evenly in [low, high).
    double uniform(double low, double high) { return low + (high - low) * unit(); }
    /// Bell-shaped around `mean`, never further away than 6 `deviation` (sum of twelve uniforms).
    double normal(double mean, double deviation) {
        std::int64_t sum = 0;
        for (int draw = 0; draw < 3; ++draw)
            for (std::uint64_t bits = engine_(), part = 0; part < 4; ++part, bits >>= 16U)
                sum += static_cast<std::int64_t>(bits & 0xFFFFU);
        // Twelve values with mean 32767.5 and variance (2^32 − 1) / 12 each.
        return mean + deviation * (static_cast<double>(sum) - 393210.0) / 65536.0;
    }
    /// A whole number in lowest … highest.
    int integer(int lowest, int highest) {
        return lowest + static_cast<int>(unit() * (highest - lowest + 1));
    }
    /// True with this probability.
    bool chance(double probability) { return unit() < probability; }
    /// The seed of an independent sequence.
    std::uint64_t fork() { return engine_(); }

private:
    double unit() { return static_cast<double>(engine_() >> 11U) * 0x1p-53; }

    std::mt19937_64 engine_;
};

} // namespace busbar::sim
