// SPDX-License-Identifier: MIT
#include "core/bank.hpp"
#include "core/limits/cause.hpp"
#include "core/made/corrections.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"
#include "unit/core/made_readings.hpp"

#include <gtest/gtest.h>

namespace busbar::corrections_test {
namespace {

using namespace std::chrono_literals;

constexpr RowIndex kVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kCurrent = row("/Dc/0/Current");
constexpr RowIndex kCharge = row("/Info/MaxChargeCurrent");
constexpr RowIndex kDischarge = row("/Info/MaxDischargeCurrent");
constexpr RowIndex kCvl = row("/Info/MaxChargeVoltage");
constexpr RowIndex kSoc = row("/Soc");

class CorrectionsTest : public ::testing::Test {
protected:
    CorrectionsTest() {
        settings.membership.takeAll = false;
        settings.membership.selected = {*parseSelector("name:B1"), *parseSelector("name:B2")};
        readings.setLink(true, now);
        (void)readings.beginSweep();
        for (const int instance : {1, 2})
            made::putBasics(readings, instance, now);
        put(9, row("/CustomName"), "Shunt");
        put(9, kVoltage, 26.4);
        put(9, kCurrent, 25.0);
        readings.completeSweep(now);
    }
    void put(int instance, RowIndex index, Value value) {
        made::put(readings, instance, index, std::move(value), now);
    }
    void cycle(int seconds) {
        if (!bank)
            bank.emplace(settings);
        for (int i = 0; i < seconds; ++i) {
            now.steady += 1s;
            now.wall += 1s;
            readings.noteSign(now);
            readings.settle(now);
            bank->evaluate(readings, now);
        }
    }
    std::optional<double> number(RowIndex index) { return bank->snapshot()[index].number(); }

    Readings readings;
    BankSettings settings;
    std::optional<Bank> bank;
    Now now = made::start();
};

TEST_F(CorrectionsTest, AnOwnersLimitStandsInForOneThatABatteryNeverGave) {
    put(2, kCharge, Value());
    put(2, kDischarge, Value());
    settings.corrections.batteries = {{.match = *parseSelector("name:B2"), .maxCharge_A = 20.0}};
    cycle(120);
    EXPECT_NEAR(*number(kCharge), 40.0, 1.0) << "half of the current is B2's";
    EXPECT_DOUBLE_EQ(*number(kDischarge), 0.0) << "of that nobody has said anything";
}

TEST_F(CorrectionsTest, BesideTheBatterysOwnLimitTheSmallerCounts) {
    settings.corrections.batteries = {
        {.match = *parseSelector("name:B2"), .maxCharge_A = 20.0, .maxDischarge_A = 500.0}};
    cycle(120);
    EXPECT_NEAR(*number(kCharge), 40.0, 1.0);
    EXPECT_NEAR(*number(kDischarge), 160.0, 2.0);
}

/// It hangs beside the others, its switch is closed, and what the bank lets flow flows in it.
TEST_F(CorrectionsTest, WhatMayTakeNothingKeepsTheBankFromCharging) {
    put(1, kCurrent, 0.0);
    put(2, kCurrent, 0.0);
    settings.corrections.batteries = {{.match = *parseSelector("name:B2"), .maxCharge_A = 0.0}};
    cycle(60);
    EXPECT_DOUBLE_EQ(*number(kCharge), 0.0);
    put(2, row("/Io/AllowToCharge"), 0.0);
    cycle(5);
    put(2, kVoltage, 26.41); // its next report
    cycle(120);
    EXPECT_NEAR(*number(kCharge), 50.0, 1.0) << "its BMS has opened it";
}

TEST_F(CorrectionsTest, ABmsThatBlocksByItsLimitBlocks) {
    put(1, kCurrent, 0.0);
    put(2, kCurrent, 0.0);
    put(2, kCharge, 0.0);
    settings.corrections.batteries = {{.match = *parseSelector("name:B2"), .maxCharge_A = 0.0}};
    cycle(120);
    EXPECT_NEAR(*number(kCharge), 50.0, 1.0);
}

TEST_F(CorrectionsTest, ALimitThatFellSilentIsNotRaisedByTheOwners) {
    put(2, kCharge, 10.0);
    settings.corrections.batteries = {{.match = *parseSelector("name:B2"), .maxCharge_A = 45.0}};
    cycle(60);
    put(2, kCharge, Value());
    cycle(120);
    EXPECT_LE(*number(kCharge), 20.0);
}

TEST_F(CorrectionsTest, ASensorThatCountsTheOtherWayRoundIsTurned) {
    put(2, kCurrent, -10.0);
    settings.corrections.batteries = {
        {.match = *parseSelector("name:B2"), .invertsCurrent = true, .currentGain = 1.5}};
    cycle(2);
    EXPECT_DOUBLE_EQ(*number(kCurrent), 25.0);
}

TEST_F(CorrectionsTest, AnInstalledCapacityIsTheOwners) {
    put(1, row("/InstalledCapacity"), 100.0);
    put(2, row("/InstalledCapacity"), 100.0);
    settings.corrections.batteries = {{.match = *parseSelector("name:B2"), .capacity_Ah = 280.0}};
    cycle(2);
    EXPECT_DOUBLE_EQ(*number(row("/InstalledCapacity")), 380.0);
}

TEST_F(CorrectionsTest, WhatIsLeftGoesWithTheOwnersCapacity) {
    for (const int instance : {1, 2}) {
        put(instance, row("/InstalledCapacity"), 100.0);
        put(instance, row("/Soc"), 60.0);
        put(instance, row("/Capacity"), 60.0);
        put(instance, row("/ConsumedAmphours"), -40.0);
    }
    settings.corrections.batteries = {{.match = *parseSelector("name:B2"), .capacity_Ah = 280.0}};
    cycle(2);
    EXPECT_DOUBLE_EQ(*number(row("/Capacity")), 228.0);
    EXPECT_DOUBLE_EQ(*number(row("/ConsumedAmphours")), -152.0);
    put(2, row("/Soc"), Value());
    cycle(2);
    EXPECT_FALSE(number(row("/Capacity"))) << "60 Ah of another capacity are no answer";
}

TEST_F(CorrectionsTest, TheBanksCapacityIsTheOwnersWhereNobodyKnowsIt) {
    settings.corrections.capacity_Ah = 200.0;
    cycle(2);
    EXPECT_DOUBLE_EQ(*number(row("/InstalledCapacity")), 200.0);
    put(1, row("/InstalledCapacity"), 100.0);
    put(2, row("/InstalledCapacity"), 150.0);
    cycle(2);
    EXPECT_DOUBLE_EQ(*number(row("/InstalledCapacity")), 250.0);
}

TEST_F(CorrectionsTest, AnOverrideWinsWhileItHasAValue) {
    put(1, kSoc, 40.0);
    put(2, kSoc, 50.0);
    put(9, kSoc, 61.5);
    settings.corrections.overrides = {{*parseSelector("name:Shunt"), {"/Soc"}}};
    cycle(2);
    EXPECT_DOUBLE_EQ(*number(kSoc), 61.5);
    EXPECT_DOUBLE_EQ(*number(kCurrent), 20.0) << "of the batteries: the path is not listed";
    readings.leave(9, now);
    cycle(1);
    EXPECT_NEAR(*number(kSoc), 45.0, 0.5) << "the bank's own, within the cycle";
}

TEST_F(CorrectionsTest, TheFirstOfTwoOverridesWins) {
    put(1, kSoc, 40.0);
    put(9, kSoc, 61.5);
    settings.corrections.overrides = {{*parseSelector("name:Shunt"), {"/Soc"}},
                                      {*parseSelector("name:B1"), {"/Soc"}}};
    cycle(2);
    EXPECT_DOUBLE_EQ(*number(kSoc), 61.5);
}

TEST_F(CorrectionsTest, AFallbackSpeaksWhereNoMemberDoes) {
    put(9, kSoc, 61.5);
    settings.corrections.fallbacks = {{*parseSelector("name:Shunt"), {}}};
    cycle(2);
    EXPECT_DOUBLE_EQ(*number(kSoc), 61.5);
    EXPECT_DOUBLE_EQ(*number(kCurrent), 20.0);
    put(1, kSoc, 40.0);
    cycle(60);
    EXPECT_DOUBLE_EQ(*number(kSoc), 40.0);
}

TEST_F(CorrectionsTest, AnOverriddenLimitIsHeldUnderTheCeiling) {
    put(9, kCharge, 300.0);
    put(9, kCvl, 27.6);
    settings.limits.maxCharge_A = 120.0;
    settings.corrections.overrides = {
        {*parseSelector("name:Shunt"), {"/Info/MaxChargeCurrent", "/Info/MaxChargeVoltage"}}};
    cycle(200);
    EXPECT_DOUBLE_EQ(*number(kCharge), 120.0);
    EXPECT_EQ(bank->report().charge.cause, Cause::Ceiling);
    EXPECT_DOUBLE_EQ(*number(kCvl), 27.6);
    EXPECT_EQ(bank->report().chargeVoltage->cause, Cause::Override);
    put(9, kCharge, 60.0);
    cycle(2);
    EXPECT_DOUBLE_EQ(*number(kCharge), 60.0);
    EXPECT_EQ(bank->report().charge.member, "Shunt");
}

TEST_F(CorrectionsTest, AnOverrideRaisesNothingWhileABatteryForbids) {
    put(9, kCharge, 300.0);
    put(2, row("/Io/AllowToCharge"), 0.0);
    settings.corrections.overrides = {{*parseSelector("name:Shunt"), {"/Info/MaxChargeCurrent"}}};
    cycle(200);
    EXPECT_DOUBLE_EQ(*number(kCharge), 0.0) << "B2 forbids, and current flows";
}

TEST_F(CorrectionsTest, TwoThatMatchOverrideNothing) {
    put(1, kSoc, 40.0);
    put(2, kSoc, 50.0);
    settings.corrections.overrides = {{*parseSelector("product:*"), {"/Soc"}}};
    put(1, row("/ProductName"), "X");
    put(2, row("/ProductName"), "X");
    cycle(2);
    EXPECT_NEAR(*number(kSoc), 45.0, 0.5);
}

} // namespace
} // namespace busbar::corrections_test
