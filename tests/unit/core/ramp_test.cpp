// SPDX-License-Identifier: MIT
#include "core/limits/limit.hpp"
#include "core/limits/ramp.hpp"
#include "core/members/member.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>

namespace busbar::ramp_test {
namespace {

using namespace std::chrono_literals;

Limit member(double value) {
    return {value, Cause::Member, "A", ""};
}

TEST(Ramp, TakesTheFirstValueAsItIs) {
    RampState state;
    const Limit limit = ramped(member(120.0), 10.0, state, made::start());
    EXPECT_EQ(limit.value, 120.0);
    EXPECT_EQ(limit.cause, Cause::Member);
}

TEST(Ramp, FallsAtOnceAndRisesWithTheRate) {
    RampState state;
    const Now now = made::start();
    (void)ramped(member(100.0), 10.0, state, now);
    EXPECT_EQ(ramped(member(20.0), 10.0, state, now).value, 20.0);
    const Limit rising = ramped(member(100.0), 10.0, state, now + 500ms);
    EXPECT_DOUBLE_EQ(rising.value, 25.0);
    EXPECT_EQ(rising.cause, Cause::Ramp);
    EXPECT_EQ(rising.member, "A");
    EXPECT_DOUBLE_EQ(ramped(member(100.0), 10.0, state, now + 2500ms).value, 45.0);
}

TEST(Ramp, StaysWhereItIsOnHeldValues) {
    RampState state;
    const Now now = made::start();
    (void)ramped(member(20.0), 10.0, state, now);
    EXPECT_EQ(ramped(member(100.0), 10.0, state, now + 5s, Basis::Held).value, 20.0);
    EXPECT_EQ(ramped(member(100.0), 0.0, state, now + 6s, Basis::Held).value, 20.0)
        << "no ramp at all";
    EXPECT_EQ(ramped(member(15.0), 10.0, state, now + 7s, Basis::Held).value, 15.0);
    EXPECT_DOUBLE_EQ(ramped(member(100.0), 10.0, state, now + 8s).value, 25.0)
        << "the time in between does not count";
}

TEST(Ramp, RisesInSilenceOnlyWhenSomethingComes) {
    RampState state;
    const Now now = made::start();
    (void)ramped(member(20.0), 10.0, state, now);
    EXPECT_EQ(ramped(member(100.0), 10.0, state, now + 1s, Basis::Silent).value, 20.0);
    EXPECT_EQ(ramped(member(100.0), 10.0, state, now + 2s, Basis::Silent).value, 20.0);
    EXPECT_DOUBLE_EQ(ramped(member(100.0), 10.0, state, now + 3s).value, 50.0) << "a heartbeat";
    EXPECT_EQ(ramped(member(100.0), 10.0, state, now + 63s, Basis::Silent).value, 50.0);
    EXPECT_DOUBLE_EQ(ramped(member(200.0), 10.0, state, now + 64s).value, 100.0)
        << "a long silence is not made up for";
}

TEST(Ramp, EndsExactlyAtTheTarget) {
    RampState state;
    const Now now = made::start();
    (void)ramped(member(10.0), 10.0, state, now);
    const Limit there = ramped(member(20.0), 10.0, state, now + 1000ms);
    EXPECT_EQ(there.value, 20.0);
    EXPECT_EQ(there.cause, Cause::Member);
}

TEST(Ramp, ManyShortCyclesRiseNoFasterThanOneLongOne) {
    RampState state;
    const Now now = made::start();
    (void)ramped(member(0.0), 10.0, state, now);
    Limit limit;
    for (int i = 1; i <= 100; ++i)
        limit = ramped(member(1000.0), 10.0, state, now + i * 10ms);
    EXPECT_NEAR(limit.value, 10.0, 1e-9);
}

TEST(Ramp, WithoutRateEverythingIsAtOnce) {
    RampState state;
    const Now now = made::start();
    (void)ramped(member(0.0), 0.0, state, now);
    EXPECT_EQ(ramped(member(500.0), 0.0, state, now).value, 500.0);
}

TEST(Ramp, ABlockBypassesIt) {
    RampState state;
    const Now now = made::start();
    (void)ramped(member(100.0), 10.0, state, now);
    const Limit blocked = ramped({0.0, Cause::Blocked, "B", ""}, 10.0, state, now);
    EXPECT_EQ(blocked.value, 0.0);
    EXPECT_EQ(blocked.cause, Cause::Blocked);
}

TEST(Limit, DescribesCauseMemberAndCell) {
    EXPECT_EQ(describe(Limit{}), "none");
    EXPECT_EQ(describe(Limit{1.0, Cause::Ceiling, "", ""}), "ceiling");
    EXPECT_EQ(describe(Limit{1.0, Cause::Member, "Pack A", ""}), "member Pack A");
    EXPECT_EQ(describe(Limit{1.0, Cause::Member, "Pack A", "C3"}), "member Pack A/C3");
}

/// A BMS whose limit falls by 3 A for each ampere of the charge that was allowed 6 s ago.
int turnsInAnHour(RampState& state, Now& now) {
    std::deque<double> given(6, 50.0);
    double direction = 0.0;
    double anchor = 50.0;
    int turns = 0;
    for (int second = 0; second < 3600; ++second) {
        now = now + 1s;
        const double wanted_A = 100.0 - 3.0 * (given.front() - 80.0);
        given.pop_front();
        given.push_back(ramped(member(std::max(wanted_A, 0.0)), 10.0, state, now).value);
        if (std::abs(given.back() - anchor) < 1.0)
            continue;
        const double now_direction = given.back() > anchor ? 1.0 : -1.0;
        turns += now_direction != direction ? 1 : 0;
        direction = now_direction;
        anchor = given.back();
    }
    return turns;
}

TEST(Ramp, RisesMoreAndMoreSlowlyWhereEachRiseBringsTheLimitDown) {
    RampState state;
    Now now = made::start();
    (void)turnsInAnHour(state, now);
    EXPECT_LE(turnsInAnHour(state, now), 2) << "with the full rate: 600";
}

TEST(Ramp, FarBelowWhereItFellItRisesWithTheFullRate) {
    RampState state;
    Now now = made::start();
    (void)turnsInAnHour(state, now);
    now = now + 1s;
    ASSERT_EQ(ramped(member(0.0), 10.0, state, now).value, 0.0);
    now = now + 1s;
    EXPECT_DOUBLE_EQ(ramped(member(500.0), 10.0, state, now).value, 10.0);
}

TEST(Ramp, AfterACutByDataItIsBackWithinMinutes) {
    RampState state;
    Now now = made::start();
    (void)turnsInAnHour(state, now);
    for (int second = 0; second < 300; ++second) { // a target that is noisy
        now = now + 1s;
        (void)ramped(member(second % 2 == 0 ? 100.0 : 90.0), 10.0, state, now);
    }
    now = now + 1s;
    ASSERT_EQ(ramped(member(0.0), 10.0, state, now).value, 0.0);
    const auto after = [&](int seconds) {
        double value_A = 0.0;
        for (int second = 0; second < seconds; ++second) {
            now = now + 1s;
            value_A = ramped(member(100.0), 10.0, state, now).value;
        }
        return value_A;
    };
    EXPECT_GE(after(10), 49.0) << "half of it as ever";
    EXPECT_GE(after(300), 90.0) << "the rest within minutes, however often it had swung";
}

TEST(Ramp, AfterCalmTheFullRateIsBack) {
    RampState state;
    Now now = made::start();
    (void)turnsInAnHour(state, now);
    double before_A = 0.0;
    for (int second = 0; second < 1800; ++second) {
        now = now + 1s;
        before_A = ramped(member(200.0 + 3.0 * second), 10.0, state, now).value;
    }
    now = now + 1s;
    EXPECT_GE(ramped(member(100000.0), 10.0, state, now).value, before_A + 9.99);
}

} // namespace
} // namespace busbar::ramp_test
