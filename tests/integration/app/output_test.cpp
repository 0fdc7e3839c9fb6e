// SPDX-License-Identifier: MIT
// What Busbar publishes on MQTT, and the commands that come back, over real brokers.
#include "plant.hpp"
#include "support/sanitized.hpp"
#include "topic_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

namespace busbar::test::output_test {
namespace {

using std::chrono::seconds;
using testing::IsEmpty;

constexpr const char* kState = "busbar/home/bank/main/state";
constexpr const char* kStatus = "busbar/home/status";
constexpr const char* kPackState = "busbar/home/battery/serial_sn_a/state";
constexpr const char* kPackStatus = "busbar/home/battery/serial_sn_a/status";
constexpr const char* kBankDevice = "homeassistant/device/busbar_home_main/config";
constexpr const char* kPackDevice = "homeassistant/device/busbar_home_serial_sn_a/config";

class OutputTest : public ::testing::Test {
protected:
    OutputTest() { plant.gx.add(kPackA); }

    void start(const Options& more = {}) {
        ASSERT_TRUE(plant.until([this] { return topics.isReady(); }));
        ASSERT_TRUE(plant.startAndWait(more)) << plant.log();
        ASSERT_TRUE(plant.until([this] { return topics.has(kState); })) << plant.log();
    }
    std::function<bool()> becomes(const char* topic, const char* pointer, double expected) {
        return [this, topic, pointer, expected] {
            return jsonNumber(topics.last(topic), pointer) == expected;
        };
    }
    std::function<bool()> has(const char* topic) {
        return [this, topic] { return topics.has(topic); };
    }
    void stop(int signal = SIGTERM) {
        plant.busbar->signal(signal);
        ASSERT_TRUE(plant.until([this] { return plant.busbar->hasEnded(); })) << plant.log();
    }
    void command(const std::string& tail, const std::string& payload, bool retain = false) {
        ASSERT_TRUE(topics.publish("busbar/home/set/" + tail, payload, retain));
    }

    Plant plant;
    TopicView topics{plant.broker.url(), {"busbar/#", "homeassistant/#"}};
};

TEST_F(OutputTest, BankAndBatteriesAreThereAndEndWithOffline) {
    plant.gx.add(kPackB);
    start();
    ASSERT_TRUE(plant.until(becomes(kState, "/limits/charge/value", 80.0)))
        << topics.last(kState) << plant.log();
    EXPECT_EQ(topics.last(kStatus), "online");
    EXPECT_EQ(jsonTextAt(topics.last(kState), "/limits/charge/cause"), "member");
    EXPECT_EQ(jsonTextAt(topics.last(kState), "/limits/charge/member"), "B");
    EXPECT_EQ(jsonNumber(topics.last(kState), "/current_A"), 30.0);
    ASSERT_TRUE(plant.until(has(kPackState))) << plant.log();
    EXPECT_EQ(jsonNumber(topics.last(kPackState), "/soc_pct"), 60.0);
    EXPECT_EQ(topics.last(kPackStatus), "online");
    EXPECT_TRUE(plant.until(
        [this] { return jsonNumber(topics.last("busbar/home/health"), "/layout") == 2.0; }));
    stop();
    EXPECT_TRUE(plant.until([this] { return topics.last(kStatus) == "offline"; }));
}

TEST_F(OutputTest, TheBrokerSaysOfflineForAKilledProgram) {
    start();
    stop(SIGKILL);
    EXPECT_TRUE(plant.until([this] { return topics.last(kStatus) == "offline"; }));
}

TEST_F(OutputTest, ACutIsThereAtOnceAndAnEventSaysWhy) {
    start({{"mqtt.interval_ms", "60000"}});
    ASSERT_TRUE(plant.until(becomes(kState, "/limits/charge/value", 50.0))) << topics.last(kState);
    plant.gx.set(1, "/Io/AllowToCharge", 0.0);
    EXPECT_TRUE(plant.until(becomes(kState, "/limits/charge/value", 0.0))) << topics.last(kState);
    EXPECT_EQ(jsonTextAt(topics.last(kState), "/limits/charge/cause"), "blocked");
    ASSERT_TRUE(plant.until(
        [this] { return topics.last("busbar/home/event").find("blocked") != std::string::npos; }));
    EXPECT_EQ(jsonTextAt(topics.last("busbar/home/event"), "/type"), "charge_limit");
}

TEST_F(OutputTest, ALostBatteryIsOfflineAndTheBankGoesOn) {
    plant.gx.add(kPackB);
    start({{"hold_s", "1"}});
    ASSERT_TRUE(plant.until([this] { return topics.last(kPackStatus) == "online"; }))
        << plant.log();
    plant.gx.vanish(1);
    EXPECT_TRUE(plant.until([this] { return topics.last(kPackStatus) == "offline"; }))
        << plant.log();
    EXPECT_TRUE(plant.until(becomes(kState, "/online", 1.0))) << topics.last(kState);
    EXPECT_EQ(jsonNumber(topics.last(kState), "/total"), 2.0);
    EXPECT_EQ(topics.last(kStatus), "online");
}

TEST_F(OutputTest, OwnersCeilingsActAndAreAcknowledged) {
    start();
    command("bank/main/max_charge_A", "12");
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 12.0))) << plant.log();
    EXPECT_TRUE(plant.until(becomes(kState, "/controls/max_charge_A", 12.0)));
    EXPECT_EQ(jsonTextAt(topics.last(kState), "/limits/charge/cause"), "ceiling");
    stop();
    start();
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 12.0)))
        << "after a restart" << plant.log();
}

TEST_F(OutputTest, ABatteryIsTakenOutOfServiceAndPutBack) {
    plant.gx.add(kPackB);
    start();
    ASSERT_TRUE(plant.until(plant.shows("/Dc/0/Current", 30.0))) << plant.log();
    ASSERT_TRUE(plant.until(has(kPackState)));
    command("battery/serial_sn_a/in_service", "OFF");
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 20.0))) << plant.log();
    EXPECT_TRUE(plant.until([this] {
        return jsonTextAt(topics.last(kPackState), "/reason") == "out_of_service";
    })) << topics.last(kPackState);
    command("battery/serial_sn_a/in_service", "ON");
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 30.0))) << plant.log();
}

TEST_F(OutputTest, BadCommandsChangeNothingAndAreNamed) {
    start({{"limits.max_charge_A", "40"}});
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 40.0))) << plant.log();
    command("bank/main/max_charge_A", "41");
    command("bank/main/max_charge_A", "-1");
    command("bank/main/max_charge_A", "NaN");
    command("bank/main/max_charge_A", "12 A");
    command("bank/other/max_charge_A", "12");
    command("bank/main/nonsense", "1");
    command("battery/nobody/in_service", "OFF");
    command("battery/serial_sn_a/in_service", "maybe");
    command("bank/main/balance_now", "PRESS"); // not switched on
    command("bank/main/max_charge_A", std::string(1000000, '1'));
    command("bank/main/max_discharge_A", "1");
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxDischargeCurrent", 1.0))) << plant.log();
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 40.0);
    EXPECT_GE(plant.busbar->logged("command_refused"), 10U) << plant.log();
}

TEST_F(OutputTest, ARetainedCommandIsRefused) {
    ASSERT_TRUE(plant.until([this] { return topics.isReady(); }));
    command("bank/main/max_charge_A", "3", true);
    ASSERT_TRUE(
        plant.until([this] { return topics.has("busbar/home/set/bank/main/max_charge_A"); }));
    start();
    ASSERT_TRUE(plant.until(plant.says("command_refused"))) << plant.log();
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 50.0);
}

TEST_F(OutputTest, ARetainedCommandThatArrivesLiveIsRefused) {
    start();
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 50.0))) << plant.log();
    command("bank/main/max_charge_A", "3", true);
    ASSERT_TRUE(plant.until(plant.says("command_refused"))) << plant.log();
    command("bank/main/max_discharge_A", "7");
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxDischargeCurrent", 7.0))) << plant.log();
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 50.0) << plant.log();
}

TEST_F(OutputTest, ANameIsBounded) {
    start({{"venus.enabled", "true"}});
    EXPECT_EQ(plant.view->setText(kService, "/CustomName", "House"), 0);
    EXPECT_EQ(plant.view->setText(kService, "/CustomName", std::string(500, 'x')), 2);
    EXPECT_EQ(plant.view->setText(kService, "/CustomName", "two\nlines"), 2);
    for (const char* payload : {R"({"value":"two\nlines"})", R"({"value":"by MQTT"})"})
        ASSERT_TRUE(topics.publish("W/busbar-home/battery/0/CustomName", payload, false));
    EXPECT_TRUE(plant.until([this] { return plant.text("/CustomName") == "by MQTT"; }))
        << plant.log();
    EXPECT_EQ(plant.busbar->logged("command_refused"), 1U) << plant.log();
}

TEST_F(OutputTest, HomeAssistantFindsBankAndBatteries) {
    start();
    ASSERT_TRUE(plant.until(has(kBankDevice))) << plant.log();
    ASSERT_TRUE(plant.until(has(kPackDevice))) << plant.log();
    EXPECT_EQ(jsonTextAt(topics.last(kPackDevice), "/device/via_device"), "busbar_home_main");
    const std::size_t before = topics.count(kBankDevice);
    ASSERT_TRUE(topics.publish("homeassistant/status", "online"));
    EXPECT_TRUE(plant.until([&] { return topics.count(kBankDevice) > before; }))
        << "not repeated on the birth message " << plant.log();
}

TEST_F(OutputTest, DevicesLeaveWithTheConfiguration) {
    plant.gx.add(kPackB);
    start();
    ASSERT_TRUE(plant.until(has(kPackDevice))) << plant.log();
    ASSERT_TRUE(plant.until(has("homeassistant/device/busbar_home_serial_sn_b/config")))
        << plant.log();
    stop();
    start({{"exclude", R"(["name:A"])"}});
    EXPECT_TRUE(plant.until([this] { return topics.last(kPackDevice).empty(); })) << plant.log();
    EXPECT_TRUE(plant.until([this] { return topics.last(kPackState).empty(); }))
        << "the state of a battery that is none of ours any more " << plant.log();
    EXPECT_TRUE(topics.has("homeassistant/device/busbar_home_serial_sn_b/config"));
    stop();
    start({{"homeassistant.enabled", "false"}});
    EXPECT_TRUE(plant.until([this] { return topics.topics("homeassistant/device/").empty(); }))
        << plant.log();
}

TEST_F(OutputTest, NothingIsPublishedIfTheOwnerSaysSo) {
    ASSERT_TRUE(plant.until([this] { return topics.isReady(); }));
    ASSERT_TRUE(plant.startAndWait({{"mqtt.publish", "false"}})) << plant.log();
    plant.goOn(seconds(3));
    EXPECT_THAT(topics.topics(""), IsEmpty());
}

TEST_F(OutputTest, AnotherBusbarWithOurNameIsNoticed) {
    start();
    ASSERT_TRUE(topics.publish("busbar/home/health", R"({"layout":1,"process":"busbar-other"})"));
    EXPECT_TRUE(plant.until(plant.says("site_taken"))) << plant.log();
}

TEST_F(OutputTest, WhatSomebodyElseSaysOfUsIsPutRight) {
    start();
    ASSERT_TRUE(plant.until([this] { return topics.last(kPackStatus) == "online"; }));
    ASSERT_TRUE(plant.until([this] { return topics.last(kStatus) == "online"; }));
    for (const std::string words : {"offline", "nonsense", ""})
        for (const char* topic : {kStatus, kPackStatus}) {
            ASSERT_TRUE(topics.publish(topic, words, true));
            ASSERT_TRUE(plant.until([&] { return topics.last(topic) == words; }));
            EXPECT_TRUE(plant.until([&] { return topics.last(topic) == "online"; }))
                << topic << " " << words << plant.log();
        }
    EXPECT_EQ(plant.busbar->logged("status_overwritten"), 2U) << "once a topic " << plant.log();
}

/// Killed while the next one runs already; the same comes of a power cut and of SIGSTOP, when the
/// broker has lost patience.
TEST_F(OutputTest, TheLastWillOfAPredecessorDoesNotStay) {
    start();
    Options second = plant.options;
    second["dbus.service"] = R"("second")";
    second["state_dir"] = jsonText(plant.dir.file("second-state"));
    const BusbarProcess successor(
        {"run", "--config", plant.dir.write("second.json", configText(second))});
    ASSERT_TRUE(plant.until([this] { return plant.isOnBus("com.victronenergy.battery.second"); }))
        << successor.log();
    ASSERT_TRUE(plant.until([this] { return topics.count(kStatus) >= 2; })) << successor.log();
    stop(SIGKILL);
    const auto isWillThere = [this] {
        return std::ranges::count(topics.all(kStatus), "offline") == 1;
    };
    ASSERT_TRUE(plant.until(isWillThere));
    EXPECT_TRUE(plant.until([this] { return topics.last(kStatus) == "online"; }))
        << successor.log();
}

/// What an earlier run has left on the broker is not the state of now.
TEST_F(OutputTest, AStartWithoutAGxShowsNothingAsLive) {
    start();
    ASSERT_TRUE(plant.until([this] { return topics.last(kPackStatus) == "online"; }));
    ASSERT_TRUE(plant.until(has(kPackDevice))) << plant.log();
    ASSERT_EQ(jsonTextAt(topics.last(kState), "/stage"), "normal");
    plant.goOn(seconds(2)); // the state file follows each second; what was tidied is out
    const std::string device = topics.last(kBankDevice);
    stop(SIGKILL);
    ASSERT_TRUE(plant.until([this] { return topics.last(kStatus) == "offline"; }));
    plant.start({{"gx.portal_id", R"("nobody")"}, {"loss.link_timeout_s", "5"}});
    ASSERT_TRUE(plant.until([this] { return topics.last(kStatus) == "online"; })) << plant.log();
    EXPECT_EQ(jsonTextAt(topics.last(kState), "/stage"), "starting") << topics.last(kState);
    EXPECT_EQ(jsonNumber(topics.last(kState), "/max_charge_current_A"), std::nullopt);
    EXPECT_EQ(topics.last(kPackStatus), "offline");
    EXPECT_TRUE(plant.until([this] {
        return jsonTextAt(topics.last(kState), "/stage") == "no_data";
    })) << topics.last(kState);
    EXPECT_EQ(jsonNumber(topics.last(kState), "/limits/charge/value"), 0.0);
    EXPECT_EQ(jsonTextAt(topics.last(kState), "/limits/charge/cause"), "no_data");
    EXPECT_EQ(jsonNumber(topics.last(kState), "/limits/discharge/value"), 0.0);
    EXPECT_EQ(jsonNumber(topics.last(kState), "/alarm_bms_cable"), 2.0);
    EXPECT_EQ(topics.last(kPackStatus), "offline");
    EXPECT_FALSE(plant.isOnBus()) << "nothing has ever been complete";
    EXPECT_EQ(topics.last(kBankDevice), device) << "what it had it keeps in Home Assistant";
}

TEST_F(OutputTest, ARestartShowsNothingAsLiveBeforeItHasLooked) {
    start();
    ASSERT_TRUE(plant.until([this] { return topics.last(kPackStatus) == "online"; }));
    plant.goOn(seconds(2)); // the state file follows each second
    stop();
    const std::size_t before = topics.count(kPackStatus);
    start();
    ASSERT_TRUE(plant.until([&] {
        return topics.count(kPackStatus) >= before + 2 && topics.last(kPackStatus) == "online";
    })) << plant.log();
    EXPECT_EQ(topics.all(kPackStatus).at(before), "offline");
    EXPECT_TRUE(
        plant.until([this] { return jsonTextAt(topics.last(kState), "/stage") == "normal"; }));
    const auto& documents = topics.all(kState);
    EXPECT_TRUE(std::ranges::any_of(documents, [](const std::string& document) {
        return jsonTextAt(document, "/stage") == "starting";
    }));
}

/// Results go to a broker of their own, which is not what the bank needs to work.
class OwnBrokerTest : public ::testing::Test {
protected:
    OwnBrokerTest() {
        plant.gx.add(kPackA);
        plant.options["mqtt.url"] = jsonText(own.url());
        plant.options["mqtt.interval_ms"] = "200";
    }
    /// The bus follows the GX.
    void expectBusWorks(double current_A) {
        plant.gx.set(1, "/Dc/0/Current", current_A);
        EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", current_A))) << plant.log();
    }
    [[nodiscard]] bool isPublished(double current_A) {
        TopicView there(own.url(), {"busbar/#"});
        const auto isThere = [&] {
            return jsonNumber(there.last(kState), "/current_A") == current_A;
        };
        return plant.until(isThere); // a lost session pauses up to a minute
    }

    Plant plant;
    PrivateBroker own;
};

TEST_F(OwnBrokerTest, GetsTheResultsAndTheGxGetsNone) {
    TopicView gxTopics(plant.broker.url(), {"busbar/#", "homeassistant/#"});
    ASSERT_TRUE(plant.until([&] { return gxTopics.isReady(); }));
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    EXPECT_TRUE(isPublished(10.0)) << plant.log();
    EXPECT_THAT(gxTopics.topics(""), IsEmpty());
}

TEST_F(OwnBrokerTest, IsNotObeyedIfAnybodyMayWriteToIt) {
    TopicView topics(own.url(), {"busbar/#", "homeassistant/#"});
    ASSERT_TRUE(plant.until([&] { return topics.isReady(); }));
    ASSERT_TRUE(plant.startAndWait({{"venus.enabled", "true"}})) << plant.log();
    ASSERT_TRUE(plant.until([&] { return topics.has(kPackDevice) && topics.has(kBankDevice); }))
        << plant.log();
    EXPECT_EQ(topics.last(kPackDevice).find("/set/"), std::string::npos);
    EXPECT_EQ(topics.last(kBankDevice).find("/set/"), std::string::npos);
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(topics.publish("busbar/home/set/battery/serial_sn_a/in_service", "OFF"));
    ASSERT_TRUE(topics.publish("W/busbar-home/battery/0/CustomName", R"({"value":"Bulb"})", false));
    ASSERT_TRUE(plant.until(plant.says("command_refused"))) << plant.log();
    plant.goOn(seconds(1));
    EXPECT_EQ(plant.number("/Dc/0/Current"), 10.0);
    EXPECT_EQ(plant.text("/CustomName"), "");
    EXPECT_EQ(plant.busbar->logged("command_refused"), 1U) << plant.log();
    EXPECT_EQ(plant.busbar->logged("commands taken=no"), 1U) << plant.log();
}

TEST_F(OwnBrokerTest, MayBeDeadFromTheStartAndComeLater) {
    own.stop();
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    expectBusWorks(11.0);
    own.start();
    EXPECT_TRUE(isPublished(11.0)) << plant.log();
}

TEST_F(OwnBrokerTest, MayDieAndComeBackEmpty) {
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    ASSERT_TRUE(isPublished(10.0)) << plant.log();
    own.stop();
    expectBusWorks(12.0);
    own.start();
    EXPECT_TRUE(isPublished(12.0)) << plant.log();
}

TEST_F(OwnBrokerTest, MayHangWithoutTheBusNoticing) {
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    ASSERT_TRUE(isPublished(10.0)) << plant.log();
    own.freeze();
    const long before_KiB = plant.busbar->peakMemory_KiB();
    for (int i = 0; i < 40; ++i)
        expectBusWorks(20.0 + i);
    EXPECT_LT(plant.busbar->peakMemory_KiB() - before_KiB, isSanitized() ? 200000 : 16000);
    own.thaw();
    EXPECT_TRUE(isPublished(59.0)) << plant.log();
}

TEST(RefusingBroker, IsToldAboutOnceAndTheBusWorks) {
    Plant plant;
    PrivateBroker own({.user = "somebody", .password = "else"});
    plant.gx.add(kPackA);
    plant.options["mqtt.url"] = jsonText(own.url());
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    ASSERT_TRUE(plant.until(plant.says("refused"))) << plant.log();
    plant.gx.set(1, "/Dc/0/Current", 13.0);
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 13.0))) << plant.log();
}

/// A broker that lets nobody write says nothing about it; nothing comes, and nothing breaks.
TEST(ForbiddingBroker, DropsEverythingAndTheBusWorks) {
    Plant plant;
    PrivateBroker own({.acl = "topic read #\n"});
    plant.gx.add(kPackA);
    plant.options["mqtt.url"] = jsonText(own.url());
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    plant.gx.set(1, "/Dc/0/Current", 13.0);
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 13.0))) << plant.log();
}

} // namespace
} // namespace busbar::test::output_test
