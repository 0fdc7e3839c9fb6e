// SPDX-License-Identifier: MIT
// `busbar discover` at brokers with one GX, several, none, and one that lets nobody in.
#include "plant.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <filesystem>
#include <string>
#include <vector>

namespace busbar::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// While the GX of the plant goes on.
Finished discovered(Plant& plant, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"discover", "--url", plant.broker.url()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    BusbarProcess discover(arguments);
    EXPECT_TRUE(plant.until([&] { return discover.hasEnded(); }));
    const auto end = discover.waitForEnd();
    return {end ? end->exitCode : -1, discover.output(), discover.log()};
}

/// A shunt, and a sum as dbus-aggregate-batteries publishes it.
void addOthers(Plant& plant) {
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    plant.gx.set(9, "/DeviceInstance", 9.0);
    plant.gx.set(9, "/ProductName", "SmartShunt");
    plant.gx.set(9, "/Dc/0/Voltage", 52.8);
    plant.gx.set(9, "/Dc/0/Current", 29.5);
    Pack sum{.instance = 8, .name = "Aggregated", .current_A = 30.0, .capacity_Ah = 200.0};
    plant.gx.add(sum);
    plant.gx.set(8, "/ProductId", 47684.0);
    plant.gx.setSetting("/Settings/Services/Bol", 0);
}

TEST(Discover, ListsBatteriesWhoTakesPartAndWhatToDo) {
    Plant plant;
    addOthers(plant);
    ASSERT_TRUE(plant.settle());
    const Finished result = discovered(plant);
    EXPECT_EQ(result.exitCode, 0) << result.errors;
    EXPECT_THAT(result.output, AllOf(HasSubstr(std::string("GX ") + kPortal), HasSubstr("52.80V"),
                                     HasSubstr("no: shunt"), HasSubstr("no: aggregate"),
                                     HasSubstr("it seems to sum A + B"), HasSubstr("DVCC is off")));
    EXPECT_FALSE(plant.isOnBus()) << "publishes nothing";
}

TEST(Discover, IsForProgramsToo) {
    Plant plant;
    addOthers(plant);
    ASSERT_TRUE(plant.settle());
    const Finished result = discovered(plant, {"--json"});
    rapidjson::Document json;
    json.Parse(result.output.c_str());
    ASSERT_TRUE(json.IsObject()) << result.output << result.errors;
    const auto& gx = json["gx"][0];
    EXPECT_STREQ(gx["portal_id"].GetString(), kPortal);
    EXPECT_EQ(gx["batteries"].Size(), 4U);
    EXPECT_STREQ(gx["settings"]["dvcc"].GetString(), "off");
    EXPECT_TRUE(gx["problem"].IsNull());
}

TEST(Discover, WritesAConfigurationThatPassesTheCheckAndNothingOverIt) {
    Plant plant;
    addOthers(plant);
    ASSERT_TRUE(plant.settle());
    const std::string file = plant.dir.file("new.json");
    EXPECT_EQ(discovered(plant, {"--write", file}).exitCode, 0);
    const Finished check = runBusbar({"check", file});
    EXPECT_EQ(check.exitCode, 0) << check.output << contentOf(file);
    EXPECT_THAT(contentOf(file), AllOf(HasSubstr("\"expected\": 2"), HasSubstr("takes part"),
                                       HasSubstr("// To do: DVCC is off")));
    const std::string before = contentOf(file);
    const Finished again = discovered(plant, {"--write", file});
    EXPECT_EQ(again.exitCode, 1);
    EXPECT_THAT(again.errors, HasSubstr("is there already"));
    EXPECT_EQ(contentOf(file), before);
    const Finished nowhere = discovered(plant, {"--write", "/nowhere/new.json"});
    EXPECT_EQ(nowhere.exitCode, 1);
    EXPECT_THAT(nowhere.errors, HasSubstr("cannot write /nowhere/new.json: No such file"));
}

TEST(Discover, SeveralGxDevicesAtOneBroker) {
    Plant plant;
    plant.gx.add(kPackA);
    mqtt::BrokerSettings broker;
    broker.url = plant.broker.url();
    SimulatedGx other(broker, {.portalId = "c0619ab00002"});
    other.add(kPackB);
    ASSERT_TRUE(plant.settle());
    BusbarProcess discover({"discover", "--url", plant.broker.url()});
    EXPECT_TRUE(plant.until([&] {
        other.pump();
        return discover.hasEnded();
    }));
    EXPECT_THAT(discover.output(),
                AllOf(HasSubstr(std::string("GX ") + kPortal), HasSubstr("GX c0619ab00002")))
        << discover.log();
}

TEST(Discover, ABrokerThatIsNotThere) {
    const Finished result = runBusbar({"discover", "--url", "mqtt://127.0.0.1:9"});
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.output,
                AllOf(HasSubstr("port: connection refused"), HasSubstr("what to do")));
}

TEST(Discover, AnAddressThatIsNone) {
    const Finished result = runBusbar({"discover", "--url", "http://192.168.1.20"});
    EXPECT_EQ(result.exitCode, 2);
    EXPECT_THAT(result.errors, testing::StartsWith("busbar: --url: write mqtt:// instead of "))
        << "as typed, and without a place in a file that nobody has seen";
    const Finished pin = runBusbar({"discover", "--fingerprint", "AB:CD"});
    EXPECT_EQ(pin.exitCode, 2);
    EXPECT_THAT(pin.errors, testing::StartsWith("busbar: --fingerprint: "));
    const std::string digits(64, 'a');
    const Finished pasted = runBusbar({"discover", "--url", "mqtts://127.0.0.1:9", "--fingerprint",
                                       "sha256 Fingerprint=" + digits, "--seconds", "1"});
    EXPECT_EQ(pasted.exitCode, 1) << "the line that openssl prints is one: " << pasted.errors;
}

TEST(Discover, ABrokerWithoutAGx) {
    PrivateBroker broker;
    const Finished result = runBusbar({"discover", "--url", broker.url(), "--seconds", "3"});
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.output, HasSubstr("portal id: the broker shows no N/"));
}

TEST(Discover, AGxWithoutABattery) {
    Plant plant;
    ASSERT_TRUE(plant.settle());
    const Finished result = discovered(plant, {"--write", plant.dir.file("new.json")});
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.output, HasSubstr("batteries: the GX shows no battery"));
}

TEST(Discover, AWrongPassword) {
    PrivateBroker broker({.user = "gx", .password = "right-5309"});
    const ScratchDir dir;
    const Finished result =
        runBusbar({"discover", "--url", broker.url(), "--user", "gx", "--password-file",
                   dir.write("secret", "wrong-8675\n"), "--write", dir.file("new.json")});
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.output, HasSubstr("login: user or password refused"));
    EXPECT_THAT(result.output + result.errors, Not(HasSubstr("8675")));
    EXPECT_FALSE(std::filesystem::exists(dir.file("new.json")));
}

} // namespace
} // namespace busbar::test
