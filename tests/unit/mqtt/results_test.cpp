// SPDX-License-Identifier: MIT
// When documents are published, and when not.
#include "core/events.hpp"
#include "core/table/path_table.hpp"
#include "made_bank.hpp"
#include "mqtt/results/results.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <set>

namespace busbar::mqtt {
namespace {

using namespace std::chrono_literals;

/// A broker: what is retained, what was published, and how much it takes.
struct ResultsTest : testing::Test {
    made::Bank bank;
    ResultsSettings settings;
    std::map<std::string, std::string> retained;
    std::vector<std::pair<std::string, std::string>> log;
    int takes = 1000000;
    Now now{SteadyTime(1000h), WallTime(500000h)};
    Results results = make();

    Results make() {
        settings.interval = 1s;
        return {settings,
                "home",
                {[this](const std::string& topic, const std::string& payload, int qos,
                        bool retain) { return take(topic, payload, qos, retain); }}};
    }
    bool take(const std::string& topic, const std::string& payload, int qos, bool retain) {
        const bool isEvent = topic == "busbar/home/event";
        EXPECT_EQ(retain, !isEvent) << topic;
        EXPECT_EQ(qos, isEvent ? 0 : 1) << topic;
        if (takes-- <= 0)
            return false;
        log.emplace_back(topic, payload);
        if (payload.empty())
            retained.erase(topic);
        else if (retain)
            retained[topic] = payload;
        return true;
    }
    void offer() {
        results.offer(0, bank.view(), now);
        results.finish(now);
    }
    void offerAfter(std::chrono::milliseconds span) {
        now = now + span;
        offer();
    }
    /// So that the second documents, which are spread over an interval, are out.
    void settle() {
        results.connected(now);
        for (int i = 0; i < 25; ++i)
            offerAfter(100ms);
        log.clear();
    }
    void charge(double limit_A) { bank.report.charge.value = limit_A; }
    void current(double current_A) { bank.snapshot[row("/Dc/0/Current")] = current_A; }
    [[nodiscard]] std::size_t count(const std::string& tail) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            log, [&](const auto& entry) { return entry.first == "busbar/home/" + tail; }));
    }
};

TEST_F(ResultsTest, SaysOnlineWhenNothingOfAnEarlierRunIsBelievedAnyMore) {
    retained["busbar/home/battery/old/status"] = "online";
    results.expect("old");
    results.expect("a");
    results.connected(now);
    results.finish(now);
    EXPECT_TRUE(log.empty()) << "before the documents";
    bank.remove("b");
    offer();
    ASSERT_EQ(log.size(), 5U);
    EXPECT_EQ(log.at(0).first, "busbar/home/battery/old/status");
    EXPECT_EQ(log.at(1).first, "busbar/home/bank/main/state");
    EXPECT_EQ(log.back(), (std::pair<std::string, std::string>("busbar/home/status", "online")));
    EXPECT_EQ(retained["busbar/home/battery/old/status"], "offline");
    EXPECT_EQ(retained["busbar/home/battery/a/status"], "online");
    EXPECT_EQ(results.will().topic, "busbar/home/status");
    EXPECT_EQ(results.will().payload, "offline");
}

TEST_F(ResultsTest, PublishesBankAndBatteriesOfANewSessionAtOnce) {
    results.connected(now);
    offer();
    EXPECT_EQ(made::parsed(retained["busbar/home/bank/main/state"])["soc_pct"].GetDouble(), 71.5);
    EXPECT_STREQ(made::parsed(retained["busbar/home/battery/b/state"])["id"].GetString(), "b");
    EXPECT_EQ(retained["busbar/home/battery/a/status"], "online");
}

TEST_F(ResultsTest, PublishesAChangeOncePerInterval) {
    settle();
    for (int i = 1; i <= 100; ++i) {
        current(-10.5 - i);
        offerAfter(100ms);
    }
    EXPECT_GE(count("bank/main/state"), 9U);
    EXPECT_LE(count("bank/main/state"), 10U);
}

TEST_F(ResultsTest, MissesNoTurnOfATimerThatFiresALittleEarly) {
    settle();
    for (int i = 1; i <= 10; ++i) {
        current(-10.5 - i);
        offerAfter(i % 2 == 0 ? 997ms : 1003ms);
    }
    EXPECT_EQ(count("bank/main/state"), 10U);
}

TEST_F(ResultsTest, PublishesNothingWithoutAChange) {
    settle();
    for (int i = 0; i < 100; ++i)
        offerAfter(200ms);
    EXPECT_TRUE(log.empty());
    EXPECT_GT(results.counters().unchanged, 0U);
}

TEST_F(ResultsTest, SaysWhenItWasSaidAndHowOldItWas) {
    bank.member("a").heard = now.steady - 7s;
    bank.member("b").heard = now.steady - 90s;
    bank.member("b").takesPart = false;
    results.connected(now);
    offer();
    const auto age_s = [this](const std::string& tail) {
        return made::parsed(retained["busbar/home/" + tail])["age_s"].GetDouble();
    };
    EXPECT_EQ(age_s("bank/main/state"), 7.0) << "of those that take part";
    EXPECT_EQ(age_s("battery/b/state"), 90.0);
    EXPECT_STREQ(made::parsed(retained["busbar/home/bank/main/state"])["time"].GetString(),
                 "2027-01-15T08:00:00Z");
}

TEST_F(ResultsTest, NeitherTimeNorAgeIsGuessed) {
    now.wall = WallTime(3h);
    results.connected(now);
    offer();
    const auto document = made::parsed(retained["busbar/home/battery/a/state"]);
    EXPECT_TRUE(made::isNull(document, "time")) << "the clock is not set";
    EXPECT_TRUE(made::isNull(document, "age_s")) << "never heard";
}

/// Home Assistant takes a value for lost that is not repeated.
TEST_F(ResultsTest, RepeatsUnchangedDocumentsOnceAMinute) {
    settle();
    for (int i = 0; i < 600; ++i)
        offerAfter(200ms);
    EXPECT_EQ(count("bank/main/state"), 2U);
    EXPECT_EQ(count("battery/a/state"), 2U);
    EXPECT_EQ(count("battery/a/status"), 0U);
}

TEST_F(ResultsTest, EmptiesTopicsOfABatteryThatNobodyWantsAnyMore) {
    retained["busbar/home/battery/old/state"] = "{}";
    results.forget("old");
    results.forget("a");
    settle();
    EXPECT_FALSE(retained.contains("busbar/home/battery/old/state"));
    EXPECT_FALSE(retained.contains("busbar/home/battery/old/status"));
    EXPECT_TRUE(retained.contains("busbar/home/battery/a/state")) << "it is there after all";
}

TEST_F(ResultsTest, PublishesACutOfEachLimitAtOnce) {
    settle();
    offerAfter(1s);
    charge(100.0);
    offerAfter(10ms);
    EXPECT_EQ(count("bank/main/state"), 1U);
    bank.report.discharge.value = 190.0;
    offerAfter(10ms);
    EXPECT_EQ(count("bank/main/state"), 2U);
    bank.report.chargeVoltage->value = 54.0;
    offerAfter(10ms);
    EXPECT_EQ(count("bank/main/state"), 3U);
}

/// With a long interval a start would stand as such for as long, although all is well.
TEST_F(ResultsTest, PublishesAChangeOfStageAtOnce) {
    settings.interval = 60s;
    results = make();
    bank.report.stage = Stage::Starting;
    results.connected(now);
    offer();
    for (const Stage stage : {Stage::Normal, Stage::NoData, Stage::Normal}) {
        log.clear();
        bank.report.stage = stage;
        offerAfter(100ms);
        EXPECT_EQ(count("bank/main/state"), 1U);
    }
}

TEST_F(ResultsTest, LetsARiseAndTheNoiseOfALimitWait) {
    settle();
    offerAfter(1s);
    for (const double limit_A : {120.1, 119.9, 120.0, 130.0}) {
        charge(limit_A);
        offerAfter(10ms);
    }
    EXPECT_EQ(count("bank/main/state"), 0U);
}

TEST_F(ResultsTest, TakesEveryLimitThatBecomesZeroForACut) {
    charge(0.1);
    settle();
    offerAfter(1s);
    charge(0.0);
    offerAfter(10ms);
    EXPECT_EQ(count("bank/main/state"), 1U);
}

TEST_F(ResultsTest, RepeatsWhatWasNotTaken) {
    settle();
    offerAfter(1s);
    charge(0.0);
    takes = 0;
    offerAfter(10ms);
    EXPECT_TRUE(log.empty());
    takes = 1000;
    offerAfter(10ms);
    EXPECT_EQ(count("bank/main/state"), 1U);
    EXPECT_EQ(results.counters().refused, 1U);
}

TEST_F(ResultsTest, GetsEverythingOutThroughASessionThatTakesOneAtATime) {
    results.connected(now);
    for (int i = 0; i < 20; ++i) {
        takes = 1;
        offerAfter(10ms);
    }
    EXPECT_EQ(retained.size(), 6U); // status, bank, two batteries with status and state
}

TEST_F(ResultsTest, RendersOnlyOnceACycleWhileNothingIsTaken) {
    takes = 0;
    results.connected(now);
    for (int i = 0; i < 50; ++i)
        offerAfter(10ms);
    EXPECT_EQ(results.counters().refused, 50U); // each time the bank, and nothing after it
}

TEST_F(ResultsTest, PublishesEverythingAgainInANewSession) {
    settle();
    results.disconnected();
    offerAfter(1s);
    EXPECT_TRUE(log.empty());
    retained.clear();
    results.connected(now);
    offer();
    EXPECT_EQ(retained.size(), 6U);
    EXPECT_EQ(log.back().first, "busbar/home/status");
}

TEST_F(ResultsTest, EmptiesTheTopicsOfABatteryThatIsGone) {
    settle();
    bank.remove("b");
    offerAfter(1s);
    EXPECT_FALSE(retained.contains("busbar/home/battery/b/state"));
    EXPECT_FALSE(retained.contains("busbar/home/battery/b/status"));
    EXPECT_TRUE(retained.contains("busbar/home/battery/a/state"));
    const auto first = std::ranges::find(log, "busbar/home/battery/b/status",
                                         &std::pair<std::string, std::string>::first);
    ASSERT_NE(first, log.end());
    EXPECT_EQ(first->second, "offline"); // whoever listens must not go on believing online
}

TEST_F(ResultsTest, EmptiesTopicsLaterIfThatWasNotTaken) {
    settle();
    bank.remove("b");
    for (int i = 0; i < 6; ++i) {
        takes = 1;
        offerAfter(10ms);
        takes = 0;
        offerAfter(10ms);
    }
    EXPECT_TRUE(retained.contains("busbar/home/battery/b/state"));
    takes = 1000;
    offerAfter(10ms);
    EXPECT_FALSE(retained.contains("busbar/home/battery/b/state"));
    EXPECT_FALSE(retained.contains("busbar/home/battery/b/status"));
}

TEST_F(ResultsTest, RemembersWhichBatteriesHaveTopicsUntilTheyAreCertainlyEmpty) {
    results.expect("old");
    settle();
    EXPECT_EQ(results.published(), (std::set<std::string>{"a", "b", "old"}));
    bank.remove("b");
    results.forget("old");
    offerAfter(1s);
    EXPECT_EQ(results.published(), (std::set<std::string>{"a", "b", "old"}));
    offerAfter(61s);
    EXPECT_EQ(results.published(), std::set<std::string>{"a"});
}

TEST_F(ResultsTest, OfASiteThatIsNoMoreNothingStays) {
    retained["busbar/home/battery/old/status"] = "offline";
    retained["busbar/other/status"] = "online";
    results.expect("old");
    settle();
    results.health({}, now);
    ASSERT_GT(retained.size(), 6U);
    results.withdraw({"main"});
    results.shutDown();
    EXPECT_EQ(retained, (std::map<std::string, std::string>{{"busbar/other/status", "online"}}));
    EXPECT_TRUE(results.published().empty());
}

TEST_F(ResultsTest, OfASiteThatIsNoMoreTheRestIsStillKnownIfTheSessionTakesNoMore) {
    settle();
    takes = 4;
    results.withdraw({"main"});
    EXPECT_EQ(results.published(), std::set<std::string>{"b"});
    takes = 1000;
    results.shutDown();
    EXPECT_EQ(retained["busbar/home/status"], "offline");
}

TEST_F(ResultsTest, EmptiesAgainWhatMayHaveBeenLostWithTheSession) {
    settle();
    bank.remove("b");
    results.forgetBank("old");
    offerAfter(1s);
    results.disconnected();
    retained["busbar/home/battery/b/state"] = "as if it had not arrived";
    retained["busbar/home/bank/old/state"] = "likewise";
    offerAfter(10s);
    results.connected(now);
    offer();
    EXPECT_FALSE(retained.contains("busbar/home/battery/b/state"));
    EXPECT_FALSE(retained.contains("busbar/home/bank/old/state"));
    offerAfter(60s); // the session has lasted
    results.disconnected();
    log.clear();
    results.connected(now);
    offer();
    EXPECT_EQ(count("battery/b/state"), 0U);
    EXPECT_EQ(count("bank/old/state"), 0U);
}

TEST_F(ResultsTest, EmptiesTopicsAlsoIfTheBatteryWentWhileThereWasNoSession) {
    settle();
    results.disconnected();
    bank.remove("b");
    offerAfter(1s);
    results.connected(now);
    offer();
    EXPECT_FALSE(retained.contains("busbar/home/battery/b/state"));
}

TEST_F(ResultsTest, EmptiesTheTopicsOfABatteryThatIsExcludedNow) {
    settle();
    bank.member("b").reason = OutReason::Excluded;
    bank.member("b").takesPart = false;
    offerAfter(1s);
    EXPECT_FALSE(retained.contains("busbar/home/battery/b/state"));
    log.clear();
    for (int i = 0; i < 10; ++i)
        offerAfter(1s);
    EXPECT_EQ(count("battery/b/status"), 0U);
}

TEST_F(ResultsTest, KeepsAMissingBatteryAsOffline) {
    settle();
    MemberReport& member = bank.member("b");
    member.instance = -1;
    member.reason = OutReason::Missing;
    member.takesPart = false;
    offerAfter(10ms);
    EXPECT_EQ(retained["busbar/home/battery/b/status"], "offline");
    EXPECT_TRUE(retained.contains("busbar/home/battery/b/state"));
    member.instance = 5;
    member.reason = OutReason::None;
    member.takesPart = true;
    offerAfter(10ms);
    EXPECT_EQ(retained["busbar/home/battery/b/status"], "online");
}

TEST_F(ResultsTest, SaysWhatABatteryIsBeforeItSaysThatItIsThere) {
    settle();
    MemberReport& member = bank.member("b");
    member.reason = OutReason::Stale;
    member.takesPart = false;
    offerAfter(1s);
    log.clear();
    member.reason = OutReason::None;
    member.takesPart = true;
    offerAfter(10ms);
    ASSERT_EQ(count("battery/b/state"), 1U) << "its turn or not";
    ASSERT_EQ(count("battery/b/status"), 1U);
    const auto of = [this](const char* tail) {
        return std::ranges::find(log, std::string("busbar/home/battery/b/") + tail,
                                 &std::pair<std::string, std::string>::first);
    };
    EXPECT_LT(of("state"), of("status"));
}

TEST_F(ResultsTest, LeavesOutWhatWasNeverKnownAndSaysItFromThenOn) {
    settle();
    const auto document = [this] { return retained["busbar/home/bank/main/state"]; };
    EXPECT_EQ(document().find("soh_pct"), std::string::npos);
    bank.snapshot[row("/Soh")] = 97.0;
    offerAfter(1s);
    EXPECT_NE(document().find(R"("soh_pct":97.0)"), std::string::npos);
    bank.snapshot[row("/Soh")] = Value();
    results.disconnected();
    results.connected(now);
    offerAfter(1s);
    EXPECT_NE(document().find(R"("soh_pct":null)"), std::string::npos) << "in the next session too";
}

TEST_F(ResultsTest, WritesTheFirstLayoutWhereTheOwnerWantsIt) {
    settings.layout = 1;
    results = make();
    settle();
    EXPECT_EQ(retained["busbar/home/bank/main/state"].find(R"({"layout":1,)"), 0U);
    EXPECT_NE(retained["busbar/home/battery/a/state"].find(R"("voltage":52.8)"), std::string::npos);
}

TEST_F(ResultsTest, HasNoTopicsForABatteryThatWasNeverThere) {
    MemberReport& member = bank.add("c", -1);
    member.reason = OutReason::Missing;
    settle();
    EXPECT_FALSE(retained.contains("busbar/home/battery/c/status"));
}

TEST_F(ResultsTest, SaysAtOnceThatABatteryIsStale) {
    settle();
    bank.member("a").takesPart = false;
    bank.member("a").reason = OutReason::Stale;
    offerAfter(10ms);
    EXPECT_EQ(retained["busbar/home/battery/a/status"], "offline");
}

TEST_F(ResultsTest, GivesABatteryOfTwoBanksToTheFirst) {
    made::Bank second;
    second.settings.id = "second";
    results.connected(now);
    results.offer(1, second.view(), now);
    EXPECT_EQ(made::parsed(retained["busbar/home/battery/a/state"])["bank"].GetString(),
              std::string("second"));
    const auto cycle = [&] {
        now = now + 2s;
        results.offer(0, bank.view(), now);
        results.offer(1, second.view(), now);
    };
    cycle();
    EXPECT_EQ(made::parsed(retained["busbar/home/battery/a/state"])["bank"].GetString(),
              std::string("main"));
    log.clear();
    cycle();
    EXPECT_TRUE(log.empty());
    bank.remove("a");
    cycle();
    EXPECT_EQ(made::parsed(retained["busbar/home/battery/a/state"])["bank"].GetString(),
              std::string("second"));
    EXPECT_EQ(retained["busbar/home/battery/a/status"], "online");
}

TEST_F(ResultsTest, LeavesABatteryThatTheFirstBankExcludesToTheSecond) {
    made::Bank second;
    second.settings.id = "second";
    bank.member("a").reason = OutReason::Excluded;
    results.connected(now);
    for (int i = 0; i < 3; ++i) {
        now = now + 1s;
        results.offer(0, bank.view(), now);
        results.offer(1, second.view(), now);
    }
    EXPECT_EQ(made::parsed(retained["busbar/home/battery/a/state"])["bank"].GetString(),
              std::string("second"));
}

TEST_F(ResultsTest, PublishesEventsOnceAndNeverLate) {
    bank.events = {{EventKind::MemberOut, "Pack b", "stale", 0.0, true}};
    offer(); // no session
    results.connected(now);
    bank.events = {{EventKind::StageChanged, "", "no_data", 0.0, true}};
    offer();
    bank.events.clear();
    offerAfter(1s);
    EXPECT_EQ(count("event"), 1U);
    EXPECT_EQ(results.counters().events, 1U);
    EXPECT_EQ(results.counters().eventsLost, 1U);
}

TEST_F(ResultsTest, PublishesHealthOnceAMinuteAndFirstInEachSession) {
    EXPECT_FALSE(results.isHealthDue(now));
    results.connected(now);
    results.health({}, now);
    EXPECT_EQ(count("health"), 0U) << "before online";
    offer();
    for (int second = 0; second < 125; ++second, now = now + 1s)
        results.health({}, now);
    EXPECT_EQ(count("health"), 3U);
    results.connected(now);
    EXPECT_TRUE(results.isHealthDue(now));
}

TEST_F(ResultsTest, SaysOfflineAtTheEnd) {
    settle();
    results.shutDown();
    EXPECT_EQ(retained["busbar/home/status"], "offline");
    log.clear();
    offerAfter(10s);
    EXPECT_TRUE(log.empty());
}

TEST_F(ResultsTest, PublishesNothingWhenSwitchedOff) {
    settings.isEnabled = false;
    results = make();
    results.connected(now);
    offer();
    results.health({}, now);
    results.shutDown();
    EXPECT_TRUE(log.empty());
}

TEST_F(ResultsTest, PublishesNoBatteriesIfNotWanted) {
    settings.publishBatteries = false;
    results = make();
    results.connected(now);
    offer();
    EXPECT_EQ(retained.size(), 2U);
}

TEST_F(ResultsTest, EmptiesTheDocumentOfABankThatIsNotConfiguredAnyMore) {
    retained["busbar/home/bank/other/state"] = "{}";
    results.forgetBank("other");
    settle();
    EXPECT_FALSE(retained.contains("busbar/home/bank/other/state"));
}

TEST_F(ResultsTest, EmptiesBatteriesOfAnEarlierRunIfNoneAreWanted) {
    settings.publishBatteries = false;
    results = make();
    retained["busbar/home/battery/a/state"] = "{}";
    results.expect("a");
    settle();
    EXPECT_FALSE(retained.contains("busbar/home/battery/a/state"));
    EXPECT_FALSE(retained.contains("busbar/home/battery/a/status"));
}

/// Somebody else on the same broker, which repeats to us what was published.
struct OverwrittenTest : ResultsTest {
    static constexpr const char* kStatus = "busbar/home/status";
    OverwrittenTest() {
        settle();
        echo();
    }
    void echo() {
        for (const auto& [topic, payload] : log)
            results.heard(topic, payload, false);
        log.clear();
    }
    void somebodySays(const std::string& topic, const std::string& word) {
        retained[topic] = word;
        results.heard(topic, word, false);
    }
    /// Seconds until the topic is right again; 1000 if it does not become right.
    int secondsUntilRight(const std::string& topic) {
        for (int second = 0; second < 1000; ++second, offerAfter(1s)) {
            const bool isRight = retained[topic] == "online";
            echo();
            if (isRight)
                return second;
        }
        return 1000;
    }
};

TEST_F(OverwrittenTest, AsksForItsOwnStatuses) {
    EXPECT_EQ(results.subscriptions(),
              (std::vector<std::string>{kStatus, "busbar/home/battery/+/status"}));
}

TEST_F(OverwrittenTest, PutsTheLastWillOfAPredecessorRight) {
    for (const std::string topic : {kStatus, "busbar/home/battery/a/status"}) {
        somebodySays(topic, "offline");
        EXPECT_EQ(secondsUntilRight(topic), 1) << topic;
    }
    EXPECT_EQ(results.counters().overwritten, 2U);
    const auto notices = results.takeNotices();
    ASSERT_EQ(notices.size(), 2U);
    EXPECT_EQ(notices.front().topic, kStatus);
    EXPECT_FALSE(notices.front().isContested);
}

TEST_F(OverwrittenTest, PutsNonsenseAndAnEmptiedTopicRight) {
    somebodySays(kStatus, std::string(100000, 'x'));
    EXPECT_EQ(secondsUntilRight(kStatus), 1);
    somebodySays(kStatus, "");
    EXPECT_LE(secondsUntilRight(kStatus), 3);
}

TEST_F(OverwrittenTest, DoesNotFightForEverAndSaysSo) {
    int longest = 0;
    for (int i = 0; i < 12; ++i) {
        somebodySays(kStatus, "offline");
        const int waited = secondsUntilRight(kStatus);
        EXPECT_LE(waited, 301);
        longest = std::max(longest, waited);
    }
    EXPECT_GE(longest, 299);
    const auto notices = results.takeNotices();
    ASSERT_EQ(notices.size(), 2U) << "the first, and that it goes on";
    EXPECT_TRUE(notices.back().isContested);
    now = now + 25h;
    somebodySays(kStatus, "offline");
    EXPECT_EQ(secondsUntilRight(kStatus), 1) << "after a day of rest";
}

TEST_F(OverwrittenTest, IsNotSurprisedByItsOwnEarlierWords) {
    for (int i = 0; i < 20; ++i) {
        bank.member("a").takesPart = i % 2 == 1;
        bank.member("a").reason = i % 2 == 1 ? OutReason::None : OutReason::Stale;
        offerAfter(100ms);
    }
    const auto said = log;
    for (const auto& [topic, payload] : said) {
        results.heard(topic, payload, false);
        offerAfter(10ms);
    }
    for (int i = 0; i < 100; ++i)
        offerAfter(1s);
    EXPECT_EQ(results.counters().overwritten, 0U);
}

TEST_F(OverwrittenTest, SaysOfflineForABatteryThatOnlyAnEarlierRunKnew) {
    const std::string topic = "busbar/home/battery/gone/status";
    retained[topic] = "online";
    results.heard(topic, "online", true);
    offerAfter(1s);
    EXPECT_EQ(retained[topic], "offline");
    results.heard(topic, "offline", false);
    log.clear();
    for (int i = 0; i < 100; ++i)
        offerAfter(10ms);
    EXPECT_EQ(count("battery/gone/status"), 0U);
    EXPECT_TRUE(results.takeNotices().empty());
}

TEST_F(OverwrittenTest, GivesAFloodOfInventedBatteriesNoMoreThanItsBound) {
    for (int i = 0; i < 5000; ++i)
        results.heard("busbar/home/battery/x" + std::to_string(i) + "/status", "online", false);
    offerAfter(10ms);
    EXPECT_LE(log.size(), StatusGuard::kMostTopics);
    EXPECT_GE(log.size(), StatusGuard::kMostTopics / 2);
    somebodySays(kStatus, "offline");
    EXPECT_EQ(secondsUntilRight(kStatus), 1);
}

/// 64 batteries × 32 cells: how much, how well spread, and how little it costs when nothing is due.
struct LargeBankTest : ResultsTest {
    LargeBankTest() {
        for (int i = 10; i < 72; ++i)
            bank.add("battery_" + std::to_string(i), i);
        for (const MemberReport& member : bank.report.members) {
            for (RowIndex i = 0; i < 80; ++i)
                bank.put(member.instance, i,
                         kRows.at(i).quantity == Quantity::Text ? Value("text") : Value(1.5));
            bank.putCells(member.instance, 32, 3.321);
        }
    }
    void moveAll(double current_A) {
        current(current_A);
        for (const MemberReport& member : bank.report.members)
            bank.put(member.instance, row("/Dc/0/Current"), current_A);
    }
};

TEST_F(LargeBankTest, SpreadsItsDocumentsOverTheInterval) {
    settle();
    std::size_t most = 0;
    for (int i = 1; i <= 50; ++i) {
        moveAll(i);
        log.clear();
        offerAfter(100ms);
        most = std::max(most, log.size());
    }
    EXPECT_LE(most, 64U / 4);
    EXPECT_GE(most, 1U);
}

TEST_F(LargeBankTest, StaysBelowThreeHundredKilobytesASecond) {
    settle();
    const auto before = results.counters().bytes;
    for (int i = 1; i <= 100; ++i) {
        moveAll(i);
        offerAfter(100ms);
    }
    const auto perSecond = (results.counters().bytes - before) / 10;
    RecordProperty("bytes_per_second", static_cast<int>(perSecond));
    EXPECT_LT(perSecond, 300000U);
}

} // namespace
} // namespace busbar::mqtt
