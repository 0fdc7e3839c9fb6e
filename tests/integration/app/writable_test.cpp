// SPDX-License-Identifier: MIT
// A battery that others write, with real servers: by MQTT, on the bus, in the layout of a GX, over
// a restart, and while somebody writes without end.
#include "plant.hpp"
#include "topic_view.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <string>

namespace busbar::test::writable_test {
namespace {

using std::chrono::milliseconds;

constexpr const char* kGateway = "com.victronenergy.battery.busbar_gw";
constexpr const char* kValues = "busbar/home/set/battery/gw/values";
constexpr const char* kWhole = R"({"/Dc/0/Voltage":53.0,"/Dc/0/Current":-5.0,"/Soc":50,
    "/Info/MaxChargeVoltage":55.2,"/Info/MaxChargeCurrent":30,"/Info/MaxDischargeCurrent":40})";

/// Pack A, and a battery `gw` that is written; both are the bank.
class WritableBattery : public ::testing::Test {
protected:
    WritableBattery() {
        plant.gx.add(kPackA);
        plant.options["batteries"] = R"(["instance:1", "made:gw"])";
        plant.options["made"] =
            R"([{"id": "gw", "writable": {"expire_s": 3600, "publish": true, "persist": true}}])";
        plant.options["venus.enabled"] = "true";
    }
    [[nodiscard]] bool start() {
        const bool isThere =
            plant.startAndWait() && plant.until([this] { return plant.isOnBus(kGateway); });
        broker.emplace(plant.broker.url());
        return isThere && plant.until([this] { return broker->isReady(); });
    }
    [[nodiscard]] std::function<bool()> gatewayShows(const char* path, double expected) {
        return plant.shows(path, expected, kGateway);
    }

    Plant plant;
    std::optional<TopicView> broker;
};

TEST_F(WritableBattery, TakesPartWithWhatAnySideHasWrittenLast) {
    ASSERT_TRUE(start()) << plant.log();
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent", kGateway), 0.0);
    EXPECT_EQ(plant.number("/Alarms/InternalFailure", kGateway), 1.0);
    ASSERT_TRUE(broker->publish(kValues, kWhole));
    EXPECT_TRUE(plant.until(gatewayShows("/Info/MaxChargeCurrent", 30.0))) << plant.log();
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 60.0)))
        << "two of a bank, twice the smaller one: " << plant.log();
    EXPECT_EQ(plant.view->setNumber(kGateway, "/Info/MaxChargeCurrent", 20), 0);
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 40.0))) << plant.log();
    ASSERT_TRUE(broker->publish(std::string(kValues) + "/Info/MaxChargeCurrent", "10"));
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 20.0))) << plant.log();
    ASSERT_TRUE(
        broker->publish("W/busbar-home/battery/100/Info/MaxChargeCurrent", R"({"value":5})"));
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 10.0))) << plant.log();

    for (const char* wrong :
         {R"({"/Info/MaxChargeCurrent":"many"})", R"({"/Info/MaxChargeCurrent":NaN})",
          R"({"/Info/MaxChargeCurrent":-5})", R"({"/Info/MaxChargeCurrent":1e9})",
          R"({"/Info/MaxChargeCurrent":30,"/Alarms/HighVoltage":7})"})
        ASSERT_TRUE(broker->publish(kValues, wrong));
    EXPECT_GT(plant.view->setNumber(kGateway, "/Info/MaxChargeCurrent", -5).value_or(0), 0);
    EXPECT_GT(plant.view->setText(kGateway, "/Info/MaxChargeCurrent", "many").value_or(0), 0);
    ASSERT_TRUE(broker->publish(kValues, R"({"/Soc":51})"));
    EXPECT_TRUE(plant.until(gatewayShows("/Soc", 51.0))) << "it came after the wrong ones";
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent", kGateway), 5.0);
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 10.0);
    EXPECT_EQ(plant.busbar->logged("write_refused battery=gw"), 1U) << plant.log();
}

TEST_F(WritableBattery, DoesNotComeBackAsAThirdOne) {
    ASSERT_TRUE(start()) << plant.log();
    ASSERT_TRUE(broker->publish(kValues, kWhole));
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 60.0))) << plant.log();
    const auto before = plant.gx.echoed();
    plant.gx.set(1, "/Dc/0/Current", 11.0); // so that there is something to echo
    ASSERT_TRUE(plant.until([&] { return plant.gx.echoed() > before; }));
    plant.goOn(milliseconds(1500)); // a cycle or more with all of it
    EXPECT_EQ(plant.number("/System/NrOfBatteries"), 2.0);
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 60.0);
}

TEST_F(WritableBattery, KeepsWhatWasWrittenOverARestart) {
    ASSERT_TRUE(start()) << plant.log();
    ASSERT_TRUE(broker->publish(kValues, kWhole));
    ASSERT_TRUE(plant.until(gatewayShows("/Info/MaxChargeCurrent", 30.0))) << plant.log();
    plant.busbar->signal(SIGTERM);
    ASSERT_TRUE(plant.busbar->waitForEnd()) << plant.log();
    ASSERT_TRUE(start()) << plant.log();
    EXPECT_TRUE(plant.until(gatewayShows("/Info/MaxChargeCurrent", 30.0))) << plant.log();
}

TEST_F(WritableBattery, IsNotStoppedByAFloodOfWrites) {
    ASSERT_TRUE(start()) << plant.log();
    ASSERT_TRUE(broker->publish(kValues, kWhole));
    ASSERT_TRUE(plant.until(gatewayShows("/Info/MaxChargeCurrent", 30.0))) << plant.log();
    const auto signalsBefore = plant.view->changes.size();
    int published = 0;
    EXPECT_TRUE(plant.until([&] {
        broker->pump();
        while (published < 10000 &&
               broker->publish(std::string(kValues) + "/Info/MaxDischargeCurrent",
                               std::to_string(published % 100)))
            ++published;
        return published == 10000;
    })) << published;
    plant.gx.set(1, "/Info/MaxChargeCurrent", 7.0); // a pack of the GX in the middle of it
    EXPECT_TRUE(plant.until([this] {
        return plant.number("/Info/MaxChargeCurrent").value_or(1e9) <= 14.0;
    })) << plant.log();
    ASSERT_TRUE(plant.until(
        [&] { return broker->publish(std::string(kValues) + "/Info/MaxDischargeCurrent", "33"); }));
    EXPECT_TRUE(plant.until(gatewayShows("/Info/MaxDischargeCurrent", 33.0))) << plant.log();
    EXPECT_LT(plant.view->changes.size() - signalsBefore, 1000U) << "not one for each write";
}

} // namespace
} // namespace busbar::test::writable_test
