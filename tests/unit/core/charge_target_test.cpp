// SPDX-License-Identifier: MIT
#include "core/charge/charge_target.hpp"
#include "core/charge/charge_target_settings.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace busbar::charge_target_test {
namespace {

using namespace std::chrono_literals;

class Target : public ::testing::Test {
protected:
    Target() {
        settings.soc_pct = 80.0;
        input.soc_pct = 70.0;
        input.firstSeen = now.wall;
    }
    const ChargeTarget& at(std::optional<double> soc_pct) {
        input.soc_pct = soc_pct;
        return once();
    }
    const ChargeTarget& once() {
        now = now + 1s;
        step(state, input, settings, now);
        input.isFullWanted = false;
        return state.now;
    }

    ChargeTargetSettings settings;
    ChargeTargetInput input;
    ChargeTargetState state;
    Now now = made::start();
};

TEST_F(Target, IsReachedAtItAndLeftThreeBelow) {
    EXPECT_FALSE(at(79.9).isReached);
    EXPECT_TRUE(at(80.0).isReached);
    EXPECT_TRUE(at(95.0).isReached);
    EXPECT_TRUE(at(77.1).isReached);
    EXPECT_FALSE(at(77.0).isReached);
    EXPECT_FALSE(at(79.9).isReached) << "on the way up again";
}

TEST_F(Target, StaysWhatItWasWhileTheSocIsUnknown) {
    EXPECT_FALSE(at(std::nullopt).isReached);
    EXPECT_TRUE(at(81.0).isReached);
    EXPECT_TRUE(at(std::nullopt).isReached);
}

TEST_F(Target, NoneOrAHundredIsNone) {
    for (const std::optional<double> none : {std::optional<double>(), std::optional(100.0)}) {
        settings.soc_pct = none;
        EXPECT_FALSE(at(100.0).isReached);
        EXPECT_FALSE(state.now.soc_pct);
    }
}

TEST_F(Target, TheLowerOfConfiguredAndChosenCounts) {
    input.chosen_pct = 60.0;
    EXPECT_EQ(once().soc_pct, 60.0);
    EXPECT_TRUE(state.now.isReached);
    input.chosen_pct = 90.0;
    EXPECT_EQ(once().soc_pct, 80.0);
    settings.soc_pct.reset();
    EXPECT_EQ(once().soc_pct, 90.0);
}

TEST_F(Target, AFullChargeIsDueSoLongAfterTheLast) {
    settings.fullEvery = 14 * 24h;
    EXPECT_TRUE(at(85.0).isReached);
    input.lastFull = now.wall + 24h; // later than it was first seen
    now = now + 14 * 24h;
    EXPECT_TRUE(once().isReached);
    now = now + 24h;
    EXPECT_FALSE(once().isReached);
    EXPECT_TRUE(state.now.isFullCharge);
    at(100.0);
    EXPECT_TRUE(state.now.isFullCharge) << "shown full is not proven full";
    input.areAllFull = true;
    input.lastFull = now.wall;
    EXPECT_TRUE(once().isReached);
    EXPECT_FALSE(state.now.isFullCharge);
}

TEST_F(Target, AFullChargeThatIsNeverProvenEndsAfterAWeekAndIsTriedAgain) {
    now = now + 14 * 24h;
    EXPECT_TRUE(at(100.0).isFullCharge);
    now = now + 7 * 24h;
    EXPECT_FALSE(once().isFullCharge);
    EXPECT_TRUE(state.now.isReached);
    now = now + 13 * 24h;
    EXPECT_FALSE(once().isFullCharge);
    now = now + 24h;
    EXPECT_TRUE(once().isFullCharge);
}

TEST_F(Target, NeverByItselfWithoutAClockOrWhenTheOwnerDoesNotWantIt) {
    settings.fullEvery = 0h;
    now = now + 1000 * 24h;
    EXPECT_FALSE(at(85.0).isFullCharge);
    settings.fullEvery = 14 * 24h;
    now.wall = WallTime(3h);
    EXPECT_FALSE(once().isFullCharge);
}

TEST_F(Target, TheButtonBeginsAFullChargeThatARestartDoesNotEnd) {
    EXPECT_TRUE(at(85.0).isReached);
    input.isFullWanted = true;
    EXPECT_FALSE(once().isReached);
    EXPECT_TRUE(state.now.isFullCharge);
    const ChargeTargetMemory memory = state.memory;
    state = {};
    state.memory = memory;
    EXPECT_TRUE(once().isFullCharge);
    input.areAllFull = true;
    EXPECT_FALSE(once().isFullCharge);
    input.isFullWanted = true;
    EXPECT_FALSE(once().isFullCharge) << "it is full";
}

TEST_F(Target, TheButtonDoesNothingWithoutATarget) {
    settings.soc_pct.reset();
    input.isFullWanted = true;
    EXPECT_FALSE(once().isFullCharge);
    settings.soc_pct = 80.0;
    EXPECT_FALSE(once().isFullCharge);
}

TEST_F(Target, BalancingIsNotHeldBack) {
    EXPECT_TRUE(at(85.0).isReached);
    input.isBalancing = true;
    EXPECT_FALSE(once().isReached);
    input.isBalancing = false;
    EXPECT_TRUE(once().isReached);
}

} // namespace
} // namespace busbar::charge_target_test
