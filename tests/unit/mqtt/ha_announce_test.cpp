// SPDX-License-Identifier: MIT
// When devices are announced, announced again and taken back.
#include "core/table/path_table.hpp"
#include "mqtt/ha/ha_discovery.hpp"
#include "unit/mqtt/ha_site.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace busbar::mqtt {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class HaAnnounceTest : public ::testing::Test {
protected:
    void start(std::set<std::string> announced = {}, bool isEnabled = true) {
        HaSettings settings;
        settings.isEnabled = isEnabled;
        discovery = std::make_unique<HaDiscovery>(
            settings, site.context, std::move(announced),
            [this](const std::string& topic, const std::string& payload) {
                if (isFull || topic == refused)
                    return false;
                sent.emplace_back(topic, payload);
                site.home.publish(topic, payload);
                return true;
            });
    }
    void cycle() {
        site.evaluate();
        const auto views = site.views();
        discovery->update(views, isWanted);
    }
    void tick(int times = 1) {
        for (int i = 0; i < times; ++i) {
            site.now = site.now + 1s;
            discovery->tick(site.now);
        }
    }
    /// Device ids in the order of sending; taken back ones with a minus.
    std::vector<std::string> takeSent() {
        std::vector<std::string> ids;
        for (const auto& [topic, payload] : std::exchange(sent, {})) {
            const std::string begin = "homeassistant/device/";
            if (!topic.starts_with(begin))
                continue;
            const std::string id = topic.substr(begin.size(), topic.rfind('/') - begin.size());
            ids.push_back((payload.empty() ? "-" : "") + id);
        }
        return ids;
    }

    HaSite site;
    HaDiscovery::IsWanted isWanted;
    std::string refused; ///< a topic that is never taken
    bool isFull = false;
    std::vector<std::pair<std::string, std::string>> sent;
    std::unique_ptr<HaDiscovery> discovery;
};

TEST_F(HaAnnounceTest, AnnouncesTheBankBeforeItsBatteries) {
    site.addPoor(1);
    site.addPoor(2);
    start();
    discovery->connected();
    cycle();
    tick();
    EXPECT_THAT(takeSent(),
                ElementsAre("busbar_home_main", "busbar_home_serial_s1", "busbar_home_serial_s2"));
    EXPECT_THAT(discovery->announced(), SizeIs(3));
    EXPECT_THAT(site.home.problems(), IsEmpty());
    cycle();
    tick(5);
    EXPECT_THAT(takeSent(), IsEmpty());
}

/// Home Assistant would forget the entities that are not named any more.
TEST_F(HaAnnounceTest, ABankWithoutDataKeepsWhatAnEarlierRunHasAnnounced) {
    isWanted = [](std::string_view) { return true; };
    start({"busbar_home_main"});
    discovery->connected();
    cycle();
    tick();
    EXPECT_THAT(takeSent(), IsEmpty());
    site.addPoor(1);
    cycle();
    tick();
    EXPECT_THAT(takeSent(), ElementsAre("busbar_home_main", "busbar_home_serial_s1"));
}

TEST_F(HaAnnounceTest, SendsNothingWithoutASessionAndAllInTheNext) {
    site.addPoor(1);
    start();
    cycle();
    tick(3);
    EXPECT_THAT(takeSent(), IsEmpty());
    discovery->connected();
    tick();
    EXPECT_THAT(takeSent(), SizeIs(2));
    discovery->disconnected();
    discovery->connected();
    tick();
    EXPECT_THAT(takeSent(), ElementsAre("busbar_home_main", "busbar_home_serial_s1"));
}

TEST_F(HaAnnounceTest, SpreadsManyDevicesOverTime) {
    for (int instance = 1; instance <= 64; ++instance)
        site.addPoor(instance);
    start();
    discovery->connected();
    cycle();
    tick();
    EXPECT_THAT(takeSent(), SizeIs(HaDiscovery::kPerTick));
    tick(16);
    EXPECT_THAT(takeSent(), SizeIs(65 - HaDiscovery::kPerTick));
    EXPECT_THAT(site.home.problems(), IsEmpty());
}

TEST_F(HaAnnounceTest, TriesARefusedMessageAgain) {
    site.addPoor(1);
    start();
    discovery->connected();
    isFull = true;
    cycle();
    tick(3);
    EXPECT_THAT(discovery->announced(), IsEmpty());
    isFull = false;
    tick();
    EXPECT_THAT(takeSent(), SizeIs(2));
}

/// Dashboards and statistics go by ids; what people read is the name.
TEST_F(HaAnnounceTest, AnotherNameOfABatteryChangesNoId) {
    site.addPoor(1);
    site.put(1, row("/CustomName"), "Pack A");
    start();
    discovery->connected();
    cycle();
    tick();
    const auto before = site.home.entityIds();
    const auto unique = site.home.option("sensor.busbar_home_serial_s1_voltage", "unique_id");
    EXPECT_TRUE(unique);
    site.put(1, row("/CustomName"), "Pack B");
    cycle();
    tick();
    EXPECT_EQ(site.home.entityIds(), before);
    EXPECT_EQ(site.home.option("sensor.busbar_home_serial_s1_voltage", "unique_id"), unique);
}

TEST_F(HaAnnounceTest, AnnouncesABatteryAgainWhenItIsRenamedOrSaysMore) {
    site.addPoor(1);
    start();
    discovery->connected();
    cycle();
    tick();
    (void)takeSent();
    site.put(1, row("/CustomName"), "New name");
    cycle();
    tick();
    EXPECT_THAT(takeSent(), ElementsAre("busbar_home_serial_s1"));
    site.put(1, row("/Soc"), 50.0);
    site.putCells(1, 4);
    cycle();
    tick();
    EXPECT_THAT(takeSent(), Contains("busbar_home_serial_s1"));
    EXPECT_TRUE(site.home.option("sensor.busbar_home_serial_s1_cell_4", "name"));
    site.put(1, row("/Soc"), 51.0);
    cycle();
    tick();
    EXPECT_THAT(takeSent(), IsEmpty());
}

TEST_F(HaAnnounceTest, KeepsEntitiesAndTextsOfABatteryThatIsAway) {
    site.addRich(1, 4);
    start();
    discovery->connected();
    cycle();
    tick();
    const auto before = site.home.entityIds();
    site.readings.leave(1, site.now);
    cycle();
    discovery->connected();
    tick();
    EXPECT_EQ(site.home.entityIds(), before);
    EXPECT_THAT(site.home.problems(), IsEmpty());
}

TEST_F(HaAnnounceTest, SpeaksAgainWhenHomeAssistantStartsButNotInEveryStorm) {
    site.addPoor(1);
    start();
    discovery->connected();
    cycle();
    tick();
    (void)takeSent();
    for (int second = 0; second < 30; ++second) {
        discovery->takeBirth("online", site.now);
        discovery->takeBirth("offline", site.now);
        tick();
    }
    const auto ids = takeSent();
    EXPECT_GE(ids.size(), 4U);
    EXPECT_LE(ids.size(), 6U);
    tick(20);
    EXPECT_LE(takeSent().size(), 2U); // the last one, delayed
    tick(20);
    EXPECT_THAT(takeSent(), IsEmpty());
    discovery->takeBirth("offline", site.now);
    tick(20);
    EXPECT_THAT(takeSent(), IsEmpty());
    EXPECT_EQ(discovery->birthTopic(), "homeassistant/status");
}

TEST_F(HaAnnounceTest, DelaysTheAnswerToABirthALittle) {
    site.addPoor(1);
    start();
    discovery->connected();
    cycle();
    tick();
    (void)takeSent();
    discovery->takeBirth("online", site.now);
    discovery->tick(site.now);
    EXPECT_THAT(takeSent(), IsEmpty());
    tick(3);
    EXPECT_THAT(takeSent(), SizeIs(2));
}

TEST_F(HaAnnounceTest, TakesBackWhatTheConfigurationDoesNotWantAnyMore) {
    site.addPoor(1);
    start({"busbar_home_main", "busbar_home_serial_s1", "busbar_home_serial_old",
           "busbar_home_serial_away"});
    isWanted = [](std::string_view id) { return id == "busbar_home_serial_away"; };
    cycle();
    discovery->connected();
    tick(2);
    EXPECT_THAT(takeSent(), ElementsAre("busbar_home_main", "busbar_home_serial_s1",
                                        "-busbar_home_serial_old"));
    cycle();
    tick(60);
    EXPECT_THAT(discovery->announced(), ElementsAre("busbar_home_main", "busbar_home_serial_away",
                                                    "busbar_home_serial_s1"));
    cycle();
    tick(5);
    EXPECT_THAT(takeSent(), IsEmpty());
}

TEST_F(HaAnnounceTest, TakesBackAgainWhatMayHaveBeenLostWithTheSession) {
    start({"busbar_home_main", "busbar_home_serial_old"});
    isWanted = [](std::string_view) { return false; };
    cycle();
    discovery->connected();
    tick(2);
    EXPECT_THAT(takeSent(), Contains("-busbar_home_serial_old"));
    EXPECT_THAT(discovery->announced(), Contains("busbar_home_serial_old"))
        << "a program that is killed now must do it at its next start";
    discovery->disconnected();
    tick(100);
    discovery->connected();
    cycle();
    tick(2);
    EXPECT_THAT(takeSent(), Contains("-busbar_home_serial_old"));
    tick(60);
    EXPECT_THAT(discovery->announced(), Not(Contains("busbar_home_serial_old")));
    discovery->disconnected();
    discovery->connected();
    cycle();
    tick(2);
    EXPECT_THAT(takeSent(), Not(Contains("-busbar_home_serial_old")));
}

TEST_F(HaAnnounceTest, ARefusedMessageDoesNotStopTheNext) {
    site.addPoor(1);
    site.addPoor(2);
    start();
    refused = "homeassistant/device/busbar_home_serial_s1/config";
    discovery->connected();
    cycle();
    tick(2);
    EXPECT_THAT(takeSent(), ElementsAre("busbar_home_main", "busbar_home_serial_s2"));
    refused.clear();
    tick();
    EXPECT_THAT(takeSent(), ElementsAre("busbar_home_serial_s1"));
}

TEST_F(HaAnnounceTest, KeepsABatteryThatComesBackBeforeItWasTakenBack) {
    start({"busbar_home_serial_s1"});
    isWanted = [](std::string_view) { return false; };
    cycle();
    site.addPoor(1);
    cycle();
    discovery->connected();
    tick();
    EXPECT_THAT(takeSent(), ElementsAre("busbar_home_main", "busbar_home_serial_s1"));
    EXPECT_THAT(discovery->announced(), SizeIs(2));
}

TEST_F(HaAnnounceTest, TakesEverythingBackWhenSwitchedOff) {
    site.addPoor(1);
    start({"busbar_home_main", "busbar_home_serial_s1"}, false);
    cycle();
    discovery->connected();
    discovery->takeBirth("online", site.now);
    isFull = true;
    tick();
    isFull = false;
    tick(80);
    EXPECT_THAT(takeSent(), ElementsAre("-busbar_home_main", "-busbar_home_serial_s1"));
    EXPECT_THAT(discovery->announced(), IsEmpty());
    EXPECT_THAT(site.home.devices(), IsEmpty());
}

TEST_F(HaAnnounceTest, GivesABatteryOfTwoBanksToTheFirst) {
    BankSettings second;
    second.id = "second";
    site.context.bankIds.emplace_back("second");
    site.banks.emplace_back(second);
    site.addPoor(1);
    start();
    discovery->connected();
    cycle();
    tick();
    EXPECT_THAT(takeSent(),
                ElementsAre("busbar_home_main", "busbar_home_second", "busbar_home_serial_s1"));
    EXPECT_EQ(site.home.option("switch.busbar_home_serial_s1_in_service", "command_topic"),
              "busbar/home/set/battery/serial_s1/in_service");
}

TEST_F(HaAnnounceTest, AnnouncesNoBatteriesWithoutDocuments) {
    site.addPoor(1);
    site.context.hasBatteries = false;
    start();
    discovery->connected();
    cycle();
    tick();
    EXPECT_THAT(takeSent(), ElementsAre("busbar_home_main"));
}

TEST_F(HaAnnounceTest, EmptiesTheStatesOfADeviceThatIsTakenBack) {
    site.home.publish("busbar/home/homeassistant/busbar_home_serial_old", "{}");
    start({"busbar_home_serial_old"});
    isWanted = [](std::string_view) { return false; };
    cycle();
    discovery->connected();
    tick(2);
    EXPECT_THAT(sent, Contains(std::pair<std::string, std::string>(
                          "busbar/home/homeassistant/busbar_home_serial_old", "")));
}

/// Home Assistant keeps a component that is only left out.
TEST_F(HaAnnounceTest, NamesControlsThatAreNoMoreOnceSoThatTheyGo) {
    site.addPoor(1);
    start();
    discovery->connected();
    cycle();
    tick();
    EXPECT_THAT(site.home.entityIds(), Contains("switch.busbar_home_serial_s1_in_service"));
    sent.clear();
    site.context.takesCommands = false; // the next run
    start({"busbar_home_main", "busbar_home_serial_s1"});
    discovery->connected();
    cycle();
    tick(2);
    EXPECT_THAT(site.home.problems(), IsEmpty());
    EXPECT_THAT(site.home.entityIds(), Not(Contains("switch.busbar_home_serial_s1_in_service")));
    EXPECT_THAT(takeSent(), ElementsAre("busbar_home_main", "busbar_home_serial_s1",
                                        "busbar_home_main", "busbar_home_serial_s1"));
    tick(5);
    EXPECT_THAT(takeSent(), IsEmpty()) << "named once, then left out";
    discovery->takeBirth("online", site.now);
    tick(5);
    EXPECT_THAT(takeSent(), SizeIs(4)) << "it may not have been there";
}

TEST_F(HaAnnounceTest, TakesNoFloodOfDevices) {
    start();
    discovery->connected();
    for (int wave = 0; wave < 6; ++wave) {
        for (int instance = 1; instance <= 60; ++instance) {
            site.addPoor(instance);
            site.put(instance, row("/Serial"), "W" + std::to_string(wave * 100 + instance));
        }
        cycle();
        tick(20);
    }
    EXPECT_LE(discovery->announced().size(), HaDiscovery::kMostDevices);
}

} // namespace
} // namespace busbar::mqtt
