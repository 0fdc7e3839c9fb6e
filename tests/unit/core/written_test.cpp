// SPDX-License-Identifier: MIT
#include "core/bank.hpp"
#include "core/made/composition.hpp"
#include "core/made/written.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "core/units/readings.hpp"
#include "unit/core/made_now.hpp"
#include "unit/core/made_readings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace busbar::written_test {
namespace {

using namespace std::chrono_literals;

class WrittenTest : public ::testing::Test {
protected:
    WriteProblem write(std::vector<WrittenValue> group) {
        last = written.write(group, now);
        return last.problem;
    }
    Value valueOf(std::string_view path) {
        Battery made;
        written.fill(made, now);
        return made.slot(*findRow(path)).value;
    }
    void pass(std::chrono::milliseconds time) {
        now.steady += time;
        now.wall += time;
    }

    Written written{{.expire = 60s, .values = {{"/Soc", 50.0}}}};
    WriteResult last;
    Now now = made::start();
};

TEST_F(WrittenTest, DefaultsStandUntilSomethingIsWritten) {
    EXPECT_EQ(valueOf("/Soc"), Value(50.0));
    EXPECT_EQ(write({{"/Soc", 61.0}}), WriteProblem::None);
    EXPECT_EQ(valueOf("/Soc"), Value(61.0));
    EXPECT_EQ(write({{"/Soc", Value()}}), WriteProblem::None);
    EXPECT_FALSE(valueOf("/Soc").isKnown()) << "null clears";
}

TEST_F(WrittenTest, ADefaultIsNothingThatWasHeard) {
    Battery made;
    written.fill(made, now);
    EXPECT_EQ(made.heard, SteadyTime{});
    EXPECT_EQ(write({{"/Soc", 61.0}}), WriteProblem::None);
    const SteadyTime then = now.steady;
    pass(5s);
    written.fill(made, now);
    EXPECT_EQ(made.heard, then);
}

TEST_F(WrittenTest, WhatDoesNotFitIsRefusedAndNamed) {
    EXPECT_EQ(write({{"/Soc", "full"}}), WriteProblem::WrongType);
    EXPECT_EQ(write({{"/Soc", std::numeric_limits<double>::quiet_NaN()}}),
              WriteProblem::OutOfRange);
    EXPECT_EQ(write({{"/Soc", std::numeric_limits<double>::infinity()}}), WriteProblem::OutOfRange);
    EXPECT_EQ(write({{"/Info/MaxChargeCurrent", -5.0}}), WriteProblem::OutOfRange);
    EXPECT_EQ(last.path, "/Info/MaxChargeCurrent");
    EXPECT_EQ(last.allowed, "0.0A…10000.0A");
    EXPECT_EQ(write({{"/Alarms/HighVoltage", 7.0}}), WriteProblem::OutOfRange);
    EXPECT_EQ(write({{"/Alarms/HighVoltage", 0.5}}), WriteProblem::OutOfRange);
    EXPECT_EQ(write({{"/Serial", "X"}}), WriteProblem::ReadOnly);
    EXPECT_EQ(write({{"/Dc/0/Volts", 1.0}}), WriteProblem::UnknownPath);
    EXPECT_EQ(written.refused(), 8U);
    EXPECT_EQ(written.taken(), 0U);
    EXPECT_EQ(valueOf("/Soc"), Value(50.0));
}

TEST_F(WrittenTest, OfAGroupAllIsTakenOrNothing) {
    EXPECT_EQ(write({{"/Soc", 61.0}, {"/Dc/0/Voltage", -1.0}}), WriteProblem::OutOfRange);
    EXPECT_EQ(valueOf("/Soc"), Value(50.0));
    EXPECT_EQ(write({{"/Soc", 61.0}, {"/Dc/0/Voltage", 52.0}}), WriteProblem::None);
    EXPECT_EQ(valueOf("/Dc/0/Voltage"), Value(52.0));
}

TEST_F(WrittenTest, AfterItsTimeTheFailSafeCountsUntilTheNextGoodWrite) {
    const std::vector<WrittenValue> good = {{"/Info/MaxChargeCurrent", 40.0},
                                            {"/Info/MaxDischargeCurrent", 50.0}};
    EXPECT_TRUE(written.isExpired(now)) << "nobody has written yet";
    EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(0.0));
    write(good);
    EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(40.0));
    pass(59999ms);
    EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(40.0));
    pass(1ms);
    EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(0.0));
    EXPECT_EQ(valueOf("/Info/MaxDischargeCurrent"), Value(0.0));
    EXPECT_EQ(valueOf("/Alarms/InternalFailure"), Value(1.0));
    write({{"/Soc", "bad"}});
    EXPECT_TRUE(written.isExpired(now)) << "a refused write is no sign of life";
    write({{"/Soc", 40.0}});
    EXPECT_TRUE(written.isExpired(now)) << "the limits are as old as before";
    EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(0.0));
    write(good);
    EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(40.0));
    EXPECT_FALSE(valueOf("/Alarms/InternalFailure").isKnown());
}

TEST_F(WrittenTest, OldLimitsDoNotLiveOnBecauseTheCurrentIsWritten) {
    for (const char* path :
         {"/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent",
          "/Io/AllowToCharge", "/Io/AllowToDischarge"}) {
        written = Written({.expire = 60s});
        write({{path, 1.0}, {"/Dc/0/Voltage", 52.0}});
        for (int i = 0; i < 60; ++i) {
            EXPECT_FALSE(written.isExpired(now)) << path << ", " << i << " s";
            pass(1s);
            write({{"/Dc/0/Current", 10.0}});
        }
        ASSERT_TRUE(written.overdue(now)) << path;
        EXPECT_EQ(written.overdue(now)->path, path);
        EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(0.0));
        EXPECT_EQ(valueOf("/Info/MaxDischargeCurrent"), Value(0.0));
        EXPECT_EQ(valueOf("/Alarms/InternalFailure"), Value(1.0));
        write({{path, 1.0}});
        EXPECT_FALSE(written.isExpired(now)) << path;
    }
}

TEST_F(WrittenTest, WhatIsMeasuredIsUnknownWhenTheOthersGoOnWithoutIt) {
    const std::vector<WrittenValue> limits = {{"/Info/MaxChargeCurrent", 40.0},
                                              {"/Info/MaxDischargeCurrent", 50.0}};
    write({{"/Dc/0/Voltage", 52.0},
           {"/System/MaxCellVoltage", 3.3},
           {"/InstalledCapacity", 280.0},
           {"/Alarms/HighVoltage", 2.0}});
    write(limits);
    pass(59s);
    write(limits);
    EXPECT_EQ(valueOf("/System/MaxCellVoltage"), Value(3.3));
    pass(1s);
    write(limits);
    EXPECT_FALSE(valueOf("/System/MaxCellVoltage").isKnown());
    EXPECT_FALSE(valueOf("/Dc/0/Voltage").isKnown());
    EXPECT_EQ(valueOf("/InstalledCapacity"), Value(280.0)) << "what it is, stays";
    EXPECT_EQ(valueOf("/Alarms/HighVoltage"), Value(2.0)) << "an alarm is not over for that";
    EXPECT_EQ(valueOf("/Soc"), Value(50.0)) << "of the settings, and never written";
    EXPECT_FALSE(written.isExpired(now));
    pass(60s);
    EXPECT_FALSE(valueOf("/System/MaxCellVoltage").isKnown()) << "nor does silence bring it back";
}

TEST_F(WrittenTest, ALimitThatIsClearedOrTheOwnersDoesNotExpire) {
    written = Written({.expire = 60s, .values = {{"/Info/MaxChargeVoltage", 55.2}}});
    write({{"/Info/MaxChargeCurrent", 40.0}});
    write({{"/Info/MaxChargeCurrent", Value()}});
    for (int i = 0; i < 100; ++i) {
        pass(1s);
        write({{"/Soc", 40.0}});
    }
    EXPECT_FALSE(written.isExpired(now));
    EXPECT_EQ(valueOf("/Info/MaxChargeVoltage"), Value(55.2));
    EXPECT_FALSE(valueOf("/Info/MaxChargeCurrent").isKnown());
}

TEST_F(WrittenTest, AGroupOfPathsHasATimeOfItsOwn) {
    written = Written(
        {.expire = 60s,
         .groups = {{{"/Soc", "/Dc/0/Current"}, 10s}, {{"/Info/MaxChargeVoltage"}, std::nullopt}}});
    write({{"/Info/MaxChargeVoltage", 55.2}, {"/Info/MaxChargeCurrent", 40.0}});
    ASSERT_TRUE(written.overdue(now)) << "none of the first group was ever written";
    EXPECT_EQ(written.overdue(now)->path, "/Soc");
    EXPECT_EQ(written.overdue(now)->after, 10s);
    write({{"/Soc", 40.0}});
    EXPECT_FALSE(written.isExpired(now));
    pass(9s);
    write({{"/Dc/0/Current", 5.0}});
    EXPECT_FALSE(written.isExpired(now));
    pass(1s);
    EXPECT_TRUE(written.isExpired(now)) << "/Soc is old, though /Dc/0/Current is not";
    for (int i = 0; i < 100; ++i) {
        pass(1s);
        write({{"/Soc", 40.0}, {"/Dc/0/Current", 5.0}, {"/Info/MaxChargeCurrent", 40.0}});
        EXPECT_FALSE(written.isExpired(now)) << "the voltage never expires";
    }
    EXPECT_EQ(valueOf("/Info/MaxChargeVoltage"), Value(55.2));
}

TEST_F(WrittenTest, GroupsExpireAlsoWhereTheBatteryDoesNot) {
    written = Written({.groups = {{{"/Info/MaxChargeCurrent"}, 10s}}});
    EXPECT_TRUE(written.isExpired(now));
    write({{"/Info/MaxChargeCurrent", 40.0}, {"/Info/MaxDischargeCurrent", 40.0}});
    pass(9999ms);
    EXPECT_FALSE(written.isExpired(now));
    pass(1ms);
    EXPECT_TRUE(written.isExpired(now));
    write({{"/Info/MaxChargeCurrent", 40.0}});
    pass(9s);
    EXPECT_FALSE(written.isExpired(now)) << "/Info/MaxDischargeCurrent has no time";
}

TEST_F(WrittenTest, WhatBringsAnOldValueBackHasToBeSure) {
    const std::vector<WrittenValue> limit = {{"/Info/MaxChargeCurrent", 40.0}};
    const std::vector<WrittenValue> cell = {{"/System/MaxCellVoltage", 3.3}};
    EXPECT_TRUE(written.isSilent(cell, now));
    write(cell);
    write(limit);
    EXPECT_FALSE(written.isSilent(cell, now));
    pass(50s);
    write(limit);
    pass(10s);
    EXPECT_TRUE(written.isSilent(cell, now));
    EXPECT_FALSE(written.isSilent(limit, now));
}

TEST_F(WrittenTest, TheOwnersFailSafeComesOnTop) {
    written.setSettings({.expire = 60s, .failSafe = {{"/Info/MaxDischargeCurrent", 20.0}}});
    pass(61s);
    EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(0.0));
    EXPECT_EQ(valueOf("/Info/MaxDischargeCurrent"), Value(20.0));
}

TEST_F(WrittenTest, WhatWasKeptCountsAsOldAsItIs) {
    written.restore({{"/Info/MaxChargeCurrent", {40.0, 0s}}, {"/Soc", {"bad", 0s}}}, 50s, now);
    EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(40.0));
    EXPECT_EQ(valueOf("/Soc"), Value(50.0));
    pass(10s);
    EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(0.0));
}

TEST_F(WrittenTest, EachValueIsKeptWithItsAge) {
    write({{"/Info/MaxChargeCurrent", 40.0}, {"/Dc/0/Voltage", 52.0}});
    pass(30s);
    write({{"/Dc/0/Voltage", 52.1}});
    const KeptValues kept = written.kept();
    EXPECT_EQ(kept.size(), 2U) << "what is the owner's is not kept";
    EXPECT_EQ(kept.at("/Info/MaxChargeCurrent").lag, 30s);
    written = Written({.expire = 60s});
    written.restore(kept, 20s, now);
    write({{"/Dc/0/Voltage", 52.1}});
    pass(9s);
    EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(40.0));
    pass(1s);
    EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(0.0)) << "60 s old, over the restart";
}

TEST(WrittenBattery, IsAMemberWhoseCurvesAndCeilingsBind) {
    Now now = made::start();
    Readings readings;
    readings.setLink(true, now);
    (void)readings.beginSweep();
    readings.completeSweep(now);
    Composition composition({{.id = "manual",
                              .name = "Manual",
                              .kind = MadeKind::Writable,
                              .writable = {.expire = 60s}}});
    BankSettings settings;
    settings.membership.takeAll = false;
    settings.membership.selected = {*parseSelector("made:manual")};
    settings.limits.maxCharge_A = 30.0;
    std::vector<Bank> banks;
    banks.emplace_back(settings);
    const auto cycle = [&](int seconds) {
        for (int i = 0; i < seconds; ++i) {
            now.steady += 1s;
            readings.noteSign(now);
            readings.settle(now);
            composition.work(readings, banks, now, Pace::Cycle);
            banks[0].evaluate(readings, now);
        }
        return banks[0].snapshot()[row("/Info/MaxChargeCurrent")].number().value_or(0.0);
    };
    EXPECT_DOUBLE_EQ(cycle(2), 0.0);
    const std::vector<WrittenValue> group = {{"/Dc/0/Voltage", 52.0},
                                             {"/Dc/0/Current", 5.0},
                                             {"/Info/MaxChargeVoltage", 56.0},
                                             {"/Info/MaxChargeCurrent", 500.0},
                                             {"/Info/MaxDischargeCurrent", 80.0}};
    ASSERT_TRUE(composition.written("manual")->write(group, now).isTaken());
    EXPECT_DOUBLE_EQ(cycle(50), 30.0) << "a broken flow cannot raise it above the ceiling";
    EXPECT_DOUBLE_EQ(cycle(20), 0.0) << "nobody has written for 60 s";
    ASSERT_TRUE(composition.written("manual")->write(group, now).isTaken());
    EXPECT_DOUBLE_EQ(cycle(50), 30.0);
}

/// It hangs beside one that may take 50 A, rests, and may take 10 A itself.
TEST(WrittenBattery, AFlowThatDiesRaisesNothing) {
    Now now = made::start();
    Readings readings;
    readings.setLink(true, now);
    (void)readings.beginSweep();
    made::putBasics(readings, 1, now);
    made::put(readings, 1, row("/Dc/0/Current"), 0.0, now);
    readings.completeSweep(now);
    Composition composition({{.id = "manual",
                              .name = "Manual",
                              .kind = MadeKind::Writable,
                              .writable = {.expire = 60s}}});
    std::vector<Bank> banks;
    banks.emplace_back(BankSettings{});
    ASSERT_TRUE(composition.written("manual")
                    ->write(std::vector<WrittenValue>{{"/Dc/0/Voltage", 26.4},
                                                      {"/Dc/0/Current", 0.0},
                                                      {"/Info/MaxChargeVoltage", 28.0},
                                                      {"/Info/MaxChargeCurrent", 10.0},
                                                      {"/Info/MaxDischargeCurrent", 80.0}},
                            now)
                    .isTaken());
    double most_A = 0.0;
    for (int i = 0; i < 200; ++i) {
        now.steady += 1s;
        readings.noteSign(now);
        readings.settle(now);
        composition.work(readings, banks, now, Pace::Cycle);
        banks[0].evaluate(readings, now);
        const auto charge_A = banks[0].snapshot()[row("/Info/MaxChargeCurrent")].number();
        most_A = std::max(most_A, charge_A.value_or(0.0));
        if (i == 50) {
            ASSERT_GT(charge_A.value_or(0.0), 15.0);
        }
    }
    EXPECT_LE(most_A, 20.0);
    EXPECT_DOUBLE_EQ(banks[0].snapshot()[row("/Info/MaxChargeCurrent")].number().value_or(-1.0),
                     0.0);
}

} // namespace
} // namespace busbar::written_test
