// SPDX-License-Identifier: MIT
// Banks on whose GX something is odd: services that are no packs, packs that say nonsense.
#pragma once

#include <cstdint>

namespace busbar::bench {

struct OddityOptions {
    int banks = 100;
    int days = 1;
    std::uint64_t seed = 1; ///< of the first bank; the others follow
    int threads = 2;
    bool perBank = false;
    bool trace = false; ///< when a limit begins to be wrong
};

/// Runs Busbar's defaults on what the GX shows, beside the same on the truth and one who knows
/// everything, and prints where the first allows more than both others, or nothing at all.
void printOddities(const OddityOptions& options);

} // namespace busbar::bench
