// SPDX-License-Identifier: MIT
#include "sim/bus.hpp"
#include "sim/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace busbar::sim::bus_test {

namespace {

constexpr double kFree_A = 1e6;

BusResult solve(std::vector<Branch>& branches, const BusInput& input) {
    std::vector<double> scratch;
    return solveBus(branches, input, scratch);
}

Branch branch(double volt, double ohm, bool canCharge = true, bool canDischarge = true) {
    return {{volt, ohm}, canCharge, canDischarge, 0.0};
}

TEST(Bus, TwoPacksShareByTheirResistances) {
    std::vector<Branch> packs = {branch(52.0, 0.02), branch(52.0, 0.04)};
    const BusResult bus = solve(packs, {60.0, 90.0, 0.0, kFree_A});
    EXPECT_NEAR(packs[0].current_A, 60.0, 1e-9);
    EXPECT_NEAR(packs[1].current_A, 30.0, 1e-9);
    EXPECT_NEAR(bus.voltage_V, 53.2, 1e-9);
    EXPECT_NEAR(bus.battery_A, 90.0, 1e-9);
}

TEST(Bus, UnequalPacksEqualiseWithoutAnybodyElse) {
    std::vector<Branch> packs = {branch(53.0, 0.03), branch(52.0, 0.02)};
    const BusResult bus = solve(packs, {});
    EXPECT_NEAR(packs[0].current_A, -20.0, 1e-9);
    EXPECT_NEAR(packs[1].current_A, 20.0, 1e-9);
    EXPECT_NEAR(bus.battery_A, 0.0, 1e-9);
}

TEST(Bus, ChargerHoldsItsTargetVoltage) {
    std::vector<Branch> packs = {branch(52.0, 0.02), branch(52.0, 0.04)};
    const BusResult bus = solve(packs, {52.4, 90.0, 10.0, kFree_A});
    EXPECT_NEAR(bus.voltage_V, 52.4, 1e-9);
    EXPECT_NEAR(bus.charger_A, 40.0, 1e-9); // 20 + 10 into the packs, 10 into the load
    EXPECT_NEAR(bus.load_A, 10.0, 1e-9);
}

TEST(Bus, PacksAboveTheTargetCarryTheLoadAlone) {
    std::vector<Branch> packs = {branch(54.0, 0.02)};
    const BusResult bus = solve(packs, {52.0, 90.0, 10.0, kFree_A});
    EXPECT_NEAR(bus.charger_A, 0.0, 1e-9);
    EXPECT_NEAR(bus.voltage_V, 53.8, 1e-9);
}

TEST(Bus, LoadTakesNoMoreThanChargerAndDischargeLimitGive) {
    std::vector<Branch> packs = {branch(52.0, 0.02)};
    const BusResult bus = solve(packs, {56.0, 15.0, 100.0, 40.0});
    EXPECT_NEAR(bus.load_A, 55.0, 1e-9);
    EXPECT_NEAR(bus.battery_A, -40.0, 1e-9);
}

TEST(Bus, APackThatMayNotChargeIsLeftOutOfCharging) {
    std::vector<Branch> packs = {branch(52.0, 0.02), branch(52.0, 0.02, false, true)};
    const BusResult bus = solve(packs, {60.0, 50.0, 0.0, kFree_A});
    EXPECT_NEAR(packs[0].current_A, 50.0, 1e-9);
    EXPECT_EQ(packs[1].current_A, 0.0);
    EXPECT_NEAR(bus.voltage_V, 53.0, 1e-9);
}

TEST(Bus, ItHelpsOutThroughItsDiodeWhenTheBusIsLower) {
    std::vector<Branch> packs = {branch(52.0, 0.02), branch(52.0, 0.02, false, true)};
    const BusResult bus = solve(packs, {0.0, 0.0, 100.0, kFree_A});
    // 100 A over two packs of 20 mΩ, one of them 0.7 V lower by its diode.
    EXPECT_NEAR(packs[0].current_A - packs[1].current_A, -kDiode_V / 0.02, 1e-9);
    EXPECT_NEAR(bus.battery_A, -100.0, 1e-9);
}

TEST(Bus, LoadIsDroppedWhenNobodyMayDischarge) {
    std::vector<Branch> packs = {branch(52.0, 0.02, true, false), branch(52.0, 0.02, false, false)};
    const BusResult bus = solve(packs, {0.0, 0.0, 100.0, kFree_A});
    EXPECT_EQ(bus.load_A, 0.0);
    EXPECT_EQ(bus.battery_A, 0.0);
}

TEST(Bus, EmptyPacksThatMayOnlyChargeAreChargedWhenTheSunIsBack) {
    std::vector<Branch> packs = {branch(48.0, 0.02, true, false)};
    const BusResult bus = solve(packs, {56.0, 30.0, 100.0, kFree_A});
    EXPECT_EQ(bus.load_A, 0.0);
    EXPECT_NEAR(packs[0].current_A, 30.0, 1e-9);
    EXPECT_NEAR(bus.voltage_V, 48.0 + kDiode_V + 0.6, 1e-9);
}

TEST(Bus, ChargerCarriesTheLoadWhenAllPacksAreOpen) {
    std::vector<Branch> packs = {branch(52.0, 0.02, false, false)};
    const BusResult enough = solve(packs, {55.0, 30.0, 20.0, kFree_A});
    EXPECT_NEAR(enough.voltage_V, 55.0, 1e-9);
    EXPECT_NEAR(enough.charger_A, 20.0, 1e-9);
    const BusResult tooLittle = solve(packs, {55.0, 10.0, 20.0, kFree_A});
    EXPECT_EQ(tooLittle.load_A, 0.0);
}

TEST(Bus, IsDeadWithoutAnySource) {
    std::vector<Branch> packs = {branch(52.0, 0.02, false, false)};
    const BusResult bus = solve(packs, {0.0, 0.0, 20.0, kFree_A});
    EXPECT_EQ(bus.voltage_V, 0.0);
    EXPECT_EQ(bus.load_A, 0.0);
}

// Whatever is open, the result obeys Kirchhoff, every branch its own law, and the charger its two
// bounds.
TEST(Bus, AnyBankIsSolvedExactly) {
    Random random(11);
    for (int round = 0; round < 20000; ++round) {
        std::vector<Branch> packs;
        for (int i = random.integer(1, 8); i > 0; --i)
            packs.push_back(branch(random.uniform(48.0, 54.0), random.uniform(0.005, 0.05),
                                   random.chance(0.7), random.chance(0.7)));
        const BusInput input = {random.chance(0.8) ? random.uniform(48.0, 56.0) : 0.0,
                                random.uniform(0.0, 300.0), random.uniform(0.0, 300.0),
                                random.chance(0.5) ? kFree_A : random.uniform(0.0, 100.0)};
        const BusResult bus = solve(packs, input);
        double sum_A = 0.0;
        for (const Branch& pack : packs) {
            sum_A += pack.current_A;
            ASSERT_TRUE(pack.canCharge || pack.current_A <= 0.0) << round;
            ASSERT_TRUE(pack.canDischarge || pack.current_A >= 0.0) << round;
            const double drop_V = pack.canCharge == pack.canDischarge ? 0.0 : kDiode_V;
            if (pack.current_A == 0.0)
                continue;
            const double across_V = bus.voltage_V - pack.source.voltage_V;
            ASSERT_NEAR(std::abs(across_V) - drop_V,
                        std::abs(pack.current_A) * pack.source.resistance_Ohm, 1e-9)
                << round;
        }
        ASSERT_NEAR(sum_A, bus.charger_A - bus.load_A, 1e-6) << round;
        ASSERT_GE(bus.charger_A, 0.0) << round;
        ASSERT_LE(bus.charger_A, (input.target_V > 0.0 ? input.charger_A : 0.0) + 1e-6) << round;
        ASSERT_LE(bus.load_A, input.load_A + 1e-9) << round;
        ASSERT_GE(sum_A, -input.discharge_A - 1e-6) << round;
        const bool isPushed = bus.charger_A > 1e-6;
        ASSERT_TRUE(!isPushed || bus.voltage_V <= input.target_V + 1e-9) << round;
    }
}

} // namespace

} // namespace busbar::sim::bus_test
