// SPDX-License-Identifier: MIT
// Which options a running program takes over, and how.
#include "app/run/reload_plan.hpp"
#include "app/site/site.hpp"
#include "config/option_table.hpp"
#include "config/output.hpp"
#include "config/reader.hpp"
#include "mqtt/session/broker_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>

namespace busbar::reload_plan_test {
namespace {

config::Config read(const std::string& text) {
    auto result = config::readConfig(text);
    EXPECT_TRUE(result.config) << config::formatIssues("f", result.issues);
    return result.config.value_or(config::Config{});
}

ReloadPlan planFrom(const std::string& running, const std::string& wanted) {
    return planReload(read(running), read(wanted));
}

constexpr ReloadPlan kInPlace{};
constexpr ReloadPlan kRestart{.restart = true};
constexpr ReloadPlan kReadings{.restart = false, .readings = true, .output = false};
constexpr ReloadPlan kOutput{.restart = false, .readings = false, .output = true};
constexpr ReloadPlan kBoth{.restart = false, .readings = true, .output = true};

TEST(ReloadPlan, NothingNewChangesNothing) {
    EXPECT_EQ(planFrom("{}", "{}"), kInPlace);
}

TEST(ReloadPlan, SettingsOfBanksDvccLogAndCycleAreTakenOverInPlace) {
    for (const char* text :
         {R"({"limits":{"max_charge_A":25}})", R"({"meters":{"save_every_s":60}})",
          R"({"control":"dvcc"})", R"({"log_level":"debug"})", R"({"cycle_ms":100})",
          R"({"feed_in":{"control":true}})", R"({"http":{"listen":"127.0.0.1:8088"}})"})
        EXPECT_EQ(planFrom("{}", text), kInPlace) << text;
}

TEST(ReloadPlan, WhatIsOnTheBusAndWhereTheStateIsRestart) {
    for (const char* text :
         {R"({"id":"x"})", R"({"name":"x"})", R"({"site":"x"})", R"({"state_dir":"/x"})",
          R"({"dbus":{"service":"x"}})", R"({"banks":[{"id":"a"},{"id":"b"}]})"})
        EXPECT_EQ(planFrom("{}", text), kRestart) << text;
}

TEST(ReloadPlan, WhatABatteryIsMadeOfIsTakenOverInPlace) {
    const std::string running = R"({"made":[{"id":"s","series":["name:A","name:B"]},)"
                                R"({"id":"in","bank":{"batteries":["name:C"]}}]})";
    EXPECT_EQ(planFrom(running, R"({"made":[{"id":"s","series":["name:A","name:X"]},)"
                                R"({"id":"in","bank":{"batteries":["name:D"],"hold_s":5}}]})"),
              kInPlace);
    EXPECT_EQ(planFrom(running, R"({"made":[{"id":"t","series":["name:A","name:B"]},)"
                                R"({"id":"in","bank":{"batteries":["name:C"]}}]})"),
              kRestart);
    EXPECT_EQ(planFrom(running, R"({"made":[{"id":"s","series":["name:A","name:B"]}]})"), kRestart);
    EXPECT_EQ(planFrom("{}", R"({"made":[{"id":"s","series":["name:A","name:B"]}]})"), kRestart);
}

TEST(ReloadPlan, AnotherBrokerOfTheGxIsAnotherSession) {
    const std::string own = R"("mqtt":{"url":"mqtt://own"}})";
    EXPECT_EQ(planFrom("{" + own, R"({"gx":{"url":"mqtt://new"},)" + own), kReadings);
    EXPECT_EQ(planFrom("{" + own, R"({"gx":{"user":"u"},)" + own), kReadings);
    EXPECT_EQ(planFrom("{}", R"({"gx":{"url":"mqtt://new"}})"), kBoth)
        << "the output is published there";
}

TEST(ReloadPlan, AnotherOutputLeavesTheReadingsAloneUnlessTheyShareASession) {
    const std::string own = R"({"mqtt":{"url":"mqtt://own")";
    EXPECT_EQ(planFrom(own + "}}", own + R"(,"base":"x"}})"), kOutput);
    EXPECT_EQ(planFrom(own + "}}", R"({"mqtt":{"url":"mqtt://new"}})"), kOutput);
    EXPECT_EQ(planFrom(own + "}}", own + R"(},"driver_json":{"topic":"x"}})"), kOutput);
    EXPECT_EQ(planFrom("{}", R"({"mqtt":{"base":"x"}})"), kBoth);
    EXPECT_EQ(planFrom("{}", own + "}}"), kBoth) << "the last will leaves that session";
    EXPECT_EQ(planFrom(own + "}}", "{}"), kBoth);
}

// ---- every option

std::string nested(std::string_view key, const std::string& value) {
    const auto dot = key.find('.');
    std::string text = "{\"" + std::string(key.substr(0, dot)) + "\":";
    text += dot == std::string_view::npos ? value : nested(key.substr(dot + 1), value);
    return text + "}";
}

bool beginsWithAny(std::string_view key, std::initializer_list<std::string_view> beginnings) {
    return std::ranges::any_of(beginnings,
                               [key](std::string_view each) { return key.starts_with(each); });
}

ReloadPlan expectedOf(std::string_view key) {
    if (key == "id" || key == "name" || beginsWithAny(key, {"site", "state_dir", "dbus."}))
        return kRestart;
    if (beginsWithAny(key, {"gx.", "mqtt.", "homeassistant.", "venus.", "driver_json."}))
        return kBoth;
    return kInPlace;
}

/// Also that a running site has every setting of a bank as the new configuration has it.
void expectTakenOver(const config::Config& running, const config::Config& wanted,
                     std::string_view key) {
    const auto take = [](const auto&) { return true; };
    Site site(running, {take, take, [](const auto&, const auto&) { return true; }}, "x");
    site.setSettings(wanted, {});
    config::Config taken = wanted;
    for (std::size_t i = 0; i < taken.banks.size(); ++i)
        taken.banks[i].bank = site.banks()[i].settings();
    EXPECT_EQ(config::effectiveConfig(taken), config::effectiveConfig(wanted)) << key;
}

/// What the check accepts, a session accepts.
void expectThatSessionsCanBeHad(const config::Config& config) {
    const std::string text = config::effectiveConfig(config);
    const bool hasOwn = !config.output.broker.url.empty();
    EXPECT_EQ(config.gx.vrm ? "" : mqtt::brokerError(config.gx.broker), "") << text;
    EXPECT_EQ(hasOwn ? mqtt::brokerError(config.output.broker) : "", "") << text;
}

TEST(ReloadPlan, OfEveryOptionIsTheOneOfItsKind) {
    const auto values = std::to_array<std::string>({"true",
                                                    "false",
                                                    "0",
                                                    "1",
                                                    "5",
                                                    "7.5",
                                                    "21",
                                                    "64",
                                                    "100",
                                                    "300",
                                                    "3.4",
                                                    R"("a")",
                                                    R"("a/")",
                                                    R"("count")",
                                                    R"("counter")",
                                                    R"("dvcc")",
                                                    R"("debug")",
                                                    R"("mqtt://h")",
                                                    R"(["name:A"])",
                                                    R"([{"match":"name:A","capacity_Ah":5}])"});
    const config::Config running = read("{}");
    std::set<std::string_view> seen;
    for (const config::Option& option : config::kOptions)
        for (const std::string& value : values) {
            const auto wanted = config::readConfig(nested(option.key, value)).config;
            if (!wanted || config::effectiveConfig(*wanted) == config::effectiveConfig(running))
                continue;
            seen.insert(option.key);
            expectThatSessionsCanBeHad(*wanted);
            const ReloadPlan plan = planReload(running, *wanted);
            EXPECT_EQ(plan, expectedOf(option.key)) << option.key << " " << value;
            if (plan == kInPlace)
                expectTakenOver(running, *wanted, option.key);
        }
    EXPECT_GE(seen.size(), 100U);
}

} // namespace
} // namespace busbar::reload_plan_test
