// SPDX-License-Identifier: MIT
// Still while others move is frozen; still at rest, or behind an open switch, is not.
#include "core/members/frozen.hpp"
#include "core/members/roster.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "unit/core/made.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace busbar::frozen_test {

using made::Pack;
using namespace std::chrono_literals;

constexpr RowIndex kVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kCurrent = row("/Dc/0/Current");

/// A battery that stands still, and another of 280 Ah that does what the test wants.
class Frozen : public testing::Test {
protected:
    Frozen() {
        still.battery.instance = 1;
        other.battery.instance = 2;
    }
    void say(Pack& pack, RowIndex index, double value) {
        pack.set(index, value);
        pack.battery.moved = now.steady;
    }
    bool look() {
        const Peers peers({&still.battery, &other.battery}, now);
        return step(state, {still.battery, still.entry, peers, 300s}, now).has_value();
    }
    /// The other one says this current and voltage, ± a bit, every two seconds.
    bool pass(std::chrono::seconds span, double current_A, double voltage_V, double swing_V = 0.0) {
        bool isFrozen = false;
        for (auto at = 0s; at < span; ++at) {
            now = now + 1s;
            const double turn = static_cast<double>(at.count()) / static_cast<double>(span.count());
            if (at.count() % 2 == 0) {
                say(other, kCurrent, current_A + (at.count() % 4 == 0 ? 0.1 : 0.0));
                say(other, kVoltage, voltage_V + swing_V * turn);
            }
            isFrozen = look();
        }
        return isFrozen;
    }

    Pack still{"Still", {{kVoltage, 52.8}, {kCurrent, 3.4}, {row("/InstalledCapacity"), 280.0}}};
    Pack other{"Other", {{kVoltage, 52.8}, {kCurrent, 3.4}, {row("/InstalledCapacity"), 280.0}}};
    FrozenState state;
    Now now = made::start();
};

TEST_F(Frozen, ADriverThatStoppedIsNoticedAtALowLoad) {
    say(still, kVoltage, 52.8);
    EXPECT_FALSE(pass(295s, -3.4, 52.8));
    EXPECT_TRUE(pass(65s, -3.4, 52.8));
    say(still, kCurrent, -3.5);
    EXPECT_FALSE(pass(60s, -3.4, 52.8)) << "it speaks again";
}

TEST_F(Frozen, AtRestNothingHasToMove) {
    say(still, kVoltage, 52.8);
    EXPECT_FALSE(pass(3600s, 0.2, 52.8));
}

TEST_F(Frozen, VoltageAgainstVoltageIsEvidenceAtRest) {
    say(still, kVoltage, 52.8);
    EXPECT_FALSE(pass(900s, 0.2, 52.8, 0.2)) << "less than its steps may be";
    EXPECT_TRUE(pass(900s, 0.2, 53.0, 0.4));
}

TEST_F(Frozen, FineStepsShowMore) {
    say(still, kVoltage, 52.79);
    look();
    say(still, kVoltage, 52.8);
    EXPECT_TRUE(pass(900s, 0.2, 52.8, 0.2));
}

TEST_F(Frozen, ABusThatHasGoneFarAwayNeedsNoPatience) {
    say(still, kVoltage, 52.79);
    look();
    say(still, kVoltage, 52.8);
    EXPECT_FALSE(pass(85s, 20.0, 52.8, 0.4)) << "slow drivers report once a minute";
    EXPECT_TRUE(pass(40s, 20.0, 53.2, 0.2));
    say(still, kVoltage, 53.4);
    EXPECT_FALSE(pass(1s, 20.0, 53.4));
}

TEST_F(Frozen, FarAwayIsByTheStepsThatItTakes) {
    say(still, kVoltage, 52.7);
    look();
    say(still, kVoltage, 52.8); // tenths
    EXPECT_FALSE(pass(290s, 0.2, 52.8, 0.6));
}

TEST_F(Frozen, WhatHasToMoveByItsOwnWordNeedsNoPatience) {
    state.ends = {3.42, 2.90};
    const auto isNoticed = [this](double current_A, double highest_V, double lowest_V) {
        still.setCells({lowest_V, 3.30, 3.30, highest_V});
        say(still, kCurrent, current_A);
        EXPECT_FALSE(pass(73s, 3.4, 52.8));
        return pass(10s, 3.4, 52.8);
    };
    EXPECT_TRUE(isNoticed(15.0, 3.55, 3.29)) << "peak control would hold the voltage for its sake";
    EXPECT_TRUE(isNoticed(-15.0, 3.30, 2.85));
    EXPECT_FALSE(isNoticed(13.0, 3.55, 3.29)) << "less than 5 % of 280 Ah per hour";
    EXPECT_FALSE(isNoticed(100.0, 3.41, 2.91)) << "on the plateau cells stand still";
    still.battery.cells.pop_back();
    still.set(row("/System/MaxCellVoltage"), 3.55);
    say(still, kCurrent, 15.0);
    EXPECT_FALSE(pass(90s, 3.4, 52.8)) << "too few cells";
    state.ends = {};
    EXPECT_FALSE(isNoticed(15.0, 3.55, 2.80)) << "no chemistry";
}

TEST_F(Frozen, AFullPackBehindItsSwitchMayStandStill) {
    still.set(row("/Io/AllowToCharge"), 0.0);
    say(still, kCurrent, 0.0);
    state.isBankWorking = true;
    EXPECT_FALSE(pass(900s, 40.0, 55.0, 0.3));
    say(still, kCurrent, 12.0); // it blocks, and yet carries
    EXPECT_TRUE(pass(310s, 40.0, 55.0));
}

TEST_F(Frozen, ABreakOfTheLoadDoesNotBeginAnew) {
    say(still, kVoltage, 52.8);
    bool isFrozen = false;
    for (int n = 0; n < 8; ++n) {
        isFrozen = pass(60s, -10.0, 52.8) || isFrozen;
        isFrozen = pass(60s, 0.0, 52.8) || isFrozen;
    }
    EXPECT_TRUE(isFrozen);
}

TEST_F(Frozen, WhereTheOthersStandStillTooNothingIsProven) {
    say(still, kVoltage, 52.8);
    other.set(kCurrent, -5.0);
    bool isFrozen = false;
    for (int n = 0; n < 900; ++n) {
        now = now + 1s;
        isFrozen = look() || isFrozen;
    }
    EXPECT_FALSE(isFrozen);
}

} // namespace busbar::frozen_test
