// SPDX-License-Identifier: MIT
#include "app/demo/simulated_bank.hpp"
#include "sim/random_bank.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <stdexcept>

namespace busbar {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::Key;
using testing::Not;

constexpr sim::Limits kOpen = {56.0, 100.0, 200.0};
const std::string kFeedIn = "settings/0/Settings/CGwacs/OvervoltageFeedIn";
const std::string kMonitor = "settings/0/Settings/SystemSetup/BatteryService";
const std::string kBms = "settings/0/Settings/SystemSetup/BmsInstance";
const std::string kDvcc = "settings/0/Settings/Services/Bol";
const std::string kMaxCharge = "settings/0/Settings/SystemSetup/MaxChargeCurrent";

sim::TwinSpec sunnyBank() {
    sim::TwinSpec spec = sim::makeEqualBank(sim::Chemistry::Lfp, 2, 100.0);
    spec.sun.constant_W = 3000.0;
    spec.load = {0.0, 0.0, {}};
    return spec;
}

/// A bank behind a bridge, without broker and clock.
struct Rig {
    explicit Rig(const sim::TwinSpec& spec = sunnyBank(), double speed = 1.0)
        : bank(
              spec, {.speed = speed},
              [this](std::string_view topic, std::string_view payload, bool) {
                  sent[std::string(topic.substr(kHead.size()))] = payload;
                  return true;
              },
              [this](const sim::Twin&) { return limits; }, [this] { return instance; }) {
        bank.tick(now);
        bank.message("R/simulated/keepalive", "", now);
    }

    void pass(std::chrono::milliseconds span, std::chrono::milliseconds step = 1s) {
        for (auto done = 0ms; done < span; done += step) {
            now = now + step;
            bank.message("R/simulated/keepalive", "suppress-republish", now);
            bank.tick(now);
        }
    }
    void write(const std::string& tail, const std::string& payload) {
        bank.message("W/simulated/" + tail, payload, now);
    }
    [[nodiscard]] std::string last(const std::string& tail) const {
        const auto found = sent.find(tail);
        return found == sent.end() ? "(nothing)" : found->second;
    }

    static constexpr std::string_view kHead = "N/simulated/";
    std::map<std::string, std::string> sent; ///< last payloads, topics without their head
    sim::Limits limits = kOpen;
    std::optional<int> instance; ///< of the battery that the limits come from
    Now now{SteadyTime(1000s), WallTime(1700000000s)};
    SimulatedBank bank;
};

TEST(SimulatedBank, TellsEveryPackAndTheSettingsOfItsGx) {
    Rig rig;
    rig.pass(5s);
    for (const std::string battery : {"battery/1", "battery/2"})
        for (const std::string path :
             {"/Dc/0/Voltage", "/Soc", "/Info/MaxChargeCurrent", "/System/MaxCellVoltage",
              "/Voltages/Cell1", "/Voltages/Cell16", "/Serial"})
            EXPECT_THAT(rig.sent, Contains(Key(battery + path)));
    EXPECT_THAT(rig.sent, Not(Contains(Key("battery/1/Voltages/Cell17"))));
    EXPECT_EQ(rig.last("battery/2/CustomName"), R"({"value":"Pack B"})");
    EXPECT_EQ(rig.last("battery/2/Io/AllowToCharge"), R"({"value":1})");
    EXPECT_EQ(rig.last("system/0/Serial"), R"({"value":"simulated"})");
    EXPECT_EQ(rig.last("system/0/Control/Dvcc"), R"({"value":1})");
    EXPECT_EQ(rig.last(kMaxCharge), R"({"max":10000,"min":-1,"value":-1})");
    EXPECT_EQ(rig.last("settings/0/Settings/SystemSetup/MaxChargeVoltage"),
              R"({"max":80.0,"min":0.0,"value":0.0})");
    EXPECT_EQ(rig.last(kFeedIn), R"({"max":1,"min":0,"value":0})");
}

TEST(SimulatedBank, PublishesNumbersWithoutNoise) {
    Rig rig;
    rig.pass(60s);
    for (const auto& [tail, payload] : rig.sent)
        if (tail.starts_with("battery/")) {
            EXPECT_LT(payload.size(), 40U) << tail << " " << payload;
        }
}

TEST(SimulatedBank, RunsAsManyTimesFasterAsWanted) {
    Rig slow;
    slow.pass(7s, 100ms);
    EXPECT_EQ(slow.bank.twin().time(), 7s);
    Rig fast(sunnyBank(), 300.0);
    fast.pass(7s, 100ms);
    EXPECT_EQ(fast.bank.twin().time(), 2100s);
}

TEST(SimulatedBank, DoesNotCatchUpWithALongPause) {
    Rig rig;
    rig.pass(2s);
    rig.pass(1h, 1h);
    EXPECT_EQ(rig.bank.twin().time(), 2s);
    rig.pass(2s);
    EXPECT_EQ(rig.bank.twin().time(), 4s);
}

TEST(SimulatedBank, RefusesASpeedOutOfRange) {
    EXPECT_THROW(Rig(sunnyBank(), 0.5), std::invalid_argument);
    EXPECT_THROW(Rig(sunnyBank(), 1001.0), std::invalid_argument);
}

TEST(SimulatedBank, ChargesAsItsControllingBatterySays) {
    Rig rig;
    rig.limits.ccl_A = 20.0;
    rig.pass(60s);
    EXPECT_NEAR(rig.bank.twin().bus().battery_A, 20.0, 1.0);
    rig.limits.ccl_A = 5.0;
    rig.pass(20s);
    EXPECT_NEAR(rig.bank.twin().bus().battery_A, 5.0, 1.0);
    rig.limits = {};
    rig.pass(70s); // longer than solar chargers wait for a lost BMS
    EXPECT_NEAR(rig.bank.twin().bus().battery_A, 0.0, 0.1);
}

TEST(SimulatedBank, ObeysTheOwnersLimitsBesides) {
    Rig rig;
    rig.write(kMaxCharge, R"({"value":10})");
    EXPECT_EQ(rig.last(kMaxCharge), R"({"max":10000,"min":-1,"value":10})");
    rig.pass(60s);
    EXPECT_NEAR(rig.bank.twin().bus().battery_A, 10.0, 1.0);
    rig.write("settings/0/Settings/SystemSetup/MaxChargeVoltage", R"({"value":50})");
    rig.pass(60s);
    EXPECT_LT(rig.bank.twin().bus().battery_A, 0.1) << "the packs are above 50 V";
}

TEST(SimulatedBank, FeedInIsSwitchedByWriting) {
    Rig rig;
    rig.limits.ccl_A = 0.0;
    rig.pass(60s);
    EXPECT_NEAR(rig.bank.twin().bus().battery_A, 0.0, 0.1);
    rig.write(kFeedIn, R"({"value":1})");
    EXPECT_EQ(rig.last(kFeedIn), R"({"max":1,"min":0,"value":1})");
    rig.pass(60s);
    EXPECT_GT(rig.bank.twin().bus().battery_A, 20.0) << "now the CCL has no effect";
    rig.write(kFeedIn, R"({"value":0})");
    rig.pass(60s);
    EXPECT_NEAR(rig.bank.twin().bus().battery_A, 0.0, 0.1);
}

TEST(SimulatedBank, SelectsTheFirstBatteryAsLongAsNoneIsFollowed) {
    Rig rig;
    rig.pass(5s);
    EXPECT_EQ(rig.last(kMonitor), R"({"value":"default"})");
    EXPECT_EQ(rig.last("system/0/ActiveBatteryService"),
              R"({"value":"com.victronenergy.battery/1"})");
    EXPECT_EQ(rig.last("system/0/ActiveBmsInstance"), R"({"value":1})");
    EXPECT_EQ(rig.last(kBms), R"({"max":32767,"min":-255,"value":-1})");
    EXPECT_EQ(rig.last(kDvcc), R"({"max":7,"min":0,"value":1})");
}

TEST(SimulatedBank, ItsOwnerHasSelectedTheBatteryThatIsFollowed) {
    Rig rig;
    rig.instance = 9;
    rig.limits.ccl_A = 20.0;
    rig.pass(60s);
    EXPECT_EQ(rig.last(kMonitor), R"({"value":"com.victronenergy.battery/9"})");
    EXPECT_EQ(rig.last("system/0/ActiveBatteryService"),
              R"({"value":"com.victronenergy.battery/9"})");
    EXPECT_EQ(rig.last("system/0/ActiveBmsInstance"), R"({"value":9})");
    EXPECT_NEAR(rig.bank.twin().bus().battery_A, 20.0, 1.0);
    rig.instance.reset();
    rig.pass(5s);
    EXPECT_EQ(rig.last("system/0/ActiveBatteryService"), R"({"value":null})");
    EXPECT_EQ(rig.last("system/0/ActiveBmsInstance"), R"({"value":1})") << "a source takes over";
}

TEST(SimulatedBank, ObeysTheBmsThatIsSelected) {
    Rig rig;
    rig.instance = 9;
    rig.limits.ccl_A = 5.0;
    rig.pass(60s);
    EXPECT_NEAR(rig.bank.twin().bus().battery_A, 5.0, 1.0);
    rig.write(kBms, R"({"value":2})");
    rig.pass(60s);
    EXPECT_EQ(rig.last("system/0/ActiveBmsInstance"), R"({"value":2})");
    EXPECT_GT(rig.bank.twin().bus().battery_A, 20.0) << "the pack's own limit for the whole bank";
    rig.write(kBms, R"({"value":-255})");
    rig.pass(90s);
    EXPECT_EQ(rig.last("system/0/ActiveBmsInstance"), R"({"value":null})");
    EXPECT_NEAR(rig.bank.twin().bus().battery_A, 0.0, 0.1) << "chargers miss their BMS";
}

TEST(SimulatedBank, WithoutDvccChargersGoByThemselves) {
    Rig rig;
    rig.instance = 9;
    rig.limits.ccl_A = 5.0;
    rig.pass(60s);
    rig.write(kDvcc, R"({"value":0})");
    rig.pass(60s);
    EXPECT_EQ(rig.last("system/0/Control/Dvcc"), R"({"value":0})");
    EXPECT_GT(rig.bank.twin().bus().battery_A, 20.0);
}

TEST(SimulatedBank, AMonitorThatIsNotThereIsNone) {
    Rig rig;
    rig.write(kMonitor, R"({"value":"com.victronenergy.battery/7"})");
    rig.pass(5s);
    EXPECT_EQ(rig.last("system/0/ActiveBatteryService"), R"({"value":null})");
    rig.write(kMonitor, R"({"value":3})");
    rig.write(kMonitor, R"({"value":"com.victronenergy.battery/2"})");
    rig.pass(5s);
    EXPECT_EQ(rig.last("system/0/ActiveBatteryService"),
              R"({"value":"com.victronenergy.battery/2"})");
    EXPECT_EQ(rig.last("system/0/ActiveBmsInstance"), R"({"value":2})") << "the monitor wins";
}

TEST(SimulatedBank, TakesNoOtherWrites) {
    Rig rig;
    for (const char* payload : {R"({"value":2})", R"({"value":"on"})", R"({"value":null})", "1"})
        rig.write(kFeedIn, payload);
    EXPECT_FALSE(rig.bank.twin().spec().feedIn);
    rig.write("system/0/Control/Dvcc", R"({"value":0})");
    rig.write("battery/1/Info/MaxChargeCurrent", R"({"value":1})");
    rig.pass(2s);
    EXPECT_EQ(rig.last("system/0/Control/Dvcc"), R"({"value":1})");
    EXPECT_NE(rig.last("battery/1/Info/MaxChargeCurrent"), R"({"value":1.0})");
}

TEST(SimulatedBank, APackThatLeavesIsTakenFromTheBroker) {
    sim::TwinSpec spec = sunnyBank();
    spec.packs[1].bms.faults = {{sim::Fault::Kind::Left, sim::Seconds(10.0), sim::Seconds(30.0)}};
    Rig rig(spec);
    rig.pass(20s);
    EXPECT_EQ(rig.last("battery/2/Soc"), "");
    EXPECT_NE(rig.last("battery/1/Soc"), "");
    rig.pass(30s);
    EXPECT_NE(rig.last("battery/2/Soc"), "") << "it is back";
}

TEST(SimulatedBank, MeasuresWhatHappened) {
    Rig rig(sunnyBank(), 100.0);
    rig.pass(36s);
    EXPECT_NEAR(rig.bank.metrics().hours, 1.0, 0.01);
    EXPECT_GT(rig.bank.metrics().charged_Ah, 40.0);
}

TEST(PlainRule, IsTheSmallestTimesTheNumberOfPacks) {
    sim::TwinSpec spec = sunnyBank();
    spec.packs[1].bms.limits.charge_A = 30.0;
    spec.packs[1].bms.limits.charge_V = 55.0;
    Rig rig(spec);
    rig.pass(5s);
    const sim::Limits limits = plainRule(rig.bank.twin());
    EXPECT_EQ(limits.ccl_A, 60.0);
    EXPECT_EQ(limits.dcl_A, 160.0);
    EXPECT_EQ(limits.cvl_V, 55.0);
}

TEST(PlainRule, APackWithoutLimitsCloses) {
    sim::TwinSpec spec = sunnyBank();
    spec.packs[0].bms.reporting.hasLimits = false;
    Rig rig(spec);
    rig.pass(5s);
    EXPECT_EQ(plainRule(rig.bank.twin()).ccl_A, 0.0);
    EXPECT_EQ(plainRule(rig.bank.twin()).dcl_A, 0.0);
}

/// Two strings of two blocks; the first block is the weak one.
sim::TwinSpec stringsBank() {
    sim::TwinSpec spec = sim::makeEqualStrings(sim::Chemistry::Lfp, {2, 2}, 100.0);
    spec.packs[0].bms.limits.charge_A = 30.0;
    spec.packs[0].bms.limits.charge_V = 27.0;
    return spec;
}

TEST(PlainRule, AddsUpTheVoltagesOfAString) {
    Rig rig(stringsBank());
    rig.pass(5s);
    const sim::Limits limits = plainRule(rig.bank.twin());
    EXPECT_EQ(limits.ccl_A, 60.0);
    EXPECT_EQ(limits.dcl_A, 160.0);
    EXPECT_EQ(limits.cvl_V, 27.0 + 28.0);
}

TEST(PlainRule, AStringThatLacksABlockDoesNotCount) {
    sim::TwinSpec spec = stringsBank();
    spec.packs[1].bms.faults = {{sim::Fault::Kind::Left, sim::Seconds(0.0), sim::Seconds(1000.0)}};
    Rig rig(spec);
    rig.pass(5s);
    const sim::Limits limits = plainRule(rig.bank.twin());
    EXPECT_EQ(limits.ccl_A, 50.0);
    EXPECT_EQ(limits.cvl_V, 56.0);
}

TEST(PlainRule, KnowsNothingWithoutPacks) {
    sim::TwinSpec spec = sunnyBank();
    for (sim::PackSpec& pack : spec.packs)
        pack.bms.faults = {{sim::Fault::Kind::Left, sim::Seconds(0.0), sim::Seconds(1000.0)}};
    Rig rig(spec);
    rig.pass(5s);
    const sim::Limits limits = plainRule(rig.bank.twin());
    EXPECT_FALSE(limits.cvl_V || limits.ccl_A || limits.dcl_A);
}

} // namespace
} // namespace busbar
