// SPDX-License-Identifier: MIT
#include "core/slack.hpp"
#include "mqtt/venus/cut_watch.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace busbar::mqtt::cut_watch_test {
namespace {

constexpr std::string_view kLimit = "boat/N/gx/battery/2/Info/MaxChargeCurrent";

TEST(CutWatch, AFallingLimitIsPressingAndARisingOneIsNot) {
    CutWatch watch;
    EXPECT_TRUE(watch.isPressing(kLimit, R"({"value":100.0})")) << "nothing to compare it with";
    EXPECT_FALSE(watch.isPressing(kLimit, R"({"value":100.0})"));
    EXPECT_FALSE(watch.isPressing(kLimit, R"({"value":110.0})"));
    EXPECT_TRUE(watch.isPressing(kLimit, R"({"value":109.9})"));
}

TEST(CutWatch, WhatCannotBeReadOrHasLeftIsPressing) {
    for (const std::string_view payload : {R"({"value":null})", "nonsense", ""}) {
        CutWatch watch;
        EXPECT_TRUE(watch.isPressing(kLimit, R"({"value":100.0})"));
        EXPECT_TRUE(watch.isPressing(kLimit, payload)) << payload;
    }
}

TEST(CutWatch, WhatIsBackIsNotComparedWithWhatLeft) {
    for (const std::string_view path : {"/Alarms/HighVoltage", "/State"}) {
        CutWatch watch;
        const std::string topic = "N/gx/battery/2" + std::string(path);
        for (int i = 0; i < 2; ++i) {
            EXPECT_TRUE(watch.isPressing(topic, R"({"value":1})")) << path;
            EXPECT_TRUE(watch.isPressing(topic, "")) << path;
        }
    }
}

TEST(CutWatch, AlarmsStatesAndSwitchesAreLookedAt) {
    for (const std::string_view path : {"/Alarms/HighVoltage", "/State", "/Io/AllowToCharge"}) {
        CutWatch watch;
        const std::string topic = "N/gx/battery/2" + std::string(path);
        EXPECT_TRUE(watch.isPressing(topic, R"({"value":1})")) << path;
        EXPECT_FALSE(watch.isPressing(topic, R"({"value":1})")) << path;
        EXPECT_TRUE(
            watch.isPressing(topic, path.starts_with("/Io") ? R"({"value":0})" : R"({"value":2})"))
            << path;
    }
}

TEST(CutWatch, AllElseGathers) {
    CutWatch watch;
    for (const std::string_view topic :
         {"N/gx/battery/2/Dc/0/Voltage", "N/gx/battery/2/Voltages/Cell1", "N/gx/battery/2",
          "N/gx/battery/", "N/gx/heartbeat", "N/gx/vebus/276/State", "N/gx/battery/2/Info/Nonsense",
          "boat/N/gx/battery/2/Dc/0/Voltage"})
        EXPECT_FALSE(watch.isPressing(topic, R"({"value":0})")) << topic;
}

std::string value(double number) {
    return R"({"value":)" + std::to_string(number) + "}";
}

std::shared_ptr<const Slacks> slacks(std::map<int, Slack> byInstance) {
    return std::make_shared<const Slacks>(Slacks{std::move(byInstance)});
}

/// Heard once, at 100 A, while the battery carries 50 A.
void hear(CutWatch& watch) {
    EXPECT_TRUE(watch.isPressing(kLimit, value(100.0)));
    EXPECT_FALSE(watch.isPressing("boat/N/gx/battery/2/Dc/0/Current", value(-50.0)));
}

TEST(CutWatch, AFallThatBindsNothingGathersAsLongAsThatIsKnown) {
    CutWatch watch;
    hear(watch);
    watch.setSlacks(slacks({{2, {.charge_A = 40.0, .discharge_A = {}}}}));
    EXPECT_FALSE(watch.isPressing(kLimit, value(90.0)));
    EXPECT_FALSE(watch.isPressing(kLimit, value(50.0)));
    EXPECT_TRUE(watch.isPressing(kLimit, value(49.0))) << "less than it carries";
    EXPECT_TRUE(watch.isPressing(kLimit, R"({"value":null})"));
    EXPECT_FALSE(watch.isPressing(kLimit, value(100.0)));
    watch.setSlacks(nullptr);
    EXPECT_TRUE(watch.isPressing(kLimit, value(90.0)));
}

TEST(CutWatch, WhatACurrentIsNowCounts) {
    CutWatch watch;
    hear(watch);
    watch.setSlacks(slacks({{2, {.charge_A = 10.0, .discharge_A = {}}}}));
    for (const std::string& current :
         {value(95.0), std::string(R"({"value":null})"), std::string("nonsense"), std::string()}) {
        EXPECT_FALSE(watch.isPressing(kLimit, value(100.0)));
        EXPECT_FALSE(watch.isPressing("N/gx/battery/2/Dc/0/Current", current));
        EXPECT_TRUE(watch.isPressing(kLimit, value(90.0))) << current;
    }
}

TEST(CutWatch, ASlackIsOneBatterysAndOneLimits) {
    CutWatch watch;
    hear(watch);
    watch.setSlacks(slacks(
        {{3, {.charge_A = 10.0, .discharge_A = {}}}, {2, {.charge_A = {}, .discharge_A = 10.0}}}));
    EXPECT_TRUE(watch.isPressing(kLimit, value(90.0)));
}

TEST(CutWatch, WhatNoLimitIsAsLongAsIsPressingEachTime) {
    CutWatch watch;
    const std::string odd = R"({"value":")" + std::string(300, 'x') + "\"}";
    for (int i = 0; i < 2; ++i)
        EXPECT_TRUE(watch.isPressing(kLimit, odd));
}

TEST(CutWatch, WhatSomebodyWishesIsPressingEachTime) {
    CutWatch watch;
    for (const std::string_view topic :
         {"busbar/home/bank/bank/control/charge/set", "homeassistant/status", "",
          "busbar/N/set/battery/N/values", "busbar/home/bank/N/control/charge/set"})
        for (int i = 0; i < 2; ++i)
            EXPECT_TRUE(watch.isPressing(topic, "off")) << topic;
}

} // namespace
} // namespace busbar::mqtt::cut_watch_test
