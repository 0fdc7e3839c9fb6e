// SPDX-License-Identifier: MIT
// What Busbar publishes on MQTT, and the commands that come back, over real brokers.
#include "plant.hpp"
#include "topic_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace busbar::test {
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
    EXPECT_EQ(jsonNumber(topics.last(kState), "/current"), 30.0);
    ASSERT_TRUE(plant.until(has(kPackState))) << plant.log();
    EXPECT_EQ(jsonNumber(topics.last(kPackState), "/soc"), 60.0);
    EXPECT_EQ(topics.last(kPackStatus), "online");
    EXPECT_TRUE(plant.until(
        [this] { return jsonNumber(topics.last("busbar/home/health"), "/layout") == 1.0; }));
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
            return jsonNumber(there.last(kState), "/current") == current_A;
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
} // namespace busbar::test
