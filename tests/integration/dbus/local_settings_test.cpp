// SPDX-License-Identifier: MIT
#include "dbus_test.hpp"
#include "fake_settings.hpp"

#include <gmock/gmock.h>

namespace busbar::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

constexpr const char* kInstancePath = "/Settings/Devices/busbar_main/ClassAndVrmInstance";
constexpr const char* kNamePath = "/Settings/Devices/busbar_main/CustomName";

class LocalSettingsTest : public DbusTest {
protected:
    LocalSettingsTest() : fake(loop, bus.address()), client(loop, bus.address()) {}
    void TearDown() override { EXPECT_EQ(loop.faults().count(), 0U) << log.all(); }

    /// A battery that wants to be on the bus with instance 5.
    void startService(std::chrono::milliseconds timeout = 10s) {
        dbus::BusSettings wanted = settings();
        wanted.instance = 5;
        wanted.settingsTimeout = timeout;
        service = std::make_unique<dbus::BatteryService>(
            loop, wanted, dbus::BatteryIdentity{uid, "Bank"},
            dbus::BatteryCallbacks{
                .nameChanged = [this](const std::string& name) { names.push_back(name); },
                .storeName = [this](const std::string& name) { toStore.push_back(name); },
                .nameKept = [this] { ++kept; },
                .onBusChanged = [this](bool on) { busChanges.push_back(on); }});
        service->publish(exampleSnapshot());
        service->setOnBus(true);
        service->start();
    }
    bool comesOnBus() {
        return pump([this] { return isOnBus(*service); });
    }
    std::string get(const char* path) { return client.call(kService, path, "GetValue").text(); }

    FakeSettings fake;
    BusClient client;
    std::string uid = "busbar_main";
    std::unique_ptr<dbus::BatteryService> service;
    std::vector<std::string> names;
    std::vector<std::string> toStore;
    int kept = 0;
    std::vector<bool> busChanges;
};

TEST_F(LocalSettingsTest, AFreeInstanceIsTheWantedOne) {
    fake.appear();
    startService();
    ASSERT_TRUE(comesOnBus());
    EXPECT_EQ(get("/DeviceInstance"), "<i:5>");
    EXPECT_EQ(get("/CustomName"), "<s:\"Bank\">");
    EXPECT_EQ(fake.values[kInstancePath], "battery:5");
    EXPECT_EQ(fake.values[kNamePath], "Bank");
    EXPECT_THAT(names, IsEmpty());
    EXPECT_THAT(busChanges, ElementsAre(true));
    EXPECT_EQ(log.count("level=warn"), 0);
}

TEST_F(LocalSettingsTest, ATakenInstanceGivesTheNextFreeOne) {
    fake.values = {{"/Settings/Devices/a/ClassAndVrmInstance", "battery:5"},
                   {"/Settings/Devices/b/ClassAndVrmInstance", "battery:6"}};
    fake.appear();
    startService();
    ASSERT_TRUE(comesOnBus());
    EXPECT_EQ(get("/DeviceInstance"), "<i:7>");
}

TEST_F(LocalSettingsTest, AKnownBatteryKeepsInstanceAndName) {
    fake.values = {{kInstancePath, "battery:42"}, {kNamePath, "Cellar"}};
    fake.appear();
    startService();
    ASSERT_TRUE(comesOnBus());
    EXPECT_EQ(get("/DeviceInstance"), "<i:42>");
    EXPECT_EQ(get("/CustomName"), "<s:\"Cellar\">");
    EXPECT_THAT(names, ElementsAre("Cellar"));
}

TEST_F(LocalSettingsTest, OddCharactersInTheUidAreReplaced) {
    uid = "_my-bank.1/\xC3\xA9";
    fake.appear();
    startService();
    ASSERT_TRUE(comesOnBus());
    EXPECT_EQ(fake.values["/Settings/Devices/busbar_my_bank_1___/ClassAndVrmInstance"],
              "battery:5");
}

TEST_F(LocalSettingsTest, AnInstanceAboveWhatModbusReachesIsSaid) {
    fake.values = {{kInstancePath, "battery:248"}};
    fake.appear();
    startService();
    ASSERT_TRUE(comesOnBus());
    EXPECT_EQ(log.count("instance_high service=busbar instance=248"), 1) << log.all();
}

TEST_F(LocalSettingsTest, WithoutItTheConfiguredInstanceIsKept) {
    startService(50ms);
    ASSERT_TRUE(comesOnBus());
    EXPECT_EQ(get("/DeviceInstance"), "<i:5>");
    EXPECT_EQ(log.count("source=configuration"), 1) << log.all();
}

TEST_F(LocalSettingsTest, BeforeItsTimeIsUpNothingIsGuessed) {
    startService();
    ASSERT_TRUE(pump([this] { return service->state() == dbus::BusState::Resolving; }));
    EXPECT_EQ(get("/DeviceInstance"), "org.freedesktop.DBus.Error.ServiceUnknown");
    fake.values = {{kInstancePath, "battery:8"}};
    fake.appear();
    ASSERT_TRUE(comesOnBus());
    EXPECT_EQ(get("/DeviceInstance"), "<i:8>");
    EXPECT_EQ(log.count("source=configuration"), 0) << log.all();
}

TEST_F(LocalSettingsTest, TooLateItChangesTheNameButNotTheInstance) {
    startService(50ms);
    ASSERT_TRUE(comesOnBus());
    fake.values = {{kInstancePath, "battery:8"}, {kNamePath, "Cellar"}};
    fake.appear();
    ASSERT_TRUE(pump([this] { return log.count("instance_kept") == 1; })) << log.all();
    EXPECT_EQ(get("/DeviceInstance"), "<i:5>");
    EXPECT_EQ(get("/CustomName"), "<s:\"Cellar\">");
    EXPECT_TRUE(isOnBus(*service));
    EXPECT_THAT(busChanges, ElementsAre(true));
}

class MoodTest : public LocalSettingsTest,
                 public ::testing::WithParamInterface<FakeSettings::Mood> {};

TEST_P(MoodTest, ItsFaultsLeadToTheConfiguredInstanceAndOneLine) {
    fake.mood = GetParam();
    fake.appear();
    startService(fake.mood == FakeSettings::Mood::Silent ? 100ms : 10s);
    ASSERT_TRUE(comesOnBus()) << log.all();
    EXPECT_EQ(get("/DeviceInstance"), "<i:5>");
    EXPECT_EQ(log.count("source=configuration"), 1) << log.all();
    EXPECT_EQ(log.count("source=localsettings"), 0) << log.all();
}

INSTANTIATE_TEST_SUITE_P(
    All, MoodTest,
    ::testing::Values(FakeSettings::Mood::ErrorCode, FakeSettings::Mood::Throws,
                      FakeSettings::Mood::OtherShape, FakeSettings::Mood::Incomplete,
                      FakeSettings::Mood::Nonsense, FakeSettings::Mood::NumberValue,
                      FakeSettings::Mood::Silent));

TEST_F(LocalSettingsTest, ANameThatIsWrittenIsKeptThere) {
    fake.appear();
    startService();
    ASSERT_TRUE(comesOnBus());
    client.listen();
    EXPECT_EQ(client.call(kService, "/CustomName", "SetValue", "v", "s", "Attic").text(), "i:0");
    ASSERT_TRUE(pump([this] { return fake.values[kNamePath] == "Attic"; }));
    EXPECT_EQ(get("/CustomName"), "<s:\"Attic\">");
    EXPECT_THAT(names, ElementsAre("Attic"));
    EXPECT_THAT(toStore, IsEmpty());
    EXPECT_EQ(service->customName(), "Attic");
    EXPECT_EQ(client.call(kService, "/CustomName", "SetValue", "ai", 0).text(), "i:0");
    ASSERT_TRUE(pump([this] { return fake.values[kNamePath].empty(); }));
    EXPECT_EQ(get("/CustomName"), "<s:\"\">");
    const std::string owner = client.ownerOf(kService);
    EXPECT_EQ(std::ranges::count(client.signals, owner, &Signal::sender), 2);
}

TEST_F(LocalSettingsTest, ANameThatItRefusesIsTheAppsToKeep) {
    fake.mood = FakeSettings::Mood::RefusesWrites;
    fake.appear();
    startService();
    ASSERT_TRUE(comesOnBus());
    EXPECT_EQ(client.call(kService, "/CustomName", "SetValue", "v", "s", "Attic").text(), "i:0");
    ASSERT_TRUE(pump([this] { return !toStore.empty(); }));
    EXPECT_THAT(toStore, ElementsAre("Attic"));
    EXPECT_EQ(log.count("custom_name_not_stored"), 1) << log.all();
}

TEST_F(LocalSettingsTest, WithoutItANameIsTheAppsToKeepUntilItComes) {
    startService(50ms);
    ASSERT_TRUE(comesOnBus());
    EXPECT_EQ(client.call(kService, "/CustomName", "SetValue", "v", "s", "Attic").text(), "i:0");
    EXPECT_THAT(toStore, ElementsAre("Attic"));
    fake.values = {{kNamePath, "Cellar"}};
    fake.appear();
    ASSERT_TRUE(pump([this] { return fake.values[kNamePath] == "Attic"; }));
    EXPECT_EQ(get("/CustomName"), "<s:\"Attic\">");
    EXPECT_THAT(names, ElementsAre("Attic"));
}

TEST_F(LocalSettingsTest, OnceItKeepsTheNameTheAppNeedsNot) {
    startService(50ms);
    ASSERT_TRUE(comesOnBus());
    EXPECT_EQ(kept, 0);
    ASSERT_TRUE(service->rename("Attic"));
    EXPECT_THAT(toStore, ElementsAre("Attic"));
    fake.appear();
    ASSERT_TRUE(pump([this] { return kept > 0; }));
    EXPECT_EQ(fake.values[kNamePath], "Attic");
}

TEST_F(LocalSettingsTest, ANameThatIsUnansweredWhenItGoesIsGivenAgain) {
    fake.appear();
    startService();
    ASSERT_TRUE(comesOnBus());
    fake.mood = FakeSettings::Mood::Silent;
    ASSERT_TRUE(service->rename("Attic"));
    ASSERT_TRUE(pump([this] { return fake.writes == 1; }));
    fake.disappear();
    ASSERT_TRUE(pump([this] { return !toStore.empty(); })) << "until then the app keeps it";
    EXPECT_THAT(toStore, ElementsAre("Attic"));
    fake.mood = FakeSettings::Mood::Good;
    fake.appear();
    ASSERT_TRUE(pump([this] { return fake.values[kNamePath] == "Attic"; }));
    EXPECT_EQ(service->customName(), "Attic");
    EXPECT_THAT(names, ElementsAre("Attic"));
}

TEST_F(LocalSettingsTest, NamesThatFollowEachOtherQuicklyDoNotComeBack) {
    fake.appear();
    startService();
    ASSERT_TRUE(comesOnBus());
    for (const char* name : {"A", "B", "C"}) {
        const auto write = client.newCall(kService, "/CustomName", nullptr, "SetValue");
        check(sd_bus_message_append(write.get(), "s", name), "append");
        check(sd_bus_send(&client.bus(), write.get(), nullptr), "send");
    }
    ASSERT_TRUE(pump([this] { return fake.values[kNamePath] == "C"; }));
    EXPECT_EQ(get("/CustomName"), "<s:\"C\">");
    EXPECT_THAT(names, ElementsAre("A", "B", "C"));
}

TEST_F(LocalSettingsTest, ANameGivenInTheGuiIsShown) {
    fake.appear();
    startService();
    ASSERT_TRUE(comesOnBus());
    fake.change(kNamePath, "From GUI");
    ASSERT_TRUE(pump([this] { return service->customName() == "From GUI"; }));
    EXPECT_EQ(get("/CustomName"), "<s:\"From GUI\">");
}

TEST_F(LocalSettingsTest, AnInstanceGivenInTheGuiIsTakenWithANewRegistration) {
    fake.appear();
    startService();
    ASSERT_TRUE(comesOnBus());
    fake.repeat(kInstancePath); // nothing new: stays
    fake.change(kInstancePath, "battery:9");
    ASSERT_TRUE(pump([this] { return busChanges.size() == 3; })) << log.all();
    EXPECT_THAT(busChanges, ElementsAre(true, false, true));
    EXPECT_EQ(get("/DeviceInstance"), "<i:9>");
    EXPECT_EQ(service->deviceInstance(), 9);
    fake.change(kInstancePath, "rubbish");
    ASSERT_TRUE(pump([this] { return log.count("instance_ignored") == 1; }));
    EXPECT_EQ(get("/DeviceInstance"), "<i:9>");
    service->stop();
    EXPECT_THAT(busChanges, ElementsAre(true, false, true, false));
}

TEST_F(LocalSettingsTest, ItsRestartChangesNothing) {
    fake.appear();
    startService();
    ASSERT_TRUE(comesOnBus());
    fake.disappear();
    fake.appear();
    ASSERT_TRUE(pump([this] { return fake.calls == 2; }));
    EXPECT_EQ(get("/DeviceInstance"), "<i:5>");
    EXPECT_THAT(busChanges, ElementsAre(true));
    EXPECT_EQ(client.call(kService, "/CustomName", "SetValue", "v", "s", "Attic").text(), "i:0");
    ASSERT_TRUE(pump([this] { return fake.values[kNamePath] == "Attic"; }));
}

} // namespace
} // namespace busbar::test
