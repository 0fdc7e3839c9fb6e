// SPDX-License-Identifier: MIT
#include "core/bank.hpp"
#include "core/cycle/view.hpp"
#include "core/gx/advice.hpp"
#include "core/gx/plant.hpp"
#include "core/limits/unheard.hpp"
#include "core/memory.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/controls.hpp"
#include "core/table/plant_rows.hpp"
#include "core/units/readings.hpp"
#include "unit/core/made_readings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace busbar::lost_members_test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr RowIndex kCharge = row("/Info/MaxChargeCurrent");
constexpr RowIndex kDischarge = row("/Info/MaxDischargeCurrent");
constexpr RowIndex kCvl = row("/Info/MaxChargeVoltage");
constexpr RowIndex kVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kCurrent = row("/Dc/0/Current");

/// Banks of 8s LFP packs, B1 … Bn, of 100 Ah each.
class LostMembers : public ::testing::Test {
protected:
    void connectWith(int count) {
        packs = count;
        readings.setLink(true, now);
        sweep();
        evaluate();
    }
    void sweep() {
        (void)readings.beginSweep();
        for (int instance = 1; instance <= packs; ++instance)
            if (instance != silent)
                putAll(instance);
        readings.completeSweep(now);
    }
    void putAll(int instance) {
        made::putBasics(readings, instance, now);
        put(instance, row("/InstalledCapacity"), 100.0);
        put(instance, row("/System/NrOfCellsPerBattery"), 8.0);
        put(instance, row("/System/MinCellVoltage"), 3.28);
        put(instance, row("/System/MaxCellVoltage"), 3.31);
        put(instance, row("/System/MinCellTemperature"), 20.0);
        if (const auto given = currents_A.find(instance); given != currents_A.end())
            put(instance, kCurrent, given->second);
    }
    void put(int instance, RowIndex index, Value value) {
        made::put(readings, instance, index, std::move(value), now);
    }
    const Snapshot& evaluate() {
        readings.noteSign(now);
        readings.settle(now);
        return bank.evaluate(readings, now);
    }
    /// Everybody but the silent one goes on talking.
    void pass(std::chrono::seconds span) {
        for (auto passed = 0s; passed < span; passed += 1s) {
            now = now + 1s;
            for (int instance = 1; instance <= packs; ++instance)
                if (instance != silent)
                    put(instance, kVoltage, 26.4 + (passed.count() % 2 == 0 ? 0.01 : 0.0));
            evaluate();
        }
    }
    /// The battery is gone from the data.
    void lose(int instance) {
        silent = instance;
        readings.leave(instance, now);
    }
    [[nodiscard]] double number(RowIndex index) const {
        return bank.snapshot()[index].number().value_or(-1.0);
    }
    [[nodiscard]] std::string chargeReason() const {
        const std::string* text = bank.snapshot()[row("/Info/ChargeLimitation")].text();
        return text == nullptr ? "" : *text;
    }
    static BankSettings plain() {
        BankSettings settings;
        settings.limits.share = Share::Count;
        settings.limits.ramp_A = 0.0;
        return settings;
    }

    Readings readings;
    Bank bank{plain()};
    Now now = made::start();
    int packs = 0;
    int silent = -1;
    std::map<int, double> currents_A; ///< by instance, in the place of 10 A
};

/// What is left of a limit of the bank while somebody is lost; limits end at tenths.
double held(double limit_A) {
    return std::floor(limit_A / kShareGrows * 10.0) / 10.0;
}

TEST_F(LostMembers, TheOneThatBoundTheBankBindsItOn) {
    connectWith(3);
    put(2, kCharge, 10.0);
    pass(5s);
    ASSERT_EQ(number(kCharge), 30.0);
    lose(2);
    pass(200s);
    ASSERT_EQ(number(row("/System/BatteriesParallel")), 2.0);
    EXPECT_EQ(number(kCharge), held(30.0)) << "0.3.0: 100 A";
    EXPECT_EQ(chargeReason(), "lost_member B2");
}

/// Of three, the second may take 25 A, and what it and the others carry is always the same.
class PartOfALoad : public LostMembers {
protected:
    double afterALossAt(double own_A, double others_A) {
        currents_A = {{1, others_A}, {2, own_A}, {3, others_A}};
        connectWith(3);
        put(2, kCharge, 25.0);
        pass(10s);
        EXPECT_EQ(number(kCharge), 75.0) << "by count";
        lose(2);
        pass(60s);
        return number(kCharge);
    }
};

TEST_F(PartOfALoad, CountsIfTheLoadWasMuch) {
    EXPECT_NEAR(afterALossAt(24.0, 10.0), held(25.0 * 44.0 / 24.0), 0.1);
}

TEST_F(PartOfALoad, MayBeWhatFlowsAmongThemIfTheLoadWasSmall) {
    EXPECT_EQ(afterALossAt(15.0, 10.0), held(75.0));
}

TEST_F(PartOfALoad, CountsOnlyInItsDirection) {
    EXPECT_EQ(afterALossAt(-24.0, 50.0), held(75.0));
}

TEST_F(LostMembers, LimitsFallWithTheOthersAndRiseNoFurther) {
    connectWith(3);
    lose(3);
    pass(60s);
    EXPECT_EQ(number(kCharge), 100.0) << "the two others'";
    put(1, kCharge, 20.0);
    pass(1s);
    EXPECT_EQ(number(kCharge), 40.0);
    put(1, kCharge, 400.0);
    put(2, kCharge, 400.0);
    pass(60s);
    EXPECT_EQ(number(kCharge), held(150.0)) << "what it was while B3 was heard";
}

/// A BMS that reads 0 V sleeps, or is broken; its limits may well be true.
TEST_F(LostMembers, OneWithoutAVoltageIsStillListenedTo) {
    connectWith(3);
    pass(30s);
    const double before_A = number(kCharge);
    const auto passAsleep = [this](double limit_A) {
        silent = 2; // no voltage of it by itself
        for (int s = 0; s < 60; ++s) {
            put(2, kVoltage, 0.0);
            put(2, row("/Dc/0/Current"), s % 2 == 0 ? 10.0 : 10.1);
            put(2, kCharge, limit_A);
            pass(1s);
        }
    };
    passAsleep(100.0);
    ASSERT_EQ(number(row("/System/BatteriesParallel")), 2.0);
    ASSERT_GT(number(kCharge), before_A / 2.0);
    passAsleep(0.0);
    EXPECT_EQ(number(kCharge), 0.0) << "it wants none";
    passAsleep(100.0);
    EXPECT_GT(number(kCharge), before_A / 2.0);
}

TEST_F(LostMembers, NothingRisesWhileItIsHeld) {
    connectWith(2);
    put(1, kCharge, 10.0);
    pass(2s);
    ASSERT_EQ(number(kCharge), 20.0);
    lose(2);
    put(1, kCharge, 50.0);
    pass(10s);
    ASSERT_EQ(number(row("/System/BatteriesParallel")), 2.0);
    EXPECT_EQ(number(kCharge), 20.0);
}

TEST_F(LostMembers, ChargeVoltageGoesDownToWhatBlindCellsBear) {
    connectWith(2);
    ASSERT_EQ(number(kCvl), 28.4);
    lose(2);
    pass(20s);
    EXPECT_EQ(number(kCvl), 28.4) << "held";
    pass(20s);
    EXPECT_NEAR(number(kCvl), 26.77, 1e-9) << "one at 3.57 V, seven at 3.315 V";
}

TEST_F(LostMembers, TheColdPackKeepsTheBankCold) {
    connectWith(2);
    put(2, row("/System/MinCellTemperature"), 3.0);
    pass(2s);
    const double cold_A = number(kCharge);
    ASSERT_LT(cold_A, 20.0);
    lose(2);
    pass(120s);
    EXPECT_LE(number(kCharge), cold_A);
}

TEST_F(LostMembers, HeardAgainAllIsAsBefore) {
    connectWith(2);
    lose(2);
    pass(60s);
    ASSERT_NEAR(number(kCvl), 26.77, 1e-9);
    silent = -1;
    sweep();
    pass(60s);
    EXPECT_EQ(number(kCvl), 28.4);
    EXPECT_EQ(number(kCharge), 100.0);
}

TEST_F(LostMembers, TakenOutOfServiceItHasNoSay) {
    connectWith(2);
    put(2, kCharge, 5.0);
    pass(2s);
    lose(2);
    pass(60s);
    ASSERT_EQ(number(kCharge), held(10.0));
    Controls controls;
    for (const auto& member : bank.report().members)
        if (member.name == "B2")
            controls.outOfService.insert(member.id);
    bank.setControls(controls);
    pass(2s);
    EXPECT_EQ(number(kCharge), 50.0);
    EXPECT_EQ(number(kCvl), 28.4);
}

TEST_F(LostMembers, ExcludedItHasNoSayAlsoWhenItIsLongGone) {
    connectWith(2);
    put(2, kCharge, 5.0);
    pass(2s);
    lose(2);
    pass(60s);
    now = now + 25h; // the readings forget it
    pass(5s);
    EXPECT_EQ(number(kCharge), held(10.0)) << "not heard for a day, it may still hang there";
    EXPECT_TRUE(isLost(bank.view(), "serial_s2")) << "so that a command can take it out";
    BankSettings settings = plain();
    settings.membership.excluded = {*parseSelector("name:B2")};
    bank.setSettings(settings);
    pass(2s);
    EXPECT_EQ(number(kCharge), 50.0);
}

TEST_F(LostMembers, TheRuleCanBeSwitchedOff) {
    BankSettings settings = plain();
    settings.loss.unheard.rule = UnheardRule::Ignore;
    bank.setSettings(settings);
    connectWith(2);
    put(2, kCharge, 5.0);
    pass(2s);
    lose(2);
    pass(60s);
    EXPECT_EQ(number(kCharge), 50.0);
    EXPECT_EQ(number(kCvl), 28.4);
}

TEST_F(LostMembers, OneThatSaysItIsOffIsBelieved) {
    connectWith(3);
    put(3, kCharge, 5.0);
    pass(2s);
    ASSERT_EQ(number(kCharge), 15.0);
    put(3, row("/Dc/0/Current"), 0.0);
    put(3, row("/State"), 18.0);
    pass(2s);
    EXPECT_EQ(number(kCharge), 100.0) << "pending, and nothing flows";
    put(3, row("/Dc/0/Current"), 20.0);
    pass(2s);
    EXPECT_EQ(number(kCharge), held(15.0)) << "something flows";
}

TEST_F(LostMembers, OneOfAnotherVoltageThatCarriesCurrentKeepsItsSay) {
    connectWith(3);
    put(3, kCharge, 5.0);
    pass(2s);
    silent = 3; // its voltage is not put right again
    put(3, kVoltage, 24.0);
    pass(12s); // its cells do not follow, so it is not believed at once
    EXPECT_EQ(number(kCharge), held(15.0));
    put(3, row("/Dc/0/Current"), 0.0);
    pass(2s);
    EXPECT_EQ(number(kCharge), 100.0) << "its contactor is open";
}

TEST_F(LostMembers, OneOfAnotherVoltageIsNotBelievedOffWhileAllRest) {
    connectWith(3);
    put(3, kCharge, 5.0);
    pass(2s);
    silent = 3; // its voltage is not put right again
    for (const int instance : {1, 2, 3})
        put(instance, row("/Dc/0/Current"), 0.0);
    pass(2s);
    put(3, kVoltage, 24.0);
    pass(12s); // its cells do not follow, so it is not believed at once
    EXPECT_EQ(number(kCharge), held(15.0)) << "nothing flows in the others either";
    for (const int instance : {1, 2})
        put(instance, row("/Dc/0/Current"), 1.5);
    pass(2s);
    EXPECT_EQ(number(kCharge), held(15.0)) << "its part would not show on its sensor";
    for (const int instance : {1, 2})
        put(instance, row("/Dc/0/Current"), 10.0);
    pass(2s);
    EXPECT_EQ(number(kCharge), 100.0) << "its part would show";
    for (const int instance : {1, 2})
        put(instance, row("/Dc/0/Current"), 0.0);
    pass(2s);
    EXPECT_EQ(number(kCharge), 100.0) << "nothing has changed about it";
    put(3, row("/Dc/0/Current"), 2.0);
    pass(2s);
    put(3, row("/Dc/0/Current"), 0.0);
    pass(2s);
    EXPECT_EQ(number(kCharge), held(15.0)) << "something has";
}

TEST_F(LostMembers, AStopOfItsDischargeOutlivesARestart) {
    connectWith(2);
    pass(2s);
    lose(2);
    put(1, row("/Dc/0/Current"), -10.0);
    pass(60s);
    const BankMemory before = bank.memory();
    for (int second = 0; second < 24; ++second) { // its cells do not follow
        put(1, kVoltage, 8 * (second < 12 ? 3.0 : 2.8));
        now = now + 1s;
        evaluate();
    }
    ASSERT_EQ(number(kDischarge), 0.0);
    const BankMemory memory = bank.memory();
    EXPECT_TRUE(isWorthSaving(before, memory, {}, 1s)) << "at once";
    bank = Bank(plain());
    bank.restore(memory);
    readings = Readings();
    readings.setLink(true, now);
    sweep();
    pass(60s); // the voltage is back at 3.3 V a cell
    EXPECT_EQ(number(kDischarge), 0.0) << "its weakest cell only rebounds";
    put(1, row("/Dc/0/Current"), -1.0);
    pass(660s);
    EXPECT_GT(number(kDischarge), 0.0);
}

TEST_F(LostMembers, OneWithoutCellsGoesOnByItsStateOfCharge) {
    BankSettings settings = plain();
    settings.preset = Preset::None;
    bank.setSettings(settings);
    connectWith(3);
    for (const int instance : {1, 2, 3}) {
        put(instance, row("/System/NrOfCellsPerBattery"), {});
        put(instance, row("/System/MinCellVoltage"), {});
        put(instance, row("/System/MaxCellVoltage"), {});
        put(instance, row("/Soc"), 50.0 + instance);
    }
    pass(2s);
    ASSERT_EQ(number(kDischarge), 240.0);
    lose(3);
    pass(60s);
    EXPECT_EQ(number(kDischarge), 160.0) << "53 %, as the mean of the others and 1.5";
    for (const int instance : {1, 2})
        put(instance, row("/Soc"), 8.0);
    pass(2s);
    EXPECT_EQ(number(kDischarge), 0.0);
}

TEST_F(LostMembers, ARestartKnowsThem) {
    connectWith(3);
    put(3, kCharge, 5.0);
    pass(2s);
    lose(3);
    pass(60s);
    const BankMemory memory = bank.memory();
    bank = Bank(plain());
    bank.restore(memory);
    readings = Readings();
    readings.setLink(true, now);
    sweep();
    pass(2s);
    EXPECT_EQ(number(kCharge), held(15.0));
    EXPECT_EQ(chargeReason(), "lost_member B3");
}

TEST_F(LostMembers, ALossIsSavedAtOnce) {
    connectWith(2);
    pass(2s);
    const BankMemory before = bank.memory();
    lose(2);
    pass(40s);
    EXPECT_TRUE(isWorthSaving(before, bank.memory(), {}, 1s));
}

TEST_F(LostMembers, AClosedBankForWantOfDataIsNoJudgement) {
    connectWith(2);
    pass(2s);
    put(1, kCharge, {});
    pass(2s);
    ASSERT_EQ(number(kCharge), 0.0);
    lose(2);
    put(1, kCharge, 50.0);
    pass(60s);
    EXPECT_EQ(number(kCharge), 50.0);
}

TEST_F(LostMembers, AdviceSaysHowToEndIt) {
    connectWith(2);
    pass(70s);
    lose(2);
    pass(120s);
    ASSERT_EQ(bank.advice().size(), 1U);
    EXPECT_EQ(bank.advice()[0].code, AdviceCode::LostMember);
    EXPECT_THAT(bank.advice()[0].text, HasSubstr("B2"));
}

TEST_F(LostMembers, NothingRisesOnAHalfOpenLink) {
    BankSettings settings = plain();
    settings.limits.ramp_A = 10.0;
    bank.setSettings(settings);
    connectWith(1);
    put(1, kCharge, 10.0);
    pass(1s);
    put(1, kCharge, 50.0);
    pass(1s);
    const double before_A = number(kCharge);
    ASSERT_EQ(before_A, 20.0);
    for (int i = 0; i < 9; ++i) { // no message at all
        now = now + 1s;
        readings.settle(now);
        bank.evaluate(readings, now);
    }
    EXPECT_EQ(number(kCharge), before_A) << "0.3.0: 50 A on values that came no more";
}

TEST_F(LostMembers, ChargingStopsTenSecondsAfterTheLastWord) {
    connectWith(2);
    pass(5s);
    readings.setLink(false, now);
    const auto look = [this](std::chrono::seconds span) {
        now = now + span;
        readings.settle(now);
        bank.evaluate(readings, now);
    };
    look(9s);
    EXPECT_EQ(number(kCharge), 100.0);
    look(1s);
    EXPECT_EQ(number(kCharge), 0.0);
    EXPECT_EQ(chargeReason(), "no_data");
    EXPECT_EQ(number(kDischarge), 160.0) << "a restarting broker must not black out the house";
}

TEST_F(LostMembers, OutOfServiceAndInAgainItStillHasItsSay) {
    connectWith(2);
    put(2, kCharge, 5.0);
    pass(2s);
    lose(2);
    pass(60s);
    Controls controls;
    controls.outOfService.insert("serial_s2");
    bank.setControls(controls);
    pass(2s);
    ASSERT_EQ(number(kCharge), 50.0);
    bank.setControls({});
    pass(2s);
    EXPECT_EQ(number(kCharge), held(10.0));
}

TEST_F(LostMembers, AnotherIdOnItsInstanceDoesNotSpeakForIt) {
    connectWith(2);
    put(2, kCharge, 5.0);
    pass(2s);
    silent = 2;
    put(2, kVoltage, {});
    put(2, row("/Serial"), "S9");
    pass(60s);
    EXPECT_EQ(number(kCharge), held(10.0)) << "no voltage, so nobody has spoken";
}

TEST_F(LostMembers, OneThatLooksLikeAShuntForWantOfItsLimitsKeepsItsSay) {
    connectWith(2);
    put(2, kCharge, 5.0);
    pass(2s);
    silent = 2;
    (void)readings.beginSweep();
    putAll(1);
    for (const RowIndex index : {row("/DeviceInstance"), row("/Serial"), row("/CustomName"),
                                 kVoltage, row("/Dc/0/Current")})
        put(2, index,
            index == row("/Serial")       ? Value("S2")
            : index == row("/CustomName") ? Value("B2")
                                          : Value(26.4));
    readings.completeSweep(now);
    pass(60s);
    EXPECT_LE(number(kCharge), 10.0);
}

/// A sleeping BMS: no voltage, no current, nothing allowed. Three of 100 Ah, so 0.05C are 15 A.
TEST_F(LostMembers, OneThatFellAsleepLeavesTheBankWhatItBears) {
    for (const bool isByLimitsOnly : {false, true}) {
        readings = {};
        bank = Bank(plain());
        silent = -1;
        connectWith(3);
        put(1, row("/Dc/0/Current"), 0.0);
        put(2, row("/Dc/0/Current"), 0.0);
        pass(5s);
        now = now + 1s;
        for (const RowIndex index :
             {kVoltage, row("/Dc/0/Current"), kCharge, kDischarge, row("/System/MinCellVoltage")})
            put(3, index, 0.0);
        put(3, row("/Io/AllowToCharge"), isByLimitsOnly ? Value() : Value(0.0));
        put(3, row("/Io/AllowToDischarge"), isByLimitsOnly ? Value() : Value(0.0));
        silent = 3;
        pass(120s);
        EXPECT_EQ(number(row("/System/BatteriesParallel")), 2.0);
        EXPECT_EQ(number(kCharge), isByLimitsOnly ? 0.0 : held(15.0)) << "nothing flows that shows";
        EXPECT_EQ(number(kDischarge), isByLimitsOnly ? 0.0 : held(15.0));
        EXPECT_EQ(chargeReason(), "lost_member B3");
    }
}

TEST_F(LostMembers, ARestartKnowsWhatOneBehindAnOpenSwitchBears) {
    connectWith(3);
    pass(5s);
    now = now + 1s;
    put(3, row("/Dc/0/Current"), 0.0);
    put(3, row("/State"), 10.0);
    silent = 3;
    pass(5s);
    Bank restarted{plain()};
    restarted.restore(bank.memory());
    std::swap(bank, restarted);
    readings.leave(3, now);
    pass(60s);
    EXPECT_EQ(number(kCharge), held(15.0));
}

/// That a limit of 0 A was kept by an open switch shows only while something flows in the others.
TEST_F(LostMembers, OneThatBlockedLeavesNothingUnlessItsSwitchWasSeenOpen) {
    for (const bool isSeen : {false, true}) {
        readings = {};
        bank = Bank(plain());
        silent = -1;
        connectWith(3);
        for (const int instance : {1, 2})
            put(instance, row("/Dc/0/Current"), isSeen ? 30.0 : 0.0);
        put(3, row("/Dc/0/Current"), 0.0);
        put(3, kCharge, 0.0);
        pass(20s);
        lose(3);
        pass(60s);
        EXPECT_EQ(number(kCharge), isSeen ? held(15.0) : 0.0);
        EXPECT_EQ(number(kDischarge), 160.0);
    }
}

TEST_F(LostMembers, OneThatBlockedAndCarriedLeavesNothing) {
    connectWith(3);
    put(3, kCharge, 0.0);
    pass(60s); // 10 A flow in each
    lose(3);
    pass(60s);
    EXPECT_EQ(number(kCharge), 0.0);
}

TEST_F(LostMembers, WhatItTookBackBeforeItFellSilentCounts) {
    constexpr RowIndex kHighest = row("/System/MaxCellVoltage");
    connectWith(2);
    put(2, kHighest, 3.45);
    pass(2s);
    put(2, kHighest, {});
    pass(2s);
    lose(2);
    pass(60s);
    EXPECT_LE(number(kCvl), 25.95) << "its cell ran 0.15 V ahead, 0.11 V more than resistances do";
}

TEST_F(LostMembers, AFrozenOneMakesItsWordNoMilder) {
    BankSettings settings = plain();
    settings.membership.frozenTest = false;
    bank.setSettings(settings);
    connectWith(2);
    put(1, kCharge, 10.0);
    pass(2s);
    ASSERT_EQ(number(kCharge), 20.0);
    silent = 2; // it stands still from here on
    put(1, kCharge, 50.0);
    pass(60s);
    ASSERT_EQ(number(kCharge), 100.0) << "nobody knows yet";
    readings.leave(2, now);
    pass(60s);
    EXPECT_EQ(number(kCharge), held(20.0)) << "as when it last moved";
}

TEST_F(LostMembers, OneThatTheGxShowsNoMoreIsStillCounted) {
    connectWith(2);
    pass(2s);
    lose(2);
    pass(60s);
    now = now + 25h;
    pass(5s);
    EXPECT_EQ(bank.report().total, 2);
    EXPECT_EQ(number(row("/Alarms/BmsCable")), 1.0);
}

TEST_F(LostMembers, RideThroughLooksAtTheirCellsToo) {
    connectWith(2);
    for (const int instance : {1, 2}) {
        put(instance, row("/Soc"), 80.0);
        put(instance, row("/System/MinCellVoltage"), instance == 2 ? 2.99 : 3.28);
    }
    pass(2s);
    lose(2);
    pass(60s);
    readings.setLink(false, now);
    now = now + 61s;
    readings.settle(now);
    bank.evaluate(readings, now);
    ASSERT_EQ(bank.stage(), Stage::NoData);
    EXPECT_EQ(number(kDischarge), 0.0) << "its lowest cell was near its stop";
}

TEST_F(LostMembers, KirchhoffProvesThatItIsOff) {
    connectWith(2);
    put(2, kCharge, 5.0);
    pass(2s);
    lose(2);
    pass(60s);
    ASSERT_EQ(number(kCharge), held(10.0));
    const PlantKey multi{PlantClass::Vebus, 276};
    const auto putPlant = [&](RowIndex index, double value) {
        for (std::size_t path = 0; path < kPlantRows.size(); ++path)
            if (kPlantRows.at(path) == index)
                readings.putPlant(multi, path, value);
    };
    for (int i = 0; i < 1200; ++i) {
        const double load_A = (i / 30) % 2 == 0 ? 30.0 : -20.0;
        putPlant(row("/Dc/0/Current"), load_A);
        putPlant(row("/Dc/0/Voltage"), 26.4);
        putPlant(row("/Connected"), 1.0);
        put(1, row("/Dc/0/Current"), load_A);
        pass(1s);
    }
    EXPECT_EQ(number(kCharge), 50.0) << chargeReason();
    now = now + 2h; // nobody has proven it since
    pass(2s);
    EXPECT_EQ(number(kCharge), held(10.0));
}

} // namespace
} // namespace busbar::lost_members_test
