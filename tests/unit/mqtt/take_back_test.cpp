// SPDX-License-Identifier: MIT
// When topics of a place that is given up are emptied, and when they are somebody else's.
#include "mqtt/results/take_back.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace busbar::mqtt::take_back_test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kOldStatus = "busbar/barn/status";

struct TakeBackTest : testing::Test {
    LeftTopics left{.site = "barn",
                    .broker = "mqtt://one",
                    .root = "busbar/barn",
                    .topics = {"homeassistant/device/busbar_barn_main/config",
                               "busbar/barn/bank/main/state", kOldStatus}};
    std::vector<std::string> log;
    int takes = 1000000;
    Now now{SteadyTime(1000h), WallTime(500000h)};

    TakeBack make(const std::string& ourRoot = "busbar/home") {
        return {
            left,
            ourRoot,
            {[this](const std::string& topic, const std::string& payload, int qos, bool retain) {
                EXPECT_EQ(qos, 1);
                EXPECT_TRUE(retain);
                if (takes-- <= 0)
                    return false;
                log.push_back(topic + "=" + payload);
                return true;
            }}};
    }
    TakeBack::Outcome after(TakeBack& place, std::chrono::seconds span) {
        now = now + span;
        return place.tick(now);
    }
};

TEST_F(TakeBackTest, EmptiesWhatIsLeftAndNothingElse) {
    TakeBack place = make();
    EXPECT_EQ(after(place, 60s), TakeBack::Outcome::Going);
    EXPECT_THAT(log, IsEmpty()) << "without a session";
    place.connected(now);
    EXPECT_TRUE(place.heard(kOldStatus, "offline"));
    EXPECT_FALSE(place.heard("busbar/home/status", "online"));
    EXPECT_EQ(after(place, 9s), TakeBack::Outcome::Going);
    EXPECT_THAT(log, IsEmpty()) << "whoever lives there may still be about to say so";
    EXPECT_EQ(after(place, 1s), TakeBack::Outcome::Going);
    EXPECT_THAT(log, ElementsAre("homeassistant/device/busbar_barn_main/config=",
                                 "busbar/barn/bank/main/state=", "busbar/barn/status=offline",
                                 "busbar/barn/status="));
    EXPECT_EQ(after(place, 59s), TakeBack::Outcome::Going) << "the session may be lost";
    EXPECT_EQ(after(place, 1s), TakeBack::Outcome::Done);
}

TEST_F(TakeBackTest, WhereSomebodyElseLivesNothingIsTaken) {
    TakeBack place = make();
    place.connected(now);
    EXPECT_TRUE(place.heard(kOldStatus, "online"));
    EXPECT_EQ(after(place, 119s), TakeBack::Outcome::Going);
    EXPECT_EQ(after(place, 1s), TakeBack::Outcome::Inhabited);
    EXPECT_THAT(log, IsEmpty());
}

TEST_F(TakeBackTest, ARunThatWasKilledIsOnlineUntilItsLastWillComes) {
    TakeBack place = make();
    place.connected(now);
    (void)place.heard(kOldStatus, "online");
    (void)after(place, 20s);
    EXPECT_THAT(log, IsEmpty());
    (void)place.heard(kOldStatus, "offline");
    (void)after(place, 1s);
    EXPECT_EQ(log.size(), 4U);
}

TEST_F(TakeBackTest, BelowOurOwnRootNobodyIsListenedTo) {
    TakeBack place = make("busbar/barn");
    EXPECT_EQ(place.filter(), std::nullopt);
    place.connected(now);
    EXPECT_FALSE(place.heard(kOldStatus, "online")) << "the results' own";
    (void)after(place, 1s);
    EXPECT_EQ(log.size(), 4U);
    EXPECT_EQ(make().filter(), kOldStatus);
}

TEST_F(TakeBackTest, ASessionThatIsLostTooSoonIsFollowedByAnother) {
    TakeBack place = make();
    place.connected(now);
    (void)after(place, 10s);
    EXPECT_EQ(log.size(), 4U);
    place.disconnected();
    EXPECT_EQ(after(place, 100s), TakeBack::Outcome::Going);
    place.connected(now);
    (void)after(place, 10s);
    EXPECT_EQ(log.size(), 8U) << "nobody knows what the first has delivered";
    EXPECT_EQ(after(place, 60s), TakeBack::Outcome::Done);
}

TEST_F(TakeBackTest, WhatIsNotTakenIsTriedAgain) {
    TakeBack place = make("busbar/barn");
    place.connected(now);
    takes = 2;
    (void)after(place, 1s);
    EXPECT_EQ(log.size(), 2U);
    takes = 100;
    (void)after(place, 1s);
    EXPECT_THAT(log.back(), "busbar/barn/status=");
    EXPECT_EQ(log.size(), 4U);
}

TEST_F(TakeBackTest, ThousandsOfTopicsDoNotGoAtOnce) {
    left.topics.assign(1000, "busbar/barn/bank/main/state");
    TakeBack place = make("busbar/barn");
    place.connected(now);
    (void)after(place, 1s);
    EXPECT_EQ(log.size(), TakeBack::kPerTick);
}

} // namespace
} // namespace busbar::mqtt::take_back_test
