// SPDX-License-Identifier: MIT
// What stays behind when a site publishes elsewhere, and what is in use again.
#include "app/kept/gone_sites.hpp"
#include "app/kept/places.hpp"
#include "base/file.hpp"
#include "config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace busbar::places_test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

constexpr const char* kConfigTopic = "homeassistant/device/busbar_home_main/config";

config::Config site(const std::string& name = "home") {
    config::Config config;
    config.site = name;
    config.gx.broker.url = "mqtt://one";
    return config;
}

State stateOf(const std::string& name = "home") {
    State state;
    state.site = name;
    state.banks["main"].memory.book["serial_a"] = {};
    state.announced = {"busbar_" + name + "_main"};
    state.published = {"serial_a"};
    state.place = placeOf(site(name));
    return state;
}

std::vector<std::string> leftIn(const State& state) {
    return state.left.size() == 1 ? state.left.front().topics : std::vector<std::string>{};
}

TEST(Places, WhoStaysLeavesNothing) {
    State state = stateOf();
    EXPECT_THAT(moveTo(state, placeOf(site()), "home"), IsEmpty());
    EXPECT_EQ(state, stateOf());
}

TEST(Places, AnotherBaseLeavesTheDocumentsAndTheStatesOfEntities) {
    State state = stateOf();
    config::Config moved = site();
    moved.output.results.base = "energy";
    EXPECT_THAT(moveTo(state, placeOf(moved), "home"), IsEmpty());
    EXPECT_THAT(leftIn(state),
                ElementsAre("busbar/home/homeassistant/busbar_home_main",
                            "busbar/home/bank/main/state", "busbar/home/battery/serial_a/state",
                            "busbar/home/battery/serial_a/status", "busbar/home/health",
                            "busbar/home/status"));
    EXPECT_EQ(state.left.front().root, "busbar/home");
    EXPECT_THAT(state.announced, ElementsAre("busbar_home_main")) << "its devices stay devices";
    EXPECT_THAT(state.published, IsEmpty());
    EXPECT_EQ(state.place.root, "energy/home");
}

TEST(Places, AnotherPrefixLeavesTheDevices) {
    State state = stateOf();
    config::Config moved = site();
    moved.output.homeAssistant.prefix = "ha";
    EXPECT_THAT(moveTo(state, placeOf(moved), "home"), IsEmpty());
    EXPECT_THAT(leftIn(state), ElementsAre(kConfigTopic));
    EXPECT_THAT(state.announced, IsEmpty()) << "nothing was announced there yet";
    EXPECT_THAT(state.published, ElementsAre("serial_a"));
}

TEST(Places, WhoComesBackTakesItIntoUseAgain) {
    State state = stateOf();
    config::Config moved = site();
    moved.output.homeAssistant.prefix = "ha";
    moved.output.results.base = "energy";
    (void)moveTo(state, placeOf(moved), "home");
    state.announced = {"busbar_home_main"};
    (void)moveTo(state, placeOf(site()), "home");
    EXPECT_THAT(leftIn(state),
                AllOf(Contains("ha/device/busbar_home_main/config"), Contains("energy/home/status"),
                      Not(Contains(StartsWith("busbar/"))), Not(Contains(kConfigTopic))));
    EXPECT_THAT(state.announced, ElementsAre("busbar_home_main"))
        << "so that discovery takes it back if nobody wants it";
}

TEST(Places, AnotherNameLeavesEverything) {
    State state = stateOf("barn");
    (void)moveTo(state, placeOf(site()), "home");
    EXPECT_THAT(leftIn(state), AllOf(Contains("homeassistant/device/busbar_barn_main/config"),
                                     Contains("busbar/barn/status")));
    EXPECT_EQ(state.site, "home");
}

TEST(Places, WhatIsSwitchedOffIsLeft) {
    State state = stateOf();
    config::Config off = site();
    off.output.results.isEnabled = false;
    (void)moveTo(state, placeOf(off), "home");
    EXPECT_THAT(leftIn(state), AllOf(Contains(kConfigTopic), Contains("busbar/home/health")));
}

TEST(Places, TheSerialOfTheLayoutGoesWithIt) {
    config::Config layout = site();
    layout.output.venus.isEnabled = true;
    layout.output.venus.topicPrefix = "a/";
    State state = stateOf();
    state.place = placeOf(layout);
    (void)moveTo(state, placeOf(site()), "home");
    EXPECT_THAT(leftIn(state), ElementsAre("a/N/busbar-home/system/0/Serial"));
}

TEST(Places, ABrokerThatNobodySpeaksToIsForgotten) {
    State state = stateOf();
    config::Config moved = site();
    moved.output.broker.url = "mqtt://two";
    const auto lost = moveTo(state, placeOf(moved), "home");
    ASSERT_EQ(lost.size(), 1U);
    EXPECT_EQ(lost.front().broker, "mqtt://one");
    EXPECT_THAT(state.left, IsEmpty());
    EXPECT_THAT(state.announced, IsEmpty());
    EXPECT_THAT(moveTo(state, placeOf(moved), "home"), IsEmpty()) << "said once";
}

TEST(Places, AreBounded) {
    State state = stateOf();
    for (int i = 0; i < 50; ++i) {
        for (int k = 0; k < 100; ++k)
            state.published.insert("b" + std::to_string(k));
        config::Config moved = site();
        moved.output.results.base = "base" + std::to_string(i);
        (void)moveTo(state, placeOf(moved), "home");
    }
    std::size_t topics = 0;
    for (const auto& left : state.left)
        topics += left.topics.size();
    EXPECT_LE(topics, kMostLeftTopics);
    EXPECT_EQ(state.left.back().root, "base48/home") << "the oldest go";
}

TEST(Places, AreInTheStateFile) {
    State state = stateOf();
    config::Config moved = site();
    moved.output.results.base = "energy";
    (void)moveTo(state, placeOf(moved), "home");
    const ParsedState parsed = parseState(stateText(state));
    EXPECT_THAT(parsed.dropped, IsEmpty());
    EXPECT_EQ(parsed.state.place, state.place);
    EXPECT_EQ(parsed.state.left, state.left);
}

TEST(Places, AFileThatNamesTopicsOfOthersIsNotBelieved) {
    for (const std::string topic :
         {"zigbee2mqtt/bridge/state", "busbar/home2/status", "busbar/home/#",
          "homeassistant/device/lamp/config", "busbar/home"}) {
        const ParsedState parsed = parseState(
            R"({"busbar_state":1,"left":[{"site":"home","broker":"mqtt://one","root":"busbar/home","topics":[")" +
            topic + R"("]}]})");
        EXPECT_THAT(parsed.state.left, IsEmpty()) << topic;
        EXPECT_EQ(parsed.dropped.size(), 1U) << topic;
    }
    for (const char* wrong : {R"("left":7)", R"("place":[])", R"("place":{"root":1})"})
        EXPECT_EQ(parseState(std::string(R"({"busbar_state":1,)") + wrong + "}").dropped.size(), 1U)
            << wrong;
}

/// House and barn have run; the barn is no more.
class GoneSiteTest : public ::testing::Test {
protected:
    GoneSiteTest()
        : top(::testing::TempDir() + "busbar_places_" + std::to_string(std::random_device()())) {
        save("/sites/barn", stateOf("barn"));
    }
    ~GoneSiteTest() override { std::filesystem::remove_all(top); }
    GoneSiteTest(const GoneSiteTest&) = delete;
    GoneSiteTest& operator=(const GoneSiteTest&) = delete;
    GoneSiteTest(GoneSiteTest&&) = delete;
    GoneSiteTest& operator=(GoneSiteTest&&) = delete;

    void save(const std::string& folder, const State& state) const {
        EXPECT_EQ(replaceFile(top + folder + "/state.json", stateText(state)), "");
    }
    [[nodiscard]] std::vector<config::Config> with(const std::vector<std::string>& names) const {
        std::vector<config::Config> sites;
        for (const std::string& name : names) {
            sites.push_back(site(name));
            sites.back().stateDir = top;
        }
        return sites;
    }

    std::string top;
};

TEST_F(GoneSiteTest, IsTakenBackByOneThatSpeaksToItsBroker) {
    std::vector<config::Config> sites = with({"boat", "house"});
    sites.front().gx.broker.url = "mqtt://two";
    const auto gone = goneSites(sites);
    ASSERT_EQ(gone.size(), 1U);
    const auto handed = handOver(gone, sites);
    EXPECT_THAT(handed.front(), IsEmpty());
    ASSERT_EQ(handed.back().size(), 1U);
    EXPECT_THAT(handed.back().front().topics,
                AllOf(Contains("busbar/barn/status"),
                      Contains("homeassistant/device/busbar_barn_main/config")));
    forgetLeft(gone.front());
    EXPECT_THAT(goneSites(sites), IsEmpty()) << "once";
    EXPECT_THAT(goneSites(with({"barn"})), IsEmpty());
}

TEST_F(GoneSiteTest, WhoseBrokerNobodySpeaksToIsForgotten) {
    std::vector<config::Config> sites = with({"house"});
    sites.front().gx.broker.url = "mqtt://two";
    EXPECT_THAT(handOver(goneSites(sites), sites), Each(IsEmpty()));
}

TEST_F(GoneSiteTest, OfAFileBeforeItSaidWhereIsLookedForWhereTheFirstIs) {
    State old = stateOf("barn");
    old.place = {};
    save("/sites/barn", old);
    std::vector<config::Config> sites = with({"house"});
    sites.front().output.results.base = "energy";
    const auto handed = handOver(goneSites(sites), sites);
    ASSERT_EQ(handed.front().size(), 1U);
    EXPECT_THAT(handed.front().front().topics, Contains("energy/barn/status"));
}

TEST_F(GoneSiteTest, WhatIsNoStateIsPassedOver) {
    EXPECT_EQ(replaceFile(top + "/sites/torn/state.json", "torn"), "");
    State home = stateOf("house");
    save("", home);
    EXPECT_EQ(goneSites(with({"house", "barn"})).size(), 0U);
    EXPECT_EQ(goneSites(with({"house"})).size(), 1U);
}

} // namespace
} // namespace busbar::places_test
