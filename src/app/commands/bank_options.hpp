// SPDX-License-Identifier: MIT
// Which simulated bank the user wants.
#pragma once

#include "sim/random_bank.hpp"
#include "sim/twin.hpp"

#include <cstdint>
#include <optional>

namespace busbar {

/// The same options always give the same bank and the same weather.
struct BankOptions {
    static constexpr int kMostPacks = sim::StringsSpec::kMostPacks; ///< they are named by letters

    std::uint64_t seed = 1;
    int packs = 0;                           ///< 0 = drawn, 2 to 8
    std::optional<sim::StringsSpec> strings; ///< instead of `packs`; together no more than those
    std::optional<sim::Chemistry> chemistry; ///< nothing = drawn
    bool withFaults = false;                 ///< one pack falls silent, freezes, loses its BMS …
    bool withLosses = false; ///< packs are unheard again and again, mostly at the worst moment
    bool feedIn = false;     ///< the owner lets excess DC power go to the grid (OvervoltageFeedIn)
    std::optional<double> soc_pct; ///< of all packs on the average at the start; nothing = 50
    std::optional<double> start_h; ///< local time of day, 0 … 24; nothing = just before sunrise
};

[[nodiscard]] sim::TwinSpec makeBank(const BankOptions& options);

} // namespace busbar
