// SPDX-License-Identifier: MIT
#include "core/table/path_table.hpp"
#include "dbus_test.hpp"
#include "fake_settings.hpp"

#include <gmock/gmock.h>

namespace busbar::test {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

TEST_F(PublishedTest, ARestartedBusGetsEverythingBack) {
    bus.kill();
    ASSERT_TRUE(pump([this] { return service.state() == dbus::BusState::Connecting; }));
    snapshot[row("/Soc")] = 12.3;
    snapshot.extras = {{"/Pack/1/Soc", Quantity::Percent, 12.0}};
    service.publish(snapshot);
    ASSERT_FALSE(pump([this] { return isOnBus(service); }, 300ms)) << "there is no bus";
    bus.start();
    ASSERT_TRUE(pump([this] { return isOnBus(service); })) << log.all();
    BusClient after(loop, bus.address());
    EXPECT_EQ(after.call(kService, "/Soc", "GetValue").text(), "<d:12.3>");
    EXPECT_EQ(after.call(kService, "/Pack/1/Soc", "GetValue").text(), "<d:12>");
    EXPECT_EQ(after.call(kService, "/DeviceInstance", "GetValue").text(), "<i:0>");
    EXPECT_EQ(after.call(kService, "/CustomName", "GetValue").text(), "<s:\"Bank\">");
    after.listen();
    snapshot[row("/Soc")] = 12.4;
    service.publish(snapshot);
    ASSERT_TRUE(pump([&] { return after.signals.size() == 1; }));
    EXPECT_EQ(service.health().reconnects, 1U);
    EXPECT_EQ(log.count("bus_lost"), 1) << log.all();
    EXPECT_EQ(log.count("bus_connected"), 2) << log.all();
}

TEST_F(PublishedTest, ManyRestartsInARowAreSurvived) {
    for (int i = 0; i < 5; ++i) {
        bus.kill();
        bus.start();
        ASSERT_TRUE(pump([&] {
            return service.health().reconnects == static_cast<std::uint64_t>(i) + 1 &&
                   isOnBus(service);
        })) << i
            << "\n"
            << log.all();
    }
}

TEST_F(DbusTest, ABusThatComesLateIsFound) {
    bus.kill();
    dbus::BatteryService service(loop, settings(), {.uid = "busbar_main", .customName = ""});
    service.publish(exampleSnapshot());
    service.setOnBus(true);
    service.start();
    ASSERT_FALSE(pump([&] { return isOnBus(service); }, 300ms));
    EXPECT_EQ(service.state(), dbus::BusState::Connecting);
    bus.start();
    ASSERT_TRUE(pump([&] { return isOnBus(service); })) << log.all();
    EXPECT_EQ(log.count("bus_lost"), 1) << log.all();
    EXPECT_EQ(service.health().reconnects, 0U);
}

TEST_F(DbusTest, AnAddressThatIsNoneIsLoggedOnceAndHurtsNobody) {
    dbus::BusSettings wrong = settings();
    wrong.bus = "no such thing";
    dbus::BatteryService service(loop, wrong, {.uid = "busbar_main", .customName = ""});
    service.start();
    EXPECT_FALSE(pump([&] { return isOnBus(service); }, 400ms));
    EXPECT_EQ(log.count("bus_lost"), 1) << log.all();
}

TEST_F(DbusTest, ABusOverTcpIsReached) {
    PrivateBus remote(PrivateBus::Transport::Tcp);
    dbus::BusSettings tcp = settings();
    tcp.bus = remote.address();
    dbus::BatteryService service(loop, tcp, {.uid = "busbar_main", .customName = ""});
    service.publish(exampleSnapshot());
    service.setOnBus(true);
    service.start();
    ASSERT_TRUE(pump([&] { return isOnBus(service); })) << log.all();
    BusClient client(loop, remote.address());
    EXPECT_EQ(client.call(kService, "/Soc", "GetValue").text(), "<d:71.5>");
}

TEST_F(DbusTest, TheInstanceSurvivesABusWhoseLocalsettingsComesBackLater) {
    auto fake = std::make_unique<FakeSettings>(loop, bus.address());
    fake->values["/Settings/Devices/busbar_main/ClassAndVrmInstance"] = "battery:33";
    fake->appear();
    dbus::BatteryService service(loop, settings(), {.uid = "busbar_main", .customName = ""});
    service.publish(exampleSnapshot());
    service.setOnBus(true);
    service.start();
    ASSERT_TRUE(pump([&] { return isOnBus(service); }));
    EXPECT_EQ(service.deviceInstance(), 33);
    fake.reset();
    bus.kill();
    bus.start();
    ASSERT_TRUE(pump([&] { return service.health().reconnects == 1 && isOnBus(service); }));
    BusClient client(loop, bus.address());
    EXPECT_EQ(client.call(kService, "/DeviceInstance", "GetValue").text(), "<i:33>");
}

TEST_F(DbusTest, ANameThatIsOnItsWayWhenTheBusGoesIsNotLost) {
    const std::string path = "/Settings/Devices/busbar_main/CustomName";
    std::vector<std::string> toStore;
    auto fake = std::make_unique<FakeSettings>(loop, bus.address());
    fake->values[path] = "Cellar";
    fake->appear();
    dbus::BatteryCallbacks callbacks;
    callbacks.storeName = [&](const std::string& name) { toStore.push_back(name); };
    dbus::BatteryService service(loop, settings(), {.uid = "busbar_main", .customName = ""},
                                 std::move(callbacks));
    service.publish(exampleSnapshot());
    service.setOnBus(true);
    service.start();
    ASSERT_TRUE(pump([&] { return isOnBus(service) && service.customName() == "Cellar"; }));
    fake->mood = FakeSettings::Mood::Silent;
    ASSERT_TRUE(service.rename("Attic"));
    ASSERT_TRUE(pump([&] { return fake->writes == 1; }));
    fake.reset();
    bus.kill();
    ASSERT_TRUE(pump([&] { return service.state() == dbus::BusState::Connecting; }));
    EXPECT_EQ(toStore, std::vector<std::string>{"Attic"}) << "it may end before the bus is back";
    bus.start();
    fake = std::make_unique<FakeSettings>(loop, bus.address());
    fake->values[path] = "Cellar";
    fake->appear();
    ASSERT_TRUE(pump([&] { return fake->values[path] == "Attic"; })) << log.all();
    EXPECT_EQ(service.customName(), "Attic");
}

TEST_F(PublishedTest, AStuckBusCostsNeitherTimeNorMemory) {
    bus.pause();
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 20000; ++i) {
        for (const RowIndex r :
             {row("/Soc"), row("/Soh"), row("/Dc/0/Voltage"), row("/Dc/0/Temperature")})
            snapshot[r] = 10.0 + i % 80;
        service.publish(snapshot);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 20000 * 5ms)
        << "one that waits for the bus would do so for half a second each time";
    EXPECT_LT(service.health().queued, 32U);
    EXPECT_EQ(log.count("bus_slow"), 1) << log.all();
    snapshot[row("/Soc")] = 99.9;
    service.publish(snapshot);
    bus.resume();
    ASSERT_TRUE(pump([&] {
        return !client.signals.empty() &&
               client.signals.back().body.find("d:99.9") != std::string::npos;
    })) << "the last value must arrive without another publish";
    EXPECT_TRUE(isOnBus(service));
    EXPECT_EQ(log.count("bus_slow"), 2) << log.all();
    EXPECT_EQ(service.health().reconnects, 0U);
}

TEST_F(DbusTest, ABusThatStaysStuckIsLeftAndFoundAgain) {
    dbus::BusSettings impatient = settings();
    impatient.stallTimeout = 100ms;
    dbus::BatteryService service(loop, impatient, {.uid = "busbar_main", .customName = ""});
    Snapshot snapshot = exampleSnapshot();
    service.publish(snapshot);
    service.setOnBus(true);
    service.start();
    ASSERT_TRUE(pump([&] { return isOnBus(service); }));
    bus.pause();
    double soc = 0.0;
    const auto left = [&] {
        for (int i = 0; i < 100; ++i) {
            snapshot[row("/Soc")] = soc = soc < 100.0 ? soc + 0.1 : 0.0;
            service.publish(snapshot);
        }
        return service.state() == dbus::BusState::Connecting;
    };
    ASSERT_TRUE(pump(left)) << log.all();
    bus.resume();
    ASSERT_TRUE(pump([&] { return isOnBus(service); })) << log.all();
    EXPECT_EQ(service.health().reconnects, 1U);
}

TEST_F(PublishedTest, StoppingOnAStuckBusTakesABoundedTime) {
    bus.pause();
    for (int i = 0; i < 1000000 && service.health().queued == 0; ++i) {
        snapshot[row("/Soc")] = 10.0 + i % 80;
        service.publish(snapshot);
    }
    ASSERT_GT(service.health().queued, 0U);
    const auto begin = std::chrono::steady_clock::now();
    service.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 25s) << "what sd-bus would wait";
    bus.resume();
}

TEST_F(DbusTest, ANameOfSomebodyElseIsNamedAndTakenWhenFree) {
    BusClient other(loop, bus.address());
    other.own(kService);
    dbus::BatteryService service(loop, settings(), {.uid = "busbar_main", .customName = ""});
    service.publish(exampleSnapshot());
    service.setOnBus(true);
    service.start();
    ASSERT_TRUE(pump([&] { return log.count("name_taken") == 1; })) << log.all();
    EXPECT_THAT(log.all(), HasSubstr("owner=" + other.uniqueName() +
                                     " process=" + std::to_string(::getpid())));
    EXPECT_FALSE(pump([&] { return isOnBus(service); }, 300ms));
    EXPECT_EQ(log.count("name_taken"), 1) << log.all();
    EXPECT_EQ(service.state(), dbus::BusState::Ready);
    other.release(kService);
    ASSERT_TRUE(pump([&] { return isOnBus(service); }));
    EXPECT_EQ(other.call(kService, "/Soc", "GetValue").text(), "<d:71.5>");
}

TEST_F(DbusTest, ANameThatIsNotWantedAnyMoreIsNotTakenLater) {
    BusClient other(loop, bus.address());
    other.own(kService);
    dbus::BatteryService service(loop, settings(), {.uid = "busbar_main", .customName = ""});
    service.publish(exampleSnapshot());
    service.setOnBus(true);
    service.start();
    ASSERT_TRUE(pump([&] { return log.count("name_taken") == 1; }));
    service.setOnBus(false);
    other.release(kService);
    EXPECT_FALSE(pump([&] { return !other.ownerOf(kService).empty(); }, 300ms));
}

TEST_F(DbusTest, ANameThatCannotBeOneIsLoggedAndHurtsNobody) {
    dbus::BusSettings wrong = settings();
    wrong.service = "not a name";
    dbus::BatteryService service(loop, wrong, {.uid = "busbar_main", .customName = ""});
    service.publish(exampleSnapshot());
    service.setOnBus(true);
    service.start();
    EXPECT_FALSE(pump([&] { return isOnBus(service); }, 300ms));
    EXPECT_EQ(log.count("name_refused"), 1) << log.all();
}

} // namespace
} // namespace busbar::test
