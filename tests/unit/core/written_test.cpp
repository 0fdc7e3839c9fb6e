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

#include <gtest/gtest.h>

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
    EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(40.0));
    EXPECT_FALSE(valueOf("/Alarms/InternalFailure").isKnown());
}

TEST_F(WrittenTest, TheOwnersFailSafeComesOnTop) {
    written.setSettings({.expire = 60s, .failSafe = {{"/Info/MaxDischargeCurrent", 20.0}}});
    pass(61s);
    EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(0.0));
    EXPECT_EQ(valueOf("/Info/MaxDischargeCurrent"), Value(20.0));
}

TEST_F(WrittenTest, WhatWasKeptCountsAsOldAsItIs) {
    written.restore({{"/Info/MaxChargeCurrent", 40.0}, {"/Soc", "bad"}}, 50s, now);
    EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(40.0));
    EXPECT_EQ(valueOf("/Soc"), Value(50.0));
    pass(10s);
    EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(0.0));
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

} // namespace
} // namespace busbar::written_test
