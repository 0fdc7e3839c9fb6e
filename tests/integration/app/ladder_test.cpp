// SPDX-License-Identifier: MIT
// What happens step by step when data is lost, on the real clock with the shortest times.
#include "core/members/loss_settings.hpp"
#include "plant.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace busbar::test {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

/// The shortest times that the configuration takes.
const Options kShort = {{"hold_s", "1"},
                        {"loss.link_timeout_s", "5"},
                        {"loss.ride_through_s", "2"},
                        {"loss.leave_bus_s", "5"},
                        {"gx.heartbeat_timeout_s", "6"}};

/// The one signal that carried a value of this path.
const Values* signalWith(const Plant& plant, const std::string& path, const Value& value) {
    const auto& changes = plant.view->changes;
    const auto found = std::ranges::find_if(changes, [&](const Change& change) {
        const auto entry = change.values.find(path);
        return entry != change.values.end() && entry->second == value;
    });
    return found == changes.end() ? nullptr : &found->values;
}

TEST(Ladder, GoesDownStepByStepAndUpAgain) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    ASSERT_TRUE(plant.startAndWait(kShort)) << plant.log();
    plant.view->changes.clear();
    const auto lost = steady_clock::now();
    plant.broker.stop();

    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 0.0))) << plant.log();
    EXPECT_GE(steady_clock::now() - lost, seconds(4)) << "held until the link timeout";
    EXPECT_LT(steady_clock::now() - lost, LossSettings().linkTimeout) << "the one of the file";
    EXPECT_EQ(plant.text("/Info/ChargeLimitation"), "no_data");
    EXPECT_EQ(plant.number("/Alarms/BmsCable"), 2.0);
    for (const char* path : {"/Dc/0/Voltage", "/Dc/0/Current", "/Dc/0/Power"})
        EXPECT_TRUE(plant.isUnknown(path)) << path;
    EXPECT_EQ(plant.number("/Soc"), 70.0);
    EXPECT_EQ(plant.number("/Info/MaxChargeVoltage"), 55.5);
    const Values* step = signalWith(plant, "/Info/MaxChargeCurrent", 0.0);
    ASSERT_NE(step, nullptr);
    EXPECT_TRUE(step->contains("/Dc/0/Current")) << "all of it in one signal";
    EXPECT_TRUE(step->contains("/Alarms/BmsCable"));
    EXPECT_FALSE(step->contains("/Info/MaxDischargeCurrent")) << "rides through unchanged";
    EXPECT_EQ(plant.text("/Info/DischargeLimitation"), "ride_through");

    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxDischargeCurrent", 0.0))) << plant.log();
    EXPECT_EQ(plant.text("/Info/DischargeLimitation"), "no_data");
    ASSERT_TRUE(plant.until([&] { return !plant.isOnBus(); })) << plant.log();
    EXPECT_FALSE(plant.busbar->hasEnded());

    plant.gx.set(1, "/Dc/0/Current", 12.5);
    plant.broker.start();
    plant.gx.connectNow();
    ASSERT_TRUE(plant.until([&] { return plant.isOnBus(); })) << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Current"), 32.5) << "fresh from the first moment";
    EXPECT_EQ(plant.number("/Alarms/BmsCable"), 0.0);
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 80.0))) << plant.log();
    EXPECT_EQ(plant.number("/Info/MaxDischargeCurrent"), 160.0);
}

TEST(Ladder, ABankThatIsNotComfortableStopsDischargingAtOnce) {
    Plant plant;
    Pack low = kPackA;
    low.soc_pct = 20.0;
    plant.gx.add(low);
    ASSERT_TRUE(plant.startAndWait(kShort)) << plant.log();
    plant.gx.vanish(1);
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxDischargeCurrent", 0.0))) << plant.log();
    EXPECT_EQ(plant.text("/Info/DischargeLimitation"), "no_data");
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 0.0);
    EXPECT_EQ(plant.number("/Soc"), 20.0);
    EXPECT_EQ(plant.number("/Alarms/BmsCable"), 2.0);
}

TEST(Ladder, ABridgeThatHangsIsALostLink) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait(kShort)) << plant.log();
    plant.gx.setSilent(true);
    ASSERT_TRUE(plant.until(plant.says("gx_bridge_lost"))) << plant.log();
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 0.0))) << plant.log();
    EXPECT_EQ(plant.text("/Info/ChargeLimitation"), "no_data");
    plant.gx.setSilent(false);
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 50.0))) << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Current"), 10.0);
}

TEST(Ladder, ALostBatteryIsHeldThenDroppedAndMayReturnWithAnotherInstance) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    ASSERT_TRUE(plant.startAndWait({{"hold_s", "2"}})) << plant.log();
    ASSERT_TRUE(plant.until(plant.shows("/Dc/0/Current", 30.0)));
    plant.gx.vanish(1);
    ASSERT_TRUE(plant.until(plant.says("member_held"))) << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Current"), 30.0);
    ASSERT_TRUE(plant.until(plant.shows("/Dc/0/Current", 20.0))) << plant.log();
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 40.0) << "pack B alone";
    EXPECT_EQ(plant.number("/Info/MaxDischargeCurrent"), 100.0);
    EXPECT_EQ(plant.number("/System/NrOfModulesOffline"), 1.0);
    EXPECT_EQ(plant.number("/Alarms/BmsCable"), 1.0);
    Pack again = kPackA;
    again.instance = 7;
    again.current_A = 5.0;
    plant.gx.add(again);
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 25.0))) << plant.log();
    EXPECT_EQ(plant.number("/System/NrOfModulesOffline"), 0.0) << "it is the same battery";
    EXPECT_EQ(plant.number("/Alarms/BmsCable"), 0.0);
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 80.0))) << "with the next cycle";
}

} // namespace
} // namespace busbar::test
