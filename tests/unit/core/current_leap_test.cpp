// SPDX-License-Identifier: MIT
#include "core/members/current_leap.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "unit/core/made.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace busbar::current_leap_test {
namespace {

using namespace std::chrono_literals;

constexpr RowIndex kCurrent = row("/Dc/0/Current");
constexpr RowIndex kVoltage = row("/Dc/0/Voltage");

/// One of 100 Ah at 10 A, which then says 200 A.
class CurrentLeapTest : public testing::Test {
protected:
    CurrentLeapTest() {
        say(kCurrent, 10.0);
        say(kVoltage, 53.0);
        step();
        now = now + 5000ms;
        say(kCurrent, 200.0);
        step();
    }

    void say(RowIndex index, double value) {
        pack.set(index, value);
        pack.battery.moved = now.steady;
    }
    void step() { stepLeap(pack.battery, now); }
    [[nodiscard]] bool isBorneOut() const { return pack.battery.leap.steady_A == 200.0; }

    made::Pack pack{"A", {{row("/InstalledCapacity"), 100.0}}};
    Now now = made::start();
};

TEST_F(CurrentLeapTest, IsNotBelievedAtOnce) {
    EXPECT_EQ(pack.battery.leap.steady_A, 10.0);
    EXPECT_TRUE(pack.battery.leap.since);
}

TEST_F(CurrentLeapTest, IsBorneOutByItsVoltage) {
    say(kVoltage, 53.9);
    step();
    EXPECT_TRUE(isBorneOut());
}

TEST_F(CurrentLeapTest, IsNotBorneOutByTheRestOfItsReportWhichHasGathered) {
    now = now + 1000ms;
    say(kVoltage, 53.01);
    step();
    EXPECT_FALSE(isBorneOut());
}

TEST_F(CurrentLeapTest, IsBorneOutByTheNextReport) {
    now = now + 2000ms;
    say(kVoltage, 53.01);
    step();
    EXPECT_TRUE(isBorneOut());
}

TEST_F(CurrentLeapTest, IsBorneOutByTenSeconds) {
    now = now + 9000ms;
    step();
    EXPECT_FALSE(isBorneOut());
    now = now + 1000ms;
    step();
    EXPECT_TRUE(isBorneOut());
}

TEST_F(CurrentLeapTest, ThatEndsLeavesNothing) {
    now = now + 1000ms;
    say(kCurrent, 11.0);
    step();
    EXPECT_EQ(pack.battery.leap.steady_A, 11.0);
    EXPECT_FALSE(pack.battery.leap.since);
}

} // namespace
} // namespace busbar::current_leap_test
