// SPDX-License-Identifier: MIT
#include "core/limits/direction.hpp"
#include "core/members/agreement.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <random>

namespace busbar::agreement_test {
namespace {

using namespace std::chrono_literals;

/// A house whose load changes every half minute, on a bank of 200 Ah.
class AgreementTest : public ::testing::Test {
protected:
    void run(std::chrono::seconds span) {
        for (auto passed = 0s; passed < span; passed += 1s) {
            now = now + 1s;
            if (passed.count() % 30 == 0)
                load_A = load(random);
            input.plant_A = load_A + noise(random);
            input.heard_A = gain * load_A + offset_A + noise(random);
            step(state, input, now);
        }
    }
    [[nodiscard]] double charge(double limit_A) const {
        return asTold(state.known, Direction::Charge, limit_A);
    }
    [[nodiscard]] double discharge(double limit_A) const {
        return asTold(state.known, Direction::Discharge, limit_A);
    }

    std::mt19937 random{5};
    std::uniform_real_distribution<double> load{-60.0, 60.0};
    std::normal_distribution<double> noise{0.0, 0.5};
    AgreementState state;
    AgreementInput input{.parties = {"a", "b"}, .plant_A = {}, .heard_A = {}, .capacity_Ah = 200.0};
    double load_A = 0.0;
    double gain = 1.0;
    double offset_A = 0.0;
    Now now = made::start();
};

TEST_F(AgreementTest, ChangesNothingWhereBothSidesMeasureTheSame) {
    EXPECT_EQ(charge(100.0), 100.0) << "before anything is known";
    run(20min);
    ASSERT_TRUE(state.known);
    EXPECT_EQ(charge(100.0), 100.0);
    EXPECT_EQ(discharge(100.0), 100.0);
    EXPECT_EQ(disagreement(state.known, 200.0), "");
}

TEST_F(AgreementTest, ASumThatIsTooLargeDividesBothLimits) {
    gain = 1.1;
    run(20min);
    EXPECT_NEAR(charge(110.0), 100.0, 1.5);
    EXPECT_NEAR(discharge(110.0), 100.0, 1.5);
    EXPECT_EQ(disagreement(state.known, 200.0), "10 % more");
}

TEST_F(AgreementTest, ASumThatIsTooSmallRaisesNothing) {
    gain = 0.8;
    run(20min);
    ASSERT_TRUE(state.known);
    EXPECT_LE(charge(100.0), 100.0);
    EXPECT_LE(discharge(100.0), 100.0);
}

TEST_F(AgreementTest, AnOffsetTakesFromTheDirectionThatItHides) {
    offset_A = 8.0;
    run(20min);
    EXPECT_NEAR(charge(100.0), 93.0, 1.0) << "all but 1 A, which meters are wrong by anyway";
    EXPECT_EQ(discharge(100.0), 100.0);
    EXPECT_EQ(disagreement(state.known, 200.0), "7 A more");
    offset_A = -8.0;
    run(20min);
    EXPECT_EQ(charge(100.0), 100.0);
    EXPECT_NEAR(discharge(100.0), 93.0, 1.0);
}

TEST_F(AgreementTest, ALimitSmallerThanTheOffsetIsZero) {
    offset_A = 30.0;
    run(20min);
    EXPECT_EQ(charge(20.0), 0.0);
}

TEST_F(AgreementTest, AnOffsetGoesWithWhatCausedItAlsoWhileNothingSwings) {
    offset_A = 40.0;
    run(20min);
    EXPECT_NEAR(charge(100.0), 61.0, 2.0);
    offset_A = 0.0;
    for (int second = 0; second < 600; ++second) {
        now = now + 1s;
        input.plant_A = 3.0;
        input.heard_A = 3.0;
        step(state, input, now);
    }
    EXPECT_GE(charge(100.0), 88.0) << "its end was a swing of one side, which counts as a gain";
}

TEST_F(AgreementTest, MeansThatBeginAnewAreNotBelievedAtOnce) {
    run(20min);
    now = now + 60s; // a battery was held
    input.plant_A = 0.0;
    input.heard_A = -150.0; // BMSs report late
    step(state, input, now);
    EXPECT_EQ(discharge(200.0), 200.0);
    for (int second = 0; second < 100; ++second) {
        now = now + 1s;
        input.heard_A = 0.0;
        step(state, input, now);
        ASSERT_EQ(discharge(200.0), 200.0) << second;
    }
}

TEST_F(AgreementTest, AGainThatCannotBeCountsAsTheLargestThatCan) {
    gain = 3.0;
    run(20min);
    EXPECT_LE(charge(100.0), 51.0);
}

TEST_F(AgreementTest, SidesThatHaveNothingToDoWithEachOtherDecideNothing) {
    std::mt19937 other{7};
    for (int i = 0; i < 1200; ++i) {
        now = now + 1s;
        if (i % 30 == 0)
            load_A = load(random);
        input.plant_A = load_A;
        input.heard_A = i % 40 < 20 ? 50.0 : -50.0;
        step(state, input, now);
    }
    EXPECT_FALSE(state.known);
}

TEST_F(AgreementTest, WhatWasFoundStaysWhileBatteriesComeAndGo) {
    gain = 1.2;
    run(20min);
    input.parties = {"a"};
    run(10s);
    EXPECT_NEAR(charge(120.0), 100.0, 2.0);
    gain = 1.0;
    run(20min);
    EXPECT_NEAR(charge(120.0), 120.0, 1.0) << "found anew";
}

TEST_F(AgreementTest, WithoutAPlantItIsForgottenAfterAnHour) {
    gain = 1.2;
    run(20min);
    input.plant_A.reset();
    now = now + 59min;
    step(state, input, now);
    EXPECT_TRUE(state.known);
    now = now + 2min;
    step(state, input, now);
    EXPECT_FALSE(state.known);
}

TEST_F(AgreementTest, TheCurrentThatThePlantSeesIsWithoutTheLie) {
    gain = 1.1;
    run(20min);
    EXPECT_NEAR(asPlant(state.known, 110.0), 100.0, 1.5);
}

} // namespace
} // namespace busbar::agreement_test
