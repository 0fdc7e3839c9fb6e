// SPDX-License-Identifier: MIT
// Banks that balance, over weeks: whether an attempt succeeds, and what they say if not.
#pragma once

#include "sim/chemistry.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace busbar::bench {

struct BalanceOptions {
    int banks = 50;
    int days = 12;
    std::uint64_t seed = 1; ///< of the first bank; the others follow
    int threads = 2;
    int everyDays = 3;    ///< `balancing.every_days`
    int step_s = 1;       ///< of the twin and the controller
    bool isWhole = false; ///< all days, also after the first success, or the first advice
    bool aged = false;    ///< with weak and drifting cells
    bool dead = false;    ///< a pack of each bank has no balancer, and a cell that is ahead
    std::optional<sim::Chemistry> chemistry; ///< of all banks; nothing = drawn
    std::string config; ///< the settings of its first bank, on packs of its chemistry; empty = own
};

/// Runs them and prints a line for each bank and the sum.
void printBalancing(const BalanceOptions& options);

} // namespace busbar::bench
