// SPDX-License-Identifier: MIT
#include "core/bank.hpp"
#include "core/gx/overrun.hpp"
#include "core/units/readings.hpp"
#include "unit/core/made.hpp"
#include "unit/core/made_readings.hpp"

#include <gtest/gtest.h>

namespace busbar::overrun_test {
namespace {

using namespace std::chrono_literals;

class OverrunTest : public ::testing::Test {
protected:
    void pass(std::chrono::seconds span, std::optional<double> current_A, double limit_A) {
        for (; span > 0s; span -= 1s) {
            now = now + 1s;
            step(state, {members, current_A, limit_A}, now);
        }
    }

    Members members;
    OverrunState state;
    Now now = made::start();
};

TEST_F(OverrunTest, IsNoticedAfterSeconds) {
    pass(5s, 130.0, 100.0);
    EXPECT_FALSE(state.isOver) << "chargers may be on their way down";
    pass(1s, 130.0, 100.0);
    EXPECT_TRUE(state.isOver);
}

TEST_F(OverrunTest, WithinTheToleranceIsNone) {
    pass(10min, 110.5, 100.0);
    EXPECT_FALSE(state.isOver);
}

TEST_F(OverrunTest, OfAnUnknownCurrentIsNone) {
    pass(1min, std::nullopt, 0.0);
    EXPECT_FALSE(state.isOver);
}

TEST_F(OverrunTest, IsNotWhatABlockIsFor) {
    pass(1min, 20.0, 0.0);
    EXPECT_FALSE(state.isOver);
}

TEST_F(OverrunTest, LastsWhileTheLimitIsWhatHoldsTheCurrentBack) {
    pass(10s, 130.0, 100.0);
    pass(2h, 99.0, 100.0);
    EXPECT_TRUE(state.isOver);
}

TEST_F(OverrunTest, EndsAfterAQuarterOfAnHourWellBelow) {
    pass(10s, 130.0, 100.0);
    pass(14min, 60.0, 100.0);
    pass(10s, 95.0, 100.0);
    pass(15min, 60.0, 100.0);
    EXPECT_TRUE(state.isOver);
    pass(1s, 60.0, 100.0);
    EXPECT_FALSE(state.isOver);
}

/// The bank's own limit is not passed: a share that is learned wrong, or a limit that has just
/// fallen.
TEST_F(OverrunTest, OfOneMemberIsEnough) {
    Readings readings;
    readings.setLink(true, now);
    (void)readings.beginSweep();
    made::putBasics(readings, 3, now);
    readings.put(3, {Place::Kind::Row, row("/Dc/0/Current")}, 60.0, now);
    readings.put(3, {Place::Kind::Row, row("/Info/MaxChargeCurrent")}, 40.0, now);
    readings.completeSweep(now);
    readings.settle(now);
    RosterEntry entry;
    members.emplace_back(readings.batteries().at(3), entry, false);
    pass(6s, 60.0, 100.0);
    EXPECT_TRUE(state.isOver);
    state = {};
    pass(1min, 0.0, 100.0); // the others push it, nothing flows into the bank
    EXPECT_FALSE(state.isOver);
    state = {};
    members.clear();
    members.emplace_back(readings.batteries().at(3), entry, true);
    pass(1min, 60.0, 100.0); // held: of another moment
    EXPECT_FALSE(state.isOver);
}

} // namespace
} // namespace busbar::overrun_test
