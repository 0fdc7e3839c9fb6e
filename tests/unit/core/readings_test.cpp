// SPDX-License-Identifier: MIT
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"
#include "unit/core/made_readings.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace busbar::readings_test {
namespace {

using namespace std::chrono_literals;

constexpr RowIndex kVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kCurrent = row("/Dc/0/Current");
constexpr RowIndex kPower = row("/Dc/0/Power");
constexpr RowIndex kSoc = row("/Soc");
constexpr RowIndex kSerial = row("/Serial");
constexpr RowIndex kName = row("/CustomName");

class ReadingsTest : public ::testing::Test {
protected:
    void put(int instance, RowIndex index, Value value) {
        made::put(readings, instance, index, std::move(value), now);
    }
    void sweepWith(std::initializer_list<int> instances) {
        (void)readings.beginSweep();
        for (const int instance : instances)
            made::putBasics(readings, instance, now);
        readings.completeSweep(now);
        readings.settle(now);
    }
    void connectWith(std::initializer_list<int> instances) {
        readings.setLink(true, now);
        sweepWith(instances);
    }
    /// The first service's serial is the last word, so that clean sweeps change nothing.
    void connectWithDuplicate() {
        connectWith({1});
        (void)readings.beginSweep();
        put(1, kSerial, "other");
        made::putBasics(readings, 1, now);
        readings.completeSweep(now);
    }
    void pass(std::chrono::milliseconds span) {
        now = now + span;
        readings.settle(now);
    }
    const Battery& battery(int instance) { return readings.batteries().at(instance); }
    bool isLost(int instance) { return battery(instance).lost.has_value(); }
    const Value& value(int instance, RowIndex index) { return battery(instance).slot(index).value; }

    Readings readings;
    Now now = made::start();
};

class Doubled : public ReadingsTest {
protected:
    void say(double current_A, bool isWhole = true) {
        if (isWhole)
            for (const RowIndex index : {row("/DeviceInstance"), row("/ProductId")})
                made::put(readings, 1, index, 1.0, now);
        made::put(readings, 1, row("/Dc/0/Voltage"), 26.4, now);
        made::put(readings, 1, row("/Dc/0/Current"), current_A, now);
    }
    [[nodiscard]] bool isDoubled() {
        readings.completeSweep(now);
        return readings.isDuplicate(readings.batteries().at(1));
    }
};

TEST_F(Doubled, TwoThatAnswerOneFullPublishShareAnInstance) {
    (void)readings.beginSweep();
    say(10.0);
    say(-5.0);
    EXPECT_TRUE(isDoubled());
    for (const bool isStill : {true, false}) {
        (void)readings.beginSweep();
        say(10.0);
        EXPECT_EQ(isDoubled(), isStill) << "one clean sweep is no proof, two are";
    }
}

TEST_F(Doubled, WhoeverLooksLikeTwoIsLookedAtUntilItIsClear) {
    (void)readings.beginSweep();
    say(10.0);
    say(-5.0);
    ASSERT_TRUE(isDoubled());
    for (const bool isStill : {true, false}) {
        EXPECT_TRUE(readings.takeWantsSweep()) << "the next regular one is minutes away";
        (void)readings.beginSweep();
        say(10.0);
        ASSERT_EQ(isDoubled(), isStill);
    }
    EXPECT_FALSE(readings.takeWantsSweep());
}

TEST_F(Doubled, ValuesThatChangeMeanwhileAreNone) {
    (void)readings.beginSweep();
    say(10.0, false);
    say(11.0, false);
    say(12.0);
    EXPECT_FALSE(isDoubled());
}

TEST_F(Doubled, MessagesThatCameTwiceOnTheWayAreNone) {
    (void)readings.beginSweep();
    say(10.0);
    say(10.0);
    EXPECT_FALSE(isDoubled());
}

TEST_F(Doubled, AFullPublishForSomebodyElseIsNone) {
    (void)readings.beginSweep();
    say(10.0);
    readings.noteOtherPublish();
    say(11.0);
    EXPECT_FALSE(isDoubled());
}

TEST_F(Doubled, OneThatRestartsMeanwhileIsNone) {
    (void)readings.beginSweep();
    say(10.0);
    readings.leave(1, now);
    say(11.0);
    EXPECT_FALSE(isDoubled());
}

TEST_F(ReadingsTest, NothingIsConcludedBeforeTheFirstFullPublishHasEnded) {
    readings.setLink(true, now);
    (void)readings.beginSweep();
    made::putBasics(readings, 1, now);
    pass(10s);
    EXPECT_FALSE(readings.everComplete());
    EXPECT_TRUE(isLost(1)) << "not proven yet, however long it has been there";
    readings.completeSweep(now);
    pass(0s);
    EXPECT_TRUE(readings.everComplete());
    EXPECT_FALSE(isLost(1));
}

TEST_F(ReadingsTest, WhatAFullPublishDoesNotBringIsGone) {
    connectWith({1, 2});
    put(1, kSoc, 50.0);
    sweepWith({1});
    EXPECT_FALSE(isLost(1));
    EXPECT_FALSE(value(1, kSoc).isKnown()) << "the path was not in the second publish";
    EXPECT_TRUE(battery(2).left);
    EXPECT_TRUE(isLost(2));
}

TEST_F(ReadingsTest, WhatArrivesWhileTheSweepRunsCounts) {
    connectWith({1});
    (void)readings.beginSweep();
    made::putBasics(readings, 1, now);
    put(1, kSoc, 51.0);
    readings.completeSweep(now);
    EXPECT_EQ(value(1, kSoc), Value(51.0));
}

TEST_F(ReadingsTest, AnUnchangedValueIsMarkedToo) {
    connectWith({1});
    sweepWith({1});
    sweepWith({1});
    EXPECT_FALSE(isLost(1));
    EXPECT_EQ(value(1, kVoltage), Value(26.4));
}

TEST_F(ReadingsTest, ABatteryThatAppearsLaterJoinsWhenItHasBeenRead) {
    connectWith({1});
    made::putBasics(readings, 2, now);
    EXPECT_TRUE(readings.wantsRead(battery(2)));
    pass(60s);
    EXPECT_TRUE(isLost(2)) << "topics that anybody can publish are no battery yet";
    EXPECT_TRUE(battery(2).isJoining);
    readings.completeRead(2);
    pass(0s);
    EXPECT_FALSE(isLost(2));
    EXPECT_FALSE(readings.wantsRead(battery(2)));
}

TEST_F(ReadingsTest, OneThatIsBackJoinsWhenItHasGivenAllThatItGaveBefore) {
    connectWith({1});
    readings.leave(1, now);
    pass(5s);
    made::putBasics(readings, 1, now);
    pass(999ms);
    EXPECT_TRUE(isLost(1));
    pass(1ms);
    EXPECT_FALSE(isLost(1)) << "whole by its own measure, without a read";
    put(1, kSoc, {});
    pass(0s);
    EXPECT_FALSE(isLost(1)) << "and a value that goes later is no return";
}

TEST_F(ReadingsTest, OneThatIsBackIsNotTakenInTheMiddleOfItsBurst) {
    connectWith({1});
    readings.put(1, {Place::Kind::Cell, 0}, 3.3, now);
    pass(1s);
    readings.leave(1, now);
    pass(5s);
    made::putBasics(readings, 1, now);
    readings.put(1, {Place::Kind::Cell, 0}, {}, now);
    readings.completeRead(1);
    pass(9s);
    EXPECT_TRUE(isLost(1)) << "its cells are still to come";
    EXPECT_TRUE(battery(1).isJoining);
    readings.put(1, {Place::Kind::Cell, 0}, 3.3, now);
    pass(0s);
    EXPECT_FALSE(isLost(1));
}

TEST_F(ReadingsTest, OneThatIsBackJoinsWithWhatItHasAfterTenSeconds) {
    connectWith({1});
    readings.leave(1, now);
    pass(5s);
    made::putBasics(readings, 1, now);
    put(1, row("/Info/MaxChargeCurrent"), {});
    readings.completeRead(1);
    pass(0s);
    pass(9999ms);
    EXPECT_TRUE(isLost(1));
    pass(1ms);
    EXPECT_FALSE(isLost(1));
    EXPECT_FALSE(value(1, row("/Info/MaxChargeCurrent")).isKnown());
    EXPECT_FALSE(battery(1).slot(row("/Info/MaxChargeCurrent")).held.isKnown())
        << "held values never survive the return";
}

TEST_F(ReadingsTest, ChangedValuesAloneAreNoReturn) {
    connectWith({1, 2});
    sweepWith({1});
    put(2, kVoltage, 26.5);
    put(2, kCurrent, 11.0);
    pass(100s);
    EXPECT_TRUE(isLost(2)) << "its limits are not there";
    sweepWith({1, 2});
    EXPECT_FALSE(isLost(2));
}

TEST_F(ReadingsTest, AnotherSerialOnTheInstanceIsAnotherBatteryAndHasToBeRead) {
    connectWith({1});
    readings.leave(1, now);
    made::putBasics(readings, 1, now);
    put(1, kSerial, "other");
    pass(60s);
    EXPECT_TRUE(isLost(1));
    readings.completeRead(1);
    pass(0s);
    EXPECT_FALSE(isLost(1));
}

TEST_F(ReadingsTest, OneThatDoesNotAnswerIsLostUntilItDoes) {
    connectWith({1, 2});
    readings.unanswered(2, now);
    pass(0s);
    EXPECT_TRUE(isLost(2));
    sweepWith({1, 2});
    pass(60s);
    EXPECT_TRUE(isLost(2)) << "the bridge repeats what it remembers";
    EXPECT_FALSE(battery(2).isJoining);
    EXPECT_TRUE(readings.wantsRead(battery(2)));
    readings.completeRead(2);
    pass(0s);
    EXPECT_FALSE(isLost(2));
}

TEST_F(ReadingsTest, ANewProcessNeedsNotAnswerForItsPredecessor) {
    connectWith({1});
    readings.unanswered(1, now);
    readings.leave(1, now);
    made::putBasics(readings, 1, now);
    pass(1s);
    EXPECT_FALSE(isLost(1));
}

TEST_F(ReadingsTest, NobodyMissesABatteryThatNeverWas) {
    connectWith({1});
    made::putBasics(readings, 2, now);
    pass(5s);
    sweepWith({1});
    EXPECT_FALSE(readings.batteries().contains(2));
    made::putBasics(readings, 3, now);
    readings.leave(3, now);
    pass(0s);
    EXPECT_FALSE(readings.batteries().contains(3));
}

TEST_F(ReadingsTest, UsableNeedsVoltageAndCurrentOrPower) {
    connectWith({1});
    put(1, kCurrent, {});
    pass(0s);
    EXPECT_TRUE(isLost(1));
    put(1, kPower, 250.0);
    pass(0s);
    EXPECT_FALSE(isLost(1));
    put(1, kVoltage, {});
    pass(0s);
    EXPECT_TRUE(isLost(1));
}

TEST_F(ReadingsTest, LeavingKeepsValuesAsHeldAndComingBackClearsThem) {
    connectWith({1});
    put(1, kSoc, 40.0);
    readings.leave(1, now);
    pass(5s);
    EXPECT_TRUE(battery(1).left);
    EXPECT_EQ(battery(1).slot(kSoc).held, Value(40.0));
    EXPECT_FALSE(value(1, kSoc).isKnown());
    made::putBasics(readings, 1, now);
    EXPECT_EQ(battery(1).slot(kSoc).held, Value(40.0)) << "until it is usable again";
    readings.completeRead(1);
    pass(1s);
    EXPECT_FALSE(isLost(1));
    EXPECT_FALSE(battery(1).slot(kSoc).held.isKnown());
}

TEST_F(ReadingsTest, TheMomentOfLossIsTheFirstZeroByteMessage) {
    connectWith({1});
    const Now left = now;
    readings.leave(1, now);
    pass(3s);
    readings.leave(1, now);
    EXPECT_EQ(battery(1).lost, left.steady);
}

TEST_F(ReadingsTest, ALinkThatWasLostIsTheMomentOfLossOfAll) {
    connectWith({1});
    const Now cut = now + 2s;
    now = cut;
    readings.setLink(false, now);
    pass(4s);
    EXPECT_EQ(battery(1).lost, cut.steady);
    EXPECT_TRUE(battery(1).lostWithLink);
    readings.setLink(true, now);
    pass(1s);
    EXPECT_TRUE(isLost(1)) << "back, but not proven";
    EXPECT_EQ(readings.linkLost(), cut.steady);
    sweepWith({1});
    EXPECT_FALSE(isLost(1));
    EXPECT_EQ(readings.linkLost(), std::nullopt);
}

TEST_F(ReadingsTest, ASweepFromBeforeTheDoubtProvesNothing) {
    connectWith({1});
    (void)readings.beginSweep();
    made::putBasics(readings, 1, now);
    readings.doubt();
    readings.completeSweep(now);
    pass(0s);
    EXPECT_TRUE(readings.inDoubt());
    EXPECT_TRUE(isLost(1));
    EXPECT_TRUE(readings.takeWantsSweep());
    sweepWith({1});
    EXPECT_FALSE(readings.inDoubt());
    EXPECT_FALSE(isLost(1));
}

TEST_F(ReadingsTest, BatteriesReadOneByOneAreProvenAloneAndTheOthersAreNot) {
    connectWith({1, 2});
    (void)readings.beginSweep();
    made::putBasics(readings, 1, now);
    EXPECT_TRUE(readings.wasRepublished(1));
    EXPECT_FALSE(readings.wasRepublished(2));
    EXPECT_FALSE(readings.wasRepublished(3));
    readings.completeBattery(1, now);
    readings.abandonSweep(true);
    pass(0s);
    EXPECT_FALSE(isLost(1));
    EXPECT_TRUE(isLost(2));
    EXPECT_FALSE(battery(2).left) << "not gone, only not proven";
}

TEST_F(ReadingsTest, ABatteryIsForgottenAfterADay) {
    connectWith({1});
    readings.leave(1, now);
    pass(24h);
    EXPECT_EQ(readings.batteries().size(), 1U);
    const auto version = readings.rosterVersion();
    pass(1ms);
    EXPECT_TRUE(readings.batteries().empty());
    EXPECT_NE(readings.rosterVersion(), version);
}

TEST_F(ReadingsTest, TwoIdentitiesInOneFullPublishAreADuplicate) {
    connectWithDuplicate();
    EXPECT_TRUE(readings.isDuplicate(battery(1)));
}

TEST_F(ReadingsTest, AnIdentityThatChangesIsReasonToLook) {
    connectWith({1});
    (void)readings.takeWantsSweep();
    put(1, kSerial, "other");
    EXPECT_FALSE(readings.isDuplicate(battery(1))) << "may be a rename";
    EXPECT_TRUE(readings.takeWantsSweep()) << "a second service may have come";
}

TEST_F(ReadingsTest, ARenameMayBeTakenBackLater) {
    Readings fresh;
    fresh.setLink(true, now);
    const auto publish = [&](const char* name) {
        (void)fresh.beginSweep();
        for (const RowIndex index : {kVoltage, kCurrent})
            made::put(fresh, 1, index, 26.0, now);
        made::put(fresh, 1, kName, name, now);
        fresh.completeSweep(now);
    };
    publish("A");
    made::put(fresh, 1, kName, "B", now);
    for (int i = 0; i < 5; ++i)
        publish("B");
    made::put(fresh, 1, kName, "A", now);
    EXPECT_FALSE(fresh.isDuplicate(fresh.batteries().at(1)));
}

TEST_F(ReadingsTest, WhoeverSaysTheSameAgainIsHeard) {
    connectWith({1});
    const SteadyTime first = now.steady;
    pass(5s);
    EXPECT_EQ(battery(1).heard, first);
    put(1, kSerial, Value(*battery(1).slot(kSerial).value.text()));
    EXPECT_EQ(battery(1).heard, first + 5s);
}

TEST_F(ReadingsTest, ADuplicateIsForgivenAfterTwoCleanSweeps) {
    connectWithDuplicate();
    sweepWith({1});
    ASSERT_TRUE(readings.isDuplicate(battery(1)));
    const auto version = readings.rosterVersion();
    sweepWith({1});
    EXPECT_FALSE(readings.isDuplicate(battery(1)));
    EXPECT_NE(readings.rosterVersion(), version);
}

TEST_F(ReadingsTest, FailedSweepsForgiveNoDuplicate) {
    connectWithDuplicate();
    for (int i = 0; i < 5; ++i) {
        (void)readings.beginSweep();
        made::putBasics(readings, 1, now);
        readings.completeBattery(1, now);
        readings.abandonSweep(true);
    }
    EXPECT_TRUE(readings.isDuplicate(battery(1)))
        << "a read is answered by one of the two services only";
}

TEST_F(ReadingsTest, TheSurvivorOfADuplicateIsLookedForAtOnce) {
    connectWithDuplicate();
    (void)readings.takeWantsSweep();
    readings.leave(1, now);
    EXPECT_TRUE(readings.takeWantsSweep());
}

TEST_F(ReadingsTest, HostileTopicsCannotTakeMemoryForEver) {
    for (int instance = 0; instance < 1000; ++instance)
        put(instance, kSoc, 1.0);
    EXPECT_EQ(readings.batteries().size(), 256U);
    readings.put(0, {Place::Kind::Cell, kMostCells - 1}, 3.3, now);
    EXPECT_EQ(battery(0).cells.size(), kMostCells);
}

TEST_F(ReadingsTest, SaysOnceThatSomethingChangedAndWhetherItIsUrgent) {
    connectWith({1});
    readings.setMembers({1});
    (void)readings.takeChanged();
    (void)readings.takeUrgent();
    put(1, kSoc, 50.0);
    EXPECT_TRUE(readings.takeChanged());
    EXPECT_FALSE(readings.takeChanged());
    EXPECT_FALSE(readings.takeUrgent());
    put(1, kSoc, 50.0);
    EXPECT_FALSE(readings.takeChanged()) << "the same again";
    put(1, row("/Info/MaxChargeCurrent"), 5.0);
    EXPECT_TRUE(readings.takeUrgent());
    readings.leave(1, now);
    EXPECT_TRUE(readings.takeUrgent());
}

TEST_F(ReadingsTest, OnlyCutsAreUrgent) {
    struct Step {
        RowIndex index;
        Value before;
        Value after;
        bool isUrgent;
    };
    const Value unknown;
    const std::vector<Step> steps = {
        {row("/Info/MaxChargeCurrent"), 50.0, 49.9, true},
        {row("/Info/MaxChargeCurrent"), 50.0, 50.1, false},
        {row("/Info/MaxChargeCurrent"), 50.0, unknown, true},
        {row("/Info/MaxChargeCurrent"), unknown, 50.0, false},
        {row("/Info/MaxChargeCurrent"), unknown, 0.0, true},
        {row("/Info/MaxDischargeCurrent"), 80.0, 0.0, true},
        {row("/Info/MaxDischargeCurrent"), 0.0, 80.0, false},
        {row("/Info/MaxChargeVoltage"), 56.0, 55.9, true},
        {row("/Info/MaxChargeVoltage"), 55.9, 56.0, false},
        {row("/Io/AllowToCharge"), 1.0, 0.0, true},
        {row("/Io/AllowToCharge"), 0.0, 1.0, false},
        {row("/Alarms/HighVoltage"), unknown, 1.0, true},
        {row("/Alarms/HighVoltage"), 1.0, 2.0, true},
        {row("/Alarms/HighVoltage"), 2.0, 0.0, false},
        {row("/System/NrOfModulesBlockingCharge"), 0.0, 1.0, true},
        {row("/System/NrOfModulesBlockingCharge"), 1.0, 0.0, false},
        {row("/State"), 9.0, 3.0, true},
        {row("/Dc/0/Current"), 50.0, -50.0, false},
    };
    connectWith({1});
    readings.setMembers({1});
    for (const Step& step : steps) {
        put(1, step.index, step.before);
        (void)readings.takeUrgent();
        put(1, step.index, step.after);
        EXPECT_EQ(readings.takeUrgent(), step.isUrgent)
            << kRows.at(step.index).path << " to " << step.after.number().value_or(-1.0);
    }
}

TEST_F(ReadingsTest, NothingOfABatteryThatTakesNoPartIsUrgent) {
    connectWith({1, 2});
    readings.setMembers({1});
    (void)readings.takeUrgent();
    put(2, row("/Info/MaxChargeCurrent"), 0.0);
    made::putBasics(readings, 3, now); // the burst of a newcomer
    put(3, row("/Info/MaxChargeCurrent"), 1.0);
    readings.leave(2, now);
    EXPECT_FALSE(readings.takeUrgent());
    EXPECT_TRUE(readings.takeChanged());
}

TEST_F(ReadingsTest, OnlyALinkThatIsLostIsUrgent) {
    connectWith({1});
    (void)readings.takeUrgent();
    readings.setLink(false, now);
    EXPECT_TRUE(readings.takeUrgent());
    readings.setLink(true, now);
    EXPECT_FALSE(readings.takeUrgent());
}

TEST_F(ReadingsTest, OfAnIgnoredBatteryOnlyWhoItIsIsKept) {
    connectWith({1, 2});
    readings.ignore({2});
    EXPECT_EQ(value(2, kVoltage), Value());
    EXPECT_EQ(value(2, kSerial), Value("S2"));
    EXPECT_TRUE(readings.drops(2, "/Dc/0/Voltage"));
    EXPECT_TRUE(readings.drops(2, "/Voltages/Cell1"));
    EXPECT_TRUE(readings.drops(2, "/NobodyKnowsThis"));
    for (const char* path : {"/Serial", "/Mgmt/ProcessName", "/ProductName", "/DeviceInstance"})
        EXPECT_FALSE(readings.drops(2, path)) << path;
    EXPECT_FALSE(readings.drops(1, "/Dc/0/Voltage"));
}

TEST_F(ReadingsTest, AnInstanceThatIsNotIgnoredAnyMoreIsReadAnew) {
    connectWith({1, 2});
    readings.ignore({2});
    (void)readings.takeWantsSweep();
    readings.ignore({});
    EXPECT_TRUE(readings.takeWantsSweep()) << "its values were dropped";
    readings.ignore({2});
    readings.leave(2, now);
    EXPECT_FALSE(readings.drops(2, "/Dc/0/Voltage")) << "whoever comes next is another one";
    readings.ignore({});
    EXPECT_FALSE(readings.takeWantsSweep()) << "nothing was dropped";
}

TEST_F(ReadingsTest, OnlyVoltageCurrentAndCellsCountAsMovement) {
    connectWith({1});
    const SteadyTime before = battery(1).moved;
    now = now + 10s;
    put(1, kSoc, 12.0);
    put(1, kVoltage, 26.4);
    EXPECT_EQ(battery(1).moved, before);
    put(1, kVoltage, 26.5);
    EXPECT_EQ(battery(1).moved, now.steady);
    now = now + 10s;
    readings.put(1, {Place::Kind::Cell, 0}, 3.3, now);
    EXPECT_EQ(battery(1).moved, now.steady);
}

} // namespace
} // namespace busbar::readings_test
