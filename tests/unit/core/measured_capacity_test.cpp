// SPDX-License-Identifier: MIT
#include "core/charge/measured_capacity.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace busbar::measured_capacity_test {
namespace {

constexpr double kNominal_Ah = 100.0;

/// A battery that is charged and discharged, and said to be full or empty.
class MeasuredCapacityTest : public ::testing::Test {
protected:
    void flow(double in_Ah, double out_Ah, double unseen_Ah = 0.0) {
        MeasuringInput input = base();
        input.flow = {in_Ah, out_Ah};
        input.unseen_Ah = unseen_Ah;
        step(measured, state, input, now);
    }
    void full() {
        MeasuringInput input = base();
        input.isFull = true;
        step(measured, state, input, now);
    }
    void empty() {
        MeasuringInput input = base();
        input.isEmpty = true;
        step(measured, state, input, now);
    }
    void cycle(double out_Ah, double efficiency = 0.99) {
        full();
        flow(0.0, out_Ah);
        empty();
        flow(out_Ah / efficiency, 0.0);
    }
    [[nodiscard]] double capacity_Ah() const { return measured.capacity_Ah.value_or(-1.0); }

    MeasuredCapacity measured;
    MeasuringState state;
    double nominal_Ah = kNominal_Ah;
    Now now = made::start();

private:
    [[nodiscard]] MeasuringInput base() const {
        MeasuringInput input;
        input.nominal_Ah = nominal_Ah;
        input.efficiency = 0.99;
        return input;
    }
};

TEST_F(MeasuredCapacityTest, ThreeFullCyclesFindWhatIsLeftOfAnOldBattery) {
    EXPECT_EQ(usable_Ah(measured, kNominal_Ah), kNominal_Ah);
    for (int i = 0; i < 3; ++i)
        cycle(70.0);
    EXPECT_NEAR(usable_Ah(measured, kNominal_Ah), 70.0, 4.0);
    EXPECT_EQ(measured.at, std::chrono::floor<std::chrono::days>(now.wall));
}

TEST_F(MeasuredCapacityTest, OneMeasurementIsNotBelievedWholly) {
    cycle(70.0);
    EXPECT_NEAR(capacity_Ah(), 82.0, 0.1);
    EXPECT_GT(measured.spread_Ah.value_or(0.0), 3.0);
}

TEST_F(MeasuredCapacityTest, AgreementMakesItSurerAndSlower) {
    for (int i = 0; i < 8; ++i)
        cycle(90.0);
    EXPECT_LT(measured.spread_Ah.value_or(100.0), 3.0);
    const double before_Ah = capacity_Ah();
    cycle(80.0);
    EXPECT_NEAR(before_Ah - capacity_Ah(), 2.0, 0.7) << "a fifth of the way";
}

TEST_F(MeasuredCapacityTest, WhatWasChargedOnTheWayComesOffAtItsEfficiency) {
    full();
    flow(0.0, 60.0);
    flow(20.0, 0.0);
    flow(0.0, 59.8);
    empty();
    EXPECT_NEAR(capacity_Ah(), 100.0, 0.01) << "60 − 20 · 0.99 + 59.8";
}

TEST_F(MeasuredCapacityTest, IsCountedOnlyFromFullAndOnlyOnceToEmpty) {
    flow(0.0, 70.0);
    empty();
    EXPECT_EQ(measured, MeasuredCapacity{}) << "was never full";
    full();
    flow(0.0, 70.0);
    empty();
    const MeasuredCapacity once = measured;
    empty();
    flow(0.0, 1.0);
    empty();
    EXPECT_EQ(measured, once);
}

TEST_F(MeasuredCapacityTest, WhatMayHaveFlowedUnseenTeachesNothing) {
    full();
    flow(0.0, 70.0, 2.1);
    empty();
    EXPECT_EQ(measured, MeasuredCapacity{});
    full();
    flow(50.0, 48.0, 2.1);
    full();
    EXPECT_EQ(measured.efficiency, std::nullopt);
}

/// 0.1 A that the sensor does not see are 72 Ah in a month.
TEST_F(MeasuredCapacityTest, WeeksWithoutAFullChargeTeachNothing) {
    full();
    now.steady += std::chrono::hours(24 * 30);
    flow(200.0, 268.0);
    empty();
    EXPECT_EQ(measured, MeasuredCapacity{});
}

TEST_F(MeasuredCapacityTest, AMeasurementThatTookLongIsLessSure) {
    cycle(90.0);
    const double quick_Ah = measured.spread_Ah.value_or(0.0);
    measured = {};
    full();
    now.steady += std::chrono::hours(96);
    flow(200.0, 288.0);
    empty();
    EXPECT_NEAR(capacity_Ah(), 94.0, 0.1);
    EXPECT_GT(measured.spread_Ah.value_or(0.0), 1.2 * quick_Ah);
}

TEST_F(MeasuredCapacityTest, WhatCannotBeTeachesNothing) {
    cycle(39.0);
    cycle(111.0);
    EXPECT_EQ(measured.capacity_Ah, std::nullopt);
}

TEST_F(MeasuredCapacityTest, AnotherNominalCapacityIsAnotherBattery) {
    cycle(70.0);
    EXPECT_EQ(usable_Ah(measured, 200.0), 200.0);
    EXPECT_EQ(usable_Ah(measured, 100.5), capacity_Ah()) << "rounded otherwise";
    nominal_Ah = 200.0;
    cycle(200.0);
    EXPECT_NEAR(capacity_Ah(), 200.0, 0.01) << "begins anew";
}

TEST_F(MeasuredCapacityTest, EfficiencyIsLearnedFromFullToFull) {
    for (int i = 0; i < 20; ++i) {
        full();
        flow(0.0, 77.6);
        flow(80.0, 0.0);
    }
    EXPECT_NEAR(measured.efficiency.value_or(0.0), 0.97, 0.001);
    EXPECT_EQ(measured.capacity_Ah, std::nullopt) << "was never empty";
}

TEST_F(MeasuredCapacityTest, SmallRoundTripsAndWrongShuntsTeachNoEfficiency) {
    full();
    flow(19.0, 18.0);
    full();
    EXPECT_EQ(measured.efficiency, std::nullopt);
    flow(80.0, 70.0);
    full();
    flow(80.0, 82.0);
    full();
    EXPECT_EQ(measured.efficiency, std::nullopt);
    flow(80.0, 81.0);
    full();
    EXPECT_LE(measured.efficiency.value_or(2.0), 1.0);
}

} // namespace
} // namespace busbar::measured_capacity_test
