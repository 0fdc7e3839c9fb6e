// SPDX-License-Identifier: MIT
// How long the bank lasts at the present load.
#pragma once

#include "core/now.hpp"

#include <deque>
#include <optional>

namespace busbar {

/// Mean of a value that is sampled at irregular moments, over the last three minutes, as Victron's
/// BMV does unless told otherwise.
class MovingMean {
public:
    /// Unknown clears it: a mean over a gap would be a guess.
    void add(std::optional<double> value, const Now& now);
    [[nodiscard]] std::optional<double> mean() const;

private:
    struct Sample {
        SteadyTime at{};
        double value{0.0};
        double integral{0.0}; ///< of the value up to `at`, from the first sample on, value · s
    };
    std::deque<Sample> samples_; ///< one per second at most
};

/// Seconds until the bank reaches the SoC where the GX stops to discharge, at most 864000
/// (Victron's own cap); unknown unless all is known and the mean current is below −0.1 A. `soc_pct`
/// and `stopSoc_pct` in %, capacity in Ah.
[[nodiscard]] std::optional<double> timeToGo(std::optional<double> soc_pct,
                                             std::optional<double> stopSoc_pct,
                                             std::optional<double> capacity_Ah,
                                             std::optional<double> meanCurrent_A);

/// The same until it is full; unknown unless the mean current is above 0.1 A. Charging slows down
/// near the end, so it is the least that is left.
[[nodiscard]] std::optional<double> timeToFull(std::optional<double> soc_pct,
                                               std::optional<double> capacity_Ah,
                                               std::optional<double> meanCurrent_A);

} // namespace busbar
