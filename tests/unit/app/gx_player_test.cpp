// SPDX-License-Identifier: MIT
#include "app/demo/gx_player.hpp"
#include "support/source_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>

namespace busbar {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

Record record(int at, const std::string& topic, const std::string& payload,
              bool isInitial = false) {
    return {milliseconds(at), isInitial, topic, payload};
}

/// Battery 1 is there at the start; its SoC changes at 1 s and 3 s; battery 2 comes at 2 s.
std::vector<Record> smallRecording() {
    return {record(0, "N/gx/battery/1/Soc", R"({"value":50})", true),
            record(0, "N/gx/settings/0/Settings/X", R"({"max":9,"min":0,"value":1})", true),
            record(500, "N/gx/heartbeat", R"({"value":1})"),
            record(1000, "N/gx/battery/1/Soc", R"({"value":51})"),
            record(2000, "N/gx/battery/2/Soc", R"({"value":20})"),
            record(3000, "N/gx/battery/1/Soc", R"({"value":53})"),
            record(3000, "N/gx/full_publish_completed", R"({"value":1})")};
}

struct GxPlayerTest : testing::Test {
    std::vector<std::string> sent;
    Now now{SteadyTime(seconds(1000)), WallTime(seconds(1700000000))};

    mqtt::VenusServer::Publish port() {
        return [this](std::string_view topic, std::string_view payload, bool) {
            if (topic.find("heartbeat") == std::string_view::npos)
                sent.push_back(std::string(topic) + " " + std::string(payload));
            return true;
        };
    }
    void keepAlive(GxPlayer& player) {
        player.message("R/gx/keepalive", "suppress-republish", now);
    }
    std::vector<std::string> pass(GxPlayer& player, milliseconds span) {
        sent.clear();
        now = now + span;
        player.tick(now);
        return sent;
    }
};

TEST_F(GxPlayerTest, PublishesInTheRecordedPace) {
    GxPlayer player(smallRecording(), {}, port());
    EXPECT_EQ(player.server().portalId(), "gx");
    EXPECT_EQ(player.length(), seconds(4));
    keepAlive(player);
    EXPECT_THAT(pass(player, seconds(5)),
                ElementsAre(R"(N/gx/battery/1/Soc {"value":50})",
                            R"(N/gx/settings/0/Settings/X {"max":9,"min":0,"value":1})"));
    EXPECT_THAT(pass(player, milliseconds(999)), IsEmpty());
    EXPECT_THAT(pass(player, milliseconds(1)), ElementsAre(R"(N/gx/battery/1/Soc {"value":51})"));
    EXPECT_THAT(pass(player, seconds(2)), ElementsAre(R"(N/gx/battery/2/Soc {"value":20})",
                                                      R"(N/gx/battery/1/Soc {"value":53})"));
}

TEST_F(GxPlayerTest, StartsOverWithTheInitialValues) {
    GxPlayer player(smallRecording(), {}, port());
    keepAlive(player);
    player.tick(now);
    pass(player, milliseconds(3999));
    EXPECT_EQ(player.rounds(), 1U);
    EXPECT_THAT(pass(player, milliseconds(1)),
                ElementsAre("N/gx/battery/2/Soc ", R"(N/gx/battery/1/Soc {"value":50})"));
    EXPECT_EQ(player.rounds(), 2U);
    EXPECT_THAT(pass(player, seconds(1)), ElementsAre(R"(N/gx/battery/1/Soc {"value":51})"));
}

TEST_F(GxPlayerTest, LeavesRoundsOutAfterALongPause) {
    GxPlayer player(smallRecording(), {}, port());
    keepAlive(player);
    player.tick(now);
    pass(player, milliseconds(40000 + 1500));
    EXPECT_EQ(player.rounds(), 2U);
    EXPECT_EQ(sent.back(), R"(N/gx/battery/1/Soc {"value":51})") << "1.5 s into a round";
    EXPECT_LT(sent.size(), 8U);
    EXPECT_THAT(pass(player, milliseconds(500)), ElementsAre(R"(N/gx/battery/2/Soc {"value":20})"));
}

TEST_F(GxPlayerTest, PlaysFaster) {
    GxPlayer player(smallRecording(), {.speed = 10.0}, port());
    keepAlive(player);
    player.tick(now);
    EXPECT_THAT(pass(player, milliseconds(100)), ElementsAre(R"(N/gx/battery/1/Soc {"value":51})"));
    EXPECT_THAT(pass(player, milliseconds(100)), ElementsAre(R"(N/gx/battery/2/Soc {"value":20})"));
}

TEST_F(GxPlayerTest, AnswersLikeAGx) {
    GxPlayer player(smallRecording(), {.topicPrefix = "lab/"}, port());
    player.tick(now);
    player.message("lab/R/gx/battery/1/Soc", "", now);
    player.server().announce();
    EXPECT_THAT(sent, ElementsAre(R"(lab/N/gx/battery/1/Soc {"value":50})",
                                  R"(lab/N/gx/system/0/Serial {"value":"gx"})"));
}

TEST_F(GxPlayerTest, LetsOnlyTheOwnersSettingsBeWritten) {
    GxPlayer player(smallRecording(), {}, port());
    player.tick(now);
    keepAlive(player);
    sent.clear();
    player.message("W/gx/settings/0/Settings/X", R"({"value":5})", now);
    player.message("W/gx/battery/1/Soc", R"({"value":5})", now);
    EXPECT_THAT(sent, ElementsAre(R"(N/gx/settings/0/Settings/X {"max":9,"min":0,"value":5})"));
}

TEST_F(GxPlayerTest, RemovesWhatTheRecordingRemoves) {
    GxPlayer player({record(0, "N/gx/battery/1/Soc", "1"), record(1000, "N/gx/battery/1/Soc", "")},
                    {}, port());
    player.tick(now);
    EXPECT_THAT(pass(player, seconds(1)), ElementsAre("N/gx/battery/1/Soc "));
}

TEST_F(GxPlayerTest, WithoutInitialValuesNothingLeavesBetweenRounds) {
    GxPlayer player({record(0, "N/gx/battery/1/Soc", "1"), record(1000, "N/gx/battery/1/Soc", "2")},
                    {}, port());
    keepAlive(player);
    player.tick(now);
    pass(player, seconds(1));
    EXPECT_THAT(pass(player, seconds(1)), ElementsAre("N/gx/battery/1/Soc 1"));
}

TEST_F(GxPlayerTest, RefusesWhatItCannotPlay) {
    EXPECT_THROW(GxPlayer({}, {}, port()), std::runtime_error);
    EXPECT_THROW(GxPlayer({record(0, "N/gx/heartbeat", "1"), record(0, "x/gx/battery/1/Soc", "1")},
                          {}, port()),
                 std::runtime_error);
    EXPECT_THROW(
        GxPlayer({record(0, "N/a/battery/1/Soc", "1"), record(0, "N/b/battery/1/Soc", "1")}, {},
                 port()),
        std::runtime_error);
    for (const double speed : {0.0, -1.0, 1e9, std::numeric_limits<double>::quiet_NaN()})
        EXPECT_THROW(GxPlayer(smallRecording(), {.speed = speed}, port()), std::invalid_argument)
            << speed;
}

TEST_F(GxPlayerTest, EndsEachRoundOfARealRecordingWithItsLastValues) {
    const auto recording = readRecording(test::sourcePath("tests/data/recordings/lp.jsonl"));
    std::map<std::string, std::string> expected, seen;
    for (const Record& r : recording)
        expected[r.topic] = r.payload;
    expected["N/c0619ab00001/system/0/Serial"] = R"({"value":"c0619ab00001"})";
    GxPlayer player(recording, {.speed = 100.0},
                    [&](std::string_view topic, std::string_view payload, bool) {
                        seen[std::string(topic)] = payload;
                        return true;
                    });
    for (int i = 0; i < 333; ++i) {
        player.message("R/c0619ab00001/keepalive", "suppress-republish", now);
        player.tick(now);
        now = now + milliseconds(10);
    }
    player.tick(now);
    player.message("R/c0619ab00001/keepalive", "", now);
    seen.erase("N/c0619ab00001/heartbeat");
    seen.erase("N/c0619ab00001/full_publish_completed");
    EXPECT_EQ(seen, expected);
}

} // namespace
} // namespace busbar
