// SPDX-License-Identifier: MIT
#include "core/bank.hpp"
#include "unit/core/made.hpp"

#include <gtest/gtest.h>

#include <random>

namespace busbar {
namespace {

using namespace std::chrono_literals;

constexpr RowIndex kCharge = row("/Info/MaxChargeCurrent");
constexpr RowIndex kDischarge = row("/Info/MaxDischargeCurrent");
constexpr RowIndex kCvl = row("/Info/MaxChargeVoltage");

class BankTest : public ::testing::Test {
protected:
    void connectWith(int count) {
        readings.setLink(true, now);
        (void)readings.beginSweep();
        for (int instance = 1; instance <= count; ++instance)
            made::putBasics(readings, instance, now);
        readings.completeSweep(now);
    }
    void put(int instance, RowIndex index, Value value) {
        made::put(readings, instance, index, std::move(value), now);
    }
    const Snapshot& evaluate() {
        readings.settle(now);
        return bank.evaluate(readings, now);
    }
    std::vector<EventKind> eventKinds() {
        evaluate();
        std::vector<EventKind> kinds;
        for (const Event& event : bank.events())
            kinds.push_back(event.kind);
        return kinds;
    }

    Readings readings;
    /// Limits that can be worked out in one's head.
    static BankSettings plain() {
        BankSettings settings;
        settings.limits.share = Share::Count;
        settings.preset = Preset::None;
        return settings;
    }

    Bank bank{plain()};
    Now now = made::start();
};

TEST_F(BankTest, PublishedLimitsAreNeverAboveTheOnesWorkedOut) {
    BankSettings settings = plain();
    settings.limits.ramp_A = 0.0;
    bank.setSettings(settings);
    connectWith(3);
    std::mt19937 random(11);
    std::uniform_real_distribution<double> amps(0.01, 200.0);
    for (int round = 0; round < 2000; ++round) {
        double smallest_A = 1e9;
        for (int instance = 1; instance <= 3; ++instance) {
            const double limit_A = amps(random);
            smallest_A = std::min(smallest_A, limit_A);
            put(instance, kCharge, limit_A);
            put(instance, kCvl, 20.0 + limit_A / 20.0);
        }
        const Snapshot& snapshot = evaluate();
        const double forgiven_A = 0.0011; // a hundredth of the last digit, for widened float32
        EXPECT_LE(*snapshot[kCharge].number(), 3.0 * smallest_A + forgiven_A);
        EXPECT_GT(*snapshot[kCharge].number(), 3.0 * smallest_A - 0.1);
        EXPECT_LE(*snapshot[kCvl].number(), 20.0 + smallest_A / 20.0 + 0.00011);
        EXPECT_GT(*snapshot[kCvl].number(), 20.0 + smallest_A / 20.0 - 0.01);
    }
}

TEST_F(BankTest, LimitsOfWidenedFloatsLoseNoDigit) {
    connectWith(1);
    put(1, kCvl, 13.499999771118164);
    put(1, kCharge, 49.900001525878906);
    EXPECT_EQ(evaluate()[kCvl], Value(13.5));
    EXPECT_EQ(evaluate()[kCharge], Value(49.9));
}

TEST_F(BankTest, SaysWhatChangedOnce) {
    connectWith(2);
    using enum EventKind;
    EXPECT_EQ(eventKinds(),
              (std::vector{MemberIn, MemberIn, StageChanged, ChargeCause, DischargeCause}));
    EXPECT_TRUE(eventKinds().empty());
    put(1, row("/Soc"), 50.0);
    EXPECT_TRUE(eventKinds().empty()) << "a value is no event";
    put(1, kCharge, 0.0);
    put(2, kCharge, 0.0);
    EXPECT_EQ(eventKinds(), std::vector{ChargeCause});
    EXPECT_TRUE(bank.events()[0].isProblem);
    EXPECT_EQ(bank.events()[0].text, "blocked B1");
    readings.leave(2, now);
    EXPECT_EQ(eventKinds().at(0), MemberHeld);
    EXPECT_TRUE(bank.events()[0].isProblem);
}

TEST_F(BankTest, TheOneNamedForAnUnknownLimitDoesNotDependOnTheOrder) {
    connectWith(2);
    put(1, row("/CustomName"), "Z");
    put(1, kCharge, {});
    put(2, kCharge, {});
    EXPECT_EQ(evaluate()[row("/Info/ChargeLimitation")], Value("unknown_limit B2"));
}

TEST_F(BankTest, EntriesWithOneIdDoNotChatter) {
    connectWith(1);
    put(1, row("/Serial"), "x y");
    BankSettings settings = plain();
    settings.membership.takeAll = false;
    settings.membership.selected = {*parseSelector("instance:1"), *parseSelector("serial:x-y")};
    bank.setSettings(settings);
    (void)eventKinds();
    EXPECT_TRUE(eventKinds().empty());
}

TEST_F(BankTest, ChargeModeIsOneWordIfAllAgree) {
    connectWith(3);
    put(1, row("/Info/ChargeMode"), "Float");
    put(2, row("/Info/ChargeMode"), "Float");
    EXPECT_EQ(evaluate()[row("/Info/ChargeMode")], Value("Float"));
    put(3, row("/Info/ChargeMode"), "Bulk");
    EXPECT_EQ(evaluate()[row("/Info/ChargeMode")], Value("B1: Float, B2: Float, B3: Bulk"));
    for (int i = 1; i <= 3; ++i)
        put(i, row("/Info/ChargeMode"), {});
    EXPECT_FALSE(evaluate()[row("/Info/ChargeMode")].isKnown());
}

TEST_F(BankTest, SpreadAlarmsBeginAtTheirLevels) {
    connectWith(1);
    BankSettings settings = plain();
    settings.alarms = {0.2, 0.3};
    bank.setSettings(settings);
    const auto alarmAt = [&](double highest_V) {
        put(1, row("/System/MinCellVoltage"), 3.0);
        put(1, row("/System/MaxCellVoltage"), highest_V);
        return evaluate()[row("/Alarms/CellImbalance")];
    };
    EXPECT_FALSE(alarmAt(3.1875).isKnown());
    EXPECT_EQ(alarmAt(3.25), Value(1.0));
    EXPECT_EQ(alarmAt(3.3125), Value(2.0));
}

TEST_F(BankTest, ReportTellsNumbersOfThoseThatAreOutToo) {
    connectWith(2);
    put(2, row("/State"), 18.0);
    evaluate();
    const BankReport report = bank.report();
    ASSERT_EQ(report.members.size(), 2U);
    EXPECT_EQ(report.members[1].reason, OutReason::Pending);
    EXPECT_EQ(report.members[1].voltage_V, 26.4);
    EXPECT_EQ(report.members[1].maxCharge_A, 50.0);
    EXPECT_EQ(report.online, 1);
    EXPECT_EQ(report.total, 2);
}

TEST_F(BankTest, DeadStatesForbidBothDirections) {
    connectWith(2);
    for (const double state : {10.0, 14.0}) {
        put(1, row("/State"), state);
        EXPECT_EQ(evaluate()[kCharge], Value(50.0)) << state;
        EXPECT_EQ(evaluate()[kDischarge], Value(80.0)) << state;
    }
}

TEST_F(BankTest, StatesOfBatteriesThatAreNotJoinedKeepThemOut) {
    connectWith(2);
    for (int state = 0; state <= 20; ++state) {
        put(1, row("/State"), static_cast<double>(state));
        evaluate();
        const bool isJoined = state == 9 || state == 10 || state == 11 || state == 14 || state > 18;
        EXPECT_EQ(bank.report().members.at(0).takesPart, isJoined) << state;
    }
}

TEST_F(BankTest, SettingsAndIdentityTakeEffectInTheNextCycle) {
    connectWith(2);
    evaluate();
    BankSettings settings = plain();
    settings.membership.excluded = {*parseSelector("instance:2")};
    bank.setSettings(settings);
    bank.setIdentity(
        {.productName = "P", .customName = "C", .serial = "BB1", .version = "1", .instance = 5});
    const Snapshot& snapshot = evaluate();
    EXPECT_EQ(bank.report().online, 1);
    EXPECT_EQ(snapshot[row("/CustomName")], Value("C"));
    EXPECT_EQ(snapshot[row("/Serial")], Value("BB1"));
    EXPECT_EQ(snapshot[row("/DeviceInstance")], Value(5));
    EXPECT_EQ(snapshot[row("/Mgmt/ProcessName")], Value("busbar"));
    EXPECT_EQ(snapshot[row("/ProductId")], Value(0xFFFF));
}

} // namespace
} // namespace busbar
