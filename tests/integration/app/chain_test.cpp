// SPDX-License-Identifier: MIT
// One Busbar reads another: the way of limits into a GX from outside.
#include "plant.hpp"
#include "topic_view.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace busbar::test {
namespace {

/// The outer one reads the batteries and publishes no D-Bus battery; the inner one reads the outer
/// one's bank.
class ChainTest : public ::testing::Test {
protected:
    ChainTest() {
        plant.gx.add(kPackA);
        plant.gx.add(kPackB);
    }

    void startOuter() { plant.start({{"dbus.bus", R"("none")"}, {"venus.enabled", "true"}}); }
    void startInner() {
        Options options = plant.options;
        options["site"] = R"("inner")";
        options["gx.portal_id"] = R"("busbar-home")";
        options["gx.heartbeat_timeout_s"] = "6";
        options["batteries"] = R"(["instance:0"])";
        options["limits.mode"] = R"("bms")";
        options["hold_s"] = "1";
        options["loss.link_timeout_s"] = "5";
        options["mqtt.publish"] = "false";
        options["state_dir"] = jsonText(plant.dir.file("inner-state"));
        inner.emplace(std::vector<std::string>{"run", "--config",
                                               plant.dir.write("inner.json", configText(options))});
    }
    [[nodiscard]] std::string logs() const { return plant.log() + "inner:\n" + inner->log(); }

    Plant plant;
    std::optional<BusbarProcess> inner;
};

TEST_F(ChainTest, TheInnerOnePublishesTheSameBattery) {
    startOuter();
    startInner();
    ASSERT_TRUE(plant.until([this] { return plant.isOnBus(); })) << logs();
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 30.0))) << logs();
    EXPECT_TRUE(plant.until(plant.shows("/Soc", 70.0))) << logs();
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeVoltage", 55.5))) << logs();
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 80.0))) << logs();
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxDischargeCurrent", 160.0))) << logs();
    EXPECT_TRUE(plant.until(plant.shows("/InstalledCapacity", 200.0))) << logs();
    plant.gx.set(2, "/Io/AllowToCharge", 0.0);
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 50.0))) << logs();
}

TEST_F(ChainTest, ACutLinkClosesTheInnerOneAndItComesBack) {
    startOuter();
    startInner();
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 80.0))) << logs();
    plant.busbar->signal(SIGKILL);
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 0.0))) << logs();
    EXPECT_EQ(plant.text("/Info/ChargeLimitation"), "no_data");
    // Charging stops first, on a silent link; the alarm waits for the link's timeout.
    EXPECT_TRUE(plant.until(plant.shows("/Alarms/BmsCable", 2.0))) << logs();
    startOuter();
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 80.0))) << logs();
}

TEST_F(ChainTest, AnOuterOneThatEndsInOrderIsMissedAtOnce) {
    startOuter();
    startInner();
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 80.0))) << logs();
    plant.busbar->signal(SIGTERM);
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 0.0))) << logs();
}

TEST_F(ChainTest, AnOuterOneThatReadsWhereItPublishesFindsItsGxAlone) {
    plant.options["gx.portal_id"] = R"("auto")";
    startOuter();
    ASSERT_TRUE(plant.until(plant.says("member_in"))) << plant.log();
    plant.busbar->signal(SIGKILL);
    ASSERT_TRUE(plant.until([this] { return plant.busbar->hasEnded(); }));
    startOuter(); // its own id lies retained on the broker now
    EXPECT_TRUE(plant.until(plant.says("member_in"))) << plant.log();
}

} // namespace
} // namespace busbar::test
