// SPDX-License-Identifier: MIT
// SIGTERM, SIGINT, SIGHUP, SIGKILL.
#include "plant.hpp"
#include "topic_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <unistd.h>

namespace busbar::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

/// Docker kills ten seconds after the signal. On a busy machine, or sanitized, an end takes longer
/// as the start did.
milliseconds patience(const Plant& plant) {
    return seconds(10) + std::chrono::ceil<milliseconds>(10 * plant.sinceStart());
}

testing::AssertionResult endsWell(Plant& plant, int signal) {
    const auto limit = patience(plant);
    plant.busbar->signal(signal);
    const auto end = plant.busbar->waitForEnd(limit);
    if (!end)
        return testing::AssertionFailure() << "still runs\n" << plant.log();
    if (end->exitCode != 0)
        return testing::AssertionFailure()
               << "exit code " << end->exitCode << ", signal " << end->signal << "\n"
               << plant.log();
    if (plant.view && plant.isOnBus())
        return testing::AssertionFailure() << "the name is still there";
    return testing::AssertionSuccess();
}

TEST(Terminate, EndsAndGivesTheNameBack) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    EXPECT_TRUE(endsWell(plant, SIGTERM));
}

TEST(Terminate, InterruptDoesTheSame) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    EXPECT_TRUE(endsWell(plant, SIGINT));
}

TEST(Terminate, WhileTheBrokerHangs) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    plant.broker.freeze();
    EXPECT_TRUE(endsWell(plant, SIGTERM));
    plant.broker.thaw();
}

TEST(Terminate, WhileItConnectsToABrokerThatHangs) {
    Plant plant;
    plant.broker.freeze();
    plant.start();
    ASSERT_TRUE(plant.until(plant.says("bus_connected"))) << plant.log();
    EXPECT_TRUE(endsWell(plant, SIGTERM));
    plant.broker.thaw();
}

TEST(Terminate, WhileTheBrokerIsAway) {
    Plant plant;
    plant.broker.stop();
    plant.start();
    ASSERT_TRUE(plant.until(plant.says("mqtt_connect_failed"))) << plant.log();
    EXPECT_TRUE(endsWell(plant, SIGTERM));
}

TEST(Terminate, WhileNoPacketReachesTheBroker) {
    Plant plant;
    // TEST-NET-1 (RFC 5737): nobody is there, and on most machines nobody says so.
    plant.start({{"gx.url", R"("mqtt://192.0.2.1:1883")"}});
    ASSERT_TRUE(plant.until(plant.says("bus_connected"))) << plant.log();
    EXPECT_TRUE(endsWell(plant, SIGTERM));
}

TEST(Terminate, WhileTheBusHangs) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    plant.view.reset();
    plant.bus.pause();
    EXPECT_TRUE(endsWell(plant, SIGTERM));
    plant.bus.resume();
}

TEST(Reload, TakesLimitsOverWithoutLeavingTheBus) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    const std::string owner = plant.view->owner(kService);
    plant.writeConfig({{"limits.max_charge_A", "25"}});
    plant.busbar->signal(SIGHUP);
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 25.0))) << plant.log();
    EXPECT_EQ(plant.text("/Info/ChargeLimitation"), "ceiling");
    EXPECT_EQ(plant.view->owner(kService), owner);
    EXPECT_EQ(plant.busbar->logged("mqtt_connected"), 1U) << "the session stays";
}

TEST(Reload, ABadFileKeepsTheOldOneAndSaysWhy) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait({{"limits.max_charge_A", "25"}})) << plant.log();
    const std::string owner = plant.view->owner(kService);
    plant.dir.write("busbar.json", "{\n\"hold_s\": -1,\n\"limits\": {\"max_charge_amps\": 9}\n}\n");
    plant.busbar->signal(SIGHUP);
    ASSERT_TRUE(plant.until(plant.says("reload_refused"))) << plant.log();
    EXPECT_THAT(plant.log(), HasSubstr(plant.dir.file("busbar.json") + ":2:"));
    EXPECT_THAT(plant.log(), HasSubstr("hold_s"));
    EXPECT_THAT(plant.log(), HasSubstr("limits.max_charge_A")) << "the nearest key";
    plant.gx.set(1, "/Dc/0/Current", 12.5);
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 12.5)));
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 25.0);
    EXPECT_EQ(plant.view->owner(kService), owner);
}

TEST(Reload, AVanishedFileKeepsTheOldOne) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    ASSERT_EQ(::unlink(plant.dir.file("busbar.json").c_str()), 0);
    plant.busbar->signal(SIGHUP);
    ASSERT_TRUE(plant.until(plant.says("reload_refused"))) << plant.log();
    EXPECT_THAT(plant.log(), HasSubstr("no such file"));
    EXPECT_TRUE(plant.isOnBus());
}

TEST(Reload, ACloudBrokerThatCannotBeHadKeepsTheOldConfiguration) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    const std::string owner = plant.view->owner(kService);
    const std::string all = R"({"gx":{"vrm":true,"user":"u","password_env":"P",)";
    for (const std::string rest :
         {R"("portal_id":"c0619-1"}})", R"("portal_id":"c0","topic_prefix":"boat/"}})"}) {
        const std::size_t before = plant.busbar->logged("reload_refused");
        plant.dir.write("busbar.json", all + rest);
        plant.busbar->signal(SIGHUP);
        ASSERT_TRUE(plant.until([&] {
            return plant.busbar->hasEnded() || plant.busbar->logged("reload_refused") > before;
        })) << plant.log();
        ASSERT_FALSE(plant.busbar->hasEnded()) << plant.log();
    }
    plant.gx.set(1, "/Dc/0/Current", 12.5);
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 12.5)));
    EXPECT_EQ(plant.view->owner(kService), owner);
}

/// The owner's unique name is the connection's: a battery that was away comes back with another.
TEST(Reload, AnotherBrokerKeepsTheBatteryOnTheBusAndNeverOpensIt) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    const std::string owner = plant.view->owner(kService);
    PrivateBroker second;
    mqtt::BrokerSettings login;
    login.url = second.url();
    SimulatedGx moved(login, {.portalId = kPortal});
    Pack pack = kPackA;
    pack.current_A = 12.5;
    pack.maxCharge_A = 45.0;
    moved.add(pack);
    plant.view->changes.clear();
    plant.options["gx.url"] = jsonText(second.url());
    plant.writeConfig();
    plant.busbar->signal(SIGHUP);
    const auto hasMoved = [&] {
        moved.pump();
        EXPECT_EQ(plant.view->owner(kService), owner);
        return plant.number("/Dc/0/Current") == 12.5 &&
               plant.number("/Info/MaxChargeCurrent") == 45.0; // a burst may come in pieces
    };
    ASSERT_TRUE(plant.until(hasMoved)) << plant.log();
    EXPECT_EQ(plant.busbar->logged("mqtt_connected session=0"), 2U) << plant.log();
    for (const Change& change : plant.view->changes)
        for (const auto& [path, value] : change.values)
            EXPECT_TRUE(path != "/Info/MaxChargeCurrent" || value.number().value_or(0.0) <= 50.0);
    EXPECT_TRUE(endsWell(plant, SIGTERM));
}

TEST(Reload, ABrokerThatIsNotThereIsALostLink) {
    Plant plant;
    plant.gx.add(kPackA);
    const Options quick = {{"hold_s", "1"}};
    ASSERT_TRUE(plant.startAndWait(quick)) << plant.log();
    const std::string owner = plant.view->owner(kService);
    const std::string good = plant.options["gx.url"];
    plant.options["gx.url"] = jsonText("mqtt://127.0.0.1:" + std::to_string(freePort()));
    plant.writeConfig(quick);
    plant.busbar->signal(SIGHUP);
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 0.0))) << plant.log();
    EXPECT_EQ(plant.view->owner(kService), owner);
    plant.options["gx.url"] = good;
    plant.writeConfig(quick);
    plant.busbar->signal(SIGHUP);
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 50.0))) << plant.log();
    EXPECT_EQ(plant.view->owner(kService), owner);
}

TEST(Reload, AnotherPlaceForTheOutputLeavesTheReadingsAlone) {
    Plant plant;
    plant.gx.add(kPackA);
    PrivateBroker first;
    PrivateBroker second;
    ASSERT_TRUE(plant.startAndWait({{"mqtt.url", jsonText(first.url())}})) << plant.log();
    const std::string owner = plant.view->owner(kService);
    TopicView old(first.url(), {"busbar/#"});
    ASSERT_TRUE(plant.until([&] { return old.last("busbar/home/status") == "online"; }));
    TopicView view(second.url(), {"busbar/#"});
    plant.writeConfig({{"mqtt.url", jsonText(second.url())}});
    plant.busbar->signal(SIGHUP);
    ASSERT_TRUE(plant.until([&] { return view.last("busbar/home/status") == "online"; }))
        << plant.log();
    EXPECT_TRUE(plant.until([&] { return view.has("busbar/home/bank/main/state"); }))
        << plant.log();
    EXPECT_TRUE(plant.until([&] { return old.last("busbar/home/status") == "offline"; }));
    EXPECT_EQ(plant.busbar->logged("mqtt_connected session=0"), 1U) << plant.log();
    EXPECT_EQ(plant.view->owner(kService), owner);
    EXPECT_TRUE(endsWell(plant, SIGTERM));
}

/// A step of 10 % takes six minutes here, one of 0.1 % four seconds.
TEST(Reload, TakesTheSavePaceOver) {
    Plant plant;
    Pack small = kPackA;
    small.capacity_Ah = 1.0;
    small.current_A = 1.0;
    plant.gx.add(small);
    Options options = {{"soc.source", R"("counter")"}, {"soc.save_step_pct", "10"}};
    ASSERT_TRUE(plant.startAndWait(options)) << plant.log();
    plant.goOn(seconds(3));
    const auto saved = [&plant] {
        const std::string state = contentOf(plant.dir.file("state/state.json"));
        const auto at = state.find("\"charge_Ah\":");
        return at == std::string::npos ? std::string() : state.substr(at, state.find(',', at) - at);
    };
    const std::string before = saved();
    ASSERT_NE(before, "");
    options["soc.save_step_pct"] = "0.1";
    plant.writeConfig(options);
    plant.busbar->signal(SIGHUP);
    EXPECT_TRUE(plant.until([&] { return saved() != before; })) << before << plant.log();
}

TEST(Reload, AnotherServiceNameRestarts) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    plant.writeConfig({{"dbus.service", R"("other")"}});
    plant.busbar->signal(SIGHUP);
    const std::string other = "com.victronenergy.battery.other";
    ASSERT_TRUE(plant.until([&] { return plant.isOnBus(other); })) << plant.log();
    EXPECT_FALSE(plant.isOnBus()) << "the old one is gone";
    EXPECT_EQ(plant.number("/Dc/0/Current", other), 10.0);
    EXPECT_FALSE(plant.busbar->hasEnded());
    EXPECT_TRUE(endsWell(plant, SIGTERM));
}

TEST(Kill, ARestartFindsEverythingAsItWas) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    plant.busbar->signal(SIGKILL);
    ASSERT_TRUE(plant.busbar->waitForEnd());
    ASSERT_TRUE(plant.until([&] { return !plant.isOnBus(); })) << "the daemon takes the name away";
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Current"), 10.0);
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 50.0);
}

} // namespace
} // namespace busbar::test
