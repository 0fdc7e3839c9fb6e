// SPDX-License-Identifier: MIT
// What changes of load have shown about one pairing, and the decision.
#pragma once

#include "core/members/aggregate_watch.hpp"
#include "core/now.hpp"
#include "core/sums/scene.hpp"

namespace busbar::sums {

/// Failures are no hiccups above this part of the others.
inline constexpr double kOfFollowed = 0.25;

/// Takes one sample of the pairing and decides anew.
void sample(SumPairing& pairing, const Scene& scene, const Now& now);

/// Nothing speaks against it yet; where its capacity does not speak for it, its current must.
[[nodiscard]] bool isPossible(const SumPairing& pairing, const Scene& scene);

} // namespace busbar::sums
