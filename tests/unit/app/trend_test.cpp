// SPDX-License-Identifier: MIT
#include "app/view/trend.hpp"
#include "core/table/named_rows.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace busbar::trend_test {
namespace {

using namespace std::chrono_literals;
using Values = std::vector<std::optional<double>>;

Snapshot with(std::optional<double> current_A) {
    Snapshot snapshot;
    if (current_A)
        snapshot[rows::kCurrent] = *current_A;
    return snapshot;
}

TEST(Sparkline, DrawsFromTheLowestToTheHighest) {
    EXPECT_EQ(sparkline(Values{0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0}, 60), "▁▂▃▄▅▆▇█");
    EXPECT_EQ(sparkline(Values{-5.0, 5.0}, 60), "▁█");
    EXPECT_EQ(sparkline(Values{}, 60), "");
}

TEST(Sparkline, WhatDoesNotMoveIsLow) {
    EXPECT_EQ(sparkline(Values{3.0, 3.0, 3.0}, 60), "▁▁▁");
    EXPECT_EQ(sparkline(Values{3.0}, 60), "▁");
}

TEST(Sparkline, UnknownIsAGap) {
    EXPECT_EQ(sparkline(Values{1.0, std::nullopt, 2.0}, 60), "▁ █");
    EXPECT_EQ(sparkline(Values{std::nullopt, std::nullopt}, 60), "  ");
}

TEST(Sparkline, WhereItIsNarrowPartsOfTheTimeAreOne) {
    EXPECT_EQ(sparkline(Values{0.0, 0.0, 7.0, 7.0, std::nullopt, 0.0}, 3), "▁█▁");
    EXPECT_EQ(sparkline(Values{0.0, 1.0, 2.0}, 0), "");
    Values many(1000, 1.0);
    many.back() = 3.0;
    EXPECT_EQ(sparkline(many, 2), "▁█");
}

TEST(Trend, TakesASampleASecondAndNeverMoreThanItHolds) {
    Trend trend;
    Now now{SteadyTime{100s}, {}};
    trend.note(with(1.0), now);
    now.steady += 900ms;
    trend.note(with(2.0), now);
    EXPECT_EQ(trend.samples().size(), 1U);
    now.steady += 100ms;
    trend.note(with(3.0), now);
    ASSERT_EQ(trend.samples().size(), 2U);
    EXPECT_EQ(trend.samples().back()[0], 3.0);
    EXPECT_EQ(trend.span(), 2s);
    for (int i = 0; i < 7 * 24 * 3600; ++i) { // a week
        now.steady += 1s;
        trend.note(with(i), now);
        ASSERT_LT(trend.samples().size(), Trend::kMost);
    }
    EXPECT_GT(trend.span(), 6 * 24h);
    EXPECT_LT(trend.samples().front()[0], trend.samples().back()[0]) << "the oldest first";
}

TEST(Trend, OfTwoSamplesTheMeanIsLeftAndAGapStaysOne) {
    Trend trend;
    Now now{SteadyTime{100s}, {}};
    for (std::size_t i = 0; i < Trend::kMost; ++i) {
        const bool isKnown = i != 2 && i != 3 && i != 5;
        trend.note(with(isKnown ? std::optional(static_cast<double>(i)) : std::nullopt), now);
        now.steady += 1s;
    }
    ASSERT_EQ(trend.samples().size(), Trend::kMost / 2);
    EXPECT_EQ(trend.samples()[0][0], 0.5);
    EXPECT_EQ(trend.samples()[1][0], std::nullopt);
    EXPECT_EQ(trend.samples()[2][0], 4.0);
}

} // namespace
} // namespace busbar::trend_test
