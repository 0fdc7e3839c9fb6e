// SPDX-License-Identifier: MIT
// Buses that are absent, die, have somebody else under our name, or an unhelpful localsettings.
#include "plant.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
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

TEST(Bus, HasAPageForEachBattery) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    plant.gx.set(1, "/Voltages/Cell1", 3.3);
    plant.gx.set(2, "/Alarms/LowSoc", 1.0);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    const auto items = plant.view->items(kService);
    EXPECT_EQ(items.at("/Battery/1/Current"), Value(10.0));
    EXPECT_EQ(items.at("/Battery/1/Cell/1/Voltage"), Value(3.3));
    EXPECT_EQ(items.at("/Battery/2/Current"), Value(20.0));
    EXPECT_EQ(items.at("/Diagnostics/Module0/Id"), Value("A"));
    EXPECT_EQ(items.at("/Diagnostics/Module1/Alarms/LowSoc"), Value(1.0));
    EXPECT_EQ(items.at("/System/NrOfBatteries"), Value(2.0));
    EXPECT_FALSE(items.contains("/NumberOfBmses")) << "it hides the alarms";

    const auto choose = [&](int number) {
        return plant.view->setNumber(kService, "/Battery/Request/Id", number);
    };
    EXPECT_EQ(choose(2), 0);
    EXPECT_EQ(plant.number("/Battery/Request/Id"), 2.0);
    for (const int number : {0, 3, -1}) {
        EXPECT_GT(choose(number).value_or(0), 0) << number;
        EXPECT_EQ(plant.number("/Battery/Request/Id"), 2.0) << number;
    }
    plant.gx.set(2, "/Dc/0/Current", 12.5);
    EXPECT_TRUE(plant.until(plant.shows("/Battery/2/Current", 12.5))) << plant.log();
    EXPECT_EQ(plant.number("/Battery/Request/Id"), 2.0) << "the choice stays";
}

TEST(Bus, TellsTheScreenWhyAndNothingAtRest) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    EXPECT_THAT(plant.text("/Busbar/Limits/Charge"), HasSubstr("B allows 40.0 A"));
    EXPECT_THAT(plant.text("/Busbar/Limits/ChargeVoltage"), HasSubstr(R"("value":55.50)"));
    EXPECT_THAT(plant.text("/Busbar/Batteries"), HasSubstr(R"("name":"A","page":1,"state":"in")"));
    EXPECT_EQ(plant.view->items(kService).at("/Busbar/Page"), Value("")) << "switched off";
    EXPECT_EQ(plant.number("/Battery/2/Soc"), 80.0);
    const auto before = plant.view->changes.size();
    plant.goOn(milliseconds(10500)); // it is told every 10 s
    EXPECT_EQ(plant.view->changes.size(), before);

    plant.gx.set(2, "/State", 18.0); // pending: told at once, as every event
    const auto isOut = [&] {
        return plant.text("/Busbar/Batteries").find(R"("page":2,"state":"waiting")") !=
               std::string::npos;
    };
    EXPECT_TRUE(plant.until(isOut)) << plant.log();
}

} // namespace
} // namespace busbar::test
