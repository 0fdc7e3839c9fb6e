// SPDX-License-Identifier: MIT
#include "core/bank.hpp"
#include "core/cycle/slacks.hpp"
#include "core/cycle/view.hpp"
#include "core/settings.hpp"
#include "core/slack.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"
#include "core/units/selector.hpp"
#include "unit/core/made_readings.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <random>
#include <set>
#include <utility>

namespace busbar::slack_test {
namespace {

using namespace std::chrono_literals;

constexpr RowIndex kCharge = row("/Info/MaxChargeCurrent");
constexpr RowIndex kDischarge = row("/Info/MaxDischargeCurrent");
constexpr RowIndex kCurrent = row("/Dc/0/Current");
constexpr int kCount = 6;

class SlackTest : public ::testing::Test {
protected:
    void connect() {
        readings.setLink(true, now);
        (void)readings.beginSweep();
        for (int instance = 1; instance <= kCount; ++instance) {
            made::putBasics(readings, instance, now);
            made::put(readings, instance, kCharge, 40.0 + 10.0 * instance, now);
        }
        readings.completeSweep(now);
    }
    void put(int instance, RowIndex index, Value value) {
        made::put(readings, instance, index, std::move(value), now);
    }
    void evaluate(Pace pace = Pace::Cycle) {
        readings.noteSign(now);
        readings.settle(now);
        bank.evaluate(readings, now, pace);
        Slacks slacks;
        addSlacks(slacks, bank.view());
        std::set<int> members;
        for (int instance = 1; instance <= kCount; ++instance)
            members.insert(instance);
        readings.setMembers(members, std::make_shared<const Slacks>(std::move(slacks)));
        (void)readings.takeUrgent();
    }
    [[nodiscard]] double charge_A() const {
        return bank.snapshot()[kCharge].number().value_or(0.0);
    }
    [[nodiscard]] bool isUrgent(int instance, double limit_A) {
        put(instance, kCharge, limit_A);
        return readings.takeUrgent();
    }
    static BankSettings settingsOf(Share share) {
        BankSettings settings;
        settings.limits.share = share;
        settings.preset = Preset::None;
        return settings;
    }

    Readings readings;
    Bank bank{settingsOf(Share::Count)};
    Now now = made::start();
};

/// 50 A of the first binds: 300 A of the bank. The second has 60 A, that is 360 A.
TEST_F(SlackTest, WhatStaysFarFromBindingWaitsForTheCycle) {
    connect();
    evaluate();
    ASSERT_EQ(charge_A(), 300.0);
    EXPECT_FALSE(isUrgent(2, 54.0));
    EXPECT_TRUE(isUrgent(2, 51.0)) << "near to it";
}

/// What limits keep back of it anyway, and never twice.
TEST_F(SlackTest, WhoBindsMayFallByAHundredth) {
    connect();
    evaluate();
    EXPECT_FALSE(isUrgent(1, 49.75));
    EXPECT_FALSE(isUrgent(1, 49.5));
    EXPECT_TRUE(isUrgent(1, 49.4)) << "counted from what is published, not from the fall before";
    evaluate();
    ASSERT_DOUBLE_EQ(charge_A(), 6 * 49.4);
    put(1, kCurrent, 49.2);
    EXPECT_FALSE(isUrgent(1, 49.3));
    EXPECT_TRUE(isUrgent(1, 49.1)) << "it carries more";
    EXPECT_TRUE(isUrgent(1, 0.0));
}

TEST_F(SlackTest, NothingIsSlackThatClosesOrIsLessThanWhatFlows) {
    connect();
    put(3, kCurrent, 65.0);
    evaluate();
    EXPECT_TRUE(isUrgent(3, 64.0));
    EXPECT_FALSE(isUrgent(4, 64.0));
    EXPECT_TRUE(isUrgent(5, 0.0));
    put(6, kCharge, Value());
    EXPECT_TRUE(readings.takeUrgent()) << "unknown closes";
    put(2, kCurrent, Value());
    EXPECT_TRUE(isUrgent(2, 59.0)) << "who knows what it carries";
}

TEST_F(SlackTest, WhatFlowsIsWhatTheOwnerMakesOfIt) {
    BankSettings settings = settingsOf(Share::Count);
    settings.corrections.batteries = {
        {.match = {Selector::Kind::Instance, "4"}, .currentGain = 10.0}};
    bank = Bank(settings);
    connect();
    put(4, kCurrent, -6.5);
    evaluate();
    EXPECT_TRUE(isUrgent(4, 64.0)) << "it carries 65 A";
    EXPECT_FALSE(isUrgent(5, 64.0));
}

TEST_F(SlackTest, WhereLimitsAddUpEachFallCounts) {
    bank = Bank(settingsOf(Share::Sum));
    connect();
    evaluate();
    EXPECT_TRUE(isUrgent(6, 99.0));
}

TEST_F(SlackTest, OfSeveralBanksTheLeastCounts) {
    connect();
    evaluate();
    BankSettings capped = settingsOf(Share::Count);
    capped.limits.maxCharge_A = 60.0;
    Bank other{capped};
    other.evaluate(readings, now);
    Slacks slacks;
    addSlacks(slacks, other.view());
    EXPECT_TRUE(isSlack(slacks, 2, kCharge, 30.0, 1.0)) << "10 A would do";
    addSlacks(slacks, bank.view());
    EXPECT_FALSE(isSlack(slacks, 2, kCharge, 30.0, 1.0));
    EXPECT_TRUE(isSlack(slacks, 2, kCharge, 54.0, 1.0));
    other = Bank(settingsOf(Share::Sum));
    other.evaluate(readings, now);
    addSlacks(slacks, other.view());
    EXPECT_FALSE(isSlack(slacks, 2, kCharge, 54.0, 1.0)) << "one bank knows nothing of it";
}

TEST_F(SlackTest, WithLostDataNothingIsKnown) {
    connect();
    evaluate();
    readings.setLink(false, now);
    now = now + 10min;
    evaluate();
    ASSERT_EQ(bank.stage() == Stage::Normal, false);
    Slacks slacks;
    addSlacks(slacks, bank.view());
    for (const auto& [instance, slack] : slacks.byInstance)
        EXPECT_FALSE(slack.charge_A) << instance;
}

/// Whatever was learned of shares: a fall that is not urgent does not lower what is published by
/// more than a hundredth when it is looked at all the same; and one in a few is urgent for nothing
/// at most.
TEST_F(SlackTest, WhatIsNotUrgentLowersNextToNothing) {
    bank = Bank(settingsOf(Share::Adaptive));
    connect();
    std::mt19937 random(7);
    std::uniform_real_distribution<double> part(0.5, 1.5);
    int waited = 0;
    for (int second = 0; second < 600; ++second) {
        now = now + 1s;
        const double bank_A = 120.0 * std::sin(second / 40.0);
        for (int instance = 1; instance <= kCount; ++instance) {
            put(instance, kCurrent, bank_A * (instance + 6.0) / 57.0 + part(random));
            put(instance, kCharge, 40.0 + 30.0 * part(random));
            put(instance, kDischarge, 60.0 + 30.0 * part(random));
        }
        evaluate();
        const double before_A = charge_A();
        const double lower_A = 40.0 + 30.0 * part(random);
        const int instance = 1 + second % kCount;
        put(instance, kCharge, lower_A);
        if (readings.takeUrgent())
            continue;
        ++waited;
        evaluate(Pace::AtOnce);
        EXPECT_GE(charge_A(), 0.99 * before_A - 0.05) << second;
    }
    EXPECT_GT(waited, 200);
    EXPECT_LT(waited, 590);
}

/// As in tests/bench: packs report one after the other, their limits take one of seven values that
/// lie 1.5 A apart, and what is urgent is evaluated at once, the rest once a second.
class ManyMovingPacks : public ::testing::Test {
protected:
    static constexpr int kPacks = 64;

    ManyMovingPacks() {
        for (int instance = 1; instance <= kPacks; ++instance)
            members.insert(instance);
        readings.setLink(true, now);
        (void)readings.beginSweep();
        for (int instance = 1; instance <= kPacks; ++instance) {
            made::putBasics(readings, instance, now);
            report(instance);
        }
        readings.completeSweep(now);
        evaluate(Pace::Cycle);
    }
    void report(int instance) {
        made::put(readings, instance, kCurrent, 12.0 + 0.1 * level(), now);
        made::put(readings, instance, kCharge, 300.0 + 1.5 * level(), now);
        made::put(readings, instance, kDischarge, 300.0 + 1.5 * level(), now);
    }
    void evaluate(Pace pace) {
        readings.noteSign(now);
        readings.settle(now);
        bank.evaluate(readings, now, pace);
        Slacks slacks;
        addSlacks(slacks, bank.view());
        readings.setMembers(members, std::make_shared<const Slacks>(std::move(slacks)));
        (void)readings.takeUrgent();
    }
    /// So many evaluations were urgent.
    int passSecond() {
        int urgent = 0;
        for (int instance = 1; instance <= kPacks; ++instance) {
            now = now + 1000ms / kPacks;
            report(instance);
            if (!readings.takeUrgent())
                continue;
            ++urgent;
            evaluate(Pace::AtOnce);
        }
        evaluate(Pace::Cycle);
        return urgent;
    }
    int level() { return std::uniform_int_distribution<int>(-3, 3)(random); }

    Readings readings;
    Bank bank{BankSettings{}};
    std::set<int> members;
    std::mt19937 random{11};
    Now now = made::start();
};

TEST_F(ManyMovingPacks, ThatMoveALittleAreWorkedOutOnceASecond) {
    int urgent = 0;
    for (int second = 0; second < 60; ++second)
        urgent += passSecond();
    EXPECT_LE(urgent, 30);
}

TEST_F(ManyMovingPacks, ARealCutAmongThemIsUrgent) {
    for (int second = 0; second < 20; ++second)
        passSecond();
    const double before_A = bank.snapshot()[kCharge].number().value_or(0.0);
    made::put(readings, 7, kCharge, 280.0, now);
    ASSERT_TRUE(readings.takeUrgent());
    evaluate(Pace::AtOnce);
    EXPECT_LT(bank.snapshot()[kCharge].number().value_or(0.0), 0.99 * before_A);
}

} // namespace
} // namespace busbar::slack_test
