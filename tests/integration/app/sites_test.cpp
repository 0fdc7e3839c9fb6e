// SPDX-License-Identifier: MIT
// Two GX devices on two brokers, read by one Busbar.
#include "plant.hpp"
#include "support/source_tree.hpp"
#include "topic_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <string>

namespace busbar::test {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

constexpr const char* kHouse = kService;
constexpr const char* kBarn = "com.victronenergy.battery.busbar_barn_main";
constexpr const char* kBarnPortal = "c0619ab00002";

/// The shortest steps of the ladder of losses.
const Options kShortLadder = {{"hold_s", "1"},
                              {"loss.link_timeout_s", "5"},
                              {"loss.ride_through_s", "2"},
                              {"loss.leave_bus_s", "5"},
                              {"gx.heartbeat_timeout_s", "6"}};

/// Everything of the barn has the name and the number of something of the house.
class SitesTest : public ::testing::Test {
protected:
    SitesTest() {
        plant.gx.add(kPackA);
        Pack pack = kPackA;
        pack.current_A = 3.0;
        pack.maxCharge_A = 30.0;
        pack.maxDischarge_A = 33.0;
        barn.add(pack);
    }

    [[nodiscard]] std::string house(const std::string& more = {}) const {
        return R"({"site": "house")" + more + "}";
    }
    [[nodiscard]] std::string barnSite(const std::string& more = {}) const {
        return R"({"site": "barn", "gx": {"url": )" + jsonText(barnBroker.url()) +
               R"(, "portal_id": )" + jsonText(kBarnPortal) + "}" + more + "}";
    }
    /// Options of the program, which hold for both sites.
    Options withSites(Options all, const std::string& first, const std::string& second) const {
        all["sites"] = "[" + first + ", " + second + "]";
        return all;
    }
    bool until(const std::function<bool()>& condition, milliseconds limit = kPatience) {
        return plant.until(
            [&] {
                barn.pump();
                return condition();
            },
            limit);
    }
    [[nodiscard]] bool areBothOnBus() { return plant.isOnBus(kHouse) && plant.isOnBus(kBarn); }
    [[nodiscard]] bool startAndWait(const Options& options) {
        plant.start(options);
        return until([this] { return areBothOnBus(); });
    }
    /// What a pack of the house shows is on the bus soon.
    [[nodiscard]] bool isFollowed(SimulatedGx& gx, double current_A, const char* service) {
        gx.set(1, "/Dc/0/Current", current_A);
        return until(plant.shows("/Dc/0/Current", current_A, service));
    }
    [[nodiscard]] bool endsWell() {
        plant.busbar->signal(SIGTERM);
        return until([this] { return plant.busbar->hasEnded(); }) &&
               plant.busbar->waitForEnd()->exitCode == 0;
    }

    Plant plant;
    PrivateBroker barnBroker;
    SimulatedGx barn{login(barnBroker), {.portalId = kBarnPortal}};

private:
    static mqtt::BrokerSettings login(const PrivateBroker& broker) {
        mqtt::BrokerSettings settings;
        settings.url = broker.url();
        settings.retryMax = seconds(1);
        return settings;
    }
};

TEST_F(SitesTest, ArePublishedEachWhereItBelongs) {
    ASSERT_TRUE(startAndWait(withSites({}, house(), barnSite()))) << plant.log();
    ASSERT_TRUE(until(plant.shows("/Info/MaxChargeCurrent", 50.0, kHouse))) << plant.log();
    ASSERT_TRUE(until(plant.shows("/Info/MaxChargeCurrent", 30.0, kBarn))) << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Current", kHouse), 10.0);
    EXPECT_EQ(plant.number("/Dc/0/Current", kBarn), 3.0);
    EXPECT_EQ(plant.number("/System/NrOfBatteries", kHouse), 1.0);
    EXPECT_EQ(plant.number("/System/NrOfBatteries", kBarn), 1.0);
    EXPECT_NE(plant.text("/Serial", kHouse), plant.text("/Serial", kBarn));
    EXPECT_NE(plant.view->owner(kHouse), plant.view->owner(kBarn));

    TopicView houseTopics(plant.broker.url(), {"busbar/#"});
    TopicView barnTopics(barnBroker.url(), {"busbar/#"});
    ASSERT_TRUE(until([&] { return houseTopics.has("busbar/house/bank/main/state"); }));
    ASSERT_TRUE(until([&] { return barnTopics.has("busbar/barn/bank/main/state"); }));
    EXPECT_EQ(houseTopics.last("busbar/house/status"), "online");
    EXPECT_EQ(barnTopics.last("busbar/barn/status"), "online");
    EXPECT_TRUE(houseTopics.topics("busbar/barn").empty());
    EXPECT_TRUE(barnTopics.topics("busbar/house").empty());
    EXPECT_EQ(jsonNumber(barnTopics.last("busbar/barn/bank/main/state"), "/limits/charge/value"),
              30.0);

    EXPECT_TRUE(isFollowed(plant.gx, 12.5, kHouse)) << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Current", kBarn), 3.0);
    EXPECT_TRUE(isFollowed(barn, 4.5, kBarn)) << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Current", kHouse), 12.5);
    EXPECT_THAT(plant.log(), HasSubstr("bank=barn/main"));
    EXPECT_TRUE(endsWell()) << plant.log();
    EXPECT_TRUE(until([&] { return houseTopics.last("busbar/house/status") == "offline"; }));
    EXPECT_TRUE(until([&] { return barnTopics.last("busbar/barn/status") == "offline"; }));
}

TEST_F(SitesTest, ADeadBrokerCostsTheOtherNothing) {
    ASSERT_TRUE(startAndWait(withSites(kShortLadder, house(), barnSite()))) << plant.log();
    ASSERT_TRUE(until(plant.shows("/Info/MaxChargeCurrent", 30.0, kBarn))) << plant.log();
    const std::string owner = plant.view->owner(kHouse);
    plant.view->changes.clear();
    barnBroker.stop();

    int round = 0;
    milliseconds slowest{0};
    const auto houseGoesOn = [&] {
        const auto before = steady_clock::now();
        EXPECT_TRUE(isFollowed(plant.gx, 10.0 + ++round % 10, kHouse)) << plant.log();
        slowest = std::max(slowest, duration_cast<milliseconds>(steady_clock::now() - before));
    };
    const auto end = steady_clock::now() + kPatience;
    while (plant.number("/Info/MaxChargeCurrent", kBarn) != 0.0 && steady_clock::now() < end)
        houseGoesOn();
    EXPECT_EQ(plant.text("/Info/ChargeLimitation", kBarn), "no_data") << plant.log();
    EXPECT_EQ(plant.number("/Alarms/BmsCable", kBarn), 2.0);
    while (plant.isOnBus(kBarn) && steady_clock::now() < end)
        houseGoesOn();
    EXPECT_FALSE(plant.isOnBus(kBarn)) << plant.log();
    EXPECT_LT(slowest, seconds(2)) << "a cycle takes 50 ms";

    EXPECT_EQ(plant.view->owner(kHouse), owner);
    for (const Change& change : plant.view->changes)
        EXPECT_FALSE(change.sender == owner &&
                     (change.values.contains("/Info/MaxChargeCurrent") ||
                      change.values.contains("/Info/MaxDischargeCurrent")))
            << "nothing there has changed\n"
            << plant.log();
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent", kHouse), 50.0);
    EXPECT_EQ(plant.number("/Info/MaxDischargeCurrent", kHouse), 80.0);
    EXPECT_EQ(plant.number("/Alarms/BmsCable", kHouse), 0.0);

    barnBroker.start();
    barn.connectNow();
    ASSERT_TRUE(until([&] { return plant.isOnBus(kBarn); })) << plant.log();
    EXPECT_TRUE(until(plant.shows("/Info/MaxChargeCurrent", 30.0, kBarn))) << plant.log();
    EXPECT_TRUE(isFollowed(barn, 5.5, kBarn)) << plant.log();
    EXPECT_TRUE(isFollowed(plant.gx, 9.0, kHouse)) << plant.log();
}

/// The first one's broker is as dead as the second's.
TEST_F(SitesTest, TheFirstMayDieAsWell) {
    ASSERT_TRUE(startAndWait(withSites(kShortLadder, house(), barnSite()))) << plant.log();
    plant.broker.freeze();
    ASSERT_TRUE(until(plant.shows("/Info/MaxChargeCurrent", 0.0, kHouse))) << plant.log();
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent", kBarn), 30.0);
    EXPECT_TRUE(isFollowed(barn, 6.5, kBarn)) << plant.log();
    const auto told = steady_clock::now();
    EXPECT_TRUE(endsWell()) << "while one broker hangs\n" << plant.log();
    EXPECT_LT(steady_clock::now() - told, seconds(8));
    plant.broker.thaw();
}

TEST_F(SitesTest, OneMoreKeepsWhatTheFirstHadAndItsCeiling) {
    TopicView topics(plant.broker.url(), {"busbar/#"});
    plant.start({{"site", R"("house")"}});
    ASSERT_TRUE(until([&] { return plant.isOnBus(kHouse) && topics.isReady(); })) << plant.log();
    ASSERT_TRUE(topics.publish("busbar/house/set/bank/main/max_charge_A", "12"));
    ASSERT_TRUE(until(plant.shows("/Info/MaxChargeCurrent", 12.0, kHouse))) << plant.log();
    const std::string serial = plant.text("/Serial", kHouse);

    plant.writeConfig(withSites({}, barnSite(R"(, "dbus": {"service": "busbar_barn_main"})"),
                                house(R"(, "dbus": {"service": "busbar"})")));
    plant.busbar->signal(SIGHUP);
    ASSERT_TRUE(until([&] { return areBothOnBus(); })) << plant.log();
    ASSERT_TRUE(until(plant.shows("/Info/MaxChargeCurrent", 12.0, kHouse))) << plant.log();
    ASSERT_TRUE(until(plant.shows("/Info/MaxChargeCurrent", 30.0, kBarn))) << plant.log();
    EXPECT_EQ(plant.text("/Serial", kHouse), serial);
    EXPECT_FALSE(plant.busbar->hasEnded());
    ASSERT_TRUE(endsWell()) << plant.log();
    EXPECT_TRUE(std::filesystem::exists(plant.dir.file("state/sites/barn/state.json")));
    EXPECT_FALSE(std::filesystem::exists(plant.dir.file("state/sites/house")));

    plant.start({{"site", R"("house")"}});
    ASSERT_TRUE(until([&] { return plant.isOnBus(kHouse); })) << plant.log();
    EXPECT_TRUE(until(plant.shows("/Info/MaxChargeCurrent", 12.0, kHouse))) << "and alone again\n"
                                                                            << plant.log();
}

TEST_F(SitesTest, OneThatIsGoneTakesBackWhatItAnnounced) {
    ASSERT_TRUE(startAndWait(withSites({}, house(), barnSite()))) << plant.log();
    TopicView topics(barnBroker.url(), {"busbar/#", "homeassistant/#"});
    ASSERT_TRUE(until([&] {
        return topics.last("busbar/barn/status") == "online" && topics.has("busbar/barn/health") &&
               topics.topics("homeassistant/device/busbar_barn_").size() == 2;
    })) << plant.log();
    plant.writeConfig({{"site", R"("house")"}});
    plant.busbar->signal(SIGHUP);
    EXPECT_TRUE(until([&] {
        std::vector<std::string> left = topics.topics("busbar/barn/");
        std::erase(left, "busbar/barn/event"); // never retained
        return left.empty() && topics.topics("homeassistant/").empty();
    })) << plant.log();
    EXPECT_TRUE(until([&] { return plant.isOnBus(kHouse) && !plant.isOnBus(kBarn); }));
    EXPECT_TRUE(endsWell()) << plant.log();
}

/// Topics with a payload below a root that are retained; events never are.
std::vector<std::string> retainedBelow(TopicView& topics, const std::string& root) {
    std::vector<std::string> left = topics.topics(root);
    std::erase_if(left, [](const std::string& topic) { return topic.ends_with("/event"); });
    return left;
}

/// On one broker, so that one of them can do it for the other.
TEST_F(SitesTest, OneThatWentWhileNobodyRanIsTakenBackByAnother) {
    const std::string output = R"(, "mqtt": {"url": )" + jsonText(plant.broker.url()) + "}";
    TopicView topics(plant.broker.url(), {"busbar/#", "homeassistant/#", "other/#"});
    ASSERT_TRUE(until([&] { return topics.isReady(); }));
    ASSERT_TRUE(topics.publish("busbar/barn/mine", "of somebody else", true));
    ASSERT_TRUE(startAndWait(withSites({}, house(), barnSite(output)))) << plant.log();
    ASSERT_TRUE(until([&] {
        return topics.last("busbar/barn/status") == "online" && topics.has("busbar/barn/health") &&
               topics.topics("homeassistant/device/busbar_barn_").size() == 2;
    })) << plant.log();
    ASSERT_TRUE(endsWell()) << plant.log();

    plant.start({{"site", R"("house")"}});
    EXPECT_TRUE(until([&] {
        return retainedBelow(topics, "busbar/barn/").size() == 1 &&
               topics.topics("homeassistant/device/busbar_barn_").empty() &&
               topics.topics("homeassistant/device/busbar_house_").size() == 2;
    })) << plant.log();
    EXPECT_EQ(topics.last("busbar/barn/mine"), "of somebody else");
    EXPECT_EQ(topics.last("busbar/house/status"), "online");
    EXPECT_TRUE(endsWell()) << plant.log();
}

/// Everything that names its topics changes while nobody runs.
TEST_F(SitesTest, OneThatMovedWhileNobodyRanTakesItsFormerTopicsBack) {
    TopicView topics(plant.broker.url(), {"#"});
    const Options before = {
        {"site", R"("house")"}, {"venus.enabled", "true"}, {"venus.topic_prefix", R"("old/")"}};
    plant.start(before);
    ASSERT_TRUE(until([&] {
        return topics.last("busbar/house/status") == "online" &&
               topics.has("busbar/house/health") &&
               topics.has("old/N/busbar-house/system/0/Serial") &&
               topics.topics("homeassistant/device/busbar_house_").size() == 2;
    })) << plant.log();
    ASSERT_TRUE(endsWell()) << plant.log();

    plant.start({{"site", R"("cabin")"},
                 {"mqtt.base", R"("energy")"},
                 {"homeassistant.prefix", R"("ha")"}});
    EXPECT_TRUE(until([&] {
        return retainedBelow(topics, "busbar/house/").empty() &&
               topics.topics("old/N/busbar-house/system/").empty() &&
               topics.topics("homeassistant/device/busbar_").empty() &&
               topics.last("energy/cabin/status") == "online" &&
               topics.topics("ha/device/busbar_cabin_").size() == 2;
    })) << plant.log();
    EXPECT_TRUE(endsWell()) << plant.log();
}

TEST_F(SitesTest, ABankThatWasRenamedWhileNobodyRanTakesItsFormerTopicsBack) {
    TopicView topics(plant.broker.url(), {"busbar/#", "homeassistant/#"});
    plant.start({{"site", R"("house")"}});
    ASSERT_TRUE(until([&] {
        return topics.has("busbar/house/bank/main/state") &&
               topics.topics("homeassistant/device/busbar_house_").size() == 2;
    })) << plant.log();
    ASSERT_TRUE(endsWell()) << plant.log();
    plant.start({{"site", R"("house")"}, {"id", R"("stack")"}});
    EXPECT_TRUE(until([&] {
        return topics.has("busbar/house/bank/stack/state") &&
               !topics.has("busbar/house/bank/main/state") &&
               topics.has("homeassistant/device/busbar_house_stack/config") &&
               !topics.has("homeassistant/device/busbar_house_main/config") &&
               !topics.has("busbar/house/homeassistant/busbar_house_main");
    })) << plant.log();
    EXPECT_TRUE(endsWell()) << plant.log();
}

TEST_F(SitesTest, AReloadOfOneLeavesTheOtherAlone) {
    ASSERT_TRUE(startAndWait(withSites({}, house(), barnSite()))) << plant.log();
    const std::string owner = plant.view->owner(kHouse);
    plant.writeConfig(withSites({}, house(), barnSite(R"(, "limits": {"max_charge_A": 7},
                                                          "mqtt": {"base": "other"})")));
    plant.busbar->signal(SIGHUP);
    ASSERT_TRUE(until(plant.shows("/Info/MaxChargeCurrent", 7.0, kBarn))) << plant.log();
    EXPECT_TRUE(until(plant.says("reloaded site=barn readings=reconnect output=anew")))
        << plant.log();
    EXPECT_THAT(plant.log(), HasSubstr("reloaded site=house readings=as before output=as before"));
    EXPECT_EQ(plant.view->owner(kHouse), owner);
    EXPECT_EQ(plant.busbar->logged("mqtt_connected session=0"), 1U) << plant.log();
    EXPECT_TRUE(isFollowed(barn, 6.5, kBarn)) << plant.log();
    EXPECT_TRUE(isFollowed(plant.gx, 11.5, kHouse)) << plant.log();

    plant.writeConfig(withSites({}, house(), barnSite(R"(, "dbus": {"service": "renamed"})")));
    plant.busbar->signal(SIGHUP);
    const std::string renamed = "com.victronenergy.battery.renamed";
    ASSERT_TRUE(until([&] { return plant.isOnBus(renamed); })) << plant.log();
    EXPECT_FALSE(plant.isOnBus(kBarn)) << "it ended and began again";
    EXPECT_TRUE(isFollowed(barn, 7.5, renamed.c_str())) << plant.log();
    EXPECT_TRUE(isFollowed(plant.gx, 12.5, kHouse)) << plant.log();
    EXPECT_EQ(plant.view->owner(kHouse), owner) << "and the other one did not";
    EXPECT_EQ(plant.busbar->logged("mqtt_connected session=0"), 1U) << plant.log();
    EXPECT_TRUE(endsWell()) << plant.log();
}

TEST_F(SitesTest, AreShownByTheTools) {
    const std::string file = plant.writeConfig(withSites({}, house(), barnSite()));
    plant.busbar.emplace(
        std::vector<std::string>{"run", "-c", file, "--health-file", plant.dir.file("health")});
    BusbarProcess watch({"watch", "-c", file});
    BusbarProcess one({"watch", "-c", file, "--site", "barn", "--record", plant.dir.file("r")});
    BusbarProcess dry({"run", "-c", file, "--dry-run"});
    ASSERT_TRUE(until([&] {
        return watch.output().find("site barn") != std::string::npos &&
               countOf(watch.output(), "1 of 1 batteries") >= 2 &&
               one.output().find("1 of 1 batteries") != std::string::npos &&
               dry.output().find(R"("site":"barn","bank":"main","path":"/Soc")") !=
                   std::string::npos &&
               contentOf(plant.dir.file("health")).find("site=barn broker=connected") !=
                   std::string::npos;
    })) << watch.output()
        << one.output() << dry.output() << contentOf(plant.dir.file("health"));
    EXPECT_EQ(countOf(one.output(), "site house"), 0U);
    EXPECT_THAT(contentOf(plant.dir.file("health")), HasSubstr("site=house broker="));
    one.signal(SIGINT);
    ASSERT_TRUE(one.waitForEnd());
    const Finished replay =
        runBusbar({"replay", plant.dir.file("r"), "-c", file, "--site", "barn", "--final"});
    EXPECT_THAT(replay.output, HasSubstr(R"("/Info/MaxChargeCurrent":30)")) << replay.errors;
    EXPECT_EQ(contentOf(plant.dir.file("r")).find(kPortal), std::string::npos);
    const Finished mixed = runBusbar({"watch", "-c", file, "--record", plant.dir.file("r2")});
    EXPECT_THAT(mixed.errors, HasSubstr("give --site as well"));
    EXPECT_EQ(mixed.exitCode, 1);
    EXPECT_THAT(runBusbar({"watch", "-c", file, "--site", "boat"}).errors,
                HasSubstr("has no site \"boat\""));
    EXPECT_THAT(runBusbar({"check", file}).output, HasSubstr("site barn: commands by MQTT are"));
}

void replaceAll(std::string& text, const std::string& what, const std::string& by) {
    ASSERT_NE(text.find(what), std::string::npos) << what;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

/// House and barn on brokers of this test; the boat's cloud cannot be reached, which is its matter.
TEST_F(SitesTest, OfTheExampleRun) {
    for (int instance = 1; instance <= 3; ++instance) {
        Pack pack = kPackA;
        pack.instance = instance;
        pack.name = std::string("Pack ") + "ABC"[instance - 1];
        plant.gx.add(pack);
    }
    std::string text = contentOf(sourcePath("config/examples/three_gx.json"));
    replaceAll(text, R"("/var/lib/busbar")", jsonText(plant.dir.file("state")));
    replaceAll(
        text,
        R"("mqtt://homeassistant.local", "user": "busbar", "password_file": "/run/secrets/mqtt_password")",
        jsonText(plant.broker.url()));
    replaceAll(text, "mqtt://gx-house.local", plant.broker.url());
    replaceAll(text, "mqtt://gx-barn.local", barnBroker.url());
    TopicView topics(plant.broker.url(), {"busbar/#"});
    ASSERT_TRUE(until([&] { return topics.isReady(); }));
    plant.busbar.emplace(
        std::vector<std::string>{"run", "-c", plant.dir.write("three_gx.json", text)});
    const auto limit = [&](const std::string& bank) {
        return jsonNumber(topics.last("busbar/" + bank + "/state"), "/limits/charge/value");
    };
    EXPECT_TRUE(until([&] {
        return limit("house/bank/main").value_or(0.0) > 60.0 && limit("house/bank/spare") == 50.0 &&
               limit("barn/bank/main") == 30.0;
    })) << topics.last("busbar/house/bank/main/state")
        << plant.log();
    EXPECT_TRUE(until([&] { return topics.last("busbar/boat/status") == "online"; }))
        << "Busbar is online, the boat is not: " << plant.log();
    EXPECT_EQ(limit("boat/bank/main").value_or(0.0), 0.0) << plant.log();
}

} // namespace
} // namespace busbar::test
