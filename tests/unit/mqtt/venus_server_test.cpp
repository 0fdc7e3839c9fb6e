// SPDX-License-Identifier: MIT
#include "mqtt/venus/venus_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace busbar::mqtt {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr auto kEcho = R"({"keepalive-options":[{"full-publish-completed-echo":"w1"}]})";
constexpr auto kSuppress = R"({"keepalive-options":["suppress-republish"]})";

/// A server with id "id" whose messages are kept as "topic payload", with " R" behind retained
/// ones.
struct VenusServerTest : testing::Test {
    std::vector<std::string> sent;
    std::vector<std::string> writes;
    int takes = 1000000; ///< messages that the session still takes
    Now now{SteadyTime(seconds(1000)), WallTime(seconds(1700000000))};
    VenusServerSettings settings{.portalId = "id"};
    std::optional<VenusServer> made;

    VenusServer& server() {
        if (!made)
            made.emplace(
                settings,
                [this](std::string_view topic, std::string_view payload, bool retain) {
                    if (takes-- <= 0)
                        return false;
                    sent.push_back(std::string(topic) + " " + std::string(payload) +
                                   (retain ? " R" : ""));
                    return true;
                },
                [this](const WriteRequest& request) {
                    writes.push_back(std::string(request.type) + "|" +
                                     std::string(request.instance) + "|" +
                                     std::string(request.path) + "|" + std::string(request.json));
                    made->setJson(request.item, request.json);
                });
        return *made;
    }
    std::vector<std::string> request(std::string_view topic, std::string_view payload = "") {
        sent.clear();
        server().message(topic, payload, now);
        return sent;
    }
    std::vector<std::string> pass(milliseconds span) {
        sent.clear();
        now = now + span;
        server().tick(now);
        return sent;
    }
    std::vector<std::string> afterSet(std::string_view path, const Value& value) {
        sent.clear();
        server().setValue("battery", "2", path, value);
        return sent;
    }
};

TEST_F(VenusServerTest, PublishesNothingBeforeAKeepalive) {
    EXPECT_THAT(afterSet("/Soc", 50.0), IsEmpty());
    EXPECT_THAT(pass(seconds(10)), IsEmpty());
    EXPECT_FALSE(server().isAlive());
}

TEST_F(VenusServerTest, AnnouncesItsIdRetained) {
    server().announce();
    EXPECT_THAT(sent, ElementsAre(R"(N/id/system/0/Serial {"value":"id"} R)"));
    EXPECT_THAT(server().subscriptions(), ElementsAre("R/id/#", "W/id/#"));
}

TEST_F(VenusServerTest, FirstKeepaliveGivesAllValuesThenTheEndMarkThenAHeartbeat) {
    server().setValue("battery", "2", "/Soc", 50.0);
    server().setValue("battery", "2", "/State", 9.0);
    server().setValue("battery", "2", "/CustomName", "Pack A");
    server().setValue("battery", "2", "/Dc/0/Current", Value());
    EXPECT_THAT(
        request("R/id/keepalive", kEcho),
        ElementsAre(
            R"(N/id/system/0/Serial {"value":"id"})", R"(N/id/battery/2/Soc {"value":50.0})",
            R"(N/id/battery/2/State {"value":9})",
            R"(N/id/battery/2/CustomName {"value":"Pack A"})",
            R"(N/id/battery/2/Dc/0/Current {"value":null})",
            R"(N/id/full_publish_completed {"full-publish-completed-echo":"w1","value":1700000000})",
            R"(N/id/heartbeat {"value":1700000000})"));
}

TEST_F(VenusServerTest, PublishesChangesOnlyWhileAlive) {
    request("R/id/keepalive", kSuppress);
    EXPECT_THAT(afterSet("/Soc", 50.0), ElementsAre(R"(N/id/battery/2/Soc {"value":50.0})"));
    EXPECT_THAT(afterSet("/Soc", 50.0), IsEmpty()) << "same value";
    EXPECT_THAT(afterSet("/Soc", Value()), ElementsAre(R"(N/id/battery/2/Soc {"value":null})"));
    pass(milliseconds(59999));
    EXPECT_THAT(afterSet("/Soc", 51.0), ElementsAre(R"(N/id/battery/2/Soc {"value":51.0})"));
    pass(milliseconds(1));
    EXPECT_THAT(afterSet("/Soc", 52.0), IsEmpty());
    EXPECT_THAT(request("R/id/keepalive", kSuppress),
                ElementsAre(R"(N/id/heartbeat {"value":1700000060})"))
        << "a change of the gap is never sent later";
}

TEST_F(VenusServerTest, BeatsEveryThreeSecondsUntilTheKeepaliveIsOver) {
    request("R/id/keepalive", kSuppress);
    EXPECT_THAT(pass(milliseconds(2999)), IsEmpty());
    EXPECT_THAT(pass(milliseconds(1)), ElementsAre(R"(N/id/heartbeat {"value":1700000003})"));
    request("R/id/keepalive", kSuppress);
    EXPECT_THAT(pass(milliseconds(4000)), ElementsAre(R"(N/id/heartbeat {"value":1700000007})"));
    EXPECT_THAT(pass(milliseconds(2000)), ElementsAre(R"(N/id/heartbeat {"value":1700000009})"))
        << "its own schedule, not shifted by a late tick or a keepalive";
    EXPECT_THAT(pass(milliseconds(30000)), testing::SizeIs(1))
        << "missed beats are not made up for";
    EXPECT_THAT(pass(milliseconds(60000)), IsEmpty());
}

TEST_F(VenusServerTest, TheEndMarkWaitsForAllThatWasNotTaken) {
    server().setValue("battery", "2", "/Soc", 50.0);
    takes = 1;
    EXPECT_THAT(request("R/id/keepalive", kEcho),
                ElementsAre(R"(N/id/system/0/Serial {"value":"id"})"));
    server().setValue("battery", "2", "/Soc", 51.0);
    EXPECT_THAT(pass(seconds(1)), IsEmpty());
    takes = 1000;
    const auto late = pass(seconds(1));
    ASSERT_GE(late.size(), 2U);
    EXPECT_EQ(late[0], R"(N/id/battery/2/Soc {"value":51.0})") << "as it is now";
    EXPECT_THAT(late[1], testing::HasSubstr(R"(echo":"w1")"));
    EXPECT_EQ(server().counters().fullPublishes, 1U);
}

TEST_F(VenusServerTest, RequestsThatNobodyCanAnswerDoNotPileUp) {
    takes = 0;
    for (int i = 0; i < 100; ++i) {
        request("R/id/keepalive", kEcho);
        pass(seconds(1));
    }
    takes = 1000000;
    const auto late = pass(seconds(1));
    EXPECT_EQ(std::ranges::count_if(late,
                                    [](const std::string& text) {
                                        return text.find("full_publish_completed") !=
                                               std::string::npos;
                                    }),
              8);
    EXPECT_EQ(server().counters().refusedFull, 92U);
}

TEST_F(VenusServerTest, SuppressIsAPieceOfTextAndWinsOverAnEcho) {
    request("R/id/keepalive", kSuppress);
    for (const char* payload :
         {"suppress-republish", "{broken suppress-republish",
          R"({"keepalive-options":["suppress-republish",{"full-publish-completed-echo":"both"}]})"})
        EXPECT_THAT(request("R/id/keepalive", payload), IsEmpty()) << payload;
}

TEST_F(VenusServerTest, GivesNoMoreThanThreeFullPublishesPerSecondAndSaysNothing) {
    for (int i = 0; i < 3; ++i)
        EXPECT_FALSE(request("R/id/keepalive").empty()) << i;
    EXPECT_THAT(request("R/id/keepalive", kEcho), IsEmpty());
    EXPECT_EQ(server().counters().refusedFull, 1U);
    pass(milliseconds(1000));
    EXPECT_FALSE(request("R/id/keepalive").empty());
}

TEST_F(VenusServerTest, AKeepaliveOverTheLimitStillKeepsAlive) {
    for (int i = 0; i < 3; ++i)
        request("R/id/keepalive");
    pass(milliseconds(900));
    for (int i = 0; i < 3; ++i)
        request("R/id/keepalive");
    pass(milliseconds(59500));
    EXPECT_TRUE(server().isAlive());
}

TEST_F(VenusServerTest, ReadingTheSerialIsAKeepaliveToo) {
    EXPECT_THAT(request("R/id/system/0/Serial"),
                ElementsAre(R"(N/id/system/0/Serial {"value":"id"})",
                            R"(N/id/full_publish_completed {"value":1700000000})",
                            R"(N/id/heartbeat {"value":1700000000})",
                            R"(N/id/system/0/Serial {"value":"id"})"));
    EXPECT_TRUE(server().isAlive());
}

TEST_F(VenusServerTest, AnswersReadsOfLeafSubTreeAndServiceAliveOrNot) {
    server().setValue("battery", "2", "/Soc", 50.0);
    server().setValue("battery", "2", "/Dc/0/Voltage", 13.2);
    server().setValue("battery", "2", "/Dc/0/Current", Value());
    server().setValue("battery", "22", "/Soc", 1.0);
    EXPECT_THAT(request("R/id/battery/2/Soc", "whatever"),
                ElementsAre(R"(N/id/battery/2/Soc {"value":50.0})"));
    EXPECT_THAT(request("R/id/battery/2/Dc"),
                UnorderedElementsAre(R"(N/id/battery/2/Dc/0/Voltage {"value":13.2})",
                                     R"(N/id/battery/2/Dc/0/Current {"value":null})"));
    EXPECT_THAT(request("R/id/battery/2/"), testing::SizeIs(3));
    EXPECT_FALSE(server().isAlive());
}

TEST_F(VenusServerTest, FailsWithoutAWord) {
    server().setValue("battery", "2", "/Soc", 50.0);
    server().setValue("battery", "2", "/Dc/0/Voltage", 13.2);
    for (const char* topic :
         {"R/id/battery/2", "R/id/battery/3/Soc", "R/id/vebus/2/Soc", "R/id/battery/2/So",
          "R/id/battery/2/Soc/", "R/id/battery/2/Dc/", "R/id/battery/2//Soc",
          "R/id/battery/2/Dc//0", "R/id//2/Soc", "R/id/", "R/id", "R/ID/battery/2/Soc",
          "R/id2/keepalive", "R/id/keepalive/", "N/id/battery/2/Soc", "W/id/battery/2/Soc", ""})
        EXPECT_THAT(request(topic), IsEmpty()) << topic;
    EXPECT_FALSE(server().isAlive());
}

TEST_F(VenusServerTest, AServiceThatLeavesClearsItsTopicsAliveOrNot) {
    server().setValue("battery", "2", "/Soc", 50.0);
    server().setValue("battery", "2", "/State", 9.0);
    server().setValue("battery", "3", "/Soc", 60.0);
    server().removeService("battery", "2");
    EXPECT_THAT(sent, UnorderedElementsAre("N/id/battery/2/Soc ", "N/id/battery/2/State "));
    sent.clear();
    server().removeService("battery", "2");
    server().removeService("battery", "77");
    EXPECT_THAT(sent, IsEmpty()) << "away already";
    EXPECT_THAT(request("R/id/battery/2/"), IsEmpty());
    EXPECT_THAT(request("R/id/battery/2/Soc"), IsEmpty());
    EXPECT_THAT(request("R/id/keepalive"),
                testing::Not(testing::Contains(testing::HasSubstr("battery/2"))));
    EXPECT_THAT(afterSet("/Soc", 50.0), ElementsAre(R"(N/id/battery/2/Soc {"value":50.0})"))
        << "back, same value";
    EXPECT_THAT(request("R/id/battery/2/"), testing::SizeIs(1)) << "only what it has said since";
}

TEST_F(VenusServerTest, KeepsMinAndMaxInAlphabeticalOrder) {
    auto& s = server();
    const auto mode = s.item("vebus", "276", "/Mode",
                             {.wire = WireType::Int, .min = Value(1.0), .max = Value(4.0)});
    const auto limit = s.item("vebus", "276", "/Limit", {.max = Value()});
    request("R/id/keepalive", kSuppress);
    sent.clear();
    s.set(mode, 3.0);
    s.set(limit, 12.5);
    s.set(mode, Value());
    s.setJson(mode, "3.0");
    EXPECT_THAT(sent, ElementsAre(R"(N/id/vebus/276/Mode {"max":4,"min":1,"value":3})",
                                  R"(N/id/vebus/276/Limit {"max":null,"value":12.5})",
                                  R"(N/id/vebus/276/Mode {"max":4,"min":1,"value":null})",
                                  R"(N/id/vebus/276/Mode {"max":4,"min":1,"value":3.0})"));
}

TEST_F(VenusServerTest, TakesWholePayloads) {
    auto& s = server();
    const auto item = s.item("settings", "0", "/Settings/X", {.isWritable = true});
    s.setPayload(item, R"({"max":80.0,"min":0.0,"value":14.0})");
    EXPECT_THAT(request("R/id/settings/0/Settings/X"),
                ElementsAre(R"(N/id/settings/0/Settings/X {"max":80.0,"min":0.0,"value":14.0})"));
    s.setJson(item, "15.0");
    EXPECT_THAT(request("R/id/settings/0/Settings/X"),
                ElementsAre(R"(N/id/settings/0/Settings/X {"max":80.0,"min":0.0,"value":15.0})"));
    s.setPayload(item, "");
    EXPECT_THAT(request("R/id/settings/0/Settings/X"), IsEmpty());
    s.setPayload(item, "[1,2]");
    EXPECT_THAT(request("R/id/settings/0/Settings/X"),
                ElementsAre("N/id/settings/0/Settings/X [1,2]"));
}

TEST_F(VenusServerTest, HandsWritesOfWritablePathsOver) {
    auto& s = server();
    s.set(s.item("battery", "2", "/CustomName", {.isWritable = true}), "old");
    s.set(s.item("battery", "2", "/Soc"), 50.0);
    s.item("battery", "2", "/Never/Set", {.isWritable = true});
    request("R/id/keepalive", kSuppress);
    EXPECT_THAT(request("W/id/battery/2/CustomName", R"({"value":"Küche"})"),
                ElementsAre(R"(N/id/battery/2/CustomName {"value":"Küche"})"));
    EXPECT_THAT(writes, ElementsAre(R"(battery|2|/CustomName|"Küche")"));
    EXPECT_THAT(request("W/id/battery/2/CustomName", R"({"value":"Küche"})"), IsEmpty())
        << "same value";
    writes.clear();
    for (const char* topic : {"W/id/battery/2/Soc", "W/id/battery/2/Never/Set",
                              "W/id/battery/2/Nothing", "W/id/battery/2", "W/id/battery/2/",
                              "W/id/battery/3/CustomName", "W/x/battery/2/CustomName"})
        EXPECT_THAT(request(topic, R"({"value":1})"), IsEmpty()) << topic;
    EXPECT_THAT(request("W/id/battery/2/CustomName", "x"), IsEmpty());
    EXPECT_THAT(writes, IsEmpty());
}

TEST_F(VenusServerTest, AWriteIsDoneButNotEchoedWhileNotAlive) {
    auto& s = server();
    s.set(s.item("battery", "2", "/CustomName", {.isWritable = true}), "old");
    EXPECT_THAT(request("W/id/battery/2/CustomName", R"({"value":"new"})"), IsEmpty());
    EXPECT_THAT(request("R/id/battery/2/CustomName"),
                ElementsAre(R"(N/id/battery/2/CustomName {"value":"new"})"));
}

TEST_F(VenusServerTest, PutsAPrefixBeforeEveryTopic) {
    settings.topicPrefix = "boat/";
    server().setValue("battery", "2", "/Soc", 50.0);
    EXPECT_THAT(server().subscriptions(), ElementsAre("boat/R/id/#", "boat/W/id/#"));
    EXPECT_THAT(request("R/id/keepalive"), IsEmpty());
    EXPECT_THAT(request("boat/R/id/keepalive"),
                ElementsAre(R"(boat/N/id/system/0/Serial {"value":"id"})",
                            R"(boat/N/id/battery/2/Soc {"value":50.0})",
                            R"(boat/N/id/full_publish_completed {"value":1700000000})",
                            R"(boat/N/id/heartbeat {"value":1700000000})"));
}

TEST_F(VenusServerTest, CanBeAnOldBridgeWithoutEcho) {
    settings.hasEcho = false;
    EXPECT_THAT(request("R/id/keepalive", kEcho),
                testing::Contains(R"(N/id/full_publish_completed {"value":1700000000})"));
}

TEST_F(VenusServerTest, CanBeAnOldBridgeWithoutEndMarkAndHeartbeat) {
    settings.hasCompletion = false;
    settings.hasHeartbeat = false;
    EXPECT_THAT(request("R/id/keepalive", kEcho),
                ElementsAre(R"(N/id/system/0/Serial {"value":"id"})"));
    EXPECT_THAT(pass(seconds(30)), IsEmpty());
    EXPECT_TRUE(server().isAlive());
}

TEST_F(VenusServerTest, AHandleStaysGood) {
    auto& s = server();
    const auto soc = s.item("battery", "2", "/Soc");
    for (int i = 0; i < 1000; ++i)
        s.setValue("battery", std::to_string(i), "/Soc", 1.0);
    EXPECT_EQ(s.item("battery", "2", "/Soc"), soc);
    s.removeService("battery", "2");
    s.set(soc, 7.0);
    EXPECT_THAT(request("R/id/battery/2/Soc"), ElementsAre(R"(N/id/battery/2/Soc {"value":7.0})"));
    EXPECT_THROW(s.set(100000, 1.0), std::out_of_range);
}

} // namespace
} // namespace busbar::mqtt
