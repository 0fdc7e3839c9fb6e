// SPDX-License-Identifier: MIT
#include "core/members/membership.hpp"
#include "core/members/membership_settings.hpp"
#include "core/members/roster.hpp"
#include "core/table/path_table.hpp"
#include "unit/core/made_readings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace busbar::membership_test {
namespace {

using namespace std::chrono_literals;

constexpr RowIndex kVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kCurrent = row("/Dc/0/Current");
constexpr RowIndex kPower = row("/Dc/0/Power");
constexpr RowIndex kState = row("/State");
constexpr double kBasic_V = 26.4; ///< that of made::putBasics

class MembershipTest : public ::testing::Test {
protected:
    /// Batteries 1 … count, all of them candidates, heard and proven.
    void connectWith(int count) {
        readings.setLink(true, now);
        for (int instance = 1; instance <= count; ++instance)
            addEntry(instance);
        sweep(count);
    }
    void addEntry(int instance, OutReason reason = OutReason::None) {
        RosterEntry& entry = roster.emplace_back();
        entry.instance = instance;
        entry.id = "b" + std::to_string(instance);
        entry.name = "B" + std::to_string(instance);
        entry.reason = reason;
        entry.detail = reason == OutReason::None ? "" : "by the roster";
    }
    void sweep(int count) {
        (void)readings.beginSweep();
        for (int instance = 1; instance <= count; ++instance)
            made::putBasics(readings, instance, now);
        readings.completeSweep(now);
        judgeAll();
    }
    void put(int instance, RowIndex index, Value value) {
        made::put(readings, instance, index, std::move(value), now);
    }
    const std::vector<Verdict>& judgeAll() {
        readings.settle(now);
        verdicts = judge({readings, roster, settings, kLinkTimeout}, state, now);
        return verdicts;
    }
    const Verdict& verdict(std::size_t at = 0) { return judgeAll().at(at); }
    OutReason reason(std::size_t at = 0) { return verdict(at).reason; }
    bool takesPart(std::size_t at = 0) { return verdict(at).takesPart; }
    /// The bank has carried enough for a frozen test since now.
    void work() { noteWork(state.frozen, 50.0, 200.0); }
    void pass(std::chrono::seconds span) {
        for (auto at = 0s; at < span; ++at) {
            now = now + 1s;
            judgeAll();
        }
    }

    static constexpr auto kLinkTimeout = 60s;
    Readings readings;
    std::vector<RosterEntry> roster;
    MembershipSettings settings;
    MembershipState state;
    std::vector<Verdict> verdicts;
    Now now = made::start();
};

TEST_F(MembershipTest, AnEmptyRosterHasNoVerdicts) {
    EXPECT_TRUE(judgeAll().empty());
}

TEST_F(MembershipTest, VerdictsAreInTheOrderOfTheRoster) {
    connectWith(3);
    std::swap(roster.at(0), roster.at(2));
    judgeAll();
    ASSERT_EQ(verdicts.size(), 3U);
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
        EXPECT_EQ(verdicts[i].entry, &roster[i]);
        EXPECT_EQ(verdicts[i].battery->instance, roster[i].instance);
        EXPECT_TRUE(verdicts[i].takesPart);
        EXPECT_FALSE(verdicts[i].held);
        EXPECT_EQ(verdicts[i].reason, OutReason::None);
        EXPECT_TRUE(verdicts[i].detail.empty());
    }
}

TEST_F(MembershipTest, OneThatIsNotThereIsMissing) {
    connectWith(1);
    addEntry(7);
    roster.back().detail = "name:X";
    addEntry(-1);
    EXPECT_EQ(reason(1), OutReason::Missing);
    EXPECT_EQ(verdict(1).detail, "name:X");
    EXPECT_EQ(verdict(1).battery, nullptr);
    EXPECT_FALSE(takesPart(1));
    EXPECT_EQ(reason(2), OutReason::Missing) << "nothing matches its selector";
    EXPECT_TRUE(takesPart(0));
}

TEST_F(MembershipTest, WhatTheRosterSaysStandsBeforeAllElse) {
    using enum OutReason;
    for (const OutReason given : {Ambiguous, Excluded, Shunt, Aggregate, OwnOutput, Duplicate}) {
        roster.clear();
        connectWith(1);
        roster.at(0).reason = given;
        roster.at(0).detail = "by the roster";
        state.outOfService = {"b1"};
        put(1, kState, 16.0);
        readings.leave(1, now);
        EXPECT_EQ(reason(), given) << toText(given);
        EXPECT_EQ(verdict().detail, "by the roster") << toText(given);
        EXPECT_FALSE(takesPart()) << toText(given);
        EXPECT_FALSE(verdict().held) << toText(given);
    }
}

TEST_F(MembershipTest, OutOfServiceIsSaidBeforePendingAndPendingBeforeALoss) {
    connectWith(1);
    put(1, kState, 16.0);
    readings.leave(1, now);
    state.outOfService = {"b1"};
    EXPECT_EQ(reason(), OutReason::OutOfService);
    EXPECT_FALSE(takesPart());
    state.outOfService = {"b2"};
    EXPECT_EQ(reason(), OutReason::Pending);
    EXPECT_FALSE(verdict().held) << "what is not joined has nothing to hold";
    EXPECT_FALSE(verdict().detail.empty());
}

TEST_F(MembershipTest, ALossIsSaidBeforeFrozen) {
    connectWith(1);
    work();
    pass(300s);
    ASSERT_EQ(reason(), OutReason::Frozen);
    readings.leave(1, now);
    EXPECT_EQ(reason(), OutReason::Stale);
}

TEST_F(MembershipTest, StatesOfBatteriesThatAreNotJoinedKeepThemOut) {
    connectWith(1);
    for (int number = 0; number <= 20; ++number) {
        put(1, kState, static_cast<double>(number));
        const bool isJoined =
            number == 9 || number == 10 || number == 11 || number == 14 || number > 18;
        EXPECT_EQ(takesPart(), isJoined) << number;
        EXPECT_EQ(reason(), isJoined ? OutReason::None : OutReason::Pending) << number;
    }
    put(1, kState, {});
    EXPECT_TRUE(takesPart()) << "many batteries do not say";
}

TEST_F(MembershipTest, OneThatHasJustAppearedJoinsLater) {
    connectWith(1);
    addEntry(2);
    made::putBasics(readings, 2, now);
    EXPECT_EQ(reason(1), OutReason::Joining);
    EXPECT_FALSE(takesPart(1)) << "never held: it has not been known to work";
    EXPECT_TRUE(takesPart(0));
    sweep(2);
    EXPECT_TRUE(takesPart(1));
}

TEST_F(MembershipTest, WithoutVoltageItIsNot) {
    connectWith(1);
    put(1, kVoltage, {});
    EXPECT_EQ(reason(), OutReason::NoVoltage);
    EXPECT_TRUE(verdict().held);
    put(1, kCurrent, {});
    EXPECT_EQ(reason(), OutReason::NoVoltage) << "said before the missing current";
    put(1, kVoltage, kBasic_V);
    EXPECT_EQ(reason(), OutReason::NoCurrent);
    put(1, kPower, 264.0);
    EXPECT_EQ(reason(), OutReason::None) << "power is as good as current";
}

TEST_F(MembershipTest, ALostOneIsHeldUntilTheHoldIsOver) {
    connectWith(2);
    readings.leave(1, now);
    for (const auto& [age, isHeld] :
         {std::pair{0ms, true}, {29999ms, true}, {30000ms, false}, {30001ms, false}}) {
        const Now later = now + age;
        readings.settle(later);
        const auto all = judge({readings, roster, settings, kLinkTimeout}, state, later);
        EXPECT_EQ(all.at(0).held, isHeld) << age.count();
        EXPECT_EQ(all.at(0).takesPart, isHeld) << age.count();
        EXPECT_EQ(all.at(0).reason, OutReason::Stale) << age.count() << ": also while it is held";
        EXPECT_EQ(all.at(0).detail, "for " + std::to_string(age.count() / 1000) + " s");
    }
}

TEST_F(MembershipTest, AHoldOfZeroHoldsNothing) {
    connectWith(1);
    settings.hold = 0ms;
    readings.leave(1, now);
    EXPECT_FALSE(takesPart());
    EXPECT_FALSE(verdict().held);
}

TEST_F(MembershipTest, ALostLinkHoldsAllForItsOwnTime) {
    connectWith(2);
    readings.setLink(false, now);
    for (const auto& [age, isHeld] :
         {std::pair{30000ms, true}, {59999ms, true}, {60000ms, false}, {60001ms, false}}) {
        const Now later = now + age;
        readings.settle(later);
        for (const Verdict& each :
             judge({readings, roster, settings, kLinkTimeout}, state, later)) {
            EXPECT_EQ(each.held, isHeld) << age.count();
            EXPECT_EQ(each.takesPart, isHeld) << age.count();
            EXPECT_EQ(each.reason, OutReason::Stale) << age.count();
        }
    }
}

TEST_F(MembershipTest, OneThatWasLostBeforeTheLinkIsHeldNoLonger) {
    connectWith(2);
    readings.leave(1, now);
    judgeAll();
    now = now + 10s;
    readings.setLink(false, now);
    now = now + 20s;
    EXPECT_FALSE(takesPart(0)) << "30 s since it left";
    EXPECT_TRUE(takesPart(1));
}

TEST_F(MembershipTest, HeldValuesStillSayThatItIsNotJoined) {
    connectWith(1);
    put(1, kState, 9.0);
    judgeAll();
    put(1, kState, 12.0);
    readings.leave(1, now);
    EXPECT_EQ(reason(), OutReason::Pending);
    EXPECT_FALSE(takesPart());
}

TEST_F(MembershipTest, FrozenBeginsAtItsTimeAndIsHeldThen) {
    connectWith(1);
    work();
    pass(299s);
    EXPECT_EQ(reason(), OutReason::None);
    pass(1s);
    EXPECT_EQ(reason(), OutReason::Frozen);
    EXPECT_TRUE(verdict().held);
    EXPECT_NE(verdict().detail.find("for 300 s"), std::string::npos) << verdict().detail;
    now = now + (settings.hold - 1ms);
    EXPECT_TRUE(takesPart());
    now = now + 1ms;
    EXPECT_FALSE(takesPart());
    EXPECT_EQ(reason(), OutReason::Frozen);
}

TEST_F(MembershipTest, FrozenLastsUntilAValueMovesEvenIfTheBankRests) {
    connectWith(1);
    work();
    pass(300s);
    ASSERT_EQ(reason(), OutReason::Frozen);
    noteWork(state.frozen, 0.0, 200.0);
    now = now + 1h;
    EXPECT_FALSE(takesPart()) << "that the bank rests proves nothing";
    put(1, kCurrent, 10.1);
    EXPECT_TRUE(takesPart());
    EXPECT_EQ(reason(), OutReason::None);
    now = now + 1h;
    EXPECT_TRUE(takesPart()) << "the bank rests";
    work();
    pass(299s);
    EXPECT_TRUE(takesPart()) << "counted while the bank works";
    pass(1s);
    EXPECT_EQ(reason(), OutReason::Frozen);
}

TEST_F(MembershipTest, ARestingBankFreezesNobody) {
    connectWith(1);
    now = now + 24h;
    EXPECT_TRUE(takesPart());
}

TEST_F(MembershipTest, OnlyTheOneWhoseValuesStandStillIsFrozen) {
    connectWith(2);
    work();
    pass(299s);
    put(2, kVoltage, kBasic_V + 0.01);
    pass(1s);
    EXPECT_EQ(reason(0), OutReason::Frozen);
    EXPECT_EQ(reason(1), OutReason::None);
}

TEST_F(MembershipTest, TheFrozenTestCanBeSwitchedOff) {
    connectWith(1);
    settings.frozenTest = false;
    work();
    pass(400s);
    EXPECT_TRUE(takesPart());
}

TEST_F(MembershipTest, WorkIsMoreThanTwoPercentOfTheCapacityInEitherDirection) {
    struct Case {
        std::optional<double> current_A;
        std::optional<double> capacity_Ah;
        bool isWork = false;
    };
    for (const Case& c : {Case{3.99, 200.0, false},
                          {4.0, 200.0, false},
                          {4.01, 200.0, true},
                          {-4.01, 200.0, true},
                          {-4.0, 200.0, false},
                          {std::nullopt, 200.0, false},
                          {50.0, std::nullopt, false}}) {
        work();
        noteWork(state.frozen, c.current_A, c.capacity_Ah);
        EXPECT_EQ(state.frozen.isBankWorking, c.isWork)
            << c.current_A.value_or(NAN) << " A of " << c.capacity_Ah.value_or(NAN) << " Ah";
    }
}

TEST_F(MembershipTest, TheGuardBandIsAShareOfTheMedianAndAVoltage) {
    connectWith(3);
    const double band_V = kBasic_V * 0.02 + 0.5;
    for (const double sign : {1.0, -1.0}) {
        put(3, kVoltage, kBasic_V + sign * (band_V - 0.001));
        EXPECT_TRUE(takesPart(2)) << sign;
        put(3, kVoltage, kBasic_V + sign * (band_V + 0.001));
        pass(11s);
        EXPECT_EQ(reason(2), OutReason::VoltageMismatch) << sign;
        EXPECT_FALSE(takesPart(2)) << sign;
        EXPECT_FALSE(verdict(2).detail.empty());
        EXPECT_TRUE(takesPart(0)) << sign;
        EXPECT_TRUE(takesPart(1)) << sign;
    }
}

TEST_F(MembershipTest, TheGuardBandsEdgeIsInside) {
    connectWith(3);
    settings.guard_pct = 0.0;
    settings.guard_V = 0.5; // 26.5 and 27.0 are exact numbers
    for (const int instance : {1, 2})
        put(instance, kVoltage, 26.5);
    put(3, kVoltage, 27.0);
    EXPECT_TRUE(takesPart(2));
    settings.guard_V = 0.4375;
    pass(11s);
    EXPECT_FALSE(takesPart(2));
}

TEST_F(MembershipTest, OneAloneIsItsOwnMedian) {
    connectWith(1);
    put(1, kVoltage, 2.0);
    EXPECT_TRUE(takesPart());
}

TEST_F(MembershipTest, HeldVoltagesNeitherVoteNorFall) {
    connectWith(3);
    put(1, kVoltage, 30.0);
    put(2, kVoltage, 30.0);
    readings.leave(1, now);
    readings.leave(2, now);
    EXPECT_TRUE(takesPart(2)) << "the two of 30 V are of another moment";
    EXPECT_TRUE(verdict(0).held);
    EXPECT_EQ(reason(0), OutReason::Stale);
}

TEST_F(MembershipTest, WhoIsOutDoesNotVoteOnTheVoltage) {
    connectWith(3);
    put(1, kVoltage, 30.0);
    put(2, kVoltage, 30.0);
    state.outOfService = {"b1", "b2"};
    EXPECT_TRUE(takesPart(2));
}

TEST_F(MembershipTest, BatteriesWithOpenContactorsDoNotThrowTheOthersOut) {
    connectWith(4);
    for (const int open : {1, 2}) {
        put(open, kVoltage, 24.0); // at rest; the busbar is charged meanwhile
        put(open, row("/Io/AllowToCharge"), 0.0);
        put(open, row("/Io/AllowToDischarge"), 0.0);
    }
    for (const int closed : {3, 4})
        put(closed, kVoltage, 27.0);
    EXPECT_EQ(reason(0), OutReason::VoltageMismatch) << "25.5 V, in the middle, is nobody's";
    EXPECT_EQ(reason(3), OutReason::None);
    put(1, kVoltage, 26.9);
    EXPECT_EQ(reason(0), OutReason::None) << "may close any moment";
}

TEST_F(MembershipTest, WhoSaysNothingOfItsSwitchesDoesNotOutvoteTheOthers) {
    connectWith(2);
    put(1, kVoltage, 23.2);
    put(1, row("/Info/MaxChargeCurrent"), {});
    put(1, row("/Info/MaxDischargeCurrent"), {});
    pass(11s);
    EXPECT_EQ(reason(0), OutReason::VoltageMismatch);
    EXPECT_EQ(reason(1), OutReason::None);
}

TEST(Losses, AreTheReasonsOfThoseThatShouldBeThere) {
    using enum OutReason;
    const std::vector<OutReason> losses = {Missing,   Ambiguous, Duplicate,       Stale,   Frozen,
                                           NoVoltage, NoCurrent, VoltageMismatch, PartLost};
    for (std::size_t i = 0; i < kOutReasonCount; ++i) {
        const auto reason = static_cast<OutReason>(i);
        EXPECT_EQ(isLoss(reason), std::ranges::find(losses, reason) != losses.end())
            << toText(reason);
    }
}

} // namespace
} // namespace busbar::membership_test
