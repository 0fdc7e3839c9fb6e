// SPDX-License-Identifier: MIT
// Banks in the layout of a GX.
#include "core/table/path_table.hpp"
#include "mqtt/venus/venus_output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace busbar::mqtt {
namespace {

using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::Key;
using testing::Not;
using testing::Pair;

constexpr auto kAll = R"({"keepalive-options":[{"full-publish-completed-echo":"w1"}]})";

struct VenusOutputTest : testing::Test {
    VenusOutputSettings settings;
    std::map<std::string, std::string> topics; ///< last payload of each
    std::map<std::string, std::string> retained;
    std::vector<std::string> order;
    std::map<std::size_t, std::string> names;
    std::vector<std::string> written;
    bool isFull = false;
    Now now{SteadyTime(seconds(1000)), WallTime(seconds(1700000000))};
    std::optional<VenusOutput> made;

    VenusOutput& output() {
        if (!made)
            made.emplace(
                settings, "home",
                VenusOutput::Count{.banks = 2, .made = {{100, true}, {104, true}, {102, false}}},
                VenusOutput::Port{
                    [this](std::string_view topic, std::string_view payload, bool isRetained) {
                        if (isFull)
                            return false;
                        if (isRetained)
                            retained[std::string(topic)] = payload;
                        topics[std::string(topic)] = payload;
                        order.emplace_back(topic);
                        return true;
                    },
                    [this](std::size_t bank, const std::string& name) { names[bank] = name; },
                    [this](std::size_t battery, std::string_view path, const Value& value) {
                        written.push_back(
                            std::to_string(battery) + " " + std::string(path) + " " +
                            std::to_string(static_cast<int>(value.number().value_or(-1.0))));
                    }});
        return *made;
    }
    void wake() { output().message("R/busbar-home/keepalive", kAll, false, now); }
    static Snapshot snapshot(double current_A) {
        Snapshot snapshot;
        snapshot[row("/Dc/0/Current")] = current_A;
        snapshot[row("/Info/ChargeLimitation")] = "member A";
        snapshot[row("/System/NrOfBatteries")] = 2.0;
        snapshot.extras = {{"/Voltages/A_Cell1", Quantity::CellVoltage, 3.25}};
        return snapshot;
    }
    [[nodiscard]] bool write(const std::string& tail, const std::string& payload) {
        return output().message("W/busbar-home/" + tail, payload, false, now);
    }
};

/// Who takes the first id that it finds takes the GX's.
TEST_F(VenusOutputTest, DoesNotAnnounceItsIdBesideAGx) {
    settings.isBesideGx = true;
    output().connected(now);
    EXPECT_THAT(retained, ElementsAre(Pair("N/busbar-home/system/0/Serial", "")))
        << "what an earlier run has left goes";
    EXPECT_EQ(topics.at("N/busbar-home/system/0/Serial"), R"({"value":"busbar-home"})")
        << "who knows it is answered";
    for (int second = 0; second < 130; ++second) {
        now = now + seconds(1);
        output().tick(now);
    }
    EXPECT_THAT(retained, ElementsAre(Pair("N/busbar-home/system/0/Serial", "")));
}

TEST_F(VenusOutputTest, AnnouncesItsIdBehindAPrefixAndOnABrokerOfItsOwn) {
    settings.isBesideGx = true;
    settings.topicPrefix = "sea/";
    output().connected(now);
    EXPECT_THAT(retained,
                Contains(Pair("sea/N/busbar-home/system/0/Serial", R"({"value":"busbar-home"})")));
}

TEST_F(VenusOutputTest, SaysNothingUntilSomebodyAsks) {
    output().publish(0, snapshot(5.0), "Bank");
    output().tick(now);
    EXPECT_TRUE(topics.empty());
}

TEST_F(VenusOutputTest, WritableBatteriesFollowFromAHundredOnAndTakeTheirRows) {
    const std::size_t second = output().firstMade() + 1;
    output().publish(second, snapshot(5.0), "Gateway");
    wake();
    EXPECT_EQ(topics["N/busbar-home/battery/104/Dc/0/Current"], R"({"value":5.0})");
    EXPECT_EQ(topics["N/busbar-home/battery/104/DeviceInstance"], R"({"value":104})");
    EXPECT_EQ(topics["N/busbar-home/battery/104/CustomName"], R"({"value":"Gateway"})");
    EXPECT_TRUE(write("battery/104/Dc/0/Current", R"({"value":6})"));
    EXPECT_TRUE(write("battery/104/Serial", R"({"value":"x"})"));
    EXPECT_TRUE(write("battery/104/CustomName", R"({"value":"x"})"));
    EXPECT_TRUE(write("battery/100/Dc/0/Current", R"({"value":6})"));
    EXPECT_EQ(written, std::vector<std::string>{"1 /Dc/0/Current 6"});
    EXPECT_TRUE(names.empty());
    output().leave(second);
    EXPECT_EQ(topics["N/busbar-home/battery/104/Dc/0/Current"], "");
}

TEST_F(VenusOutputTest, NobodyWritesTheValuesOfWhatIsMadeOfOthers) {
    output().publish(output().firstMade() + 2, snapshot(5.0), "String 1");
    wake();
    EXPECT_EQ(topics["N/busbar-home/battery/102/CustomName"], R"({"value":"String 1"})");
    EXPECT_TRUE(write("battery/102/Dc/0/Current", R"({"value":6})"));
    EXPECT_TRUE(write("battery/102/CustomName", R"({"value":"x"})"));
    EXPECT_TRUE(written.empty() && names.empty());
}

TEST_F(VenusOutputTest, WhatTheBrokerHasKeptIsNoWishOfNow) {
    output().publish(0, snapshot(5.0), "Bank");
    EXPECT_TRUE(
        output().message("W/busbar-home/battery/0/CustomName", R"({"value":"Old"})", true, now));
    EXPECT_TRUE(names.empty());
}

TEST_F(VenusOutputTest, RepeatsTheOneRetainedMessageInCaseItWasOverwritten) {
    constexpr auto kSerial = "N/busbar-home/system/0/Serial";
    output().connected(now);
    for (const auto& [pause, isThere] : {std::pair(seconds(59), false), {seconds(1), true}}) {
        topics.clear();
        now = now + pause;
        output().tick(now);
        EXPECT_EQ(topics.contains(kSerial), isThere);
    }
    output().disconnected();
    topics.clear();
    output().tick(now + seconds(100));
    EXPECT_TRUE(topics.empty());
}

TEST_F(VenusOutputTest, AFullPublishHasEveryValueThenTheEchoAndTheHeart) {
    output().publish(0, snapshot(5.0), "Bank");
    wake();
    EXPECT_THAT(topics, Contains(Pair("N/busbar-home/battery/0/Dc/0/Current", R"({"value":5.0})")));
    EXPECT_THAT(topics,
                Contains(Pair("N/busbar-home/battery/0/System/NrOfBatteries", R"({"value":2})")));
    EXPECT_THAT(topics,
                Contains(Pair("N/busbar-home/battery/0/Voltages/A_Cell1", R"({"value":3.25})")));
    EXPECT_THAT(topics,
                Contains(Pair("N/busbar-home/battery/0/CustomName", R"({"value":"Bank"})")));
    EXPECT_THAT(topics, Contains(Pair("N/busbar-home/battery/0/DeviceInstance", R"({"value":0})")));
    EXPECT_THAT(topics, Contains(Pair("N/busbar-home/battery/0/Soc", R"({"value":null})")));
    EXPECT_THAT(topics.at("N/busbar-home/full_publish_completed"), testing::HasSubstr("w1"));
    EXPECT_THAT(topics, Contains(Key("N/busbar-home/heartbeat")));
}

TEST_F(VenusOutputTest, ChangesAloneFollow) {
    output().publish(0, snapshot(5.0), "Bank");
    wake();
    order.clear();
    output().publish(0, snapshot(6.0), "Bank");
    output().publish(0, snapshot(6.0), "Bank");
    EXPECT_THAT(order, testing::ElementsAre("N/busbar-home/battery/0/Dc/0/Current"));
}

/// A reader whose own session lasts learns what changed while ours was away, also if that was too
/// short or too long for its own keepalives to matter.
TEST_F(VenusOutputTest, ANewSessionSaysEverythingThatTheLastOneMissed) {
    constexpr auto kCurrent = "N/busbar-home/battery/0/Dc/0/Current";
    for (const seconds away : {seconds(3), seconds(100)}) {
        output().connected(now);
        output().publish(0, snapshot(5.0), "A");
        output().disconnected();
        const auto before = topics;
        Snapshot less = snapshot(0.0);
        less.extras.clear();
        output().publish(0, less, "A");
        EXPECT_EQ(topics, before) << "nothing is sent without a session";
        now = now + away;
        output().connected(now);
        EXPECT_EQ(topics.at(kCurrent), R"({"value":0.0})");
        EXPECT_EQ(topics.at("N/busbar-home/battery/0/Voltages/A_Cell1"), "");
        output().publish(0, snapshot(6.0), "A");
        EXPECT_EQ(topics.at(kCurrent), R"({"value":6.0})") << "its keepalives were lost as well";
        EXPECT_TRUE(topics.contains("N/busbar-home/heartbeat"));
    }
}

TEST_F(VenusOutputTest, ABankThatLeftWithoutASessionIsEmptiedInTheNext) {
    output().connected(now);
    output().publish(0, snapshot(5.0), "A");
    output().disconnected();
    output().leave(0);
    output().connected(now);
    EXPECT_EQ(topics.at("N/busbar-home/battery/0/Dc/0/Current"), "");
    EXPECT_EQ(topics.at("N/busbar-home/system/0/Serial"), R"({"value":"busbar-home"})");
}

TEST_F(VenusOutputTest, WhatWasNotTakenGoesWithTheNextCycle) {
    constexpr auto kCurrent = "N/busbar-home/battery/0/Dc/0/Current";
    output().publish(0, snapshot(5.0), "A");
    wake();
    isFull = true;
    output().publish(0, snapshot(6.0), "A");
    output().publish(0, snapshot(7.0), "A");
    EXPECT_EQ(topics.at(kCurrent), R"({"value":5.0})");
    isFull = false;
    order.clear();
    output().publish(0, snapshot(7.0), "A");
    EXPECT_THAT(order, testing::ElementsAre(kCurrent)) << "the last value alone";
    EXPECT_EQ(topics.at(kCurrent), R"({"value":7.0})");
}

TEST_F(VenusOutputTest, TheRetainedMessageIsRepeatedUntilItIsTaken) {
    constexpr auto kSerial = "N/busbar-home/system/0/Serial";
    isFull = true;
    output().connected(now);
    isFull = false;
    now = now + seconds(1);
    output().tick(now);
    EXPECT_GE(std::ranges::count(order, kSerial), 2) << "the value, and the retained message";
}

TEST_F(VenusOutputTest, RowsThatAreOnlyReadAreNotPublished) {
    output().publish(0, snapshot(5.0), "Bank");
    wake();
    for (const Row& r : kRows)
        EXPECT_EQ(topics.contains("N/busbar-home/battery/0" + std::string(r.path)), isPublished(r))
            << r.path;
}

TEST_F(VenusOutputTest, BanksHaveTheirPlaceAsInstance) {
    output().publish(0, snapshot(5.0), "A");
    output().publish(1, snapshot(7.0), "B");
    wake();
    EXPECT_THAT(topics, Contains(Pair("N/busbar-home/battery/1/Dc/0/Current", R"({"value":7.0})")));
    EXPECT_THAT(topics, Contains(Pair("N/busbar-home/battery/1/CustomName", R"({"value":"B"})")));
}

TEST_F(VenusOutputTest, ABankThatLeavesEmptiesItsTopicsAndComesBackWhole) {
    output().publish(0, snapshot(5.0), "A");
    wake();
    output().leave(0);
    output().leave(0);
    EXPECT_EQ(topics.at("N/busbar-home/battery/0/Dc/0/Current"), "");
    EXPECT_EQ(topics.at("N/busbar-home/battery/0/Voltages/A_Cell1"), "");
    output().publish(0, snapshot(5.0), "A");
    EXPECT_EQ(topics.at("N/busbar-home/battery/0/Dc/0/Current"), R"({"value":5.0})");
    EXPECT_EQ(topics.at("N/busbar-home/battery/0/Voltages/A_Cell1"), R"({"value":3.25})");
}

TEST_F(VenusOutputTest, AnExtraThatIsGoneEmptiesItsTopic) {
    output().publish(0, snapshot(5.0), "A");
    wake();
    Snapshot less = snapshot(5.0);
    less.extras.clear();
    output().publish(0, less, "A");
    EXPECT_EQ(topics.at("N/busbar-home/battery/0/Voltages/A_Cell1"), "");
}

TEST_F(VenusOutputTest, OnlyTheNameTakesWrites) {
    output().publish(0, snapshot(5.0), "A");
    output().publish(1, snapshot(5.0), "B");
    EXPECT_TRUE(write("battery/1/CustomName", R"({"value":"Cellar"})"));
    EXPECT_EQ(names, (std::map<std::size_t, std::string>{{1, "Cellar"}}));
    for (const char* payload : {R"({"value":7})", R"({"value":null})", "nonsense", ""})
        EXPECT_TRUE(write("battery/0/CustomName", payload));
    EXPECT_TRUE(write("battery/0/Info/MaxChargeCurrent", R"({"value":500})"));
    EXPECT_TRUE(write("battery/7/CustomName", R"({"value":"Nobody"})"));
    EXPECT_EQ(names.size(), 1U);
    wake();
    EXPECT_THAT(topics, Not(Contains(Pair("N/busbar-home/battery/0/Info/MaxChargeCurrent",
                                          R"({"value":500.0})"))));
}

TEST_F(VenusOutputTest, AChoiceIsEchoedIfItIsOne) {
    Snapshot chosen = snapshot(5.0);
    chosen.extras = {{"/Battery/Request/Id", Quantity::Count, 1.0, 3}};
    output().publish(0, chosen, "A");
    wake();
    EXPECT_TRUE(write("battery/0/Battery/Request/Id", R"({"value":3})"));
    EXPECT_EQ(topics.at("N/busbar-home/battery/0/Battery/Request/Id"), R"({"value":3})");
    for (const char* payload :
         {R"({"value":0})", R"({"value":4})", R"({"value":1.5})", R"({"value":"2"})"})
        EXPECT_TRUE(write("battery/0/Battery/Request/Id", payload));
    EXPECT_EQ(topics.at("N/busbar-home/battery/0/Battery/Request/Id"), R"({"value":3})");
    output().publish(0, chosen, "A");
    EXPECT_EQ(topics.at("N/busbar-home/battery/0/Battery/Request/Id"), R"({"value":3})");
}

TEST_F(VenusOutputTest, OthersTopicsAreNotForIt) {
    EXPECT_FALSE(output().message("R/c0619ab00001/keepalive", "", false, now));
    EXPECT_FALSE(output().message("N/busbar-home/battery/0/Soc", "", false, now));
    EXPECT_FALSE(output().message("busbar/home/set/bank/main/balance_now", "PRESS", false, now));
    EXPECT_TRUE(topics.empty());
}

TEST_F(VenusOutputTest, IdAndPrefixAreTheOwners) {
    settings = {.isEnabled = true, .portalId = "boat1", .topicPrefix = "sea/"};
    EXPECT_EQ(output().portalId(), "boat1");
    EXPECT_THAT(output().subscriptions(), testing::ElementsAre("sea/R/boat1/#", "sea/W/boat1/#"));
    output().connected(now);
    EXPECT_THAT(topics, Contains(Pair("sea/N/boat1/system/0/Serial", R"({"value":"boat1"})")));
}

} // namespace
} // namespace busbar::mqtt
