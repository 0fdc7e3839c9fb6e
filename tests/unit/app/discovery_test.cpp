// SPDX-License-Identifier: MIT
// What a newcomer is shown of a GX, and the configuration to begin with.
#include "app/commands/discovery.hpp"
#include "app/commands/new_file.hpp"
#include "app/commands/starter_config.hpp"
#include "app/commands/sum_parts.hpp"
#include "config/issue.hpp"
#include "config/reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace busbar::discovery_test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Indices = std::vector<std::size_t>;

const std::vector<SumShare> kThree = {{10.0, 100.0}, {20.0, 200.0}, {7.0, 280.0}};

TEST(PartsOfSum, AllOfThem) {
    EXPECT_EQ(partsOfSum({37.0, 580.0}, kThree), (Indices{0, 1, 2}));
    EXPECT_EQ(partsOfSum({37.9, 583.0}, kThree), (Indices{0, 1, 2})) << "of another moment";
}

TEST(PartsOfSum, SomeOfThem) {
    EXPECT_EQ(partsOfSum({30.0, 300.0}, kThree), (Indices{0, 1}));
    EXPECT_EQ(partsOfSum({27.0, 480.0}, kThree), (Indices{1, 2}));
}

TEST(PartsOfSum, NothingWhereItCannotBeTold) {
    EXPECT_EQ(partsOfSum({55.0, 900.0}, kThree), std::nullopt) << "no selection";
    EXPECT_EQ(partsOfSum({10.0, 100.0}, kThree), std::nullopt) << "one is no sum";
    EXPECT_EQ(partsOfSum({}, kThree), std::nullopt) << "it says nothing";
    EXPECT_EQ(partsOfSum({10.0, {}}, {{5.0, {}}, {5.0, {}}, {5.0, {}}}), std::nullopt)
        << "several selections";
    EXPECT_EQ(partsOfSum({0.0, {}}, {{0.0, {}}, {0.0, {}}}), std::nullopt) << "nothing flows";
    EXPECT_EQ(partsOfSum({1.0, 1.0}, {}), std::nullopt);
    EXPECT_EQ(partsOfSum({1.0, 1.0}, {{1.0, 1.0}}), std::nullopt);
}

TEST(PartsOfSum, OneOfTwoValuesIsEnough) {
    EXPECT_EQ(partsOfSum({{}, 300.0}, kThree), (Indices{0, 1}));
    EXPECT_EQ(partsOfSum({37.0, {}}, {{10.0, {}}, {20.0, {}}, {7.0, {}}}), (Indices{0, 1, 2}));
    EXPECT_EQ(partsOfSum({100.0, 300.0}, kThree), std::nullopt) << "and the other may not differ";
}

TEST(PartsOfSum, ManyBatteriesEndWithin) {
    const std::vector<SumShare> many(64, SumShare{1.0, 10.0});
    EXPECT_EQ(partsOfSum({64.0, 640.0}, many)->size(), 64U);
    EXPECT_EQ(partsOfSum({32.0, 320.0}, many), std::nullopt);
    EXPECT_EQ(partsOfSum({65.0, 650.0}, std::vector<SumShare>(65, SumShare{1.0, 10.0})),
              std::nullopt);
}

FoundBattery found(double instance, const char* name, OutReason reason = OutReason::None) {
    FoundBattery battery{.values = {instance, name, "SerialBattery", "S1", "ttyUSB0", 52.8, 10.0,
                                    60.0, 56.0, 50.0, 80.0},
                         .reason = reason};
    battery.selector = "serial:S" + std::to_string(static_cast<int>(instance));
    return battery;
}

Discovery gxWith(std::vector<FoundBattery> batteries) {
    Discovery gx{.portalId = "c0619ab00001", .isComplete = true};
    gx.batteries = std::move(batteries);
    gx.settings = {{"dvcc", "DVCC", "off"}, {"battery_monitor", "Battery monitor", ""}};
    gx.obeys = "battery 1 (Pack A) controls the chargers";
    gx.advice = {{AdviceCode::DvccOff, "DVCC is off: switch it on"}};
    gx.devices = {{"solarcharger/288 (Roof)", 12.34}};
    return gx;
}

TEST(DiscoveryText, HasBatteriesDevicesSettingsAndWhatToDo) {
    FoundBattery sum = found(8, "Total", OutReason::Aggregate);
    sum.sums = {"Pack A", "Pack B"};
    const std::string text = discoveryText(gxWith({found(1, "Pack A"), sum}));
    EXPECT_THAT(text, StartsWith("GX c0619ab00001\n\n  Inst  Name"));
    EXPECT_THAT(text,
                AllOf(HasSubstr("52.80V"), HasSubstr("  yes  "), HasSubstr("  no: aggregate  "),
                      HasSubstr("Total (instance 8) would take no part: a sum of other batteries"),
                      HasSubstr("it seems to sum Pack A + Pack B"),
                      HasSubstr("Also on the DC side: solarcharger/288 (Roof) 12.3A\n"),
                      HasSubstr("DVCC  off\n"), HasSubstr("On this GX, battery 1 (Pack A)"),
                      HasSubstr("What to do:\n  * DVCC is off: switch it on\n"),
                      Not(HasSubstr("Battery monitor"))));
}

TEST(DiscoveryText, WhatOneLookCannotDecideIsNoVerdict) {
    FoundBattery one = found(1, "Pack A", OutReason::Aggregate);
    one.maybeSum = true;
    one.detail = "it may be the sum of Pack C and Pack D";
    const Discovery gx = gxWith({one, found(2, "Pack B")});
    EXPECT_THAT(discoveryText(gx), AllOf(HasSubstr("  not decided  "),
                                         HasSubstr("Pack A (instance 1): it may be the sum of"),
                                         Not(HasSubstr("would take no part"))));
    EXPECT_THAT(starterConfig({.url = "mqtt://x"}, {gx}, {}), HasSubstr("\"expected\": 2"));
}

TEST(DiscoveryText, NothingThatIsUnknownIsShownAsANumber) {
    FoundBattery battery = found(1, "Pack A");
    battery.values.at(5) = {};
    battery.values.at(8) = {};
    EXPECT_THAT(discoveryText(gxWith({battery})),
                AllOf(Not(HasSubstr("---")), Not(HasSubstr("0.00V"))));
}

TEST(DiscoveryText, AGxThatIsNotReadSaysWhy) {
    Discovery gx;
    gx.chain = chainToBatteries({.url = "mqtt://x", .isConnected = true});
    EXPECT_THAT(discoveryText(gx),
                AllOf(HasSubstr("portal id: the broker shows no N/"), HasSubstr("what to do: ")));
}

TEST(DiscoveryJson, IsOneObjectWithUnknownAsNull) {
    FoundBattery battery = found(1, "Pack \"A\"\xff");
    battery.values.at(5) = {};
    rapidjson::Document json;
    json.Parse(discoveriesJson("mqtt://x", {gxWith({battery}), Discovery{}}).c_str());
    ASSERT_TRUE(json.IsObject());
    ASSERT_EQ(json["gx"].Size(), 2U);
    const auto& one = json["gx"][0]["batteries"][0];
    EXPECT_EQ(one["instance"].GetInt(), 1);
    EXPECT_TRUE(one["voltage_V"].IsNull());
    EXPECT_EQ(one["current_A"].GetDouble(), 10.0);
    EXPECT_TRUE(one["takes_part"].GetBool());
    EXPECT_TRUE(json["gx"][0]["settings"]["battery_monitor"].IsNull());
    EXPECT_STREQ(json["gx"][0]["advice"][0]["code"].GetString(), "dvcc_off");
    EXPECT_FALSE(json["gx"][1]["complete"].GetBool());
}

/// Its text passes `check`; nothing otherwise.
std::optional<config::Config> readBack(const std::string& text) {
    config::ReadResult result = config::readConfig(text);
    EXPECT_TRUE(result.issues.empty()) << config::formatIssues("f", result.issues) << text;
    return result.config;
}

TEST(StarterConfig, PassesTheCheckWhateverIsFound) {
    for (const char* name : {"Pack A", "Pack \"A\"", "a\nb", "*/ // ,}", "\xff\xfe", "Päckchen"}) {
        FoundBattery battery = found(1, name);
        battery.selector = std::string("name:") + name;
        const auto config =
            readBack(starterConfig({.url = "mqtt://192.168.1.20"}, {gxWith({battery})}, {}));
        ASSERT_TRUE(config) << name;
        EXPECT_EQ(config->gx.portalId, "c0619ab00001");
        EXPECT_EQ(config->banks.front().bank.membership.expected, 1);
        EXPECT_TRUE(config->banks.front().bank.membership.takeAll);
        EXPECT_EQ(config->banks.front().dbus.bus, "none") << "it is another machine's GX";
    }
    ASSERT_TRUE(readBack(starterConfig({.url = "mqtt://x"}, {gxWith({})}, {}))) << "no battery";
}

TEST(StarterConfig, KeepsHowTheBrokerIsReached) {
    const auto config = readBack(starterConfig({.url = "mqtts://127.0.0.1",
                                                .user = "u",
                                                .passwordFile = "/etc/p\"w",
                                                .topicPrefix = "boat/"},
                                               {gxWith({found(1, "A")})}, {}));
    ASSERT_TRUE(config);
    EXPECT_EQ(config->gx.broker.user, "u");
    EXPECT_EQ(config->gx.broker.passwordFile, "/etc/p\"w");
    EXPECT_EQ(config->gx.topicPrefix, "boat/");
    EXPECT_EQ(config->banks.front().dbus.bus, "system") << "this machine's";
}

TEST(StarterConfig, SeveralGxDevicesAreSites) {
    Discovery other = gxWith({found(2, "B")});
    other.portalId = "c0619ab00002";
    Discovery silent;
    silent.portalId = "c0619ab00003";
    const auto config =
        readBack(starterConfig({.url = "mqtt://x"}, {gxWith({found(1, "A")}), other, silent}, {}));
    ASSERT_TRUE(config);
    const auto sites = sitesOf(*config);
    ASSERT_EQ(sites.size(), 2U) << "one that said nothing is left out";
    EXPECT_EQ(sites[1].gx.portalId, "c0619ab00002");
}

TEST(WriteNewFile, NeverOverWhatIsThere) {
    std::string pattern = (std::filesystem::temp_directory_path() / "busbar-new-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    const std::filesystem::path folder = pattern;
    const std::string file = folder / "busbar.json";
    EXPECT_EQ(writeNewFile(file, "one"), "");
    EXPECT_THAT(writeNewFile(file, "two"), HasSubstr("is there already"));
    EXPECT_EQ(std::filesystem::file_size(file), 3U);
    std::filesystem::create_symlink(folder / "elsewhere", folder / "link");
    EXPECT_NE(writeNewFile(folder / "link", "x"), "");
    EXPECT_FALSE(std::filesystem::exists(folder / "elsewhere"));
    EXPECT_THAT(writeNewFile("/nowhere/busbar.json", "x"), HasSubstr("No such file"));
    EXPECT_NE(writeNewFile(folder, "x"), "") << "a folder";
    std::filesystem::remove_all(folder);
}

} // namespace
} // namespace busbar::discovery_test
