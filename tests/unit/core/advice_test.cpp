// SPDX-License-Identifier: MIT
#include "core/bank.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/events.hpp"
#include "core/gx/advice.hpp"
#include "core/gx/gx_advice.hpp"
#include "core/limits/cause.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/out_reason.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"
#include "core/units/selector.hpp"
#include "support/pages.hpp"
#include "unit/core/made_readings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace busbar::advice_test {
namespace {

using namespace std::chrono_literals;

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const OwnSerials kOwn = {"BB1", "BB2"};

/// A GX that is set up well, with this bank as battery 0; stepped once a second.
class AdviceTest : public ::testing::Test {
protected:
    AdviceTest() {
        input.reach = {true, 0, false};
        input.isWorking = true;
        input.current_A = 10.0;
        input.maxCharge_A = 100.0;
        input.maxDischarge_A = 150.0;
        readings.setLink(true, now);
        (void)readings.beginSweep();
        sendGx();
        made::putBasics(readings, 3, now);
        readings.completeSweep(now);
    }
    void sendGx() {
        put(GxItem::DvccSetting, 1.0);
        put(GxItem::Dvcc, 1.0);
        put(GxItem::ActiveMonitor, "com.victronenergy.battery/0");
        put(GxItem::SelectedMonitor, "default");
        put(GxItem::ActiveBms, 0.0);
        put(GxItem::SelectedBms, kAutoBms);
        put(GxItem::FeedIn, 0.0);
    }
    void put(GxItem item, const Value& value) { readings.putGx(item, value); }
    void pass(std::chrono::seconds span) {
        for (; span > 0s; span -= 1s) {
            now = now + 1s;
            said = step(state, input, now);
        }
    }
    [[nodiscard]] std::vector<std::string> codes() const {
        std::vector<std::string> texts;
        for (const Advice& advice : said)
            texts.emplace_back(toText(advice.code));
        return texts;
    }
    [[nodiscard]] std::string text() const { return said.empty() ? "" : said.front().text; }
    /// Longer than everything has to last.
    void settle() { pass(130s); }

    Readings readings;
    Now now = made::start();
    AdviceState state;
    AdviceInput input{readings, kOwn};
    std::vector<Advice> said;
};

TEST_F(AdviceTest, SaysNothingWhereAllIsWell) {
    pass(1000s);
    EXPECT_THAT(said, IsEmpty());
}

TEST_F(AdviceTest, SaysThatDvccIsOffAndWhereToSwitchItOn) {
    settle();
    put(GxItem::DvccSetting, 0.0);
    pass(60s);
    EXPECT_THAT(said, IsEmpty()) << "somebody may be in the menu";
    pass(1s);
    EXPECT_THAT(codes(), ElementsAre("dvcc_off"));
    EXPECT_THAT(text(), HasSubstr("Settings → System setup → Charge Control → DVCC"));
    put(GxItem::DvccSetting, 3.0);
    pass(10s);
    EXPECT_THAT(codes(), ElementsAre("dvcc_off"));
    pass(1s);
    EXPECT_THAT(said, IsEmpty()) << "forced on is on";
}

TEST_F(AdviceTest, OneLookNeedsNoPatienceAndSaysNothingThatHasToLast) {
    said = findNow(input, now.steady);
    EXPECT_THAT(said, IsEmpty());
    put(GxItem::DvccSetting, 0.0);
    put(GxItem::ActiveBms, 3.0);
    input.current_A = 500.0; // above the limit, which is news only if it lasts
    said = findNow(input, now.steady);
    EXPECT_THAT(codes(), ElementsAre("dvcc_off", "other_bms"));
}

TEST_F(AdviceTest, SaysWhomTheGxObeys) {
    EXPECT_EQ(whomItObeys(input),
              "battery 0 controls the chargers, the battery monitor is battery 0");
    put(GxItem::ActiveBms, 3.0);
    put(GxItem::ActiveMonitor, {});
    EXPECT_EQ(whomItObeys(input), "battery 3 (B3) controls the chargers");
    put(GxItem::ActiveBms, {});
    EXPECT_EQ(whomItObeys(input), "") << "it does not say";
    put(GxItem::SelectedBms, kNoBms);
    EXPECT_EQ(whomItObeys(input), "no battery controls the chargers");
}

TEST_F(AdviceTest, TheStateOfDvccCountsOnlyWithoutTheSetting) {
    put(GxItem::Dvcc, 0.0);
    settle();
    EXPECT_THAT(said, IsEmpty()) << "without chargers the state is 0 though DVCC is on";
    put(GxItem::DvccSetting, {});
    settle();
    EXPECT_THAT(codes(), ElementsAre("dvcc_off"));
}

TEST_F(AdviceTest, NamesTheOtherBatteryMonitor) {
    put(GxItem::ActiveMonitor, "com.victronenergy.battery/3");
    settle();
    EXPECT_THAT(codes(), ElementsAre("other_monitor"));
    EXPECT_THAT(text(), AllOf(HasSubstr("battery 3 (B3)"), HasSubstr("this bank (instance 0)"),
                              HasSubstr("Battery monitor")));
    put(GxItem::ActiveMonitor, "com.victronenergy.vebus/276");
    pass(1s);
    EXPECT_THAT(codes(), ElementsAre("other_monitor")) << "still the same trouble";
    EXPECT_THAT(text(), HasSubstr("com.victronenergy.vebus/276"));
}

TEST_F(AdviceTest, AMonitorThatIsSetToNothingOrToOneThatIsNotThere) {
    put(GxItem::ActiveMonitor, {});
    settle();
    EXPECT_THAT(said, IsEmpty()) << "automatic, and nothing known";
    put(GxItem::SelectedMonitor, "nobattery");
    settle();
    EXPECT_THAT(text(), HasSubstr("no battery monitor"));
    put(GxItem::SelectedMonitor, "com.victronenergy.battery/7");
    pass(1s);
    EXPECT_THAT(text(), HasSubstr("set to battery 7, which is not there"));
    put(GxItem::SelectedMonitor, "com.victronenergy.battery/0");
    settle();
    EXPECT_THAT(said, IsEmpty()) << "this bank, which just comes";
}

TEST_F(AdviceTest, NamesTheOtherBms) {
    put(GxItem::ActiveBms, 3.0);
    settle();
    EXPECT_THAT(codes(), ElementsAre("other_bms"));
    EXPECT_THAT(text(), AllOf(HasSubstr("battery 3 (B3)"), HasSubstr("Controlling BMS")));
    put(GxItem::ActiveBms, {});
    put(GxItem::SelectedBms, kNoBms);
    pass(1s);
    EXPECT_THAT(text(), HasSubstr("No BMS controls"));
    put(GxItem::SelectedBms, 9.0);
    pass(1s);
    EXPECT_THAT(text(), HasSubstr("set to battery 9, which is not there"));
    put(GxItem::SelectedBms, 0.0);
    settle();
    EXPECT_THAT(said, IsEmpty());
}

TEST_F(AdviceTest, AnotherBankOfThisProcessIsNoStranger) {
    made::put(readings, 3, row("/Serial"), "BB2", now);
    put(GxItem::ActiveMonitor, "com.victronenergy.battery/3");
    put(GxItem::ActiveBms, 3.0);
    settle();
    EXPECT_THAT(said, IsEmpty());
}

TEST_F(AdviceTest, AnUnknownInstanceAccusesNobody) {
    input.reach.instance.reset();
    put(GxItem::ActiveMonitor, "com.victronenergy.battery/3");
    put(GxItem::ActiveBms, 3.0);
    settle();
    EXPECT_THAT(said, IsEmpty());
}

TEST_F(AdviceTest, UnknownAndImpossibleItemsSayNothing) {
    for (const Value& value : {Value(), Value(-7.0), Value(1e30), Value("x"), Value(0.5)})
        for (const GxTopic& topic : kGxTopics)
            if (topic.item != GxItem::ActiveMonitor && topic.item != GxItem::SelectedMonitor)
                put(topic.item, value);
    put(GxItem::ActiveMonitor, 0.0);
    put(GxItem::SelectedMonitor, std::string(300, 'x'));
    settle();
    EXPECT_THAT(said, IsEmpty());
}

TEST_F(AdviceTest, OddServiceTextsAreShownAsTheyAre) {
    for (const char* service : {"com.victronenergy.battery/", "com.victronenergy.battery/0x",
                                "com.victronenergy.battery/99999999999", "/", "battery/0"}) {
        put(GxItem::ActiveMonitor, service);
        settle();
        EXPECT_THAT(text(), HasSubstr(std::string("monitor is ") + service + ":"));
    }
}

TEST_F(AdviceTest, AnInstanceAbove247IsOutOfReachForModbus) {
    const auto use = [&](int instance) {
        input.reach.instance = instance;
        put(GxItem::ActiveMonitor, "com.victronenergy.battery/" + std::to_string(instance));
        put(GxItem::ActiveBms, static_cast<double>(instance));
        settle();
    };
    use(247);
    EXPECT_THAT(said, IsEmpty());
    use(248);
    EXPECT_THAT(codes(), ElementsAre("instance_too_high"));
    EXPECT_THAT(text(), AllOf(HasSubstr("248"), HasSubstr("VRM device instances")));
}

TEST_F(AdviceTest, FeedInMattersOnceTheLimitHadToHold) {
    put(GxItem::FeedIn, 1.0);
    settle();
    EXPECT_THAT(said, IsEmpty()) << "the limit is far away";
    input.needsFeedInOff = true;
    settle();
    EXPECT_THAT(codes(), ElementsAre("feed_in_hides_limit"));
    EXPECT_THAT(text(), HasSubstr("Grid feed-in"));
    input.needsFeedInOff = false;
    pass(2000s);
    EXPECT_THAT(codes(), ElementsAre("feed_in_hides_limit")) << "not anew every day";
    put(GxItem::FeedIn, 0.0);
    settle();
    EXPECT_THAT(said, IsEmpty());
}

TEST_F(AdviceTest, FeedInThatBusbarSwitchesIsNoTrouble) {
    put(GxItem::FeedIn, 1.0);
    input.needsFeedInOff = true;
    input.mayWriteFeedIn = true;
    settle();
    EXPECT_THAT(said, IsEmpty());
}

TEST_F(AdviceTest, LimitsAreIgnoredFromTenPercentAndOneAmpereOn) {
    settle();
    input.current_A = 111.0;
    pass(100s);
    EXPECT_THAT(said, IsEmpty());
    input.current_A = 111.1;
    pass(30s);
    EXPECT_THAT(said, IsEmpty());
    pass(1s);
    EXPECT_THAT(codes(), ElementsAre("limits_ignored"));
    EXPECT_THAT(text(), AllOf(HasSubstr("charged with 111.1A"), HasSubstr("limit is 100.0A")));
    const std::string before = text();
    input.current_A = 140.0;
    pass(10s);
    EXPECT_EQ(text(), before) << "a text that changes with every ampere is noise";
    input.current_A = 50.0;
    pass(600s);
    EXPECT_THAT(codes(), ElementsAre("limits_ignored"));
    pass(1s);
    EXPECT_THAT(said, IsEmpty());
}

/// Two banks on one GX: it follows one of them.
TEST_F(AdviceTest, LimitsOfABankThatNobodyFollowsAreSaidWithTheReason) {
    input.reach = {};
    input.maxCharge_A = 50.0;
    input.current_A = 249.0;
    settle();
    EXPECT_THAT(codes(), ElementsAre("limits_ignored"));
    EXPECT_THAT(text(), AllOf(HasSubstr("charged with 249.0A though its limit is 50.0A"),
                              HasSubstr("nothing brings the limits of this bank")));
    state = {};
    input.reach = {true, 7, false};
    put(GxItem::ActiveMonitor, "com.victronenergy.battery/7");
    put(GxItem::ActiveBms, 0.0);
    settle();
    EXPECT_THAT(codes(), ElementsAre("other_bms", "limits_ignored"));
    EXPECT_THAT(said.back().text,
                AllOf(HasSubstr("follow battery 0"), HasSubstr("one battery only")));
    state = {};
    input.reach = {false, std::nullopt, true};
    settle();
    ASSERT_FALSE(said.empty());
    EXPECT_THAT(said.back().text, HasSubstr("see that DVCC is on"));
}

TEST_F(AdviceTest, AVoltageAboveItsLimitIsIgnoredWhileSomethingCharges) {
    settle();
    input.maxCharge_V = 55.2;
    input.voltage_V = 56.0;
    pass(100s);
    EXPECT_THAT(said, IsEmpty()) << "1.4 % above: feed-in and meters";
    input.voltage_V = 56.1;
    pass(31s);
    EXPECT_THAT(codes(), ElementsAre("limits_ignored"));
    EXPECT_THAT(text(), HasSubstr("charged at 56.10V though its charge voltage limit is 55.20V"));
}

TEST_F(AdviceTest, ABatteryThatRestsAboveAVoltageThatFellDisobeysNobody) {
    settle();
    input.maxCharge_V = 53.0;
    input.voltage_V = 56.0;
    input.current_A = 0.9;
    pass(100s);
    EXPECT_THAT(said, IsEmpty());
    input.current_A = -20.0;
    pass(100s);
    EXPECT_THAT(said, IsEmpty());
    input.voltage_V.reset();
    input.current_A = 20.0;
    pass(100s);
    EXPECT_THAT(said, IsEmpty());
}

TEST_F(AdviceTest, DischargingHasALimitToo) {
    settle();
    input.maxDischarge_A = 0.0;
    input.current_A = -1.0;
    pass(100s);
    EXPECT_THAT(said, IsEmpty()) << "what inverters use for themselves";
    input.current_A = -30.0;
    pass(31s);
    EXPECT_THAT(text(), AllOf(HasSubstr("discharged with 30.0A"), HasSubstr("limit is 0.0A")));
}

TEST_F(AdviceTest, ChargersThatFollowAFallingLimitObey) {
    settle();
    for (int i = 0; i < 90; ++i) {
        input.maxCharge_A = 100.0 - i;
        input.current_A = 100.0 - std::max(0, i - 8);
        pass(1s);
        EXPECT_THAT(said, IsEmpty()) << "second " << i;
    }
}

TEST_F(AdviceTest, ALimitThatFellIsIgnoredAfterItsGrace) {
    settle();
    input.maxCharge_A = 0.0;
    input.current_A = 60.0;
    pass(40s);
    EXPECT_THAT(said, IsEmpty());
    pass(2s);
    EXPECT_THAT(codes(), ElementsAre("limits_ignored"));
}

TEST_F(AdviceTest, ASpikeIsNoDisobedience) {
    settle();
    for (int i = 0; i < 20; ++i) {
        input.current_A = 180.0;
        pass(25s);
        input.current_A = 90.0;
        pass(1s);
    }
    EXPECT_THAT(said, IsEmpty());
}

TEST_F(AdviceTest, UnknownCurrentOrLimitIsNotIgnored) {
    settle();
    input.current_A.reset();
    pass(100s);
    input.current_A = 500.0;
    input.maxCharge_A.reset();
    pass(100s);
    EXPECT_THAT(said, IsEmpty());
}

TEST_F(AdviceTest, NothingInTheFirstMinute) {
    input.current_A = 500.0;
    pass(60s);
    EXPECT_THAT(said, IsEmpty());
    pass(1s);
    EXPECT_THAT(codes(), ElementsAre("limits_ignored"));
}

TEST_F(AdviceTest, ALostLinkNeitherSaysNorWithdraws) {
    put(GxItem::DvccSetting, 0.0);
    settle();
    ASSERT_THAT(codes(), ElementsAre("dvcc_off"));
    readings.setLink(false, now);
    settle();
    EXPECT_THAT(codes(), ElementsAre("dvcc_off"));
    readings.setLink(true, now);
    (void)readings.beginSweep();
    sendGx();
    put(GxItem::ActiveBms, 3.0);
    readings.completeSweep(now);
    pass(11s);
    EXPECT_THAT(said, IsEmpty()) << "DVCC was switched on meanwhile; the BMS is news";
    pass(50s);
    EXPECT_THAT(codes(), ElementsAre("other_bms"));
}

TEST_F(AdviceTest, ABankWithoutDataJudgesNothing) {
    input.isWorking = false;
    put(GxItem::DvccSetting, 0.0);
    input.current_A = 500.0;
    settle();
    EXPECT_THAT(said, IsEmpty());
}

TEST_F(AdviceTest, ItemsThatAFullPublishDoesNotBringAreUnknown) {
    put(GxItem::DvccSetting, 0.0);
    settle();
    ASSERT_THAT(codes(), ElementsAre("dvcc_off"));
    (void)readings.beginSweep();
    readings.completeSweep(now);
    settle();
    EXPECT_THAT(said, IsEmpty());
}

TEST_F(AdviceTest, AMachineThatSleptProvesNothing) {
    settle();
    input.current_A = 500.0;
    pass(1s);
    now = now + 1h;
    pass(1s);
    EXPECT_THAT(said, IsEmpty());
    pass(61s);
    EXPECT_THAT(codes(), ElementsAre("limits_ignored"));
}

TEST_F(AdviceTest, AClockOnTheWallThatJumpsChangesNothing) {
    settle();
    put(GxItem::DvccSetting, 0.0);
    pass(30s);
    now.wall += 1000h;
    pass(20s);
    EXPECT_THAT(said, IsEmpty());
    now.wall -= 5000h;
    pass(11s);
    EXPECT_THAT(codes(), ElementsAre("dvcc_off"));
}

TEST_F(AdviceTest, WhereLimitsDoNotReachTheGxNothingIsSaidOfItsSettings) {
    put(GxItem::DvccSetting, 0.0);
    put(GxItem::ActiveMonitor, "com.victronenergy.battery/3");
    put(GxItem::ActiveBms, 3.0);
    put(GxItem::FeedIn, 1.0);
    input.current_A = 500.0;
    input.reach = {};
    settle();
    EXPECT_THAT(codes(), ElementsAre("limits_ignored")) << "that 500 A flow is so all the same";
    input.reach = {false, 300, true};
    settle();
    EXPECT_THAT(codes(), ElementsAre("dvcc_off", "feed_in_hides_limit", "limits_ignored"));
    input.reach = {true, 300, false};
    settle();
    EXPECT_THAT(codes(), ElementsAre("dvcc_off", "other_monitor", "other_bms",
                                     "feed_in_hides_limit", "instance_too_high", "limits_ignored"));
}

TEST_F(AdviceTest, CurrentsThatDifferAreSaidAsTheyWereFound) {
    input.packs.currentDiffers = "12 % more";
    pass(59s);
    EXPECT_THAT(codes(), IsEmpty());
    pass(3s);
    EXPECT_THAT(codes(), ElementsAre("current_differs"));
    EXPECT_THAT(text(), HasSubstr("Together the batteries measure 12 % more than the chargers"));
    input.packs.currentDiffers = "13 % more";
    pass(60s);
    EXPECT_THAT(text(), HasSubstr("12 % more")) << "no text that moves with each reading";
    input.packs.currentDiffers.clear();
    pass(590s);
    EXPECT_THAT(codes(), ElementsAre("current_differs"));
    pass(20s);
    EXPECT_THAT(codes(), IsEmpty());
}

/// The bank itself, on readings.
class BankAdvice : public ::testing::Test {
protected:
    BankAdvice() {
        Identity identity;
        identity.serial = "BB1";
        bank.surroundings().identity = identity;
        bank.surroundings().ownSerials = {"BB1"};
        readings.setLink(true, now);
        (void)readings.beginSweep();
        made::putBasics(readings, 3, now);
        readings.putGx(GxItem::ActiveBms, 3.0);
        readings.putGx(GxItem::DvccSetting, 0.0);
        readings.completeSweep(now);
    }
    void pass(std::chrono::seconds span) {
        for (; span > 0s; span -= 1s) {
            now = now + 1s;
            readings.noteSign(now);
            readings.settle(now);
            bank.evaluate(readings, now);
            for (const Event& event : bank.events())
                if (event.kind == EventKind::Advice)
                    events.push_back((event.isProblem ? "! " : "") + event.text);
        }
    }
    std::vector<std::string> takeEvents() { return std::exchange(events, {}); }

    Readings readings;
    Now now = made::start();
    Bank bank{BankSettings()};
    std::vector<std::string> events;
};

TEST_F(BankAdvice, ComesAsEventOnceAndGoesAsEventOnce) {
    bank.surroundings().reach = {true, 0, false};
    pass(200s);
    EXPECT_THAT(takeEvents(), ElementsAre(HasSubstr("! DVCC is off"),
                                          HasSubstr("! The GX's chargers are controlled by")));
    ASSERT_EQ(bank.advice().size(), 2U);
    EXPECT_EQ(bank.advice()[0].code, AdviceCode::DvccOff);
    readings.putGx(GxItem::DvccSetting, 1.0);
    pass(200s);
    EXPECT_THAT(takeEvents(), ElementsAre(testing::StartsWith("DVCC is off")));
    EXPECT_EQ(bank.advice().size(), 1U);
}

TEST_F(BankAdvice, OfASecondBankWhoseLimitsBindNobodyItIsAdviceAndEvent) {
    BankSettings second;
    second.limits.maxCharge_A = 50.0;
    bank.setSettings(second);
    made::put(readings, 3, row("/Info/MaxChargeCurrent"), 400.0, now);
    made::put(readings, 3, row("/Dc/0/Current"), 249.0, now);
    pass(200s);
    EXPECT_THAT(takeEvents(), ElementsAre(AllOf(testing::StartsWith("! The bank is charged with "),
                                                HasSubstr("though its limit is 50.0A"))));
    made::put(readings, 3, row("/Dc/0/Current"), 20.0, now);
    pass(700s);
    EXPECT_EQ(takeEvents().size(), 1U) << "and over, once";
}

TEST_F(BankAdvice, OffTheGxItIsSilent) {
    pass(200s);
    EXPECT_THAT(events, IsEmpty());
    EXPECT_THAT(bank.advice(), IsEmpty());
}

TEST_F(BankAdvice, SeesItselfOnTheGx) {
    made::putBasics(readings, 300, now);
    made::put(readings, 300, row("/Serial"), "BB1", now);
    pass(200s);
    ASSERT_EQ(bank.advice().size(), 3U);
    EXPECT_EQ(bank.advice()[2].code, AdviceCode::InstanceTooHigh);
    EXPECT_THAT(bank.advice()[1].text, HasSubstr("this bank (instance 300)"));
    readings.leave(300, now);
    pass(200s);
    EXPECT_THAT(bank.advice(), IsEmpty());
}

TEST_F(BankAdvice, CanBeSwitchedOff) {
    bank.surroundings().reach = {true, 0, false};
    pass(200s);
    BankSettings settings;
    settings.advice.isEnabled = false;
    bank.setSettings(settings);
    pass(1s);
    EXPECT_THAT(bank.advice(), IsEmpty());
    EXPECT_FALSE(needsOf(settings).selection);
    EXPECT_FALSE(needsOf(settings).feedIn);
}

TEST_F(BankAdvice, OwnersLimitsStandInForWhatBusbarHasWritten) {
    const auto ccl_A = [&] { return bank.snapshot()[row("/Info/MaxChargeCurrent")].number(); };
    readings.putGx(GxItem::MaxChargeCurrent, 7.0);
    pass(30s);
    ASSERT_EQ(ccl_A(), 7.0);
    bank.surroundings().ownersLimits = DvccValues{30.0, 0.0};
    pass(30s);
    EXPECT_EQ(ccl_A(), 30.0);
    bank.surroundings().ownersLimits = DvccValues{kNoCurrentLimit_A, kNoVoltageLimit_V};
    pass(30s);
    EXPECT_EQ(ccl_A(), 50.0) << "the battery's own";
    bank.surroundings().ownersLimits = DvccValues{};
    pass(2s);
    EXPECT_EQ(ccl_A(), 7.0) << "not known: what is shown";
}

/// Banks of 8s packs of 100 Ah, B1 … Bn, that say all they should; off the GX.
class PackAdvice : public ::testing::Test {
protected:
    explicit PackAdvice(int count = 3) : packs(count) {
        readings.setLink(true, now);
        (void)readings.beginSweep();
        for (int instance = 1; instance <= packs; ++instance) {
            made::putBasics(readings, instance, now);
            put(instance, "/InstalledCapacity", 100.0);
            put(instance, "/System/NrOfCellsPerBattery", 8.0);
            put(instance, "/Soc", 60.0);
            put(instance, "/Dc/0/Current", 0.0);
        }
        readings.completeSweep(now);
    }
    void put(int instance, std::string_view path, Value value) {
        made::put(readings, instance, *findRow(path), std::move(value), now);
    }
    void pass(std::chrono::seconds span) {
        for (; span > 0s; span -= 1s) {
            now = now + 1s;
            readings.noteSign(now);
            readings.settle(now);
            bank.evaluate(readings, now);
        }
    }
    /// Longer than every patience.
    void settle() { pass(130s); }
    /// B3's BMS allows nothing, and nothing flows.
    void open(double voltage_V, Value soc_pct) {
        put(3, "/Info/MaxChargeCurrent", 0.0);
        put(3, "/Info/MaxDischargeCurrent", 0.0);
        put(3, "/Dc/0/Voltage", voltage_V);
        put(3, "/Soc", std::move(soc_pct));
    }
    /// "code: text" of what is said.
    [[nodiscard]] std::string said() const {
        std::string all;
        for (const Advice& advice : bank.advice())
            all += std::string(toText(advice.code)) + ": " + advice.text + "\n";
        return all;
    }
    void apply(const std::function<void(BankSettings&)>& change) {
        BankSettings settings = bank.settings();
        change(settings);
        bank.setSettings(settings);
    }

    int packs;
    Readings readings;
    Now now = made::start();
    Bank bank{BankSettings()};
};

TEST_F(PackAdvice, SaysNothingOfPacksThatAreAlike) {
    settle();
    EXPECT_EQ(said(), "");
}

TEST_F(PackAdvice, OfOneSerialThatTwoServicesSayTheLinesAreGiven) {
    put(2, "/Serial", "S1");
    settle();
    EXPECT_THAT(said(), HasSubstr("same_serial: B1 and B2 say the same serial (S1)"));
    EXPECT_THAT(said(), HasSubstr("\"merged\": [\"instance:1\", \"instance:2\"]"));
    put(2, "/Serial", "S2");
    settle();
    EXPECT_EQ(said(), "");
}

/// A SmartShunt, instance 9, in what the three packs carry together.
class ShuntAdvice : public PackAdvice {
protected:
    ShuntAdvice() {
        put(9, "/ProductName", "SmartShunt 500A/50mV");
        put(9, "/Serial", "SHUNT");
        put(9, "/Dc/0/Voltage", 26.4);
        put(9, "/Soc", 61.0);
        readings.completeRead(9);
    }
    void carry(int instance, double current_A) { put(instance, "/Dc/0/Current", current_A); }
    /// Minutes of 20 s of 15 A and 40 s of 90 A.
    void work(int minutes, const std::function<double(double)>& shunt) {
        for (int i = 0; i < 3 * minutes; ++i) {
            const double bank_A = i % 3 == 0 ? 15.0 : 90.0;
            for (int instance = 1; instance <= packs; ++instance)
                carry(instance, bank_A / 3.0);
            carry(9, shunt(bank_A));
            pass(20s);
        }
    }
};

TEST_F(ShuntAdvice, OfOneThatMeasuresTheBankTheLinesAreGiven) {
    work(4, [](double bank_A) { return bank_A + 1.0; });
    EXPECT_THAT(said(), Not(HasSubstr("shunt_unused"))) << "five minutes are needed";
    work(5, [](double bank_A) { return bank_A + 1.0; });
    EXPECT_THAT(said(), HasSubstr("shunt_unused: "));
    EXPECT_THAT(said(), HasSubstr("\"current\": {\"source\": \"shunt\", \"shunts\": "
                                  "[\"instance:9\"]}; to leave it"));
    apply([](BankSettings& settings) {
        settings.current.source = CurrentSource::Shunt;
        settings.current.shunts = {*parseSelector("instance:9")};
    });
    pass(30s);
    EXPECT_THAT(said(), Not(HasSubstr("shunt_unused")));
}

TEST_F(ShuntAdvice, SaysWhenItsSignIsTheOther) {
    work(9, [](double bank_A) { return -bank_A; });
    EXPECT_THAT(said(), HasSubstr("[\"instance:9\"], \"invert\": true}"));
}

TEST_F(ShuntAdvice, SaysNothingOfOneThatMeasuresSomethingElse) {
    work(9, [](double bank_A) { return bank_A - 12.0; });
    EXPECT_THAT(said(), Not(HasSubstr("shunt_unused")));
}

TEST_F(ShuntAdvice, SaysNothingWhereNothingHasChanged) {
    for (int instance = 1; instance <= packs; ++instance)
        carry(instance, 20.0);
    carry(9, 60.0);
    pass(900s);
    EXPECT_THAT(said(), Not(HasSubstr("shunt_unused")));
}

TEST_F(PackAdvice, OfPacksThatAreHalfOfWhatAMultiMeasuresTheLinesAreGiven) {
    const PlantKey vebus{PlantClass::Vebus, 276};
    for (int i = 0; i < 70; ++i) {
        readings.putPlant(vebus, findPlantPath("/Dc/0/Voltage").value(), 79.2 + 0.1 * (i % 2));
        pass(2s);
    }
    EXPECT_THAT(said(), HasSubstr("series"));
    EXPECT_THAT(said(), HasSubstr("\"made\": [{\"id\": \"string_1\", \"series\": [\"instance:1\", "
                                  "\"instance:2\", \"instance:3\"]}], \"batteries\": "
                                  "[\"made:string_1\"]"));
}

TEST_F(PackAdvice, NamesAPendingPackAndTheVoltageToJoinItAt) {
    settle();
    put(3, "/State", 17.0);
    open(25.6, 40.0);
    pass(29s);
    EXPECT_EQ(said(), "");
    pass(2s);
    EXPECT_THAT(said(), AllOf(HasSubstr("unequal_charge: Not joined yet"),
                              HasSubstr("B3 (25.60V) is 20 % below the others (26.40V)"),
                              HasSubstr("charge it by itself to 26.40V, or discharge the others "
                                        "to 25.60V"),
                              HasSubstr("within 0.20V")))
        << "25 mV for each of eight cells";
    put(3, "/Dc/0/Voltage", 26.3);
    pass(59s);
    EXPECT_NE(said(), "");
    pass(2s);
    EXPECT_EQ(said(), "") << "may be joined";
}

TEST_F(PackAdvice, NamesOneThatStandsOpenWithinTheGuardBandOrOutside) {
    open(27.0, 90.0);
    settle();
    EXPECT_THAT(said(), AllOf(HasSubstr("B3 (27.00V) is 30 % above the others (26.40V)"),
                              HasSubstr("discharge it by itself to 26.40V, or charge the others "
                                        "to 27.00V")));
    put(3, "/Dc/0/Voltage", 24.0);
    pass(5s);
    ASSERT_EQ(bank.report().members[2].reason, OutReason::VoltageMismatch);
    EXPECT_THAT(said(), HasSubstr("B3 (24.00V) is 2.40V below the others"))
        << "by voltage, where the state of charge says the opposite";
}

TEST_F(PackAdvice, AStateOfChargeThatIsAlikeIsBelievedAndNoneIsNot) {
    open(25.8, 57.0);
    settle();
    EXPECT_EQ(said(), "") << "the others are under load";
    put(3, "/Soc", {});
    settle();
    EXPECT_THAT(said(), HasSubstr("B3 (25.80V) is 0.60V below the others"));
}

TEST_F(PackAdvice, IsSilentWhereJoiningIsNoQuestion) {
    open(26.2, 40.0);
    settle();
    EXPECT_EQ(said(), "") << "25 mV a cell";
    open(23.1, 40.0);
    put(3, "/System/NrOfCellsPerBattery", 7.0);
    settle();
    EXPECT_EQ(said(), "") << "other packs than the bank's";
    open(13.2, 40.0);
    put(3, "/System/NrOfCellsPerBattery", {});
    settle();
    EXPECT_EQ(said(), "") << "hardly of the same cells";
}

TEST_F(PackAdvice, OneThatCarriesCurrentIsJoined) {
    open(25.6, 40.0);
    put(3, "/Dc/0/Current", 5.0);
    settle();
    EXPECT_EQ(said().find("unequal_charge"), std::string::npos);
}

TEST_F(PackAdvice, OneThatIsNotHeardIsNoPackToJoin) {
    open(25.6, 40.0);
    put(3, "/State", 17.0);
    settle();
    ASSERT_NE(said(), "");
    readings.leave(3, now);
    settle();
    EXPECT_THAT(said(), Not(HasSubstr("unequal_charge")));
}

TEST_F(PackAdvice, SaysWhileOneEqualisesNearItsOwnLimit) {
    put(1, "/Dc/0/Current", -15.0);
    put(2, "/Dc/0/Current", -15.0);
    put(3, "/Dc/0/Current", 30.0);
    put(3, "/Soc", 20.0);
    settle();
    EXPECT_EQ(said(), "") << "60 % of 50 A";
    put(1, "/Dc/0/Current", -22.0);
    put(2, "/Dc/0/Current", -22.0);
    put(3, "/Dc/0/Current", 44.0);
    settle();
    EXPECT_THAT(said(), AllOf(HasSubstr("unequal_charge: Batteries equalise"),
                              HasSubstr("B3 takes 44.0A from the others (its own limit is 50.0A; "
                                        "it is at 20 %, the others at 60 %)"),
                              HasSubstr("within 0.20V")));
    EXPECT_THAT(said(), Not(HasSubstr("B1"))) << "they bear 80 A";
}

TEST_F(PackAdvice, SaysWhileOneGivesTooMuch) {
    put(3, "/Info/MaxDischargeCurrent", 20.0);
    put(1, "/Dc/0/Current", 10.0);
    put(2, "/Dc/0/Current", 10.0);
    put(3, "/Dc/0/Current", -20.0);
    settle();
    EXPECT_THAT(said(), HasSubstr("B3 gives 20.0A to the others (its own limit is 20.0A"));
}

TEST_F(PackAdvice, AGuessedShareMakesNoEqualising) {
    for (const int instance : {1, 2, 3}) {
        put(instance, "/Info/MaxChargeCurrent", 200.0);
        put(instance, "/Dc/0/Current", instance == 3 ? 10.0 : 130.0);
    }
    settle();
    EXPECT_EQ(said(), "") << "B3 takes little for its capacity, and gives nothing";
}

TEST_F(PackAdvice, NamesTheOneWithoutLimitsAndWhatToConfigure) {
    settle();
    put(2, "/Info/MaxChargeCurrent", {});
    pass(60s);
    EXPECT_EQ(said(), "");
    pass(1s);
    EXPECT_THAT(said(), AllOf(HasSubstr("no_limits: No current limit comes from B2 "
                                        "(/Info/MaxChargeCurrent), so charging is closed"),
                              HasSubstr("limits.mode: own with limits.max_charge_A and "
                                        "limits.max_discharge_A)"),
                              HasSubstr("(exclude)")));
    put(2, "/Info/MaxDischargeCurrent", {});
    put(3, "/Info/MaxDischargeCurrent", {});
    pass(1s);
    EXPECT_THAT(said(), HasSubstr("from B2, B3 (/Info/MaxChargeCurrent, "
                                  "/Info/MaxDischargeCurrent), so charging and discharging are"));
    for (const int instance : {1, 2, 3}) {
        put(instance, "/System/MinCellVoltage", 3.3);
        put(instance, "/System/MaxCellVoltage", 3.3);
    }
    apply([](BankSettings& settings) {
        settings.limits.mode = LimitMode::Own;
        settings.limits.maxCharge_A = 100.0;
        settings.limits.maxDischarge_A = 100.0;
    });
    settle();
    EXPECT_EQ(said(), "") << "what it says cures it";
}

TEST_F(PackAdvice, AListedBankIsToldItsList) {
    apply([](BankSettings& settings) {
        settings.membership.takeAll = false;
        settings.membership.selected = {*parseSelector("instance:1"), *parseSelector("instance:2")};
        settings.preset = Preset::None;
    });
    put(2, "/Info/MaxChargeCurrent", {});
    settle();
    EXPECT_THAT(said(), AllOf(HasSubstr("take it off the list (batteries)"),
                              HasSubstr("and a preset"), Not(HasSubstr("exclude"))));
}

TEST_F(PackAdvice, NamesTheCurveThatHasLostItsData) {
    put(2, "/System/MinCellTemperature", 20.0);
    settle();
    ASSERT_EQ(said(), "");
    put(2, "/System/MinCellTemperature", {});
    settle();
    EXPECT_THAT(said(), AllOf(HasSubstr("no_limits: No temperature from B2, at which curves look, "
                                        "so charging and discharging are closed"),
                              HasSubstr("limits.fallback_A"),
                              HasSubstr("limits.curves.cold_charge_C, "
                                        "limits.curves.cold_discharge_C;")));
    apply([](BankSettings& settings) { settings.limits.fallback_A = 5.0; });
    put(2, "/System/MinCellTemperature", 20.0);
    pass(2s);
    put(2, "/System/MinCellTemperature", {});
    settle();
    EXPECT_EQ(bank.report().charge.cause, Cause::MissingData);
    EXPECT_EQ(said(), "") << "not closed";
}

TEST_F(PackAdvice, SaysThatTheChargeVoltageIsGone) {
    settle();
    for (const int instance : {1, 2, 3})
        put(instance, "/Info/MaxChargeVoltage", {});
    settle();
    EXPECT_THAT(said(), AllOf(HasSubstr("no_limits: No battery gives a charge voltage limit"),
                              HasSubstr("limits.cvl.mode: own with limits.cvl.cell_V")));
}

TEST_F(PackAdvice, AClosedBankForOtherReasonsNeedsNoLimits) {
    for (const int instance : {1, 2, 3})
        put(instance, "/Io/AllowToCharge", 0.0);
    apply([](BankSettings& settings) { settings.limits.maxDischarge_A = 0.0; });
    settle();
    ASSERT_EQ(bank.report().charge.value + bank.report().discharge.value, 0.0);
    EXPECT_EQ(said(), "");
}

TEST(Advice, HasEachOfItsWordsExplained) {
    EXPECT_THAT(test::unexplained<AdviceCode>("src/app/TROUBLESHOOTING.md", 0, kAdviceCount),
                IsEmpty());
}

} // namespace
} // namespace busbar::advice_test
