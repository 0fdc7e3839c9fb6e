// SPDX-License-Identifier: MIT
// Buses that are absent, die, have somebody else under our name, or an unhelpful localsettings.
#include "plant.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace busbar::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

TEST(Bus, MayComeLater) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.view.reset();
    plant.bus.kill();
    plant.start();
    ASSERT_TRUE(plant.until(plant.says("bus_lost"))) << plant.log();
    ASSERT_TRUE(plant.until(plant.says("mqtt_connected"))) << "one thing at a time";
    EXPECT_EQ(plant.busbar->logged("bus_lost"), 1U) << plant.log();
    plant.bus.start();
    plant.view.emplace(plant.bus.address());
    EXPECT_TRUE(plant.until([&] { return plant.isOnBus(); })) << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Current"), 10.0);
}

TEST(Bus, MayRestart) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    plant.view.reset();
    plant.bus.kill();
    ASSERT_TRUE(plant.until(plant.says("bus_lost"))) << plant.log();
    plant.gx.set(1, "/Dc/0/Current", 12.5);
    plant.bus.start();
    plant.view.emplace(plant.bus.address());
    EXPECT_TRUE(plant.until([&] { return plant.isOnBus(); })) << plant.log();
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 12.5))) << plant.log();
    EXPECT_EQ(plant.busbar->logged("mqtt_lost"), 0U) << "the broker has nothing to do with it";
}

TEST(Bus, ATakenNameIsSaidAndTakenOverWhenFree) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.view->own(kService));
    plant.start();
    ASSERT_TRUE(plant.until(plant.says("name_taken"))) << plant.log();
    EXPECT_THAT(plant.log(), HasSubstr("process=" + std::to_string(::getpid())));
    plant.goOn(milliseconds(1500)); // more than one attempt
    EXPECT_EQ(plant.busbar->logged("name_taken"), 1U) << plant.log();
    ASSERT_TRUE(plant.view->release(kService));
    EXPECT_TRUE(plant.until([&] { return plant.isOnBus(); })) << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Current"), 10.0);
}

TEST(Bus, LocalsettingsThatRefuseLeaveTheConfiguredInstance) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.view->refuseCalls("out of paper");
    ASSERT_TRUE(plant.view->own("com.victronenergy.settings"));
    ASSERT_TRUE(plant.startAndWait({{"dbus.settings_timeout_s", "60"}, {"dbus.instance", "17"}}))
        << plant.log();
    EXPECT_THAT(plant.log(), HasSubstr("out of paper"));
    EXPECT_THAT(plant.log(), HasSubstr("instance=17"));
}

TEST(Bus, LocalsettingsThatAreLateAreNotWaitedForForever) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait({{"dbus.settings_timeout_s", "1"}, {"dbus.instance", "17"}}))
        << plant.log();
    EXPECT_EQ(plant.number("/DeviceInstance"), 17.0);
    plant.view->refuseCalls("too late anyway");
    ASSERT_TRUE(plant.view->own("com.victronenergy.settings"));
    EXPECT_TRUE(plant.until(plant.says("localsettings_failed"))) << plant.log();
    EXPECT_EQ(plant.number("/DeviceInstance"), 17.0);
    plant.gx.set(1, "/Dc/0/Current", 12.5);
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 12.5))) << plant.log();
}

} // namespace
} // namespace busbar::test
