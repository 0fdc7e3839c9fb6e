// SPDX-License-Identifier: MIT
// The program between a real broker and a real bus: values, limits, names, portals, state.
#include "plant.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace busbar::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

TEST(EndToEnd, MergesTwoPacksAndSaysWhoLimits) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    ASSERT_TRUE(plant.until(plant.shows("/Dc/0/Current", 30.0))) << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Voltage"), 52.8);
    EXPECT_EQ(plant.number("/Dc/0/Power"), 1584.0);
    EXPECT_EQ(plant.number("/Soc"), 70.0);
    EXPECT_EQ(plant.number("/InstalledCapacity"), 200.0);
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 80.0);
    EXPECT_EQ(plant.text("/Info/ChargeLimitation"), "member B");
    EXPECT_EQ(plant.number("/Info/MaxDischargeCurrent"), 160.0);
    EXPECT_EQ(plant.text("/Info/DischargeLimitation"), "member A");
    EXPECT_EQ(plant.number("/Info/MaxChargeVoltage"), 55.5);
    EXPECT_EQ(plant.number("/System/NrOfModulesOnline"), 2.0);
    EXPECT_EQ(plant.text("/System/MaxVoltageCellId"), "B/C4");
    EXPECT_TRUE(plant.isUnknown("/TimeToGo")) << "it is charging";
    EXPECT_EQ(plant.text("/Mgmt/ProcessName"), "busbar");
    EXPECT_EQ(plant.number("/DeviceInstance"), 0.0);
}

TEST(EndToEnd, ComesToTheBusWithAllItsValues) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    plant.start();
    Values first;
    ASSERT_TRUE(plant.until([&] {
        first = plant.view->items(kService);
        return !first.empty();
    })) << plant.log();
    EXPECT_EQ(first["/Dc/0/Current"], Value(30.0)) << "never a bank of one pack only";
    EXPECT_EQ(first["/Info/MaxChargeCurrent"], Value(80.0));
    EXPECT_EQ(first["/System/NrOfModulesOffline"], Value(0.0));
}

/// How often the loop has gone to sleep.
std::size_t sleepsOfLoop(pid_t process) {
    const std::string id = std::to_string(process);
    const std::string status = contentOf("/proc/" + id + "/task/" + id + "/status");
    constexpr std::string_view kName = "\nvoluntary_ctxt_switches:";
    const std::size_t at = status.find(kName);
    return at == std::string::npos ? 0 : std::stoul(status.substr(at + kName.size()));
}

/// Messages of one of two packs, 20 ms apart: how often they have woken the loop, of how many.
constexpr std::size_t kMessages = 200;
std::size_t wakeUpsBy(Plant& plant, const std::function<void(double step)>& say) {
    const std::size_t before = sleepsOfLoop(plant.busbar->pid());
    for (std::size_t i = 1; i <= kMessages; ++i) {
        say(static_cast<double>(i));
        plant.goOn(milliseconds(20));
    }
    return sleepsOfLoop(plant.busbar->pid()) - before;
}

TEST(EndToEnd, MessagesGatherForTheCycle) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    ASSERT_TRUE(plant.startAndWait({{"cycle_ms", "1000"}})) << plant.log();
    ASSERT_GT(sleepsOfLoop(plant.busbar->pid()), 0U);
    const auto say = [&plant](double step) { plant.gx.set(1, "/Soc", 60.0 + 0.1 * step); };
    EXPECT_LT(wakeUpsBy(plant, say), kMessages / 2) << "not once for each of them";
    EXPECT_TRUE(plant.until(plant.shows("/Soc", 80.0))) << plant.log();
}

TEST(EndToEnd, FallsThatBindNothingGatherAsWell) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    ASSERT_TRUE(plant.startAndWait({{"cycle_ms", "1000"}})) << plant.log();
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxDischargeCurrent", 160.0))) << plant.log();
    const auto say = [&plant](double step) {
        plant.gx.set(2, "/Info/MaxDischargeCurrent", 100.0 - 0.05 * step); // A's 80 A bind
    };
    EXPECT_LT(wakeUpsBy(plant, say), kMessages / 2) << "not once for each of them";
    EXPECT_EQ(plant.number("/Info/MaxDischargeCurrent"), 160.0);
}

TEST(EndToEnd, OneSignalPerCycleWithWhatChanged) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    ASSERT_TRUE(plant.startAndWait({{"cycle_ms", "400"}})) << plant.log();
    ASSERT_TRUE(plant.until(plant.shows("/Dc/0/Current", 30.0)));
    plant.view->changes.clear();
    const auto start = std::chrono::steady_clock::now();
    constexpr int kRounds = 3;
    for (int round = 1; round <= kRounds; ++round) {
        plant.gx.set(1, "/Dc/0/Current", 10.0 + round);
        plant.gx.set(1, "/Dc/0/Voltage", 52.8 + 0.1 * round);
        plant.gx.set(2, "/Dc/0/Voltage", 52.8 + 0.1 * round);
        plant.gx.set(2, "/Soc", 80.0 + round);
        ASSERT_TRUE(plant.until(plant.shows("/Dc/0/Current", 30.0 + round))) << plant.log();
    }
    // Signals are a cycle apart at their sender, however slow the machine is.
    const auto cycles = (std::chrono::steady_clock::now() - start) / milliseconds(400);
    plant.goOn(milliseconds(1500)); // nothing changes: nothing is said
    EXPECT_LE(plant.view->changes.size(), static_cast<std::size_t>(cycles + 2));
    std::set<double> currents;
    for (const Change& change : plant.view->changes) {
        EXPECT_EQ(change.sender, plant.view->owner(kService));
        EXPECT_FALSE(change.values.contains("/Info/MaxChargeCurrent")) << "it did not change";
        EXPECT_LT(change.values.size(), 10U);
        const auto current = change.values.find("/Dc/0/Current");
        if (current == change.values.end())
            continue;
        EXPECT_TRUE(currents.insert(current->second.number().value_or(0.0)).second) << "said twice";
    }
    EXPECT_EQ(currents.size(), static_cast<std::size_t>(kRounds));
}

TEST(EndToEnd, ACutLimitDoesNotWaitForTheCycle) {
    Plant plant;
    plant.gx.add(kPackA);
    Pack calm = kPackB;
    calm.current_A = 1.0; // below all that it will be allowed
    plant.gx.add(calm);
    ASSERT_TRUE(plant.startAndWait({{"cycle_ms", "5000"}})) << plant.log();
    // Each follows what the one before has led to, so of cuts that wait for the cycle, which comes
    // with each second at the latest, all but the first take a whole second.
    constexpr int kCuts = 12;
    constexpr std::chrono::seconds kTick{1};
    const auto start = std::chrono::steady_clock::now();
    for (int left = kCuts; left > 0; --left) {
        plant.gx.set(2, "/Info/MaxChargeCurrent", left);
        ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 2.0 * left)));
    }
    EXPECT_LT(std::chrono::steady_clock::now() - start, (kCuts - 2) * kTick);
    EXPECT_EQ(plant.text("/Info/ChargeLimitation"), "member B");
}

TEST(EndToEnd, ACustomNameSurvivesRestartsWithoutLocalsettings) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    EXPECT_EQ(plant.view->setText(kService, "/CustomName", "Große Bank ⚡"), 0);
    EXPECT_EQ(plant.text("/CustomName"), "Große Bank ⚡");
    plant.busbar->signal(SIGKILL); // no time to save anything
    ASSERT_TRUE(plant.busbar->waitForEnd());
    ASSERT_TRUE(plant.until([&] { return !plant.isOnBus(); }));
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    EXPECT_EQ(plant.text("/CustomName"), "Große Bank ⚡");
}

TEST(EndToEnd, FindsThePortalIdByItself) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait({{"gx.portal_id", R"("auto")"}})) << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Current"), 10.0);
}

TEST(EndToEnd, ReadsBelowATopicPrefix) {
    Plant plant({.gx = {.portalId = kPortal, .topicPrefix = "sites/boat/"}});
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait(
        {{"gx.topic_prefix", R"("sites/boat/")"}, {"gx.portal_id", R"("auto")"}}))
        << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Current"), 10.0);
}

TEST(EndToEnd, TwoGxDevicesOnOneBrokerAreNamedAndOneCanBeChosen) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.settle());
    ASSERT_TRUE(
        plant.gx.publish("N/c0619ab00002/system/0/Serial", R"({"value":"c0619ab00002"})", true));
    ASSERT_TRUE(plant.settle());
    plant.start({{"gx.portal_id", R"("auto")"}});
    ASSERT_TRUE(plant.until(plant.says("portal_id_ambiguous"))) << plant.log();
    EXPECT_THAT(plant.log(), HasSubstr("c0619ab00001, c0619ab00002"));
    EXPECT_THAT(plant.log(), HasSubstr("gx.portal_id"));
    EXPECT_FALSE(plant.isOnBus()) << "none of them is a guess";
    plant.writeConfig();
    plant.busbar->signal(SIGHUP);
    EXPECT_TRUE(plant.until([&] { return plant.isOnBus(); })) << plant.log();
}

TEST(EndToEnd, OddNamesCostNothing) {
    Plant plant;
    Pack odd = kPackA;
    odd.name = R"(Keller/"links" 🔋\)";
    plant.gx.add(odd);
    Pack nameless = kPackB;
    nameless.name = "";
    plant.gx.add(nameless);
    plant.gx.set(2, "/Voltages/Cell1", 3.3);
    plant.gx.set(1, "/Voltages/Cell1", 3.31);
    ASSERT_TRUE(plant.startAndWait({{"publish.cells", "true"}})) << plant.log();
    ASSERT_TRUE(plant.until(plant.shows("/Dc/0/Current", 30.0))) << plant.log();
    EXPECT_EQ(plant.text("/Info/DischargeLimitation"), R"(member Keller/"links" 🔋\)");
    EXPECT_EQ(plant.text("/Info/ChargeLimitation"), "member Test battery") << "the product's name";
    const Values items = plant.view->items(kService);
    EXPECT_TRUE(items.contains("/Voltages/Keller_links_Cell1"));
    EXPECT_TRUE(items.contains("/Voltages/Test_battery_Cell1"));
}

TEST(EndToEnd, TheStateFolderIsMadeWithItsParents) {
    Plant plant;
    plant.gx.add(kPackA);
    const std::string folder = plant.dir.file("not/there/yet");
    ASSERT_TRUE(plant.startAndWait({{"state_dir", jsonText(folder)}})) << plant.log();
    EXPECT_EQ(plant.view->setText(kService, "/CustomName", "House"), 0);
    EXPECT_TRUE(plant.until([&] { return std::filesystem::exists(folder + "/state.json"); }))
        << plant.log();
    EXPECT_THAT(plant.log(), Not(HasSubstr("state_")));
}

TEST(EndToEnd, AStateFolderThatCannotBeWrittenIsSaidOnce) {
    Plant plant;
    plant.gx.add(kPackA);
    const std::string file = plant.dir.write("a_file", "");
    ASSERT_TRUE(plant.startAndWait({{"state_dir", jsonText(file + "/state")}})) << plant.log();
    EXPECT_EQ(plant.view->setText(kService, "/CustomName", "House"), 0);
    ASSERT_TRUE(plant.until(plant.says("state_not_saved"))) << plant.log();
    EXPECT_EQ(plant.view->setText(kService, "/CustomName", "House 2"), 0);
    plant.gx.set(1, "/Dc/0/Current", 11.0);
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 11.0))) << "everything else goes on";
    EXPECT_EQ(plant.text("/CustomName"), "House 2");
    EXPECT_EQ(plant.busbar->logged("state_not_saved"), 1U) << plant.log();
    EXPECT_THAT(plant.log(), HasSubstr(file)) << "names the place";
}

TEST(EndToEnd, AForeignStateFileIsKeptAside) {
    Plant plant;
    plant.gx.add(kPackA);
    std::filesystem::create_directory(plant.dir.file("state"));
    plant.dir.write("state/state.json", "{\"busbar_st");
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    EXPECT_EQ(plant.busbar->logged("state_ignored"), 1U) << plant.log();
    EXPECT_EQ(contentOf(plant.dir.file("state/state.json.bad-1")), "{\"busbar_st");
}

} // namespace
} // namespace busbar::test
