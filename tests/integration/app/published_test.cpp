// SPDX-License-Identifier: MIT
// Made batteries that are on the bus by themselves, with real servers: a string that no bank has,
// and one that comes back beside its bank.
#include "plant.hpp"
#include "topic_view.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace busbar::test::published_test {
namespace {

using std::chrono::milliseconds;

constexpr const char* kString = "com.victronenergy.battery.busbar_s1";

/// Packs A and B are a string of 40 A and 111.5 V.
class PublishedString : public ::testing::Test {
protected:
    PublishedString() {
        plant.gx.add(kPackA);
        plant.gx.add(kPackB);
        plant.options["made"] = R"([{"id": "s1", "name": "String 1", "publish": true,
                                     "series": ["instance:1", "instance:2"]}])";
        plant.options["venus.enabled"] = "true";
    }
    [[nodiscard]] bool start() {
        return plant.startAndWait() && plant.until([this] { return plant.isOnBus(kString); });
    }

    Plant plant;
};

TEST_F(PublishedString, NeedsNoBankAroundIt) {
    plant.gx.add({.instance = 3, .name = "C", .maxCharge_A = 25.0});
    plant.options["batteries"] = R"(["instance:3"])";
    ASSERT_TRUE(start()) << plant.log();
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 40.0, kString))) << plant.log();
    EXPECT_EQ(plant.number("/Info/MaxChargeVoltage", kString), 111.5);
    EXPECT_EQ(plant.number("/System/BatteriesSeries", kString), 2.0);
    EXPECT_EQ(plant.number("/DeviceInstance", kString), 100.0);
    EXPECT_EQ(plant.text("/CustomName", kString), "String 1");
    EXPECT_GT(plant.view->setNumber(kString, "/Info/MaxChargeCurrent", 500).value_or(0), 0);
    EXPECT_EQ(plant.number("/System/NrOfBatteries"), 1.0);
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 25.0))) << plant.log();

    TopicView broker(plant.broker.url());
    ASSERT_TRUE(plant.until([&] { return broker.isReady(); }));
    ASSERT_TRUE(broker.publish("R/busbar-home/keepalive", ""));
    EXPECT_TRUE(plant.until([&] {
        return broker.last("N/busbar-home/battery/100/Info/MaxChargeCurrent") ==
               R"({"value":40.0})";
    })) << plant.log();

    plant.gx.set(1, "/Io/AllowToCharge", 0.0);
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 0.0, kString))) << plant.log();
    EXPECT_EQ(plant.text("/Info/ChargeLimitation", kString), "blocked A");
}

TEST_F(PublishedString, IsCutAtOnceAndNotWithTheNextCycle) {
    plant.gx.add({.instance = 3, .name = "C"});
    plant.options["batteries"] = R"(["instance:3"])";
    plant.options["cycle_ms"] = "5000";
    ASSERT_TRUE(start()) << plant.log();
    // Each right behind the one before: with the cycle it would wait for a whole second, when one
    // is due at last. The middle one, so that a machine that pauses does not count.
    std::vector<std::chrono::steady_clock::duration> took;
    for (int cuts = 1; cuts <= 16; ++cuts) {
        const double limit_A = 36.0 - cuts;
        const auto cut = std::chrono::steady_clock::now();
        plant.gx.set(2, "/Info/MaxChargeCurrent", limit_A);
        ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", limit_A, kString)))
            << plant.log();
        took.push_back(std::chrono::steady_clock::now() - cut);
    }
    std::ranges::sort(took);
    EXPECT_LT(took.at(took.size() / 2), milliseconds(700));
}

TEST_F(PublishedString, DoesNotComeBackAsAnotherBattery) {
    ASSERT_TRUE(start()) << plant.log();
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 40.0))) << plant.log();
    const auto before = plant.gx.echoed();
    plant.gx.set(1, "/Dc/0/Current", 11.0); // so that there is something to echo
    ASSERT_TRUE(plant.until([&] { return plant.gx.echoed() > before; })) << plant.log();
    plant.goOn(milliseconds(1500)); // a cycle or more with all of it
    EXPECT_EQ(plant.number("/System/NrOfBatteries"), 1.0);
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 40.0);
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent", kString), 40.0);
}

} // namespace
} // namespace busbar::test::published_test
