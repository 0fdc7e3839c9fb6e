// SPDX-License-Identifier: MIT
#include "app/run/log_pace.hpp"

#include <gtest/gtest.h>

namespace busbar {
namespace {

using namespace std::chrono_literals;

class LogPaceTest : public ::testing::Test {
protected:
    int log(int events, const std::string& bank = "bank", EventKind kind = EventKind::MemberOut) {
        int lines = 0;
        for (int i = 0; i < events; ++i)
            lines += pace.mayLog(bank, kind, now) ? 1 : 0;
        return lines;
    }

    LogPace pace;
    Now now{SteadyTime(1000h), WallTime(500000h)};
};

TEST_F(LogPaceTest, AThousandFactsOfOneKindAreThirtyLinesAndANumber) {
    EXPECT_EQ(log(1000), kMostLinesOfAKind);
    now = now + 59s;
    EXPECT_TRUE(pace.takeLeftOut(now).empty()) << "not before the minute is over";
    now = now + 1s;
    const auto leftOut = pace.takeLeftOut(now);
    ASSERT_EQ(leftOut.size(), 1U);
    EXPECT_EQ(leftOut[0].bank, "bank");
    EXPECT_EQ(leftOut[0].kind, EventKind::MemberOut);
    EXPECT_EQ(leftOut[0].count, 1000 - kMostLinesOfAKind);
    EXPECT_TRUE(pace.takeLeftOut(now).empty()) << "once";
    EXPECT_EQ(log(10), 10);
}

TEST_F(LogPaceTest, WhatComesNowAndThenIsAllLogged) {
    for (int minute = 0; minute < 10; ++minute) {
        EXPECT_EQ(log(kMostLinesOfAKind), kMostLinesOfAKind);
        now = now + 60s;
        EXPECT_TRUE(pace.takeLeftOut(now).empty());
    }
}

TEST_F(LogPaceTest, KindsAndBanksDoNotSilenceEachOther) {
    (void)log(100);
    EXPECT_EQ(log(1, "other"), 1);
    EXPECT_EQ(log(1, "bank", EventKind::Alarm), 1);
}

TEST_F(LogPaceTest, CountsUntilItIsTold) {
    (void)log(40);
    now = now + 90s;
    EXPECT_EQ(log(5), 0);
    const auto leftOut = pace.takeLeftOut(now);
    ASSERT_EQ(leftOut.size(), 1U);
    EXPECT_EQ(leftOut[0].count, 15);
}

TEST(RepeatPace, TellsTheFirstAtOnceAndTheRestOnceAMinute) {
    RepeatPace pace;
    Now now{SteadyTime(1000h), WallTime(500000h)};
    EXPECT_EQ(pace.take(now), std::nullopt) << "nothing to tell";
    pace.note();
    EXPECT_EQ(pace.take(now), 1U);
    for (int second = 1; second < 60; ++second) {
        now = now + 1s;
        pace.note(100);
        EXPECT_EQ(pace.take(now), std::nullopt);
    }
    now = now + 1s;
    EXPECT_EQ(pace.take(now), 5900U);
    now = now + 1h;
    EXPECT_EQ(pace.take(now), std::nullopt) << "told already";
    pace.note();
    EXPECT_EQ(pace.take(now), 1U) << "at once again";
}

} // namespace
} // namespace busbar
