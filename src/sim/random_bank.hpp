// SPDX-License-Identifier: MIT
// Banks as they might be found in the field, drawn from a seed.
#pragma once

#include "sim/strings_spec.hpp"
#include "sim/twin.hpp"

#include <cstdint>
#include <optional>

namespace busbar::sim {

struct RandomBankOptions {
    int fewestPacks = 2;
    int mostPacks = 8;
    /// Strings instead of packs; then the number of packs is its strings times blocks. Three of
    /// four strings are of blocks that belong together, the others of what there was.
    std::optional<StringsSpec> strings{};
    std::optional<Chemistry> chemistry{}; ///< nothing = drawn: mostly LFP, sometimes LTO
    bool withWeakCells = true;
    bool withDriftingCells = true;
    bool withFaults = false; ///< one pack falls silent, freezes, loses its BMS …
    /// Packs are unheard again and again (sim/losses.hpp). Half of the banks are LFP then, a
    /// quarter LTO, a quarter NMC; a third has too little sun, a third has packs in the cold.
    bool withLosses = false;
    /// The GX measures charger and load, within 2 %.
    bool withMeters = false;
    /// One pack shows 1.3 times its current, or 8 A more.
    bool withLyingSensor = false;
    double meanSoc = 0.5; ///< packs start within ± 15 % of this, LTO and NMC ± 2 %
};

/// The same seed and options always give the same bank: capacities and resistances from half to
/// twice the typical ones independently of each other, BMSs of different makes, array and loads
/// that fill the bank within a fair day.
[[nodiscard]] TwinSpec makeRandomBank(std::uint64_t seed, const RandomBankOptions& options = {});

/// n equal, healthy packs with a cell in the middle of every spread; a base for tests and demos.
[[nodiscard]] TwinSpec makeEqualBank(Chemistry chemistry, int packs, double capacity_Ah);
/// The same of strings, of equal blocks.
[[nodiscard]] TwinSpec makeEqualStrings(Chemistry chemistry, const StringsSpec& strings,
                                        double capacity_Ah);

} // namespace busbar::sim
