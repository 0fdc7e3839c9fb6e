// SPDX-License-Identifier: MIT
// How long a condition has held without a break, on monotonic time.
#pragma once

#include "core/now.hpp"

#include <optional>

namespace busbar {

/// Made anew = the condition is not met.
struct Held {
    std::optional<SteadyTime> since;
    SteadyTime last{}; ///< when it was last looked at
};

/// Looks at the condition once. True once it has been met at every look for `span`, with no two
/// looks further apart than `maxGap`: what happened in a longer gap is not known.
[[nodiscard]] inline bool holds(Held& held, bool isMet, std::chrono::milliseconds span,
                                std::chrono::milliseconds maxGap, const Now& now) {
    const bool isGap = now.steady < held.last || now.steady - held.last > maxGap;
    if (!isMet)
        held.since.reset();
    else if (!held.since || isGap)
        held.since = now.steady;
    held.last = now.steady;
    return held.since && now.steady - *held.since >= span;
}

} // namespace busbar
