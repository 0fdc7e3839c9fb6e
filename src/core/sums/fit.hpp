// SPDX-License-Identifier: MIT
// One current over the sum of others, by lag: regressions.
#pragma once

#include "core/members/aggregate_watch.hpp"
#include "core/now.hpp"
#include "core/sums/scene.hpp"

namespace busbar::sums {

/// Samples before a regression says anything.
inline constexpr double kLeastFit = 10.0;

[[nodiscard]] double slopeOf(const SumFit& fit);

/// Enough samples, over enough of a range.
[[nodiscard]] bool hasSwing(const SumFit& fit, const Scene& scene);

/// The lag at which it follows best; nothing before there is enough to tell, or while one that has
/// seen too little of the swings may follow better.
[[nodiscard]] const SumFit* bestFit(const SumPairing& pairing, const Scene& scene);

/// Gain and offset are not those of a sum's own sensor, and it is no matter of noise or of lags:
/// these flatten a regression by at most as much as they leave.
[[nodiscard]] bool differs(const SumFit& fit, const Scene& scene);

/// What it says anew is of one moment; so is what all say who have not moved for long. In between,
/// one that is read seldom shows what was; who has been seen to do that is believed only anew.
void noteFit(SumPairing& pairing, const Scene& scene, const Now& now);

} // namespace busbar::sums
