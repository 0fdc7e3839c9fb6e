// SPDX-License-Identifier: MIT
#include "sim/random.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace busbar::sim::random_test {

namespace {

constexpr int kDraws = 100000;

// The 10000th draw of a default-seeded engine is fixed by the C++ standard [rand.predef].
TEST(Random, IsTheEngineOfTheStandard) {
    Random random(5489U);
    for (int i = 1; i < 10000; ++i)
        random.fork();
    EXPECT_EQ(random.fork(), 9981545732273789042U);
}

TEST(Random, NormalHasItsMeanAndDeviation) {
    Random random(7);
    double sum = 0.0;
    double squares = 0.0;
    int beyondTwo = 0;
    for (int i = 0; i < kDraws; ++i) {
        const double draw = random.normal(3.0, 0.5);
        sum += draw;
        squares += (draw - 3.0) * (draw - 3.0);
        beyondTwo += std::abs(draw - 3.0) > 1.0 ? 1 : 0;
    }
    EXPECT_NEAR(sum / kDraws, 3.0, 0.01);
    EXPECT_NEAR(std::sqrt(squares / kDraws), 0.5, 0.005);
    EXPECT_NEAR(beyondTwo / double{kDraws}, 0.0455, 0.004);
}

TEST(Random, UniformFillsItsRangeEvenly) {
    Random random(8);
    int lowerQuarter = 0;
    for (int i = 0; i < kDraws; ++i) {
        const double draw = random.uniform(-2.0, 6.0);
        ASSERT_GE(draw, -2.0);
        ASSERT_LT(draw, 6.0);
        lowerQuarter += draw < 0.0 ? 1 : 0;
    }
    EXPECT_NEAR(lowerQuarter / double{kDraws}, 0.25, 0.01);
}

TEST(Random, IntegerReachesBothEnds) {
    Random random(9);
    int ends = 0;
    for (int i = 0; i < 1000; ++i) {
        const int draw = random.integer(2, 4);
        ASSERT_GE(draw, 2);
        ASSERT_LE(draw, 4);
        ends |= draw == 2 ? 1 : (draw == 4 ? 2 : 0);
    }
    EXPECT_EQ(ends, 3);
}

} // namespace

} // namespace busbar::sim::random_test
