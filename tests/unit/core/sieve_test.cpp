// SPDX-License-Identifier: MIT
// A reading that cannot be true: the last good one for some seconds, then none; what closes acts. A
// current that leaps.
#include "core/members/current_leap.hpp"
#include "core/members/sieve.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"
#include "unit/core/made_now.hpp"
#include "unit/core/made_readings.hpp"

#include <gtest/gtest.h>

#include <string>

namespace busbar::sieve_test {

using made::put;
using made::putBasics;
using namespace std::chrono_literals;

constexpr RowIndex kVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kSoc = row("/Soc");

/// One battery of eight LFP cells, usable for a minute.
class Sieve : public testing::Test {
protected:
    Sieve() {
        readings.setLink(true, now);
        readings.beginSweep();
        putBasics(readings, 1, now);
        give(kSoc, 60.0);
        give(row("/Dc/0/Temperature"), 20.0);
        give(row("/System/NrOfCellsPerBattery"), 8.0);
        give(row("/System/MinCellVoltage"), 3.29);
        give(row("/System/MaxCellVoltage"), 3.31);
        readings.completeSweep(now);
        readings.settle(now);
        pass(60s);
    }
    void give(RowIndex index, Value value, bool isOdd = false) {
        readings.put(1, {Place::Kind::Row, index}, std::move(value), now, isOdd);
    }
    void giveCells(double cell_V) {
        for (std::uint16_t n = 0; n < 8; ++n)
            readings.put(1, {Place::Kind::Cell, n}, cell_V, now);
    }
    void pass(std::chrono::seconds span) {
        for (auto at = 0s; at < span; ++at) {
            now.steady += 1s;
            readings.settle(now);
        }
    }
    const Battery& battery() { return readings.batteries().at(1); }
    std::optional<double> shown(RowIndex index) { return battery().slot(index).value.number(); }

    Readings readings;
    Now now = made::start();
};

TEST_F(Sieve, HoldsOverAVoltageThatItsCellsContradict) {
    give(kVoltage, 5.6);
    pass(1s);
    EXPECT_EQ(shown(kVoltage), 26.4);
    EXPECT_TRUE(isHeldOver(battery()));
    EXPECT_NE(doubtText(battery()).find("5.60V not believed: its cells add up to 26.40V"),
              std::string::npos)
        << doubtText(battery());
    give(kVoltage, 26.5);
    pass(1s);
    EXPECT_EQ(shown(kVoltage), 26.5);
    EXPECT_EQ(doubtText(battery()), "");
}

TEST_F(Sieve, BelievesNoVoltageForLongThatCannotBeTrue) {
    for (const double wrong_V : {0.0, 5.6, 300.0}) {
        give(kVoltage, wrong_V);
        pass(11s);
        EXPECT_EQ(shown(kVoltage), std::nullopt) << wrong_V;
        EXPECT_TRUE(battery().lost) << wrong_V;
        give(kVoltage, 26.4);
        pass(1s);
        EXPECT_EQ(shown(kVoltage), 26.4) << wrong_V;
        EXPECT_FALSE(battery().lost) << wrong_V;
    }
}

TEST_F(Sieve, RepeatingTheSameWrongValueDoesNotBeginAnew) {
    for (int n = 0; n < 12; ++n) {
        give(kVoltage, 0.0);
        pass(1s);
    }
    EXPECT_EQ(shown(kVoltage), std::nullopt);
}

TEST_F(Sieve, DoesNotBelieveALowestCellOfNothingWhereTheVoltageIsThere) {
    give(row("/System/MinCellVoltage"), 0.0);
    give(row("/Voltages/Sum"), 0.0);
    pass(5s);
    EXPECT_EQ(shown(row("/System/MinCellVoltage")), 3.29);
    EXPECT_EQ(shown(row("/Voltages/Sum")), std::nullopt) << "none was known before";
    EXPECT_NE(doubtText(battery()).find("not believed: its voltage is 26.40V"), std::string::npos)
        << doubtText(battery());
    pass(6s);
    EXPECT_EQ(shown(row("/System/MinCellVoltage")), std::nullopt);
}

TEST_F(Sieve, ActsOnALowestCellOfNothingThatLacksInTheVoltage) {
    give(kVoltage, 23.1);
    give(row("/System/MinCellVoltage"), 0.0);
    pass(1s);
    EXPECT_EQ(shown(row("/System/MinCellVoltage")), 0.0);
}

TEST_F(Sieve, HalfOfTheCellsDoNotOverruleTheChargeVoltage) {
    for (std::uint16_t n = 0; n < 4; ++n)
        readings.put(1, {Place::Kind::Cell, n}, 3.3, now);
    pass(20s);
    EXPECT_EQ(shown(kVoltage), 26.4);
    EXPECT_EQ(doubtText(battery()), "");
}

TEST_F(Sieve, HoldsOverAVoltageThatLeavesItsCells) {
    give(kVoltage, 25.0); // within what a charge voltage of 28.4 V speaks for
    pass(9s);
    EXPECT_EQ(shown(kVoltage), 26.4);
    pass(2s);
    EXPECT_EQ(shown(kVoltage), 25.0) << "it lasts";
    give(kVoltage, 26.4);
    pass(1s);
    give(row("/System/MinCellVoltage"), 3.1);
    give(row("/System/MaxCellVoltage"), 3.15);
    give(kVoltage, 25.0);
    pass(1s);
    EXPECT_EQ(shown(kVoltage), 25.0) << "a load, and its cells know of it";
}

/// A load takes 1 V within the half minute after they were read.
TEST_F(Sieve, OldCellsContradictNothing) {
    giveCells(3.3);
    pass(1s);
    readings.setOldCells(1, true);
    give(row("/System/MinCellVoltage"), 3.1);
    give(row("/System/MaxCellVoltage"), 3.15);
    give(kVoltage, 25.0);
    pass(1s);
    EXPECT_EQ(shown(kVoltage), 25.0);
    give(kVoltage, 20.0);
    pass(1s);
    EXPECT_EQ(shown(kVoltage), 25.0) << "the extremes, which are live, still do";
}

TEST_F(Sieve, AHighestCellBelowTheLowestIsNone) {
    for (const double wrong_V : {0.0, 3.2}) {
        give(row("/System/MaxCellVoltage"), 3.31);
        pass(1s);
        give(row("/System/MaxCellVoltage"), wrong_V);
        pass(1s);
        EXPECT_EQ(shown(row("/System/MaxCellVoltage")), 3.31) << wrong_V;
        EXPECT_TRUE(isHeldOver(battery()));
        pass(11s);
        EXPECT_FALSE(shown(row("/System/MaxCellVoltage"))) << wrong_V;
    }
}

TEST_F(Sieve, BelievesALeapThatLasts) {
    give(row("/System/NrOfCellsPerBattery"), {});
    give(kVoltage, 20.0);
    pass(9s);
    EXPECT_EQ(shown(kVoltage), 26.4);
    pass(2s);
    EXPECT_EQ(shown(kVoltage), 20.0);
    EXPECT_EQ(doubtText(battery()), "");
}

TEST_F(Sieve, HoldsOverATemperatureOfASecond) {
    give(row("/Dc/0/Temperature"), 100.0);
    pass(1s);
    EXPECT_EQ(shown(row("/Dc/0/Temperature")), 20.0);
    pass(10s);
    EXPECT_EQ(shown(row("/Dc/0/Temperature")), 100.0); // it lasts, so it counts
}

TEST_F(Sieve, DoesNotBelieveThatHealthyCellsAreEmpty) {
    give(kSoc, 0.0);
    pass(5s);
    EXPECT_EQ(shown(kSoc), 60.0);
    pass(10s);
    EXPECT_EQ(shown(kSoc), std::nullopt);
    EXPECT_FALSE(battery().lost);
    give(row("/System/MinCellVoltage"), 2.95); // one that is empty all the same
    pass(1s);
    EXPECT_EQ(shown(kSoc), 0.0);
}

TEST_F(Sieve, DoesNotBelieveThatEmptyCellsAreFull) {
    give(row("/System/MinCellVoltage"), 2.7);
    give(row("/System/MaxCellVoltage"), 3.2);
    give(kSoc, 100.0);
    pass(15s);
    EXPECT_EQ(shown(kSoc), std::nullopt);
}

TEST_F(Sieve, HoldsOverWhatIsNoValueOfThePath) {
    give(row("/System/MaxCellVoltage"), {}, true);
    pass(9s);
    EXPECT_EQ(shown(row("/System/MaxCellVoltage")), 3.31);
    pass(2s);
    EXPECT_EQ(shown(row("/System/MaxCellVoltage")), std::nullopt);
    give(row("/System/MinCellVoltage"), {}); // said to be unknown: at once
    pass(1s);
    EXPECT_EQ(shown(row("/System/MinCellVoltage")), std::nullopt);
}

TEST_F(Sieve, WhatClosesActsAtOnce) {
    give(row("/System/MaxCellVoltage"), 4.6);
    give(row("/Info/MaxChargeCurrent"), {}, true);
    give(row("/Io/AllowToDischarge"), 0.0);
    give(row("/Info/MaxDischargeCurrent"), 0.0);
    give(row("/Alarms/HighVoltage"), 2.0);
    pass(1s);
    EXPECT_EQ(shown(row("/System/MaxCellVoltage")), 4.6);
    EXPECT_EQ(shown(row("/Info/MaxChargeCurrent")), std::nullopt);
    EXPECT_EQ(shown(row("/Io/AllowToDischarge")), 0.0);
    EXPECT_EQ(shown(row("/Info/MaxDischargeCurrent")), 0.0);
    EXPECT_EQ(shown(row("/Alarms/HighVoltage")), 2.0);
}

TEST_F(Sieve, AnEmptyCellIsNoWitness) {
    giveCells(3.3);
    readings.put(1, {Place::Kind::Cell, 3}, 0.0, now);
    pass(20s);
    EXPECT_EQ(shown(kVoltage), 26.4);
}

TEST_F(Sieve, NothingOfABatteryThatLeftIsHeldOver) {
    give(kVoltage, 0.0);
    pass(1s);
    readings.leave(1, now);
    pass(1s);
    EXPECT_EQ(shown(kVoltage), std::nullopt);
    EXPECT_FALSE(isHeldOver(battery()));
    EXPECT_EQ(doubtText(battery()), "");
}

TEST(PathTableRows, KnowTheNotAvailablePatterns) {
    const auto known = [](RowIndex index, double value) {
        return plausible(kRows.at(index), value).isKnown();
    };
    EXPECT_FALSE(known(row("/Info/BatteryLowVoltage"), 655.35));
    EXPECT_FALSE(known(row("/Info/BatteryLowVoltage"), 655.3499755859375)); // widened float32
    EXPECT_FALSE(known(row("/Info/MaxChargeVoltage"), 327.67));
    EXPECT_FALSE(known(row("/Info/MaxChargeCurrent"), 6553.5));
    EXPECT_FALSE(known(row("/Dc/0/Current"), 3276.7));
    EXPECT_FALSE(known(row("/Dc/0/Current"), -3276.8));
    EXPECT_FALSE(known(row("/InstalledCapacity"), 65535.0));
    EXPECT_FALSE(known(row("/TimeToGo"), 65535.0));
    EXPECT_TRUE(known(row("/ProductId"), 65535.0));
    EXPECT_TRUE(known(row("/Dc/0/Voltage"), 65.53));
    EXPECT_TRUE(known(row("/Dc/0/Current"), 327.6));
}

constexpr RowIndex kCurrent = row("/Dc/0/Current");

/// One of 100 Ah at 10 A, which then says 200 A.
class CurrentLeapTest : public testing::Test {
protected:
    CurrentLeapTest() {
        say(row("/InstalledCapacity"), 100.0);
        say(kCurrent, 10.0);
        say(kVoltage, 53.0);
        step();
        now = now + 5000ms;
        say(kCurrent, 200.0);
        step();
    }

    void say(RowIndex index, double value) {
        battery.slots.at(index).present = true;
        battery.slots.at(index).value = value;
        battery.moved = now.steady;
    }
    void step() { stepLeap(battery, now); }
    [[nodiscard]] bool isBorneOut() const { return battery.leap.steady_A == 200.0; }

    Battery battery;
    Now now = made::start();
};

TEST_F(CurrentLeapTest, IsNotBelievedAtOnce) {
    EXPECT_EQ(battery.leap.steady_A, 10.0);
    EXPECT_TRUE(battery.leap.since);
}

TEST_F(CurrentLeapTest, IsBorneOutByItsVoltage) {
    say(kVoltage, 53.9);
    step();
    EXPECT_TRUE(isBorneOut());
}

TEST_F(CurrentLeapTest, IsNotBorneOutByTheRestOfItsReportWhichHasGathered) {
    now = now + 1000ms;
    say(kVoltage, 53.01);
    step();
    EXPECT_FALSE(isBorneOut());
}

TEST_F(CurrentLeapTest, IsBorneOutByTheNextReport) {
    now = now + 2000ms;
    say(kVoltage, 53.01);
    step();
    EXPECT_TRUE(isBorneOut());
}

TEST_F(CurrentLeapTest, IsBorneOutByTenSeconds) {
    now = now + 9000ms;
    step();
    EXPECT_FALSE(isBorneOut());
    now = now + 1000ms;
    step();
    EXPECT_TRUE(isBorneOut());
}

TEST_F(CurrentLeapTest, ThatEndsLeavesNothing) {
    now = now + 1000ms;
    say(kCurrent, 11.0);
    step();
    EXPECT_EQ(battery.leap.steady_A, 11.0);
    EXPECT_FALSE(battery.leap.since);
}

} // namespace busbar::sieve_test
