// SPDX-License-Identifier: MIT
#include "sim/charger.hpp"

#include <gtest/gtest.h>

namespace busbar::sim::charger_test {

namespace {

constexpr Limits kLimits = {56.0, 100.0, 150.0};

ChargerOrder steps(Charger& charger, Charger::Input input, int count) {
    ChargerOrder order;
    for (int i = 0; i < count; ++i)
        order = charger.step(input);
    return order;
}

Charger::Input plenty(const Limits& limits) {
    return {limits, false, 52.0, 0.0, 1000.0, 1.0};
}

TEST(Charger, PicksLimitsUpEveryThreeSeconds) {
    Charger charger({});
    steps(charger, plenty(kLimits), 30);
    ASSERT_NEAR(charger.step(plenty(kLimits)).charger_A, 100.0, 1e-9); // 31st: just picked up
    const Charger::Input lower = plenty({55.0, 50.0, 70.0});
    EXPECT_NEAR(steps(charger, lower, 2).charger_A, 100.0, 1e-9);
    EXPECT_NEAR(charger.step(lower).charger_A, 50.0, 1e-9);
    EXPECT_NEAR(charger.step(lower).discharge_A, 70.0, 1e-9);
}

TEST(Charger, GoesUpSlowlyAndDownFast) {
    ChargerSpec spec;
    spec.up_A = 10.0;
    spec.down_A = 40.0;
    Charger charger(spec);
    EXPECT_NEAR(charger.step(plenty(kLimits)).charger_A, 10.0, 1e-9);
    EXPECT_NEAR(charger.step(plenty(kLimits)).charger_A, 20.0, 1e-9);
    steps(charger, plenty(kLimits), 28);
    const Charger::Input none = plenty({56.0, 0.0, 150.0});
    EXPECT_NEAR(charger.step(none).charger_A, 60.0, 1e-9);
}

TEST(Charger, ServesTheLoadOnTopOfTheChargeLimitRoundedUp) {
    Charger charger({});
    Charger::Input input = plenty({56.0, 20.0, 150.0});
    input.load_A = 12.3;
    EXPECT_NEAR(steps(charger, input, 10).charger_A, 33.0, 1e-9);
}

TEST(Charger, FeedInIgnoresTheChargeLimitWhileThereIsMains) {
    ChargerSpec spec;
    spec.max_A = 80.0;
    Charger::Input input = plenty({56.0, 0.0, 150.0});
    input.feedIn = true;
    Charger connected(spec);
    EXPECT_NEAR(steps(connected, input, 10).charger_A, 80.0, 1e-9);
    spec.hasMains = false;
    Charger island(spec);
    EXPECT_NEAR(steps(island, input, 10).charger_A, 0.0, 1e-9);
}

TEST(Charger, UnknownChargeLimitDoesNotLimit) {
    Charger charger({});
    EXPECT_NEAR(steps(charger, plenty({56.0, {}, {}}), 30).charger_A, 200.0, 1e-9);
}

TEST(Charger, DoesNothingBeforeItKnewABms) {
    Charger charger({});
    const ChargerOrder order = steps(charger, plenty({}), 10);
    EXPECT_EQ(order.target_V, 0.0);
    EXPECT_FALSE(order.inverterOn);
}

TEST(Charger, StopsSomeTimeAfterTheBmsIsLost) {
    Charger charger({});
    steps(charger, plenty(kLimits), 30);
    EXPECT_NEAR(steps(charger, plenty({}), 59).charger_A, 100.0, 1e-9);
    EXPECT_NEAR(charger.step(plenty({})).charger_A, 0.0, 1e-9);
    EXPECT_TRUE(steps(charger, plenty({}), 239).inverterOn);
    EXPECT_FALSE(charger.step(plenty({})).inverterOn);
    EXPECT_NEAR(steps(charger, plenty(kLimits), 10).target_V, 56.0, 1e-9);
}

TEST(Charger, InverterStopsAtLowVoltageUntilItIsBack) {
    ChargerSpec spec;
    spec.cutOff_V = 44.0;
    spec.restart_V = 48.0;
    Charger charger(spec);
    Charger::Input input = plenty(kLimits);
    EXPECT_TRUE(charger.step(input).inverterOn);
    input.bus_V = 43.9;
    EXPECT_FALSE(charger.step(input).inverterOn);
    input.bus_V = 47.0;
    EXPECT_FALSE(charger.step(input).inverterOn);
    input.bus_V = 48.0;
    EXPECT_TRUE(charger.step(input).inverterOn);
}

} // namespace

} // namespace busbar::sim::charger_test
