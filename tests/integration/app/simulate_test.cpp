// SPDX-License-Identifier: MIT
// `busbar simulate`: a bank on a real broker, in a loop with Busbar, and in process.
#include "plant.hpp"
#include "support/wait.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <csignal>
#include <filesystem>

namespace busbar::test {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kPortalOfBank = "simulated";

/// Noon, half full: there is sun and room for it.
std::vector<std::string> sunnyBank(const Plant& plant, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {
        "simulate",    "--url", plant.broker.url(), "--seed", "16",           "--packs", "3",
        "--chemistry", "lfp",   "--speed",          "20",     "--start-hour", "12"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

const Options kReadsTheBank = {{"gx.portal_id", jsonText(kPortalOfBank)}};

TEST(Simulate, EveryPackIsReadAndValuesMove) {
    Plant plant;
    const BusbarProcess gx(sunnyBank(plant));
    const BusbarProcess reader({"run", "--dry-run", "--config", plant.writeConfig(kReadsTheBank)});
    ASSERT_TRUE(plant.until([&] {
        return countOf(reader.output(), R"("path":"/System/NrOfBatteries","value":3)") > 0 &&
               countOf(reader.output(), R"("path":"/Dc/0/Current")") > 5;
    })) << reader.log()
        << gx.log();
    EXPECT_EQ(gx.logged("a plain rule"), 1U) << gx.log();
}

/// Broker, bus, simulated bank and Busbar, which is the bank's controlling battery.
class Loop : public ::testing::Test {
protected:
    Loop() : simulatedGx(sunnyBank(plant, {"--bus", plant.bus.address(), "--service", kService})) {}

    void startWith(double most_A) {
        ASSERT_TRUE(plant.startAndWait(optionsWith(most_A))) << plant.log();
    }
    void reloadWith(double most_A) {
        plant.writeConfig(optionsWith(most_A));
        plant.busbar->signal(SIGHUP);
    }
    void setFeedIn(bool isOn) {
        ASSERT_TRUE(plant.settle());
        ASSERT_TRUE(plant.gx.publish(std::string("W/") + kPortalOfBank +
                                         "/settings/0/Settings/CGwacs/OvervoltageFeedIn",
                                     isOn ? R"({"value":1})" : R"({"value":0})"));
    }
    /// The bank's current on the bus gets there.
    [[nodiscard]] bool charges(double from_A, double to_A) {
        return plant.until([&] {
            const auto is_A = plant.number("/Dc/0/Current");
            return is_A && *is_A >= from_A && *is_A <= to_A;
        });
    }
    [[nodiscard]] std::string logs() const { return plant.log() + simulatedGx.log(); }

    Plant plant;
    BusbarProcess simulatedGx;

private:
    static Options optionsWith(double most_A) {
        Options options = kReadsTheBank;
        options["limits.max_charge_A"] = std::to_string(most_A);
        return options;
    }
};

TEST_F(Loop, ChargersFollowTheLimitOfTheBatteryOnTheBus) {
    startWith(30.0);
    ASSERT_TRUE(charges(26.0, 34.0)) << logs();
    EXPECT_EQ(simulatedGx.logged("controlling_battery_found"), 1U) << logs();
    reloadWith(10.0);
    ASSERT_TRUE(charges(7.0, 13.0)) << logs();
}

TEST_F(Loop, ChargersStopSomeTimeAfterTheBatteryIsGone) {
    startWith(30.0);
    ASSERT_TRUE(charges(26.0, 34.0)) << logs();
    plant.busbar->signal(SIGTERM);
    ASSERT_TRUE(plant.until([&] { return simulatedGx.logged("controlling_battery_lost") == 1; }))
        << logs();
    const BusbarProcess reader({"run", "--dry-run", "--config", plant.writeConfig(kReadsTheBank)});
    ASSERT_TRUE(plant.until([&] {
        return countOf(reader.output(), R"("path":"/Dc/0/Current","value":-)") > 0;
    })) << logs();
}

TEST_F(Loop, AWriteOfTheFeedInSettingSwitchesTheBanksFeedIn) {
    startWith(10.0);
    ASSERT_TRUE(charges(7.0, 13.0)) << logs();
    setFeedIn(true);
    ASSERT_TRUE(charges(40.0, 10000.0)) << "the limit has no effect now\n" << logs();
    setFeedIn(false);
    ASSERT_TRUE(charges(7.0, 13.0)) << logs();
}

TEST(Simulate, EndsWithItsTerminal) {
    PrivateBroker broker;
    BusbarProcess gx({"simulate", "--url", broker.url(), "--seed", "16"});
    ASSERT_TRUE(waitUntil([&] { return gx.logged("mqtt_connected") == 1; })) << gx.log();
    gx.signal(SIGHUP);
    const auto end = gx.waitForEnd();
    ASSERT_TRUE(end);
    EXPECT_EQ(end->exitCode, 0);
}

TEST(Simulate, SaysAtTheEndWhatTheBankDid) {
    Plant plant;
    BusbarProcess gx(sunnyBank(plant, {"--seconds", "1"}));
    ASSERT_TRUE(gx.waitForEnd()) << gx.log();
    EXPECT_THAT(gx.output(),
                AllOf(HasSubstr("What the simulated bank did in "), HasSubstr("Ah charged"),
                      HasSubstr("BMS trips by charging and discharging: ")));
}

const std::vector<std::string> kOneDay = {"simulate", "--closed-loop", "--days", "1", "--seed",
                                          "3",        "--packs",       "1"};

std::vector<std::string> oneDay(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = kOneDay;
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

TEST(ClosedLoop, PrintsAReport) {
    const Finished result = runBusbar(kOneDay);
    ASSERT_EQ(result.exitCode, 0) << result.errors;
    EXPECT_THAT(result.output, AllOf(HasSubstr("seed 3, 1 pack,"), HasSubstr("The whole time")));
    EXPECT_EQ(result.errors, "") << "no progress where there is no terminal";
}

TEST(ClosedLoop, AFileThatEndsLikeThatGetsJson) {
    const ScratchDir dir;
    const Finished result = runBusbar(oneDay({"--report", dir.file("r.json")}));
    ASSERT_EQ(result.exitCode, 0) << result.errors;
    EXPECT_EQ(result.output, "");
    rapidjson::Document json;
    json.Parse(contentOf(dir.file("r.json")).c_str());
    ASSERT_TRUE(json.IsObject());
    EXPECT_EQ(json["days"].Size(), 1U);
    EXPECT_EQ(runBusbar(oneDay({"--json"})).output, contentOf(dir.file("r.json")));
}

TEST(ClosedLoop, TheConfigurationControls) {
    const ScratchDir dir;
    const std::string config =
        dir.write("busbar.json", R"({"limits": {"max_charge_A": 5, "max_discharge_A": 7}})");
    const Finished result = runBusbar(oneDay({"--config", config, "--json"}));
    ASSERT_EQ(result.exitCode, 0) << result.errors;
    rapidjson::Document json;
    json.Parse(result.output.c_str());
    ASSERT_TRUE(json.IsObject());
    EXPECT_STREQ(json["days"][0]["causes"][0]["cause"].GetString(), "ceiling");
    EXPECT_LT(json["whole"]["charged_Ah"].GetDouble(), 24.0 * 6.0);
}

TEST(ClosedLoop, SaysWhatItCannotReadOrWrite) {
    const Finished config = runBusbar(oneDay({"--config", "/nowhere/busbar.json"}));
    EXPECT_EQ(config.exitCode, 3);
    EXPECT_THAT(config.errors, HasSubstr("/nowhere/busbar.json"));
    const Finished report = runBusbar(oneDay({"--report", "/nowhere/r.txt"}));
    EXPECT_EQ(report.exitCode, 1);
    EXPECT_THAT(report.errors, HasSubstr("cannot write the report /nowhere/r.txt: No such file"));
}

TEST(ClosedLoop, CanBeInterrupted) {
    BusbarProcess loop({"simulate", "--closed-loop", "--days", "3650"});
    ASSERT_FALSE(loop.waitForEnd(std::chrono::milliseconds(500)));
    loop.signal(SIGINT);
    const auto end = loop.waitForEnd();
    ASSERT_TRUE(end);
    EXPECT_EQ(end->signal, SIGINT);
}

} // namespace
} // namespace busbar::test
