// SPDX-License-Identifier: MIT
// What goes by the month goes by local time, and by the smallest while there is no date.
#include "core/bank.hpp"
#include "core/calendar.hpp"
#include "core/charge/upkeep.hpp"
#include "core/cycle/charge_stage.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/gx/advice.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"
#include "unit/core/made_readings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace busbar::calendar_test {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;

WallTime at(int year, int month, int day, std::chrono::seconds time) {
    return std::chrono::sys_days(std::chrono::year(year) / month / day) + time;
}

TEST(Calendar, AMonthBeginsAtLocalMidnight) {
    EXPECT_EQ(monthOf(at(2026, 1, 31, 23h), 0h), 1U);
    EXPECT_EQ(monthOf(at(2026, 1, 31, 22h + 59min), 1h), 1U);
    EXPECT_EQ(monthOf(at(2026, 1, 31, 23h), 1h), 2U);
    EXPECT_EQ(monthOf(at(2026, 2, 1, 4h + 59min), -5h), 1U);
    EXPECT_EQ(monthOf(at(2026, 12, 31, 23h), 1h), 1U) << "the next year's";
}

TEST(Calendar, AClockThatWasNeverSetHasNoMonth) {
    EXPECT_EQ(monthOf(WallTime{}, 0h), std::nullopt);
    EXPECT_EQ(monthOf(at(2023, 12, 31, 23h), 14h), std::nullopt);
    EXPECT_EQ(monthOf(at(2024, 1, 1, 0h), 0h), 1U);
}

/// A battery of eight cells, and a charge voltage by month that is the highest in January.
class CalendarOfABank : public ::testing::Test {
protected:
    CalendarOfABank() {
        BankSettings settings;
        settings.preset = Preset::Lfp;
        settings.cells = 8;
        settings.limits.mode = LimitMode::Own;
        settings.limits.maxCharge_A = 50.0;
        settings.limits.maxDischarge_A = 50.0;
        settings.limits.cvl.mode = CvlMode::Own;
        settings.limits.cvl.cellMax_V = 0.0;
        settings.limits.cvl.cell_V = {3.50, 3.48, 3.45, 3.40, 3.38, 3.36,
                                      3.35, 3.38, 3.40, 3.42, 3.45, 3.48};
        settings.balancing.every = 12h;
        settings.balancing.cell_V = 3.55;
        bank.setSettings(settings);
        readings.setLink(true, now);
        (void)readings.beginSweep();
        made::putBasics(readings, 1, now);
        made::put(readings, 1, row("/System/MinCellVoltage"), 3.30, now);
        made::put(readings, 1, row("/System/MaxCellVoltage"), 3.31, now);
        readings.completeSweep(now);
    }
    void pass(std::chrono::seconds span) {
        for (; span > 0s; span -= 1s) {
            now = now + 1s;
            made::put(readings, 1, row("/Dc/0/Voltage"), 26.4, now);
            readings.noteSign(now);
            readings.settle(now);
            bank.evaluate(readings, now);
        }
    }
    [[nodiscard]] double voltage() const {
        return bank.snapshot()[row("/Info/MaxChargeVoltage")].number().value_or(0.0);
    }
    [[nodiscard]] std::string clockAdvice() const {
        for (const Advice& advice : bank.advice())
            if (advice.code == AdviceCode::ClockUnset)
                return advice.text;
        return "";
    }

    Readings readings;
    Bank bank{BankSettings{}};
    Now now{SteadyTime(1000h), at(2026, 1, 31, 22h + 58min)};
};

TEST_F(CalendarOfABank, GoesByTheMonthOfLocalTime) {
    bank.surroundings().aheadOfUtc = 1h;
    pass(100s);
    EXPECT_NEAR(voltage(), 8 * 3.50, 0.01) << "a quarter of an hour before midnight";
    pass(100s);
    EXPECT_NEAR(voltage(), 8 * 3.48, 0.01) << "February where it stands, January by UTC";
    EXPECT_EQ(clockAdvice(), "");
}

TEST_F(CalendarOfABank, TakesTheSmallestUntilTheClockIsSetAndSaysSo) {
    now.wall = WallTime(20s);
    pass(200s);
    EXPECT_NEAR(voltage(), 8 * 3.35, 0.01) << "not January's";
    EXPECT_THAT(clockAdvice(), AllOf(HasSubstr("not set"), HasSubstr("smallest charge voltage"),
                                     HasSubstr("balancing does not start")));
    now.wall = at(2026, 4, 3, 0s);
    pass(200s);
    EXPECT_NEAR(voltage(), 8 * 3.40, 0.01);
    EXPECT_EQ(clockAdvice(), "");
}

TEST_F(CalendarOfABank, BalancingDoesNotStartByAClockThatWasNeverSet) {
    now.wall = WallTime(20s);
    bank.surroundings().aheadOfUtc = 1h;
    pass(5s);
    now = now + 24h;
    pass(5s);
    EXPECT_EQ(bank.view().charge.upkeep.balancingNow.stage, BalancingStage::Idle);
    EXPECT_EQ(bank.view().charge.upkeep.balancingNow.obstacle, BalancingObstacle::NoClock);
    EXPECT_NEAR(voltage(), 8 * 3.35, 0.01);
}

} // namespace
} // namespace busbar::calendar_test
