// SPDX-License-Identifier: MIT
#include "core/bank.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/events.hpp"
#include "core/limits/cause.hpp"
#include "core/memory.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/control_table.hpp"
#include "core/table/controls.hpp"
#include "core/table/out_reason.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"
#include "unit/core/made_readings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace busbar::bank_test {
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
        readings.noteSign(now);
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

/// B1 at the state of charge that the owner wants.
class BankAtTarget : public BankTest {
protected:
    BankAtTarget() {
        BankSettings settings = plain();
        settings.chargeTarget.soc_pct = 80.0;
        bank = Bank(settings);
        connectWith(1);
        at(85.0);
    }
    void at(double soc_pct) {
        put(1, row("/Soc"), soc_pct);
        now = now + 1s;
        evaluate();
    }
};

TEST_F(BankAtTarget, TakesNothingAndGivesAsBefore) {
    EXPECT_EQ(bank.snapshot()[kCharge].number(), 0.0);
    EXPECT_EQ(bank.report().charge.cause, Cause::ChargeTarget);
    EXPECT_EQ(bank.snapshot()[kDischarge].number(), 80.0);
    at(76.0);
    at(76.0);
    EXPECT_GT(bank.snapshot()[kCharge].number().value_or(0.0), 0.0);
}

TEST_F(BankAtTarget, ControlsSetItPassItAndForgetWhoIsLost) {
    apply(bank, ControlKind::ChargeTarget, "main", 60.0);
    EXPECT_EQ(bank.controls().chargeTarget_pct, 60.0);
    apply(bank, ControlKind::ChargeTarget, "main", kNoTarget_pct);
    EXPECT_FALSE(bank.controls().chargeTarget_pct);
    apply(bank, ControlKind::ChargeTarget, "another", 60.0);
    EXPECT_FALSE(bank.controls().chargeTarget_pct);
    apply(bank, ControlKind::FullChargeNow, "main", 1.0);
    at(85.0);
    EXPECT_TRUE(bank.report().reach.target.isFullCharge);

    const std::string id = bank.report().members.at(0).id;
    apply(bank, ControlKind::ForgetLost, id, 1.0);
    EXPECT_TRUE(bank.controls().outOfService.empty()) << "it is not lost";
    readings.leave(1, now);
    now = now + 1min;
    evaluate();
    ASSERT_TRUE(isLost(bank.view(), id));
    apply(bank, ControlKind::ForgetLost, id, 1.0);
    EXPECT_TRUE(bank.controls().outOfService.contains(id));
}

TEST_F(BankAtTarget, FeedInIsNotSwitchedOffForAWish) {
    EXPECT_FALSE(feedInNeeds(bank.view()).wantsOff);
    put(1, row("/Info/MaxChargeCurrent"), 0.0);
    evaluate();
    EXPECT_EQ(bank.report().charge.cause, Cause::Blocked);
    EXPECT_TRUE(feedInNeeds(bank.view()).wantsOff);
}

TEST_F(BankAtTarget, WhatTheOwnerChoosesAtRunTimeCounts) {
    Controls controls;
    controls.chargeTarget_pct = 90.0;
    bank.setControls(controls);
    at(85.0);
    EXPECT_EQ(bank.report().reach.target.soc_pct, 80.0) << "only ever downwards";
    controls.chargeTarget_pct = 50.0;
    bank.setControls(controls);
    at(76.0);
    EXPECT_TRUE(bank.report().reach.target.isReached);
    bank.surroundings().fullChargeNow = true;
    at(76.0);
    EXPECT_FALSE(bank.report().reach.target.isReached);
    EXPECT_TRUE(bank.report().reach.target.isFullCharge);
    EXPECT_TRUE(bank.memory().chargeTarget.fullSince);
}

TEST_F(BankTest, WithoutAnyDataItGoesDownTheLadderAndNeverOntoTheBus) {
    for (int second = 0; second < 1000; ++second, now = now + 1s) {
        bank.await(now);
        const Stage expected = second < 60    ? Stage::Starting
                               : second < 960 ? Stage::NoData
                                              : Stage::Left;
        ASSERT_EQ(bank.stage(), expected) << second;
        ASSERT_FALSE(wantsBus(bank.view())) << second;
        ASSERT_FALSE(bank.snapshot()[kCharge].isKnown());
        ASSERT_EQ(bank.report().charge.value, 0.0);
        ASSERT_EQ(bank.report().discharge.value, 0.0);
    }
    EXPECT_EQ(bank.report().charge.cause, Cause::NoData);
    EXPECT_TRUE(bank.report().isUnheard);
    connectWith(2);
    evaluate();
    EXPECT_EQ(bank.stage(), Stage::Normal);
    EXPECT_TRUE(wantsBus(bank.view()));
    EXPECT_FALSE(bank.report().isUnheard);
}

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

constexpr RowIndex kFailure = row("/Alarms/InternalFailure");

TEST_F(BankTest, ABatteryThatIsOutKeepsItsAlarmsWhileItTalks) {
    connectWith(2);
    put(2, kFailure, 2.0);
    evaluate();
    put(2, row("/Dc/0/Voltage"), 30.0);
    EXPECT_EQ(evaluate()[kFailure], Value(2.0)) << "voltage_mismatch";
    put(2, row("/Dc/0/Voltage"), 26.4);
    put(2, row("/State"), 18.0);
    EXPECT_EQ(evaluate()[kFailure], Value(2.0)) << "pending";
    put(2, row("/State"), 9.0);
    const std::string id = bank.report().members.at(1).id;
    bank.setControls({.maxCharge_A = {}, .maxDischarge_A = {}, .outOfService = {id}});
    EXPECT_EQ(evaluate()[kFailure], Value(2.0)) << "out of service";
    put(2, kFailure, 0.0);
    EXPECT_EQ(evaluate()[kFailure], Value(0.0));
}

TEST_F(BankTest, ALostBatteryLeavesItsLastAlarmAsAWarning) {
    connectWith(2);
    put(2, kFailure, 2.0);
    evaluate();
    readings.leave(2, now);
    EXPECT_EQ(evaluate()[kFailure], Value(2.0)) << "held";
    now = now + 31s;
    EXPECT_EQ(evaluate()[kFailure], Value(1.0));
    made::putBasics(readings, 2, now);
    readings.completeRead(2);
    evaluate();
    EXPECT_FALSE(evaluate()[kFailure].isKnown()) << "back, and it has no such alarm";
}

TEST_F(BankTest, AlarmsOfStrangersDoNotCount) {
    BankSettings settings = plain();
    settings.membership.excluded = {parseSelector("instance:2").value()};
    bank.setSettings(settings);
    connectWith(2);
    put(2, kFailure, 2.0);
    EXPECT_FALSE(evaluate()[kFailure].isKnown());
}

TEST_F(BankTest, OneThatIsBackIsMissedUntilItIsWhole) {
    connectWith(2);
    evaluate();
    readings.leave(2, now);
    now = now + 31s;
    EXPECT_EQ(evaluate()[row("/Alarms/BmsCable")], Value(1.0));
    put(2, row("/Dc/0/Voltage"), 26.4);
    put(2, row("/Dc/0/Current"), 5.0);
    evaluate();
    const BankReport report = bank.report();
    EXPECT_EQ(report.members.at(1).reason, OutReason::Joining);
    EXPECT_EQ(bank.snapshot()[row("/Alarms/BmsCable")], Value(1.0));
    EXPECT_EQ(report.total, 2);
}

TEST_F(BankTest, GhostsAreNeitherMembersNorMissed) {
    connectWith(1);
    evaluate();
    const double charge_A = *bank.snapshot()[kCharge].number();
    for (int instance = 100; instance < 300; ++instance)
        made::putBasics(readings, instance, now);
    for (int second = 0; second < 60; ++second) {
        now = now + 1s;
        EXPECT_LE(*evaluate()[kCharge].number(), charge_A);
        EXPECT_TRUE(bank.events().empty());
    }
    connectWith(1);
    EXPECT_EQ(evaluate()[row("/Alarms/BmsCable")], Value(0.0));
    EXPECT_EQ(bank.report().total, 1);
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

TEST_F(BankTest, SettingsAndIdentityTakeEffectInTheNextCycle) {
    connectWith(2);
    evaluate();
    BankSettings settings = plain();
    settings.membership.excluded = {*parseSelector("instance:2")};
    bank.setSettings(settings);
    bank.surroundings().identity = Identity{
        .productName = "P", .customName = "C", .serial = "BB1", .version = "1", .instance = 5};
    const Snapshot& snapshot = evaluate();
    EXPECT_EQ(bank.report().online, 1);
    EXPECT_EQ(snapshot[row("/CustomName")], Value("C"));
    EXPECT_EQ(snapshot[row("/Serial")], Value("BB1"));
    EXPECT_EQ(snapshot[row("/DeviceInstance")], Value(5));
    EXPECT_EQ(snapshot[row("/Mgmt/ProcessName")], Value("busbar"));
    EXPECT_EQ(snapshot[row("/ProductId")], Value(0xBAB5));
}

TEST_F(BankTest, CeilingsOfTheOwnerCountBesideTheConfiguredOnes) {
    BankSettings settings = plain();
    settings.limits.ramp_A = 0.0;
    settings.limits.maxCharge_A = 60.0;
    bank.setSettings(settings);
    connectWith(2);
    bank.setControls({.maxCharge_A = 90.0, .maxDischarge_A = 30.0, .outOfService = {}});
    EXPECT_EQ(evaluate()[kCharge], Value(60.0)) << "never above the configured one";
    EXPECT_EQ(bank.snapshot()[kDischarge], Value(30.0));
    EXPECT_EQ(bank.report().discharge.cause, Cause::Ceiling);
    bank.setControls({.maxCharge_A = 0.0, .maxDischarge_A = std::nullopt, .outOfService = {}});
    EXPECT_EQ(evaluate()[kCharge], Value(0.0));
    EXPECT_EQ(bank.snapshot()[kDischarge], Value(160.0)) << "given back";
}

/// Ascending, and the first is the limit itself.
void expectInOrder(const std::vector<Limiter>& limiters, const Limit& limit) {
    ASSERT_FALSE(limiters.empty());
    EXPECT_EQ(limiters.front().limit.value, limit.value);
    EXPECT_EQ(limiters.front().limit.cause, limit.cause);
    EXPECT_TRUE(
        std::ranges::is_sorted(limiters, {}, [](const Limiter& one) { return one.limit.value; }));
}

TEST_F(BankTest, LimitersBeginWithTheLimitInForceAndAscend) {
    BankSettings settings = plain();
    settings.limits.ramp_A = 1.0;
    settings.limits.maxCharge_A = 400.0;
    bank.setSettings(settings);
    connectWith(3);
    std::mt19937 random(12);
    std::uniform_real_distribution<double> amps(1.0, 200.0);
    std::set<Cause> causes;
    for (int round = 0; round < 500; ++round, now = now + 1s) {
        for (int instance = 1; instance <= 3; ++instance) {
            put(instance, kCharge, amps(random));
            put(instance, kCvl, 50.0 + amps(random) / 100.0);
        }
        evaluate();
        const BankReport report = bank.report();
        expectInOrder(report.limiters.charge, report.charge);
        expectInOrder(report.limiters.discharge, report.discharge);
        expectInOrder(report.limiters.chargeVoltage, *report.chargeVoltage);
        causes.insert(report.charge.cause);
        EXPECT_GE(report.limiters.charge.size(), 4U) << "three batteries and the ceiling";
    }
    EXPECT_EQ(causes, (std::set<Cause>{Cause::Member, Cause::Ramp}));
}

TEST_F(BankTest, ABatteryOutOfServiceLeavesTheSumAndIsNoLoss) {
    connectWith(2);
    evaluate();
    const std::string id = bank.report().members.front().id;
    bank.setControls({.maxCharge_A = {}, .maxDischarge_A = {}, .outOfService = {id}});
    EXPECT_EQ(evaluate()[row("/Dc/0/Current")], Value(10.0));
    EXPECT_EQ(bank.report().members.front().reason, OutReason::OutOfService);
    EXPECT_EQ(bank.report().total, 1);
    EXPECT_EQ(bank.snapshot()[row("/Alarms/BmsCable")], Value(0.0));
    bank.setControls({});
    EXPECT_EQ(evaluate()[row("/Dc/0/Current")], Value(20.0));
}

TEST_F(BankTest, ChoicesThatNobodyKnowsCloseAndAreAnAlarm) {
    BankSettings settings = plain();
    settings.limits.ramp_A = 0.0;
    bank.setSettings(settings);
    connectWith(2);
    Controls controls;
    controls.doubt = kAllInDoubt;
    bank.setControls(controls);
    EXPECT_EQ(evaluate()[kCharge], Value(0.0));
    EXPECT_EQ(bank.snapshot()[kDischarge], Value(0.0));
    EXPECT_EQ(bank.report().charge.cause, Cause::Ceiling);
    EXPECT_EQ(bank.snapshot()[row("/Alarms/InternalFailure")], Value(2.0));
    controls.doubt = {true, true, false, false};
    bank.setControls(controls);
    EXPECT_EQ(evaluate()[kCharge], Value(0.0));
    EXPECT_EQ(bank.snapshot()[kDischarge], Value(160.0));
    bank.setControls({});
    EXPECT_EQ(evaluate()[kCharge], Value(100.0));
    EXPECT_NE(bank.snapshot()[row("/Alarms/InternalFailure")], Value(2.0));
}

TEST_F(BankTest, CeilingsOfTheOwnerCountWithoutDataToo) {
    BankSettings settings = plain();
    settings.loss.safeCharge_A = 20.0;
    bank.setSettings(settings);
    connectWith(2);
    evaluate();
    bank.setControls({.maxCharge_A = 5.0, .maxDischarge_A = 7.0, .outOfService = {}});
    readings.setLink(false, now);
    for (int second = 0; second < 200; ++second) {
        now = now + std::chrono::seconds(1);
        evaluate();
        ASSERT_LE(bank.report().charge.value, 5.0) << second;
        ASSERT_LE(bank.report().discharge.value, 7.0) << second;
    }
    EXPECT_EQ(bank.report().stage, Stage::NoData);
    EXPECT_EQ(bank.report().charge.cause, Cause::Ceiling);
}

/// 2.3 V a cell: comfortable for LTO, empty for what may be LFP.
class ComfortAfterAReload : public BankTest {
protected:
    Cause afterALossWith(const BankSettings& settings) {
        BankSettings lto = plain();
        lto.preset = Preset::Lto;
        bank.setSettings(lto);
        connectWith(1);
        put(1, row("/System/MinCellVoltage"), 2.3);
        put(1, row("/System/MaxCellVoltage"), 2.31);
        put(1, row("/Soc"), 60.0);
        evaluate();
        bank.setSettings(settings);
        evaluate();
        readings.setLink(false, now);
        for (int second = 0; second < 120; ++second) {
            now = now + 1s;
            evaluate();
        }
        EXPECT_EQ(bank.stage(), Stage::NoData);
        return bank.report().discharge.cause;
    }
};

TEST_F(ComfortAfterAReload, IsThePresetsInForce) {
    BankSettings lto = plain();
    lto.preset = Preset::Lto;
    EXPECT_EQ(afterALossWith(lto), Cause::RideThrough);
}

TEST_F(ComfortAfterAReload, IsNotTheOldPresets) {
    EXPECT_EQ(afterALossWith(plain()), Cause::NoData);
}

/// Two packs of eight LFP cells and 100 Ah at rest, of which nothing moves while the GX talks on.
class BankThatStandsStill : public BankTest {
protected:
    void rest(double cell_V, double current_A = -0.5) {
        BankSettings settings = plain();
        settings.preset = Preset::Lfp;
        settings.limits.ramp_A = 1000.0;
        bank.setSettings(settings);
        connectWith(2);
        for (const int instance : {1, 2}) {
            put(instance, row("/InstalledCapacity"), 100.0);
            put(instance, row("/Soc"), 60.0);
            put(instance, row("/Dc/0/Voltage"), 8.0 * cell_V);
            put(instance, row("/Dc/0/Current"), current_A);
            put(instance, row("/System/MinCellVoltage"), cell_V);
            put(instance, row("/System/MaxCellVoltage"), cell_V + 0.001);
            for (std::uint16_t n = 0; hasSingleCells && n < 8; ++n)
                readings.put(instance, {Place::Kind::Cell, n}, cell_V + 0.001 * (n % 2), now);
        }
        pass(5s);
    }
    void pass(std::chrono::seconds span) {
        for (auto passed = 0s; passed < span; passed += 1s) {
            now = now + 1s;
            evaluate();
        }
    }
    [[nodiscard]] double charge_A() const { return *bank.snapshot()[kCharge].number(); }
    [[nodiscard]] double discharge_A() const { return *bank.snapshot()[kDischarge].number(); }
    [[nodiscard]] double cvl_V() const { return *bank.snapshot()[kCvl].number(); }

    bool hasSingleCells = true;
    static constexpr double kWaking_A = 4.0; ///< 2 % of the capacity per hour
};

/// Drivers of all packs may keep old values on the bus: so the twin emptied three packs near the
/// knee (tests/bench, losses: seed 133).
TEST_F(BankThatStandsStill, GivesNearEmptyNoMoreThanWhatWouldMoveIt) {
    rest(3.1);
    pass(290s);
    EXPECT_EQ(discharge_A(), 160.0);
    pass(10s);
    EXPECT_EQ(discharge_A(), kWaking_A);
    EXPECT_EQ(charge_A(), kWaking_A);
    EXPECT_EQ(bank.report().discharge.cause, Cause::NoData);
    pass(600s);
    EXPECT_EQ(discharge_A(), 0.0);
    EXPECT_EQ(charge_A(), kWaking_A) << "the sun may wake it";
    EXPECT_EQ(bank.stage(), Stage::Normal);
    put(2, row("/System/MinCellVoltage"), 3.101);
    pass(3s);
    EXPECT_EQ(discharge_A(), 160.0) << "it is alive";
    EXPECT_EQ(charge_A(), 100.0);
}

TEST_F(BankThatStandsStill, IsNotWaitedForWhereACellWouldRunAway) {
    rest(3.5, 8.0);
    pass(65s);
    EXPECT_EQ(charge_A(), 100.0);
    pass(10s);
    EXPECT_EQ(charge_A(), kWaking_A) << "8 % of the capacity per hour at 3.5 V move a cell";
    rest(3.3, 8.0);
    pass(200s);
    EXPECT_EQ(charge_A(), 100.0);
}

/// One is silent while the other talks: what it said of a cell at its end is no ground for more.
TEST_F(BankThatStandsStill, GetsNoMoreOnWhatACellAtItsEndHasSaid) {
    rest(3.5, 8.0);
    const auto talk = [this](double limit_A, std::chrono::seconds span) {
        put(2, kCharge, limit_A);
        for (auto passed = 0s; passed < span; passed += 1s) {
            put(2, row("/Dc/0/Current"), 8.0 + 0.1 * static_cast<double>(passed.count() % 2));
            pass(1s);
        }
        return charge_A();
    };
    const double lowered_A = talk(30.0, 10s);
    ASSERT_LT(lowered_A, 80.0);
    EXPECT_EQ(talk(50.0, 20s), lowered_A);
    put(1, row("/Dc/0/Current"), 8.1);
    EXPECT_GT(talk(50.0, 3s), lowered_A + 10.0);
    rest(3.3, 8.0);
    ASSERT_EQ(talk(30.0, 10s), lowered_A);
    EXPECT_GT(talk(50.0, 20s), lowered_A + 10.0) << "on the plateau it may be slow";
}

TEST_F(BankThatStandsStill, RidesThroughIfItIsComfortable) {
    rest(3.3);
    pass(890s);
    EXPECT_EQ(discharge_A(), 160.0);
    EXPECT_EQ(charge_A(), kWaking_A);
    pass(100s);
    EXPECT_EQ(discharge_A(), kWaking_A) << "as all lost: 600 s";
    pass(3600s);
    EXPECT_EQ(discharge_A(), kWaking_A);
}

TEST_F(BankThatStandsStill, IsChargedToNoMoreThanBlindCellsBear) {
    rest(3.3);
    EXPECT_EQ(cvl_V(), 28.4);
    pass(310s);
    EXPECT_NEAR(cvl_V(), 7.0 * 3.315 + 3.57, 0.01);
}

TEST_F(BankThatStandsStill, IsKeptWhereItStandsAboveThat) {
    rest(3.45);
    EXPECT_EQ(cvl_V(), 28.4);
    pass(310s);
    EXPECT_NEAR(cvl_V(), 8.0 * 3.45, 0.01);
}

TEST_F(BankThatStandsStill, MayRestWhereItGivesExtremesOnly) {
    hasSingleCells = false;
    rest(3.1);
    pass(2000s);
    EXPECT_EQ(discharge_A(), 160.0) << "few rounded values may stand still";
}

TEST_F(BankThatStandsStill, MayRestWhereTheOwnerWantsNoFrozenTest) {
    rest(3.1);
    BankSettings settings = plain();
    settings.membership.frozenTest = false;
    bank.setSettings(settings);
    pass(2000s);
    EXPECT_EQ(discharge_A(), 160.0);
}

TEST_F(BankTest, ControlsAreRememberedAndInForceAfterARestart) {
    connectWith(2);
    evaluate();
    const std::string id = bank.report().members.front().id;
    bank.setControls({.maxCharge_A = 7.0, .maxDischarge_A = {}, .outOfService = {id}});
    Bank later(plain());
    later.restore(bank.memory());
    readings.settle(now);
    EXPECT_EQ(later.evaluate(readings, now)[kCharge], Value(7.0));
    EXPECT_EQ(later.report().online, 1);
}

TEST_F(BankTest, AResetCounterBeginsFromWhatTheBatteriesSay) {
    BankSettings settings = plain();
    settings.soc.source = SocSource::Counter;
    bank.setSettings(settings);
    connectWith(1);
    put(1, row("/InstalledCapacity"), 100.0);
    put(1, row("/Soc"), 50.0);
    evaluate();
    put(1, row("/Soc"), 80.0);
    now = now + 2min;
    EXPECT_NEAR(*evaluate()[row("/Soc")].number(), 50.0, 1.0) << "the counter has its own opinion";
    bank.resetCounter();
    evaluate();
    EXPECT_NEAR(bank.report().soc.counter_pct.value_or(-1.0), 80.0, 0.1);
}

/// Packs of a bank whose SoC is looked at second by second, unrounded.
class SocOfABank : public BankTest {
protected:
    /// Gives packs with these SoCs, %; instances from 1.
    void start(const std::vector<double>& socs, SocSource source = SocSource::Batteries) {
        BankSettings settings = plain();
        settings.membership.frozenTest = false;
        settings.soc.source = source;
        settings.soc.battery = {*parseSelector("instance:1")};
        bank.setSettings(settings);
        connectWith(static_cast<int>(socs.size()));
        for (std::size_t i = 0; i < socs.size(); ++i)
            say(static_cast<int>(i) + 1, socs[i]);
        second();
    }
    void say(int instance, double soc_pct, double capacity_Ah = 100.0) {
        put(instance, row("/Soc"), soc_pct);
        put(instance, row("/InstalledCapacity"), capacity_Ah);
    }
    void comeBack(int instance, double soc_pct, double capacity_Ah = 100.0) {
        made::putBasics(readings, instance, now);
        say(instance, soc_pct, capacity_Ah);
        readings.completeBattery(instance, now);
    }
    double second() {
        now = now + 1s;
        evaluate();
        return shown();
    }
    /// The most that one second changed.
    double wait(std::chrono::seconds span) {
        double most = 0.0;
        for (auto left = span; left > 0s; left -= 1s) {
            const double before = shown();
            most = std::max(most, std::abs(second() - before));
        }
        return most;
    }
    double shown() const { return bank.report().soc.soc_pct.value_or(-1000.0); }

    static constexpr double kSlew = 1.0 / 60.0 + 1e-9; ///< the default, % in a second
};

TEST_F(SocOfABank, GoesSlowlyToWhatIsLeftAndBackRoundAfterRound) {
    start({55.0, 55.0, 66.0});
    const double all = (55.0 + 55.0 + 66.0) / 3.0;
    ASSERT_NEAR(shown(), all, 1e-9);
    for (int round = 0; round < 6; ++round) {
        readings.leave(3, now);
        EXPECT_LE(wait(29s), 1e-9) << "held: nothing has changed, round " << round;
        EXPECT_LE(wait(20min), kSlew) << "dropped, round " << round;
        EXPECT_NEAR(shown(), 55.0, 1e-9) << "round " << round;
        comeBack(3, 66.0);
        EXPECT_LE(wait(10min), kSlew) << "back, round " << round;
        EXPECT_NEAR(shown(), all, 1e-9) << "round " << round;
    }
}

TEST_F(SocOfABank, ALooseCableDoesNotTakeItBelowEveryBattery) {
    start({55.0, 55.0, 66.0});
    for (int round = 0; round < 60; ++round) {
        readings.leave(3, now);
        EXPECT_LE(wait(40s), kSlew) << round;
        EXPECT_GE(shown(), 55.0) << round;
        comeBack(3, 66.0);
        EXPECT_LE(wait(15s), kSlew) << round;
        EXPECT_GE(shown(), 55.0) << round;
    }
}

TEST_F(SocOfABank, ABatteryThatComesBackWithinTheHoldWithAnotherSocIsApproached) {
    start({55.0, 55.0});
    (void)wait(2min);
    readings.leave(2, now);
    (void)wait(20s);
    comeBack(2, 75.0);
    EXPECT_LE(wait(5min), kSlew);
    (void)wait(10min);
    EXPECT_NEAR(shown(), 65.0, 1e-9);
}

TEST_F(SocOfABank, GoesOnFromWhatStoodThereWhileAllWereGone) {
    start({55.0, 55.0, 66.0});
    (void)wait(2min);
    const double before = shown();
    for (int instance = 1; instance <= 3; ++instance)
        readings.leave(instance, now);
    for (int i = 0; i < 300; ++i)
        (void)second();
    ASSERT_EQ(bank.stage(), Stage::NoData);
    EXPECT_NEAR(*bank.snapshot()[row("/Soc")].number(), before, 0.1);
    for (const int instance : {1, 2, 3}) {
        comeBack(instance, instance == 3 ? 60.0 : 50.0);
        (void)second();
        EXPECT_GT(shown(), before - 0.2) << "the first ones back are not all";
        (void)wait(2s);
    }
    EXPECT_LE(wait(20min), kSlew);
    EXPECT_NEAR(shown(), 160.0 / 3.0, 1e-9);
}

TEST_F(SocOfABank, GoesOnFromWhatStoodThereWhileAllWerePending) {
    constexpr double kPending = 16.0;
    constexpr double kRunning = 9.0;
    start({55.0});
    (void)wait(2min);
    put(1, row("/State"), kPending);
    (void)wait(20s);
    ASSERT_EQ(bank.stage(), Stage::NoData);
    put(1, row("/State"), kRunning);
    say(1, 60.0);
    EXPECT_LE(wait(10min), kSlew);
    EXPECT_NEAR(shown(), 60.0, 1e-9);
}

TEST_F(SocOfABank, WhatIsReallyLeftDecidesOverTimeToGo) {
    start({5.0, 95.0});
    put(1, row("/Dc/0/Current"), -10.0);
    (void)wait(5min);
    readings.leave(2, now);
    (void)wait(4min);
    EXPECT_GT(shown(), 40.0);
    EXPECT_NEAR(*bank.snapshot()[row("/TimeToGo")].number(), 0.05 * 100.0 / 10.0 * 3600.0, 1.0);
}

TEST_F(SocOfABank, ASelectedBatteryThatGoesAndComesIsApproached) {
    start({40.0, 60.0}, SocSource::Battery);
    (void)wait(2min);
    ASSERT_NEAR(shown(), 40.0, 1e-9);
    for (int round = 0; round < 3; ++round) {
        readings.leave(1, now);
        EXPECT_LE(wait(25s), kSlew) << "held";
        EXPECT_LE(wait(30min), kSlew) << "dropped";
        EXPECT_NEAR(shown(), 60.0, 1e-9);
        comeBack(1, 40.0);
        EXPECT_LE(wait(30min), kSlew) << "back";
        EXPECT_NEAR(shown(), 40.0, 1e-9);
    }
}

/// Random comings and goings while the packs work.
class SocOfARestlessBank : public SocOfABank, public ::testing::WithParamInterface<unsigned> {
protected:
    struct RealPack {
        double soc_pct = 50.0;
        double capacity_Ah = 100.0;
        bool isThere = true;
    };
    struct Sight {
        std::map<std::string, std::pair<bool, double>> members; ///< held; SoC
        double excess = 0.0; ///< so far is the shown SoC outside of what members say
        double shown = 0.0;
    };

    void begin(std::size_t count) {
        std::vector<double> socs;
        for (std::size_t i = 0; i < count; ++i)
            socs.push_back(packs.emplace_back(RealPack{uniform(5.0, 95.0), 100.0}).soc_pct);
        start(socs);
        for (RealPack& pack : packs)
            pack.capacity_Ah = uniform(50.0, 300.0);
        sayAll();
        (void)wait(2min);
    }
    double uniform(double from, double to) {
        return std::uniform_real_distribution<double>(from, to)(random);
    }
    void sayAll() {
        for (std::size_t i = 0; i < packs.size(); ++i)
            if (packs[i].isThere)
                say(static_cast<int>(i) + 1, packs[i].soc_pct, packs[i].capacity_Ah);
    }
    void flow(double pace_pct) {
        for (RealPack& pack : packs)
            pack.soc_pct = std::clamp(pack.soc_pct + pace_pct * uniform(0.0, 1.0), 0.0, 100.0);
    }
    /// One leaves, or comes back after a second or minutes.
    void stir() {
        const auto which = static_cast<std::size_t>(uniform(0.0, 0.999) * double(packs.size()));
        RealPack& pack = packs[which];
        const int instance = static_cast<int>(which) + 1;
        pack.isThere = !pack.isThere;
        if (pack.isThere)
            comeBack(instance, pack.soc_pct, pack.capacity_Ah);
        else
            readings.leave(instance, now);
    }
    Sight look() const {
        Sight sight;
        double lowest = 200.0;
        double highest = -100.0;
        for (const MemberReport& member : bank.report().members) {
            if (!member.takesPart || !member.soc_pct)
                continue;
            sight.members[member.id] = {member.held, *member.soc_pct};
            lowest = std::min(lowest, *member.soc_pct);
            highest = std::max(highest, *member.soc_pct);
        }
        sight.shown = shown();
        sight.excess = std::max({0.0, lowest - sight.shown, sight.shown - highest});
        return sight;
    }
    static bool isSame(const Sight& before, const Sight& after) {
        return std::ranges::equal(before.members, after.members, [](const auto& a, const auto& b) {
            return a.first == b.first && a.second.first == b.second.first;
        });
    }
    static void check(const Sight& before, const Sight& after, double pace_pct) {
        EXPECT_LE(std::abs(after.shown - before.shown), kSlew + pace_pct);
        if (isSame(before, after)) {
            EXPECT_LE(after.excess, std::max(0.0, before.excess - 1.0 / 60.0) + 1e-9);
        }
    }
    double truth_pct() const {
        double sum = 0.0;
        double capacity_Ah = 0.0;
        for (const RealPack& pack : packs) {
            sum += pack.soc_pct * pack.capacity_Ah;
            capacity_Ah += pack.capacity_Ah;
        }
        return sum / capacity_Ah;
    }

    std::mt19937 random{GetParam()};
    std::vector<RealPack> packs;
};

TEST_P(SocOfARestlessBank, NeverJumpsStaysBetweenItsMembersAndFindsTheTruth) {
    begin(2 + GetParam() % 4);
    double pace_pct = 0.02; // 100 % in 1.4 h
    for (int i = 0; i < 1500 && !HasFailure(); ++i) {
        const Sight before = look();
        if (i % 300 == 0)
            pace_pct = -pace_pct;
        if (uniform(0.0, 1.0) < (i % 600 < 300 ? 0.3 : 0.02))
            stir();
        flow(pace_pct);
        sayAll();
        (void)second();
        if (bank.stage() == Stage::Normal && !before.members.empty())
            check(before, look(), std::abs(pace_pct));
    }
    for (std::size_t i = 0; i < packs.size(); ++i)
        comeBack(static_cast<int>(i) + 1, packs[i].soc_pct, packs[i].capacity_Ah);
    EXPECT_LE(wait(100min), kSlew + 0.02);
    EXPECT_NEAR(shown(), truth_pct(), 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SocOfARestlessBank, ::testing::Range(1U, 6U));

/// Goes on for an hour, one cycle a minute, so that meters bridge the gaps.
class HistoryTest : public BankTest {
protected:
    HistoryTest() {
        BankSettings settings = plain();
        settings.meters.maxGap = 2min;
        settings.membership.frozenTest = false;
        bank.setSettings(settings);
    }
    void work() {
        for (int minute = 0; minute < 60; ++minute) {
            now = now + 1min;
            evaluate();
        }
    }
    Value history(const char* name) {
        return evaluate()[findRow("/History/" + std::string(name)).value()];
    }
};

TEST_F(HistoryTest, ComesFromTheOwnMetersWhereNoBatteryTells) {
    connectWith(2);
    for (const int instance : {1, 2}) {
        put(instance, row("/InstalledCapacity"), 10.0);
        put(instance, row("/Dc/0/Voltage"), 25.0);
        put(instance, row("/Dc/0/Current"), 20.0);
    }
    evaluate();
    work();
    put(1, row("/Dc/0/Current"), -20.0);
    put(2, row("/Dc/0/Current"), -20.0);
    work();
    EXPECT_NEAR(history("ChargedEnergy").number().value(), 1.0, 0.02);
    EXPECT_NEAR(history("DischargedEnergy").number().value(), 1.0, 0.02);
    EXPECT_NEAR(history("TotalAhDrawn").number().value(), -40.0, 0.5);
    EXPECT_EQ(history("ChargeCycles"), Value(1.0)) << "whole ones, 1.97 of 20 Ah";
    EXPECT_EQ(history("TimeSinceLastFullCharge"), Value());
    EXPECT_EQ(history("DeepestDischarge"), Value()) << "nobody counted it";
}

TEST_F(HistoryTest, IsTheBatteriesOnceOneHasTold) {
    connectWith(2);
    evaluate();
    EXPECT_EQ(history("ChargedEnergy"), Value(0.0));
    put(1, row("/History/ChargedEnergy"), 12.5);
    EXPECT_EQ(history("ChargedEnergy"), Value(12.5));
    put(1, row("/History/ChargedEnergy"), {});
    EXPECT_EQ(history("ChargedEnergy"), Value(12.5)) << "it keeps what it last told";
    EXPECT_EQ(history("DischargedEnergy"), Value(0.0)) << "each on its own";
}

TEST_F(HistoryTest, TimeSinceFullIsInWholeMinutesAndNeverNegative) {
    connectWith(1);
    BankMemory memory;
    memory.lastFull = now.wall - 90s;
    bank.restore(memory);
    EXPECT_EQ(history("TimeSinceLastFullCharge"), Value(60.0));
    now = now + 29s;
    EXPECT_EQ(history("TimeSinceLastFullCharge"), Value(60.0));
    now = now + 1s;
    EXPECT_EQ(history("TimeSinceLastFullCharge"), Value(120.0));
    now.wall -= 1h;
    EXPECT_EQ(history("TimeSinceLastFullCharge"), Value()) << "the clock went back";
}

TEST_F(HistoryTest, TemperaturesAreShownWhereThereAreSome) {
    const auto hasFlag = [this] {
        const auto& extras = evaluate().extras;
        return std::ranges::find(extras, "/Settings/HasTemperature", &Item::path) != extras.end();
    };
    connectWith(1);
    EXPECT_FALSE(hasFlag());
    put(1, row("/History/MaximumTemperature"), 31.0);
    EXPECT_TRUE(hasFlag());
}

TEST_F(BankTest, CountsThePagesAndThoseInParallel) {
    connectWith(3);
    const auto count = [this](RowIndex index) { return evaluate()[index]; };
    EXPECT_EQ(count(row("/System/NrOfBatteries")), Value(3.0));
    EXPECT_EQ(count(row("/System/BatteriesParallel")), Value(3.0));
    EXPECT_EQ(count(row("/System/BatteriesSeries")), Value(1.0));
    EXPECT_EQ(count(row("/System/NrOfCellsPerBattery")), Value());
    readings.put(2, {Place::Kind::Cell, 7}, 3.3, now);
    EXPECT_EQ(count(row("/System/NrOfCellsPerBattery")), Value(8.0)) << "cells that a page shows";
    put(1, row("/System/NrOfCellsPerBattery"), 16.0);
    EXPECT_EQ(count(row("/System/NrOfCellsPerBattery")), Value(16.0));
    readings.leave(3, now);
    now = now + 31s;
    EXPECT_EQ(count(row("/System/NrOfBatteries")), Value(3.0)) << "the GUI's choice of a page";
    EXPECT_EQ(count(row("/System/BatteriesParallel")), Value(2.0));
    EXPECT_EQ(count(row("/System/NrOfModulesOnline")), Value(2.0));
}

TEST_F(BankTest, PagesStayWhenAllDataIsLost) {
    connectWith(2);
    const auto paths = evaluate().extras.size();
    EXPECT_GT(paths, 16U);
    readings.leave(1, now);
    readings.leave(2, now);
    now = now + 31s;
    const Snapshot& snapshot = evaluate();
    EXPECT_EQ(bank.stage(), Stage::NoData);
    EXPECT_EQ(snapshot.extras.size(), paths);
    EXPECT_EQ(snapshot[row("/System/NrOfBatteries")], Value(2.0));
    for (const Item& item : snapshot.extras) {
        if (item.path.ends_with("/Voltage")) {
            EXPECT_EQ(item.value, Value()) << item.path;
        }
    }
}

TEST_F(BankTest, RemembersWhoTookPart) {
    connectWith(2);
    put(2, row("/Mgmt/Connection"), "ttyUSB0");
    evaluate();
    const IdentityBook& book = bank.memory().book;
    ASSERT_EQ(book.size(), 2U);
    EXPECT_EQ(book.at("serial_s2").name, "B2");
    EXPECT_EQ(book.at("serial_s2").connection, "ttyUSB0");
    EXPECT_EQ(book.at("serial_s2").instance, 2);
}

TEST_F(BankTest, ABmsSwappedWhileBusbarWasDownKeepsWhatWasCounted) {
    connectWith(1);
    put(1, row("/Mgmt/Connection"), "ttyUSB0");
    evaluate();
    BankMemory memory = bank.memory();
    memory.members.at("serial_s1").meters.charged_Ah = 123.0;
    Bank next{plain()};
    next.restore(memory);
    put(1, row("/Serial"), "NEW");
    readings.settle(now);
    next.evaluate(readings, now);
    const BankReport report = next.report();
    ASSERT_EQ(report.members.size(), 1U);
    EXPECT_EQ(report.members[0].id, "serial_s1");
    EXPECT_EQ(report.members[0].meters.charged_Ah, 123.0);
    EXPECT_EQ(next.memory().book.at("serial_s1").serial, "NEW");
}

TEST_F(BankTest, TheComfortableCellOfAnOldPresetDoesNotSurviveAReload) {
    BankSettings settings = plain();
    settings.preset = Preset::Lto;
    bank.setSettings(settings);
    connectWith(1);
    put(1, row("/Soc"), 90.0);
    for (const RowIndex index : {row("/System/MinCellVoltage"), row("/System/MaxCellVoltage")})
        put(1, index, 2.5);
    evaluate();
    bank.setSettings(plain());
    evaluate();
    readings.setLink(false, now);
    for (int second = 0; second < 200 && bank.stage() == Stage::Normal; ++second) {
        now = now + 1s;
        readings.settle(now);
        bank.evaluate(readings, now);
    }
    ASSERT_EQ(bank.stage(), Stage::NoData);
    EXPECT_EQ(bank.report().discharge.cause, Cause::NoData) << "2.5 V is comfortable for LTO only";
}

TEST_F(BankTest, AChargeVoltageOfZeroIsAProhibitionAndNoVoltage) {
    connectWith(2);
    put(2, kCvl, 0.0);
    EXPECT_EQ(evaluate()[kCvl], Value(28.4)) << "the other's";
    EXPECT_EQ(evaluate()[kCharge], Value(50.0)) << "without the one that forbids it";
    put(1, kCvl, 0.0);
    EXPECT_EQ(evaluate()[kCharge], Value(0.0));
    EXPECT_EQ(evaluate()[row("/Io/AllowToCharge")], Value(0.0));
    EXPECT_EQ(evaluate()[kCvl], Value(28.4)) << "the last one stays as a number";
}

TEST_F(BankTest, BetweenCyclesLimitsFallAndDoNotRise) {
    for (const double ramp_A : {5.0, 0.0}) {
        readings = Readings();
        BankSettings settings = plain();
        settings.limits.ramp_A = ramp_A;
        bank = Bank(settings);
        connectWith(2);
        evaluate();
        now = now + 1s;
        put(1, kCharge, 80.0);
        put(2, kCharge, 80.0);
        put(1, kCvl, 29.0);
        put(2, kCvl, 29.0);
        put(1, kDischarge, 20.0);
        readings.noteSign(now);
        readings.settle(now);
        const Snapshot& between = bank.evaluate(readings, now, Pace::AtOnce);
        EXPECT_EQ(between[kDischarge], Value(40.0)) << "two alike, with the lower one's limit each";
        EXPECT_EQ(between[kCharge], Value(100.0));
        EXPECT_EQ(between[kCvl], Value(28.4));
        EXPECT_EQ(bank.evaluate(readings, now)[kCharge], Value(ramp_A > 0.0 ? 105.0 : 160.0))
            << "the cycle makes up for it";
        EXPECT_EQ(bank.snapshot()[kCvl], Value(29.0));
    }
}

} // namespace
} // namespace busbar::bank_test
