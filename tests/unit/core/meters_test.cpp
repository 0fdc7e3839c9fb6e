// SPDX-License-Identifier: MIT
#include "core/charge/meters.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace busbar::meters_test {
namespace {

using namespace std::chrono_literals;

constexpr auto kMaxGap = std::chrono::milliseconds(30000);

/// Feeds one current for `count` further seconds, at 50 V.
void run(MeterState& state, double current_A, int count, Now& now) {
    for (int i = 0; i < count; ++i) {
        now = now + 1s;
        step(state, {current_A, 50.0 * current_A}, kMaxGap, now);
    }
}

TEST(Meters, CountBothDirectionsApart) {
    MeterState state;
    Now now = made::start();
    step(state, {10.0, 500.0}, kMaxGap, now);
    run(state, 10.0, 3600, now);
    EXPECT_NEAR(state.totals.charged_Ah, 10.0, 1e-9);
    EXPECT_NEAR(state.totals.charged_Wh, 500.0, 1e-7);
    EXPECT_EQ(state.totals.discharged_Ah, 0.0);

    state.current.last.reset();
    state.power.last.reset();
    run(state, -20.0, 1801, now);
    EXPECT_NEAR(state.totals.discharged_Ah, 10.0, 1e-9);
    EXPECT_NEAR(state.totals.discharged_Wh, 500.0, 1e-7);
    EXPECT_NEAR(state.totals.charged_Ah, 10.0, 1e-9);
    EXPECT_NEAR(throughput_Ah(state.totals), 20.0, 1e-9);
}

TEST(Meters, GiveTheSameForFewSamplesOfARampAsForMany) {
    MeterState few;
    MeterState many;
    const Now now = made::start();
    step(few, {0.0, {}}, kMaxGap, now);
    step(few, {30.0, {}}, kMaxGap, now + 30s);
    for (int i = 0; i <= 30; ++i)
        step(many, {i * 1.0, {}}, kMaxGap, now + i * 1s);
    EXPECT_NEAR(few.totals.charged_Ah, 15.0 * 30 / 3600, 1e-12);
    EXPECT_NEAR(many.totals.charged_Ah, few.totals.charged_Ah, 1e-12);
}

TEST(Meters, SplitWhereTheCurrentCrossesZero) {
    MeterState state;
    const Now now = made::start();
    step(state, {-10.0, {}}, kMaxGap, now);
    step(state, {30.0, {}}, kMaxGap, now + 20s);
    EXPECT_NEAR(state.totals.discharged_Ah, 10.0 / 2 * 5 / 3600, 1e-12);
    EXPECT_NEAR(state.totals.charged_Ah, 30.0 / 2 * 15 / 3600, 1e-12);
    step(state, {-10.0, {}}, kMaxGap, now + 40s);
    EXPECT_NEAR(state.totals.discharged_Ah, 10.0 * 5 / 3600, 1e-12);
    EXPECT_NEAR(state.totals.charged_Ah, 30.0 * 15 / 3600, 1e-12);
}

TEST(Meters, BridgeAGapUpToTheLongestOnly) {
    MeterState state;
    const Now now = made::start();
    step(state, {36.0, {}}, kMaxGap, now);
    step(state, {36.0, {}}, kMaxGap, now + 30s);
    EXPECT_NEAR(state.totals.charged_Ah, 0.3, 1e-12);
    step(state, {36.0, {}}, kMaxGap, now + 30s + 30001ms);
    EXPECT_NEAR(state.totals.charged_Ah, 0.3, 1e-12);
    step(state, {36.0, {}}, kMaxGap, now + 30s + 40001ms);
    EXPECT_NEAR(state.totals.charged_Ah, 0.4, 1e-12);
}

TEST(Meters, AnUnknownCurrentPausesThemAndEnergyGoesOn) {
    MeterState state;
    const Now now = made::start();
    step(state, {36.0, 360.0}, kMaxGap, now);
    for (int i = 1; i <= 100; ++i)
        step(state, {std::nullopt, 360.0}, kMaxGap, now + i * 1s);
    EXPECT_EQ(state.totals.charged_Ah, 0.0);
    EXPECT_NEAR(state.totals.charged_Wh, 10.0, 1e-9);
    step(state, {36.0, 360.0}, kMaxGap, now + 101s);
    EXPECT_EQ(state.totals.charged_Ah, 0.0);
    step(state, {36.0, 360.0}, kMaxGap, now + 111s);
    EXPECT_NEAR(state.totals.charged_Ah, 0.1, 1e-12);
}

TEST(Meters, IgnoreTheWallClockAndATimeThatGoesBack) {
    MeterState state;
    Now now = made::start();
    step(state, {36.0, {}}, kMaxGap, now);
    now = now + 10s;
    now.wall += 8h;
    step(state, {36.0, {}}, kMaxGap, now);
    EXPECT_NEAR(state.totals.charged_Ah, 0.1, 1e-12);
    now.steady -= 5s;
    step(state, {36.0, {}}, kMaxGap, now);
    EXPECT_NEAR(state.totals.charged_Ah, 0.1, 1e-12);
}

TEST(Meters, StayFiniteWhateverComes) {
    MeterState state;
    const Now now = made::start();
    step(state, {10.0, 10.0}, kMaxGap, now);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    step(state, {nan, infinity}, kMaxGap, now + 1s);
    step(state, {-infinity, nan}, kMaxGap, now + 2s);
    step(state, {10.0, 10.0}, kMaxGap, now + 3s);
    EXPECT_NEAR(state.totals.charged_Ah, 30.0 / 3600, 1e-12);
    EXPECT_EQ(state.totals.discharged_Ah, 0.0);
}

TEST(Meters, CountAFullCycleAsInAndOutOnce) {
    const MeterTotals totals{300.0, 260.0, 0.0, 0.0};
    EXPECT_NEAR(*fullCycles(totals, 280.0), 1.0, 1e-12);
    EXPECT_EQ(fullCycles(totals, std::nullopt), std::nullopt);
    EXPECT_EQ(fullCycles(totals, 0.0), std::nullopt);
}

} // namespace
} // namespace busbar::meters_test
