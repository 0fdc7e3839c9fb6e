// SPDX-License-Identifier: MIT
#include "core/charge/time_to_go.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

namespace busbar::time_to_go_test {
namespace {

using namespace std::chrono_literals;

TEST(TimeToGo, IsUsableChargeOverMeanCurrent) {
    EXPECT_EQ(timeToGo(60.0, 10.0, 200.0, -20.0), 18000.0);
    EXPECT_EQ(timeToGo(60.0, std::nullopt, 200.0, -20.0), 21600.0);
}

TEST(TimeToGo, IsZeroBelowTheStopAndNeverAboveTenDays) {
    EXPECT_EQ(timeToGo(9.0, 10.0, 200.0, -20.0), 0.0);
    EXPECT_EQ(timeToGo(100.0, 0.0, 10000.0, -0.2), 864000.0);
}

TEST(TimeToGo, IsUnknownWhenNothingFlowsOutOrSomethingIsUnknown) {
    EXPECT_EQ(timeToGo(60.0, 10.0, 200.0, 5.0), std::nullopt);
    EXPECT_EQ(timeToGo(60.0, 10.0, 200.0, -0.1), std::nullopt);
    EXPECT_NE(timeToGo(60.0, 10.0, 200.0, -0.11), std::nullopt);
    EXPECT_EQ(timeToGo(std::nullopt, 10.0, 200.0, -20.0), std::nullopt);
    EXPECT_EQ(timeToGo(60.0, 10.0, std::nullopt, -20.0), std::nullopt);
    EXPECT_EQ(timeToGo(60.0, 10.0, 200.0, std::nullopt), std::nullopt);
}

TEST(TimeToFull, IsTheMissingChargeByTheMeanCurrent) {
    EXPECT_EQ(timeToFull(60.0, 200.0, 20.0), 4.0 * 3600.0);
    EXPECT_EQ(timeToFull(100.0, 200.0, 20.0), 0.0);
    EXPECT_EQ(timeToFull(101.0, 200.0, 20.0), 0.0);
    EXPECT_EQ(timeToFull(1.0, 200.0, 0.11), 864000.0) << "never longer than ten days";
}

TEST(TimeToFull, IsUnknownWhenNothingFlowsInOrSomethingIsUnknown) {
    EXPECT_EQ(timeToFull(60.0, 200.0, 0.1), std::nullopt);
    EXPECT_EQ(timeToFull(60.0, 200.0, -5.0), std::nullopt);
    EXPECT_EQ(timeToFull(std::nullopt, 200.0, 5.0), std::nullopt);
    EXPECT_EQ(timeToFull(60.0, std::nullopt, 5.0), std::nullopt);
    EXPECT_EQ(timeToFull(60.0, 200.0, std::nullopt), std::nullopt);
}

TEST(MovingMean, StartsWithTheFirstValue) {
    MovingMean mean;
    EXPECT_EQ(mean.mean(), std::nullopt);
    mean.add(-10.0, made::start());
    EXPECT_EQ(mean.mean(), -10.0);
}

TEST(MovingMean, WeighsWithTimeNotWithSamples) {
    MovingMean mean;
    const Now now = made::start();
    mean.add(0.0, now);
    mean.add(0.0, now + 90s);
    for (int i = 91; i <= 100; ++i)
        mean.add(-30.0, now + i * 1s);
    EXPECT_NEAR(*mean.mean(), -30.0 * 9.5 / 100.0, 1e-9);
}

TEST(MovingMean, ForgetsWhatIsOlderThanThreeMinutes) {
    MovingMean mean;
    const Now now = made::start();
    for (int i = 0; i <= 60; ++i)
        mean.add(-100.0, now + i * 1s);
    for (int i = 61; i <= 300; ++i)
        mean.add(-10.0, now + i * 1s);
    EXPECT_NEAR(*mean.mean(), -10.0, 1e-9);
}

TEST(MovingMean, AGapClearsIt) {
    MovingMean mean;
    const Now now = made::start();
    mean.add(-100.0, now);
    mean.add(std::nullopt, now + 1s);
    EXPECT_EQ(mean.mean(), std::nullopt);
    mean.add(-10.0, now + 2s);
    EXPECT_EQ(mean.mean(), -10.0);
}

} // namespace
} // namespace busbar::time_to_go_test
