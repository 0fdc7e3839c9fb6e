// SPDX-License-Identifier: MIT
#include "core/members/member_stats.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace busbar::member_stats_test {
namespace {

using namespace std::chrono_literals;

class Stats : public ::testing::Test {
protected:
    Stats() {
        input.capacity_Ah = 100.0;
        input.bankCapacity_Ah = 200.0;
        input.maxGap = 30s;
        flow(-40.0, -100.0);
        step(state, input, now);
    }
    void flow(double current_A, double bankCurrent_A) {
        input.current_A = current_A;
        input.bankCurrent_A = bankCurrent_A;
    }
    void run(std::chrono::seconds span) {
        for (auto passed = 0s; passed < span; passed += 10s) {
            now = now + 10s;
            step(state, input, now);
        }
    }

    MemberStatsInput input;
    MemberStatsState state;
    Now now = made::start();
};

TEST_F(Stats, ShareIsTheMembersPartOfTheBanksCurrent) {
    run(10s);
    EXPECT_NEAR(state.stats.share.value_or(0.0), 0.4, 1e-12);
}

TEST_F(Stats, ShareFollowsOverMinutes) {
    run(10s);
    flow(-60.0, -100.0);
    run(10min);
    EXPECT_NEAR(*state.stats.share, 0.6 - 0.2 * std::exp(-1.0), 1e-9);
    run(2h);
    EXPECT_NEAR(*state.stats.share, 0.6, 1e-4);
}

TEST_F(Stats, ShareIsNotLearnedFromSmallOrUnknownCurrents) {
    flow(-3.0, -4.0);
    run(1h);
    EXPECT_EQ(state.stats.share, std::nullopt) << "exactly 2 % of the capacity is still small";
    flow(-3.0, -5.0);
    input.current_A.reset();
    run(1h);
    EXPECT_EQ(state.stats.share, std::nullopt);
    input.current_A = -3.0;
    input.bankCapacity_Ah.reset();
    run(1h);
    EXPECT_EQ(state.stats.share, std::nullopt);
}

TEST_F(Stats, AnAbsurdShareIsBounded) {
    flow(5000.0, 5.0);
    run(10s);
    EXPECT_EQ(state.stats.share, 2.0);
}

TEST_F(Stats, NamesTheCellThatIsLowestMostOfTheTime) {
    input.lowestCell = "C3";
    run(9min);
    EXPECT_EQ(state.stats.lowest.named, "") << "too early";
    run(3min);
    EXPECT_EQ(state.stats.lowest.named, "C3");
    EXPECT_EQ(state.stats.highest.named, "");
    EXPECT_TRUE(state.stats.highest.tallies.empty());
}

TEST_F(Stats, HighestCellsCountWhileCharging) {
    flow(40.0, 100.0);
    input.lowestCell = "C3";
    input.highestCell = "C7";
    run(12min);
    EXPECT_EQ(state.stats.highest.named, "C7");
    EXPECT_TRUE(state.stats.lowest.tallies.empty());
}

TEST_F(Stats, NothingIsTalliedAtRestOrAcrossAGap) {
    flow(-2.0, -100.0);
    input.lowestCell = "C3";
    run(1h);
    EXPECT_TRUE(state.stats.lowest.tallies.empty());
    flow(-40.0, -100.0);
    now = now + 1h;
    step(state, input, now);
    EXPECT_TRUE(state.stats.lowest.tallies.empty());
}

TEST_F(Stats, TwoEqualCellsDoNotAlternate) {
    std::string named;
    for (int i = 0; i < 400; ++i) {
        input.lowestCell = i % 2 == 0 ? "C1" : "C2";
        run(60s);
        if (named.empty())
            named = state.stats.lowest.named;
        EXPECT_EQ(state.stats.lowest.named, named) << i;
    }
    EXPECT_FALSE(named.empty());
}

TEST_F(Stats, ACellThatTurnsWeakIsNamedEvenWhenAllPlacesAreTaken) {
    for (int cell = 0; cell < 40; ++cell) {
        input.lowestCell = "C" + std::to_string(cell);
        run(20min);
    }
    EXPECT_EQ(state.stats.lowest.tallies.size(), kMostTallies);
    input.lowestCell = "weak";
    run(10h);
    EXPECT_EQ(state.stats.lowest.named, "weak");
}

TEST_F(Stats, AWeakCellIsFoundAmongManyThatTakeTurns) {
    for (int i = 0; i < 3600; ++i) {
        input.lowestCell = i % 2 == 0 ? "weak" : "C" + std::to_string(i / 2 % 40);
        run(10s);
        if (i == 0)
            state.stats.lowest.tallies.clear();
        for (int cell = 0; i == 0 && cell < 16; ++cell)
            state.stats.lowest.tallies.push_back({"D" + std::to_string(cell), 1200.0});
    }
    EXPECT_EQ(state.stats.lowest.named, "weak");
}

TEST_F(Stats, OldCountsFade) {
    input.lowestCell = "C1";
    run(168h);
    const double before = state.stats.lowest.tallies.at(0).seconds;
    input.lowestCell = "C2";
    run(168h);
    EXPECT_NEAR(state.stats.lowest.tallies.at(0).seconds, before / 2.0, before * 1e-6);
    EXPECT_EQ(state.stats.lowest.named, "C2");
}

TEST_F(Stats, EmptyAndEndlessIdsAreNotCounted) {
    input.lowestCell = "";
    run(1h);
    input.lowestCell = std::string(kLongestCellId + 1, 'x');
    run(1h);
    EXPECT_TRUE(state.stats.lowest.tallies.empty());
}

TEST_F(Stats, DeviationNeedsBoth) {
    EXPECT_EQ(socDeviation_pct(60.0, 55.0), 5.0);
    EXPECT_EQ(socDeviation_pct(std::nullopt, 55.0), std::nullopt);
    EXPECT_EQ(socDeviation_pct(60.0, std::nullopt), std::nullopt);
}

} // namespace
} // namespace busbar::member_stats_test
