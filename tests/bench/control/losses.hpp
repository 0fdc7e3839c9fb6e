// SPDX-License-Identifier: MIT
// Banks whose packs are unheard again and again, beside the same banks that hear everything.
#pragma once

#include "sim/chemistry.hpp"

#include <cstdint>
#include <optional>

namespace busbar::bench {

struct LossOptions {
    int banks = 200;
    int days = 2;
    std::uint64_t seed = 1; ///< of the first bank; the others follow
    int threads = 2;
    bool perBank = false;
    bool trace = false;                      ///< each loss, each trip
    std::optional<sim::Chemistry> chemistry; ///< of all banks; nothing = drawn
};

/// Runs them and prints a table, a line for each kind of trip and limit.
void printLosses(const LossOptions& options);

} // namespace busbar::bench
