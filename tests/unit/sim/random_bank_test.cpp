// SPDX-License-Identifier: MIT
#include "sim/random_bank.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace busbar::sim::random_bank_test {

namespace {

TEST(RandomBank, IsSensibleForEverySeed) {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        const TwinSpec bank = makeRandomBank(seed);
        ASSERT_GE(bank.packs.size(), 2U);
        ASSERT_LE(bank.packs.size(), 8U);
        std::set<int> instances;
        for (const PackSpec& pack : bank.packs) {
            instances.insert(pack.instance);
            const double cellCharge_V =
                pack.bms.limits.charge_V / static_cast<double>(pack.cells.size());
            const bool isLto = pack.chemistry == Chemistry::Lto;
            ASSERT_GE(cellCharge_V, isLto ? 2.59 : 3.44) << seed;
            ASSERT_LE(cellCharge_V, isLto ? 2.71 : 3.61) << seed;
            ASSERT_LT(cellCharge_V, pack.bms.trips.overVoltage_V) << seed;
            ASSERT_GE(pack.bms.limits.charge_A, 0.29 * pack.bms.capacity_Ah) << seed;
            ASSERT_LE(pack.bms.limits.charge_A, 1.02 * pack.bms.capacity_Ah) << seed;
            ASSERT_GT(pack.bms.trips.overCharge_A, pack.bms.limits.charge_A) << seed;
            if (pack.bms.limits.highCell_V) {
                ASSERT_LT(pack.bms.limits.highCell_V->from, pack.bms.limits.highCell_V->to) << seed;
            }
            for (const CellSpec& cell : pack.cells) {
                ASSERT_GT(cell.soc, 0.0) << seed;
                ASSERT_LT(cell.soc, 1.0) << seed;
                ASSERT_GT(cell.resistance_Ohm, 0.0) << seed;
            }
        }
        ASSERT_EQ(instances.size(), bank.packs.size()) << seed;
    }
}

/// A tenth of an NMC cell lies between 4.10 V and full; BMSs that stop below leave it unused.
TEST(RandomBank, OfNmcIsChargedToWhatMakersSay) {
    RandomBankOptions options;
    options.chemistry = Chemistry::Nmc;
    const OcvTable ocv = makeOcvTable(Chemistry::Nmc);
    for (std::uint64_t seed = 1; seed <= 50; ++seed)
        for (const PackSpec& pack : makeRandomBank(seed, options).packs) {
            const double cell_V = pack.bms.limits.charge_V / static_cast<double>(pack.cells.size());
            EXPECT_GT(ocv.soc(cell_V), 0.9) << seed;
            EXPECT_LT(cell_V, pack.bms.trips.overVoltage_V - 0.04) << seed;
        }
}

TEST(RandomBank, DrawsEveryKindOfPack) {
    bool hasLto = false;
    bool hasContactor = false;
    bool hasDerating = false;
    bool hasWeakCell = false;
    double widest = 1.0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        const TwinSpec bank = makeRandomBank(seed);
        const auto [small, big] = std::ranges::minmax_element(
            bank.packs, {}, [](const PackSpec& pack) { return pack.bms.capacity_Ah; });
        widest = std::max(widest, big->bms.capacity_Ah / small->bms.capacity_Ah);
        for (const PackSpec& pack : bank.packs) {
            hasLto = hasLto || pack.chemistry == Chemistry::Lto;
            hasContactor = hasContactor || pack.bms.trips.kind == Switch::Contactor;
            hasDerating = hasDerating || pack.bms.limits.highCell_V.has_value();
            hasWeakCell = hasWeakCell || std::ranges::any_of(pack.cells, [&](const CellSpec& c) {
                              return c.capacity_Ah < 0.86 * pack.bms.capacity_Ah;
                          });
        }
    }
    EXPECT_TRUE(hasLto);
    EXPECT_TRUE(hasContactor);
    EXPECT_TRUE(hasDerating);
    EXPECT_TRUE(hasWeakCell);
    EXPECT_GT(widest, 2.5);
}

TEST(RandomBank, FollowsItsOptions) {
    RandomBankOptions options;
    options.fewestPacks = 3;
    options.mostPacks = 3;
    options.chemistry = Chemistry::Nmc;
    options.withFaults = true;
    const TwinSpec bank = makeRandomBank(1, options);
    EXPECT_EQ(bank.packs.size(), 3U);
    EXPECT_EQ(bank.packs[2].chemistry, Chemistry::Nmc);
    EXPECT_EQ(std::ranges::count_if(bank.packs,
                                    [](const PackSpec& pack) { return !pack.bms.faults.empty(); }),
              1);
}

} // namespace

} // namespace busbar::sim::random_bank_test
