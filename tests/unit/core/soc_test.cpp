// SPDX-License-Identifier: MIT
#include "core/charge/soc.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace busbar::soc_test {
namespace {

using namespace std::chrono_literals;

/// A bank of sixteen LFP cells at rest, half full, stepped second by second.
class Soc : public ::testing::Test {
protected:
    Soc() {
        settings.source = SocSource::Counter;
        settings.efficiency_pct = 100.0;
        input.fullCell_V = 3.45;
        input.emptyCell_V = 2.9;
        input.maxGap = 30s;
    }

    SocMember& add(const std::string& id, double soc, double capacity_Ah = 100.0) {
        SocMember member;
        member.id = id;
        member.current_A = 0.0;
        member.voltage_V = 52.8;
        member.highestCell_V = 3.31;
        member.lowestCell_V = 3.29;
        member.soc_pct = soc;
        member.capacity_Ah = capacity_Ah;
        member.cells = 16;
        input.members.push_back(member);
        return input.members.back();
    }
    void makeFull(SocMember& member) {
        member.current_A = 2.0;
        member.voltage_V = 16 * 3.45;
        member.highestCell_V = 3.46;
        member.lowestCell_V = 3.44;
    }
    const SocOutput& run(int count = 1) {
        for (int i = 0; i < count; ++i) {
            now = now + 1s;
            output = step(state, input, settings, now);
        }
        return output;
    }
    /// The most that one of so many seconds changed.
    double mostOf(int seconds) {
        double most = 0.0;
        for (int i = 0; i < seconds; ++i) {
            const double before = visible();
            run();
            most = std::max(most, std::abs(visible() - before));
        }
        return most;
    }
    static constexpr double kSlew = 1.0 / 60.0 + 1e-9; ///< the default, % in a second

    double visible() const { return output.soc_pct.value_or(-1.0); }
    const Counter& counter(const std::string& id) { return state.members.at(id).counter; }

    SocSettings settings;
    SocInput input;
    SocState state;
    SocOutput output;
    Now now = made::start();
};

TEST_F(Soc, StartsAtWhatTheBmsSays) {
    add("a", 60.0);
    run();
    EXPECT_NEAR(visible(), 60.0, 1e-9);
    EXPECT_EQ(output.source, SocSource::Counter);
    EXPECT_EQ(output.fallback, SocFallback::None);
    EXPECT_NEAR(*output.remaining_Ah, 60.0, 1e-9);
    EXPECT_NEAR(*output.consumed_Ah, -40.0, 1e-9);
}

/// What another program had counted, read half an hour ago.
class HandedOverCharge : public Soc {
protected:
    HandedOverCharge() { state.handedOver = {150.0, now.wall - 30min}; }

    /// Of both, %.
    void expectCounted(double a_pct, double b_pct) {
        EXPECT_NEAR(*counted_pct(counter("a")), a_pct, 1e-6);
        EXPECT_NEAR(*counted_pct(counter("b")), b_pct, 1e-6);
    }
};

TEST_F(HandedOverCharge, MovesAllCountersByTheSamePercentage) {
    add("a", 60.0, 100.0);
    add("b", 45.0, 200.0);
    run();
    expectCounted(60.0, 45.0);
    EXPECT_NEAR(*output.true_pct, 50.0, 1e-6);
    EXPECT_EQ(state.handedOver, HandedOver());
}

TEST_F(HandedOverCharge, IsReallyMoved) {
    add("a", 80.0, 100.0);
    add("b", 65.0, 200.0);
    run();
    expectCounted(60.0, 45.0);
}

TEST_F(HandedOverCharge, WaitsUntilAllHaveComeInAndCount) {
    input.isGathering = true;
    add("a", 80.0, 100.0);
    add("b", 65.0, 200.0).soc_pct.reset();
    run(5);
    input.isGathering = false;
    run(5);
    EXPECT_TRUE(state.handedOver.charge_Ah);
    input.members.back().soc_pct = 65.0;
    run();
    expectCounted(60.0, 45.0);
    run(5);
    expectCounted(60.0, 45.0);
}

TEST_F(HandedOverCharge, ThatIsOldFromTheFutureOrMoreThanTheBankHoldsIsDropped) {
    for (const HandedOver& bad :
         {HandedOver{150.0, now.wall - 61min}, HandedOver{150.0, now.wall + 1h},
          HandedOver{400.0, now.wall}, HandedOver{150.0, {}}}) {
        state = {};
        input.members.clear();
        state.handedOver = bad;
        add("a", 80.0, 100.0);
        add("b", 65.0, 200.0);
        run();
        expectCounted(80.0, 65.0);
        EXPECT_EQ(state.handedOver, HandedOver());
    }
}

TEST_F(HandedOverCharge, NeverShowsFullOrLessThanNothing) {
    add("a", 20.0, 100.0);
    add("b", 90.0, 200.0);
    state.handedOver.charge_Ah = 295.0;
    run();
    EXPECT_NEAR(*counted_pct(counter("b")), 99.9, 1e-6);
    EXPECT_FALSE(counter("b").isFull);
    state = {};
    state.handedOver = {1.0, now.wall};
    run();
    expectCounted(0.0, 90.0 - (200.0 - 1.0) / 3.0);
}

TEST_F(HandedOverCharge, KnowsLessThanABatteryThatIsProvenFull) {
    add("a", 100.0, 100.0);
    add("b", 65.0, 200.0);
    state.members["a"].counter = {100.0, 100.0, true};
    run();
    EXPECT_TRUE(counter("a").isFull);
    EXPECT_EQ(state.handedOver, HandedOver());
}

TEST_F(HandedOverCharge, WaitsForTheClock) {
    add("a", 80.0, 100.0);
    add("b", 65.0, 200.0);
    const WallTime wall = now.wall;
    now.wall = WallTime(24h);
    run();
    EXPECT_TRUE(state.handedOver.charge_Ah);
    now.wall = wall;
    run();
    expectCounted(60.0, 45.0);
}

TEST_F(Soc, StaysUnknownUntilAFirstSocIsKnown) {
    add("a", 0.0).soc_pct.reset();
    run(10);
    EXPECT_EQ(output.soc_pct, std::nullopt);
    EXPECT_EQ(output.counter_pct, std::nullopt);
    EXPECT_EQ(output.remaining_Ah, std::nullopt);
    EXPECT_EQ(output.fallback, SocFallback::NoCounter);
    input.members[0].soc_pct = 35.0;
    run();
    EXPECT_NEAR(visible(), 35.0, 1e-9);
}

TEST_F(Soc, CountsChargeWithTheEfficiencyAndDischargeWithout) {
    settings.efficiency_pct = 90.0;
    add("a", 50.0).current_A = 36.0;
    run(1001);
    EXPECT_NEAR(visible(), 59.0, 1e-6);
    EXPECT_NEAR(*output.members[0].deviation_pct, -9.0, 1e-6);
    state.members.at("a").current.last.reset();
    input.members[0].current_A = -36.0;
    run(1001);
    EXPECT_NEAR(visible(), 49.0, 1e-6);
}

TEST_F(Soc, GapsAndClockJumpsLeaveTheCountAsItIs) {
    add("a", 50.0).current_A = -36.0;
    run();
    now = now + 31s;
    run();
    EXPECT_NEAR(visible(), 50.0, 1e-9);
    now.wall += 8h;
    run(10);
    EXPECT_NEAR(visible(), 49.9, 1e-6);
}

TEST_F(Soc, StaysWithinZeroAndTheCapacity) {
    add("a", 0.05).current_A = -36.0;
    add("b", 99.85).current_A = 36.0;
    run(100);
    EXPECT_EQ(counter("a").charge_Ah, 0.0);
    EXPECT_NEAR(*counter("b").charge_Ah, 99.9, 1e-9);
}

TEST_F(Soc, NanAndInfinityDoNotPoisonTheCount) {
    add("a", 50.0).current_A = 36.0;
    run(11);
    const double before = visible();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    for (const double bad : {nan, infinity, -infinity}) {
        input.members[0].current_A = bad;
        input.members[0].capacity_Ah = bad;
        input.members[0].soc_pct = bad;
        input.elsewhere_A = bad;
        run();
        ASSERT_TRUE(std::isfinite(visible())) << bad;
        EXPECT_NEAR(visible(), before, 1e-9) << bad;
    }
}

TEST_F(Soc, ANanCountIsReplacedByWhatTheBmsSays) {
    state.members["a"].counter = {std::numeric_limits<double>::quiet_NaN(), 100.0, false};
    add("a", 40.0);
    run();
    EXPECT_NEAR(visible(), 40.0, 1e-9);
}

TEST_F(Soc, GoesOnFromMemoryNotFromTheBms) {
    state.members["a"].counter = {25.0, 100.0, false};
    add("a", 90.0);
    run();
    EXPECT_NEAR(visible(), 25.0, 1e-9);
    EXPECT_NEAR(*output.members[0].deviation_pct, 65.0, 1e-9);
}

TEST_F(Soc, AnotherCapacityKeepsThePercentage) {
    add("a", 50.0);
    run();
    input.members[0].capacity_Ah = 280.0;
    run();
    EXPECT_NEAR(visible(), 50.0, 1e-9);
    EXPECT_NEAR(*counter("a").charge_Ah, 140.0, 1e-9);
    input.members[0].capacity_Ah.reset();
    run();
    EXPECT_NEAR(*counter("a").charge_Ah, 140.0, 1e-9);
}

TEST_F(Soc, IsFullAfterVoltageAndTailCurrentHaveHeld) {
    makeFull(add("a", 92.0));
    run(60);
    EXPECT_FALSE(counter("a").isFull);
    run();
    EXPECT_TRUE(counter("a").isFull);
    EXPECT_EQ(visible(), 100.0);
    EXPECT_TRUE(output.becameFull);
    run();
    EXPECT_TRUE(output.areAllFull);
    EXPECT_FALSE(output.becameFull);
}

TEST_F(Soc, IsFullForABmsThatRestsAtNearlyZero) {
    makeFull(add("a", 92.0));
    input.members[0].current_A = -0.1;
    run(61);
    EXPECT_TRUE(counter("a").isFull);
}

struct NotFullCase {
    const char* why;
    void (*change)(SocMember&);
};

TEST_F(Soc, IsNotFullWithout) {
    const NotFullCase cases[] = {
        {"tail current", [](SocMember& m) { m.current_A = 5.1; }},
        {"charge", [](SocMember& m) { m.current_A = -0.2; }},
        {"current", [](SocMember& m) { m.current_A.reset(); }},
        {"highest cell", [](SocMember& m) { m.highestCell_V = 3.449; }},
        {"mean: one cell peaks",
         [](SocMember& m) {
             m.highestCell_V = 3.65;
             m.voltage_V = 15 * 3.35 + 3.65;
         }},
        {"mean just below", [](SocMember& m) { m.voltage_V = 16 * 3.4199; }},
        {"mean, where only extremes are known",
         [](SocMember& m) {
             m.voltage_V.reset();
             m.lowestCell_V = 3.41;
         }},
        {"anything about cells",
         [](SocMember& m) {
             m.highestCell_V.reset();
             m.lowestCell_V.reset();
             m.cells.reset();
         }},
        {"a sane number of cells",
         [](SocMember& m) {
             m.highestCell_V.reset();
             m.cells = 0;
         }},
        {"capacity", [](SocMember& m) { m.capacity_Ah.reset(); }},
    };
    for (const NotFullCase& one : cases) {
        state = {};
        input.members.clear();
        makeFull(add("a", 92.0));
        one.change(input.members[0]);
        run(200);
        EXPECT_FALSE(counter("a").isFull) << one.why;
        EXPECT_FALSE(output.becameFull) << one.why;
    }
}

TEST_F(Soc, IsNotFullWithoutAFullVoltage) {
    input.fullCell_V.reset();
    makeFull(add("a", 92.0));
    run(200);
    EXPECT_FALSE(counter("a").isFull);
}

TEST_F(Soc, IsFullByTheMeanAloneWhereNoCellsAreKnown) {
    makeFull(add("a", 92.0));
    input.members[0].highestCell_V.reset();
    input.members[0].lowestCell_V.reset();
    input.members[0].voltage_V = 16 * 3.45 - 0.05;
    run(61);
    EXPECT_TRUE(counter("a").isFull);
}

TEST_F(Soc, AnInterruptionStartsTheHoldAnew) {
    makeFull(add("a", 92.0));
    run(59);
    input.members[0].current_A = 20.0;
    run();
    input.members[0].current_A = 2.0;
    run(60);
    EXPECT_FALSE(counter("a").isFull);
    run();
    EXPECT_TRUE(counter("a").isFull);
}

TEST_F(Soc, AGapStartsTheHoldAnew) {
    makeFull(add("a", 92.0));
    run(59);
    now = now + 60s;
    run(60);
    EXPECT_FALSE(counter("a").isFull);
    run();
    EXPECT_TRUE(counter("a").isFull);
}

TEST_F(Soc, FullLastsUntilOnePercentIsOut) {
    makeFull(add("a", 92.0));
    run(61);
    input.members[0].current_A = -36.0;
    input.members[0].highestCell_V = 3.3;
    run(90);
    EXPECT_TRUE(counter("a").isFull);
    run(20);
    EXPECT_FALSE(counter("a").isFull);
    EXPECT_LT(visible(), 99.0);
}

TEST_F(Soc, AChargedButUnprovenCounterNeverShowsAHundred) {
    add("a", 100.0).current_A = 36.0;
    add("b", 90.0);
    makeFull(input.members[1]);
    run(200);
    EXPECT_TRUE(counter("b").isFull);
    EXPECT_EQ(visible(), 99.9);
}

TEST_F(Soc, GoesToZeroAtTheEmptyCellOnlyIfAskedTo) {
    add("a", 20.0).lowestCell_V = 2.9;
    run(100);
    EXPECT_NEAR(visible(), 20.0, 1e-9);
    settings.resetAtEmpty = true;
    input.members[0].lowestCell_V = 3.0;
    run();
    input.members[0].lowestCell_V = 2.9;
    run(5);
    EXPECT_NEAR(visible(), 20.0, 1e-9);
    run();
    EXPECT_EQ(visible(), 0.0);
}

/// Of an aged battery; 36 A are 0.01 Ah a second.
TEST_F(Soc, TheCapacityIsMeasuredFromFullToEmptyAndWhatIsLeftGoesByIt) {
    makeFull(add("a", 100.0));
    run(100);
    ASSERT_TRUE(counter("a").isFull);
    input.members[0].current_A = -36.0;
    input.members[0].highestCell_V = 3.3;
    input.members[0].lowestCell_V = 3.1;
    run(7000);
    EXPECT_NEAR(visible(), 30.0, 0.1);
    input.members[0].lowestCell_V = 2.9;
    run(10);
    EXPECT_NEAR(counter("a").capacity_Ah.value_or(0.0), 82.0, 0.1);
    EXPECT_NEAR(counter("a").charge_Ah.value_or(0.0), 12.0, 0.2) << "of 82, 70 have come out";
    EXPECT_NEAR(visible(), 30.0, 0.5) << "no jump";
    EXPECT_NEAR(output.remaining_Ah.value_or(0.0), 0.82 * visible(), 0.01);
}

TEST_F(Soc, UnderAHeavyLoadALowCellMeasuresNothing) {
    makeFull(add("a", 100.0));
    run(100);
    input.members[0].current_A = -51.0;
    input.members[0].highestCell_V = 3.3;
    run(4000);
    input.members[0].lowestCell_V = 2.9;
    run(10);
    EXPECT_EQ(counter("a").capacity_Ah, 100.0);
}

TEST_F(Soc, WhatMayHaveFlowedInAGapIsInDoubt) {
    makeFull(add("a", 100.0));
    run(100);
    input.members[0].current_A = -36.0;
    input.members[0].highestCell_V = 3.3;
    input.members[0].lowestCell_V = 3.1;
    run(3500);
    now = now + 5min; // 3 Ah
    run(3500);
    input.members[0].lowestCell_V = 2.9;
    run(10);
    EXPECT_EQ(counter("a").capacity_Ah, 100.0);
}

TEST_F(Soc, ADipUnderLoadIsNotEmpty) {
    settings.resetAtEmpty = true;
    add("a", 20.0);
    for (int i = 0; i < 20; ++i) {
        input.members[0].lowestCell_V = i % 5 == 4 ? 3.1 : 2.7;
        run();
    }
    EXPECT_NEAR(visible(), 20.0, 1e-9);
}

TEST_F(Soc, DoesNotJumpWhenAMemberLeaves) {
    add("a", 80.0);
    add("b", 40.0);
    run(10);
    ASSERT_NEAR(visible(), 60.0, 1e-9);
    input.members.pop_back();
    run();
    EXPECT_NEAR(visible(), 60.0, kSlew);
    EXPECT_TRUE(output.isSlewing);
    run(59);
    EXPECT_NEAR(visible(), 61.0, 1e-6);
    run(19 * 60 + 5);
    EXPECT_EQ(visible(), 80.0);
    EXPECT_FALSE(output.isSlewing);
    EXPECT_NEAR(*counter("b").charge_Ah, 40.0, 1e-9);
}

TEST_F(Soc, ComesBackToWhereItWasWhenTheMemberReturns) {
    add("a", 80.0);
    add("b", 40.0);
    run(10);
    const SocMember gone = input.members.back();
    input.members.pop_back();
    run(120);
    input.members.push_back(gone);
    const double before = visible();
    run();
    EXPECT_NEAR(visible(), before, kSlew);
    run(180);
    EXPECT_NEAR(visible(), 60.0, 1e-9);
}

TEST_F(Soc, WhatFlowsWhileSlewingShowsAtOnce) {
    add("a", 80.0);
    add("b", 40.0);
    run(10);
    input.members.pop_back();
    input.members[0].current_A = -36.0;
    run(60);
    const double flowed_pct = 0.01 * 59.5;
    EXPECT_NEAR(visible(), 61.0 - flowed_pct, 1e-6);
}

TEST_F(Soc, AMemberThatDropsChangesNothingOfTheOthersCount) {
    add("a", 50.0).current_A = 36.0;
    add("b", 50.0).current_A = -36.0;
    run(11);
    const double before_Ah = *counter("a").charge_Ah;
    input.members.pop_back();
    run(10);
    EXPECT_NEAR(*counter("a").charge_Ah - before_Ah, 0.1, 1e-9);
}

TEST_F(Soc, AMemberOutOfServiceIsCountedButNotShown) {
    add("a", 50.0);
    SocMember& other = add("b", 90.0);
    other.takesPart = false;
    other.current_A = -36.0;
    run(101);
    EXPECT_NEAR(visible(), 50.0, 1e-9);
    EXPECT_NEAR(*counter("b").charge_Ah, 89.0, 1e-6);
    EXPECT_NEAR(*output.remaining_Ah, 50.0, 1e-9);
}

TEST_F(Soc, AShuntsDifferenceIsSpreadByCapacity) {
    add("a", 50.0, 100.0);
    add("b", 50.0, 300.0);
    input.elsewhere_A = -40.0;
    run(361);
    EXPECT_NEAR(*counter("a").charge_Ah, 50.0 - 1.0, 1e-6);
    EXPECT_NEAR(*counter("b").charge_Ah, 150.0 - 3.0, 1e-6);
}

TEST_F(Soc, AShuntsDifferenceGoesToTheMemberThatDoesNotMeasure) {
    add("a", 50.0).current_A = -10.0;
    add("b", 50.0).current_A.reset();
    input.elsewhere_A = -40.0;
    run(361);
    EXPECT_NEAR(*counter("a").charge_Ah, 49.0, 1e-6);
    EXPECT_NEAR(*counter("b").charge_Ah, 47.0, 1e-6);
}

TEST_F(Soc, AMissingMembersCurrentIsNotSpreadOverTheOthers) {
    add("a", 50.0).current_A = -20.0;
    add("b", 50.0).current_A = -20.0;
    input.elsewhere_A = -40.0;
    run(181);
    ASSERT_NEAR(*counter("a").charge_Ah, 49.0, 1e-6);
    input.members.pop_back();
    run(180);
    EXPECT_NEAR(*counter("a").charge_Ah, 48.0, 1e-6);
    EXPECT_NEAR(*counter("b").charge_Ah, 49.0, 1e-6);
}

TEST_F(Soc, TakesTheBatteriesMeanIfWanted) {
    settings.source = SocSource::Batteries;
    state.members["a"].counter = {50.0, 100.0, false};
    add("a", 71.5);
    run();
    EXPECT_EQ(visible(), 71.5);
    EXPECT_EQ(output.source, SocSource::Batteries);
    EXPECT_NEAR(*output.counter_pct, 50.0, 1e-9);
    EXPECT_NEAR(*output.remaining_Ah, 71.5, 1e-9);
}

TEST_F(Soc, FallsBackFromAnUnknownBatteryAndSaysSo) {
    settings.source = SocSource::Battery;
    add("a", 50.0);
    input.selected = {"shunt", 70.0};
    run();
    EXPECT_EQ(visible(), 70.0);
    input.selected.reset();
    run();
    EXPECT_EQ(output.source, SocSource::Batteries);
    EXPECT_EQ(toText(output.fallback), "no_battery");
    EXPECT_NEAR(visible(), 70.0, kSlew);
    run(59);
    EXPECT_NEAR(visible(), 69.0, 1e-6);
}

TEST_F(Soc, AnotherSourceIsApproachedNotJumpedTo) {
    add("a", 50.0);
    run();
    input.members[0].soc_pct = 60.0;
    settings.source = SocSource::Batteries;
    run();
    EXPECT_NEAR(visible(), 50.0, kSlew);
    run(119);
    EXPECT_NEAR(visible(), 52.0, 1e-6);
}

TEST_F(Soc, IsCappedUntilEveryMemberIsProvenFull) {
    settings.source = SocSource::Batteries;
    settings.capUntilFull = true;
    makeFull(add("a", 100.0));
    add("b", 100.0);
    run(100);
    EXPECT_EQ(visible(), 99.0);
    makeFull(input.members[1]);
    run(61);
    EXPECT_EQ(visible(), 100.0);
    EXPECT_TRUE(output.becameFull);
}

TEST_F(Soc, ACapThatComesOrGoesWithAMemberIsNoJump) {
    settings.source = SocSource::Batteries;
    settings.capUntilFull = true;
    makeFull(add("a", 100.0));
    add("b", 100.0);
    run(100);
    ASSERT_EQ(visible(), 99.0);
    const SocMember unproven = input.members.back();
    input.members.pop_back();
    EXPECT_LE(mostOf(120), kSlew) << "only a full one is left";
    EXPECT_EQ(visible(), 100.0);
    input.members.push_back(unproven);
    EXPECT_LE(mostOf(120), kSlew) << "one that is not proven full is back";
    EXPECT_EQ(visible(), 99.0);
}

TEST_F(Soc, AProofThatIsUsedUpIsNoJump) {
    settings.source = SocSource::Batteries;
    settings.capUntilFull = true;
    makeFull(add("a", 100.0));
    run(100);
    ASSERT_EQ(visible(), 100.0);
    input.members[0].current_A = -36.0;
    input.members[0].highestCell_V = 3.3;
    EXPECT_LE(mostOf(300), kSlew);
    EXPECT_EQ(visible(), 99.0) << "its BMS goes on saying 100";
}

TEST_F(Soc, AHeldSocCountsButBeginsNoCount) {
    settings.source = SocSource::Batteries;
    add("a", 40.0);
    add("b", 60.0).isHeld = true;
    run();
    EXPECT_NEAR(visible(), 50.0, 1e-9);
    EXPECT_EQ(counter("b").charge_Ah, std::nullopt);
    EXPECT_EQ(output.members[1].deviation_pct, std::nullopt);
}

TEST_F(Soc, WhatIsCountedAfterAHoldIsApproached) {
    add("a", 50.0).current_A = -72.0;
    run(10);
    input.members[0].isHeld = true;
    input.members[0].current_A.reset();
    run(25);
    input.members[0].isHeld = false;
    input.members[0].current_A = -72.0;
    EXPECT_LE(mostOf(60), kSlew + 0.02);
    EXPECT_NEAR(visible(), 100.0 * *counter("a").charge_Ah / 100.0, 1e-9);
}

TEST_F(Soc, ACapacityThatComesOrGoesIsApproached) {
    for (const SocSource source : {SocSource::Batteries, SocSource::Counter}) {
        settings.source = source;
        state = {};
        input.members.clear();
        add("a", 80.0, 300.0);
        add("b", 40.0, 100.0);
        run(2);
        ASSERT_NEAR(visible(), 70.0, 1e-9);
        input.members[0].capacity_Ah = 50.0;
        EXPECT_LE(mostOf(1200), kSlew) << static_cast<int>(source);
        EXPECT_NEAR(visible(), 160.0 / 3.0, 1e-9) << static_cast<int>(source);
    }
    settings.source = SocSource::Batteries;
    input.members[0].capacity_Ah.reset();
    EXPECT_LE(mostOf(1200), kSlew);
    EXPECT_NEAR(visible(), 60.0, 1e-9) << "plain, where one is unknown";
}

TEST_F(Soc, ACapacityThatChangesAllTheTimeDoesNotHoldItBack) {
    settings.source = SocSource::Batteries;
    add("a", 80.0);
    add("b", 80.0);
    run();
    for (int i = 0; i < 600; ++i) {
        for (SocMember& member : input.members) {
            *member.soc_pct -= 0.05;
            *member.capacity_Ah -= 0.05;
        }
        run();
        ASSERT_NEAR(visible(), *input.members[0].soc_pct, 1e-6);
    }
}

TEST_F(Soc, WhatIsLeftIsUnknownWhereACapacityIs) {
    add("a", 80.0);
    add("b", 40.0).capacity_Ah.reset();
    run();
    EXPECT_NEAR(visible(), 80.0, 1e-9);
    EXPECT_EQ(output.remaining_Ah, std::nullopt) << "not that of one of two";
    EXPECT_EQ(output.consumed_Ah, std::nullopt);
}

TEST_F(Soc, AnotherSelectedBatteryIsApproached) {
    settings.source = SocSource::Battery;
    add("a", 50.0);
    input.selected = {"shunt", 70.0};
    run(2);
    input.selected = {"other shunt", 60.0};
    EXPECT_LE(mostOf(700), kSlew);
    EXPECT_EQ(visible(), 60.0);
    input.selected->soc_pct = 58.0;
    run();
    EXPECT_EQ(visible(), 58.0) << "what one battery says is followed at once";
}

TEST_F(Soc, AfterAGapItGoesOnFromWhereItWas) {
    settings.source = SocSource::Batteries;
    add("a", 80.0);
    run(2);
    now = now + 10min;
    input.members[0].soc_pct = 70.0;
    run();
    EXPECT_EQ(visible(), 80.0);
    EXPECT_LE(mostOf(700), kSlew);
    EXPECT_EQ(visible(), 70.0);
}

TEST_F(Soc, IsNeverFurtherOutsideThanAMemberThatLeftItThere) {
    settings.source = SocSource::Batteries;
    add("a", 50.0);
    add("b", 60.0);
    add("c", 10.0);
    run();
    ASSERT_NEAR(visible(), 40.0, 1e-9);
    input.members.pop_back();
    run(600);
    ASSERT_NEAR(visible(), 50.0 - 0.01, 0.02) << "on the way to 55";
    for (int i = 0; i < 60; ++i) {
        *input.members[0].soc_pct += 0.1;
        run();
        EXPECT_GE(visible(), *input.members[0].soc_pct - 0.02) << "the lowest of two";
    }
}

TEST_F(Soc, WhileGatheringEachNewcomerIsShownAtOnceButNoReturn) {
    settings.source = SocSource::Batteries;
    input.isGathering = true;
    add("a", 80.0);
    run();
    add("b", 40.0);
    run();
    EXPECT_NEAR(visible(), 60.0, 1e-9);
    const SocMember gone = input.members.back();
    input.members.pop_back();
    EXPECT_LE(mostOf(20), kSlew);
    input.members.push_back(gone);
    EXPECT_LE(mostOf(20), kSlew);
    input.isGathering = false;
    add("c", 30.0);
    EXPECT_LE(mostOf(900), kSlew);
    EXPECT_NEAR(visible(), 50.0, 1e-9);
}

TEST_F(Soc, TheSafeSideIsTheOneThatAllowsLess) {
    EXPECT_EQ(lowest_pct(output), std::nullopt);
    EXPECT_EQ(highest_pct(output), std::nullopt);
    add("a", 5.0);
    add("b", 95.0);
    run();
    input.members.pop_back();
    run();
    EXPECT_NEAR(visible(), 50.0, 0.1);
    EXPECT_EQ(output.true_pct, 5.0);
    EXPECT_EQ(lowest_pct(output), 5.0) << "what is really left";
    EXPECT_EQ(highest_pct(output), visible());
}

TEST_F(Soc, AZeroSlewFollowsAtOnce) {
    settings.slew_pct_per_min = 0.0;
    add("a", 80.0);
    add("b", 40.0);
    run();
    input.members.pop_back();
    run();
    EXPECT_NEAR(visible(), 80.0, 1e-9);
}

TEST_F(Soc, WithoutMembersNothingIsKnownAndNothingIsFull) {
    run();
    EXPECT_EQ(output.soc_pct, std::nullopt);
    EXPECT_FALSE(output.areAllFull);
    add("a", 80.0);
    run();
    input.members.clear();
    run(100);
    EXPECT_EQ(output.soc_pct, std::nullopt);
    EXPECT_FALSE(output.areAllFull);
    add("a", 80.0);
    run();
    EXPECT_NEAR(visible(), 80.0, 1e-9);
}

TEST_F(Soc, RemembersABoundedNumberOfMembers) {
    for (int i = 0; i < 200; ++i) {
        input.members.clear();
        add("visitor" + std::to_string(i), 50.0);
        run();
    }
    EXPECT_EQ(state.members.size(), kMostRemembered);
    EXPECT_TRUE(state.members.contains("visitor199"));
    EXPECT_FALSE(state.members.contains("visitor0"));
}

TEST_F(Soc, ManyMembersPresentAreAllCounted) {
    for (int i = 0; i < 80; ++i)
        add("m" + std::to_string(i), 50.0);
    run(2);
    EXPECT_EQ(state.members.size(), 80U);
    EXPECT_NEAR(*output.remaining_Ah, 4000.0, 1e-6);
}

} // namespace
} // namespace busbar::soc_test
