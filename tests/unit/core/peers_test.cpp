// SPDX-License-Identifier: MIT
// What all do together, less the one that looks, is what the others do.
#include "core/members/peers.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "unit/core/made.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace busbar::peers_test {

using made::Pack;
using namespace std::chrono_literals;

constexpr RowIndex kVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kCurrent = row("/Dc/0/Current");
constexpr RowIndex kCapacity = row("/InstalledCapacity");

Pack packOf(int instance, double voltage_V, double current_A) {
    Pack pack("Pack " + std::to_string(instance),
              {{kVoltage, voltage_V}, {kCurrent, current_A}, {kCapacity, 100.0}});
    pack.battery.instance = instance;
    return pack;
}

TEST(Peers, AloneThereIsNothingToCompareWith) {
    const Now now = made::start();
    Pack one = packOf(1, 52.0, 10.0);
    one.battery.moved = now.steady;
    const Peers peers({&one.battery}, now);
    const Peers::Others others(peers, one.battery);
    EXPECT_FALSE(others.areMoving());
    EXPECT_EQ(others.load(), 0.0);
    EXPECT_EQ(others.voltage_V(), std::nullopt);
    EXPECT_TRUE(others.areThese({}));
}

TEST(Peers, WhoIsNoneOfThemSeesThemAll) {
    const Now now = made::start();
    Pack one = packOf(1, 52.0, 10.0);
    Pack two = packOf(2, 53.0, -20.0);
    const Peers peers({&one.battery}, now);
    const Peers::Others others(peers, two.battery);
    EXPECT_EQ(others.load(), 0.1);
    EXPECT_EQ(others.voltage_V(), 52.0);
    EXPECT_TRUE(others.areThese({1}));
    EXPECT_FALSE(others.areThese({1, 2}));
    EXPECT_FALSE(others.areThese({}));
}

TEST(Peers, HalfOfTheOthersMoveForQuarterOfAMinute) {
    const Now now = made::start();
    Pack one = packOf(1, 52.0, 1.0);
    Pack two = packOf(2, 52.0, 1.0);
    Pack three = packOf(3, 52.0, 1.0);
    one.battery.moved = now.steady;
    two.battery.moved = now.steady - 15s;
    three.battery.moved = now.steady - 15001ms;
    const Peers peers({&one.battery, &two.battery, &three.battery}, now);
    EXPECT_TRUE(Peers::Others(peers, one.battery).areMoving());
    EXPECT_TRUE(Peers::Others(peers, three.battery).areMoving());
    three.battery.moved = one.battery.moved = now.steady - 1min;
    const Peers later({&one.battery, &two.battery, &three.battery}, now);
    EXPECT_FALSE(Peers::Others(later, two.battery).areMoving());
}

/// Whatever is known of whom.
TEST(Peers, AreAsCountedOneByOne) {
    const Now now = made::start();
    std::mt19937 random(3);
    std::uniform_int_distribution<int> tenth(0, 9);
    for (int round = 0; round < 200; ++round) {
        std::vector<Pack> packs;
        std::vector<const Battery*> all;
        packs.reserve(9);
        for (int instance = 1; instance <= tenth(random); ++instance) {
            packs.push_back(packOf(instance, 52.0 + 0.1 * tenth(random), tenth(random) - 5.0));
            for (const RowIndex index : {kVoltage, kCurrent, kCapacity})
                if (tenth(random) == 0)
                    packs.back().battery.slots.at(index).value = Value();
            all.push_back(&packs.back().battery);
        }
        const Peers peers(all, now);
        for (const Battery* one : all) {
            double sum_A = 0.0;
            double sum_Ah = 0.0;
            std::vector<double> voltages;
            for (const Battery* other : all) {
                if (other == one)
                    continue;
                if (const auto current_A = numberOf(*other, kCurrent)) {
                    sum_A += std::abs(*current_A);
                    sum_Ah += nominalCapacity_Ah(*other).value_or(0.0);
                }
                if (const auto own_V = numberOf(*other, kVoltage))
                    voltages.push_back(*own_V);
            }
            std::ranges::sort(voltages);
            const Peers::Others others(peers, *one);
            EXPECT_NEAR(others.load(), sum_Ah > 0.0 ? sum_A / sum_Ah : 0.0, 1e-9);
            EXPECT_EQ(others.voltage_V(), voltages.empty()
                                              ? std::nullopt
                                              : std::optional(voltages[voltages.size() / 2]));
        }
    }
}

} // namespace busbar::peers_test
