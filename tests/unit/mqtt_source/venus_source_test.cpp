// SPDX-License-Identifier: MIT
#include "core/table/path_table.hpp"
#include "core/table/plant_rows.hpp"
#include "mqtt/venus/venus_source.hpp"
#include "support/subscriptions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace busbar::mqtt {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kVoltage = R"({"value":26.4})";

class VenusSourceTest : public ::testing::Test {
protected:
    VenusSource& make(GxSettings settings, SourceNeeds needs = {}) {
        SourcePort port;
        port.leanness = Leanness::IfChosen;
        port.subscribe = [this](const std::vector<std::string>& wanted) {
            if (isFull || isDeaf)
                return false;
            subscribed.add(wanted);
            filters.insert(filters.end(), wanted.begin(), wanted.end());
            return true;
        };
        port.unsubscribe = [this](const std::vector<std::string>& unwanted) {
            if (isFull)
                return false;
            subscribed.remove(unwanted);
            return true;
        };
        port.publish = [this](const std::string& topic, const std::string& payload) {
            if (isFull)
                return false;
            if (onPublish)
                onPublish(topic);
            sent.push_back(topic + " " + payload);
            return true;
        };
        source = std::make_unique<VenusSource>(std::move(settings), readings, std::move(port),
                                               "seed", needs);
        return *source;
    }
    VenusSource& makeKnown(SourceNeeds needs = {}) {
        GxSettings settings;
        settings.portalId = "gx";
        return make(settings, needs);
    }
    void connect() { source->connected(now); }
    void say(std::string_view tail, std::string_view payload) {
        source->message("N/gx/" + std::string(tail), payload, false, now);
    }
    void sayBattery(int instance) {
        const std::string head = "battery/" + std::to_string(instance);
        say(head + "/DeviceInstance", R"({"value":)" + std::to_string(instance) + "}");
        say(head + "/Dc/0/Voltage", kVoltage);
        say(head + "/Dc/0/Current", R"({"value":1.5})");
    }
    void complete(std::string_view word) {
        say("full_publish_completed",
            R"({"full-publish-completed-echo":")" + std::string(word) + R"(","value":1})");
    }
    void completeLast() { complete(lastWord()); }
    /// The word of the newest request.
    [[nodiscard]] std::string lastWord() const {
        for (auto text = sent.rbegin(); text != sent.rend(); ++text)
            if (const auto at = text->find("seed-"); at != std::string::npos)
                return text->substr(at, text->find('"', at) - at);
        return {};
    }
    void pass(std::chrono::seconds span) {
        for (; span > 0s; span -= 1s) {
            now = now + 1s;
            source->tick(now);
        }
    }
    void passAlive(std::chrono::seconds span) {
        for (; span > 0s; span -= 1s) {
            say("heartbeat", R"({"value":1})");
            pass(1s);
        }
    }
    [[nodiscard]] std::vector<std::string> takeSent() { return std::exchange(sent, {}); }
    [[nodiscard]] std::vector<std::string> notices() {
        std::vector<std::string> texts;
        for (const Notice& notice : source->takeNotices())
            texts.push_back((notice.isProblem ? "! " : "  ") + notice.text);
        return texts;
    }

    Readings readings;
    bool isFull{false}; ///< the session takes nothing
    bool isDeaf{false}; ///< it takes no subscriptions
    std::unique_ptr<VenusSource> source;
    std::function<void(const std::string& topic)> onPublish;
    std::vector<std::string> filters; ///< all that were ever subscribed to
    test::Subscriptions subscribed;   ///< that are in force
    std::vector<std::string> sent;
    Now now{SteadyTime(1000h), WallTime(500000h)};
};

constexpr std::string_view kSuppressed =
    R"(R/gx/keepalive {"keepalive-options":["suppress-republish"]})";

TEST_F(VenusSourceTest, SubscribesToWhatItNeedsThenAsksForEverything) {
    makeKnown();
    connect();
    EXPECT_THAT(filters,
                ElementsAre("N/gx/battery/#", "N/gx/heartbeat", "N/gx/full_publish_completed",
                            "N/gx/system/0/Control/ActiveSocLimit"));
    EXPECT_THAT(sent,
                ElementsAre("R/gx/keepalive "
                            R"({"keepalive-options":[{"full-publish-completed-echo":"seed-1"}]})"));
}

TEST_F(VenusSourceTest, PutsTheTopicPrefixInFrontOfEverything) {
    GxSettings settings;
    settings.portalId = "gx";
    settings.topicPrefix = "boat/";
    make(settings);
    connect();
    EXPECT_THAT(filters, Contains("boat/N/gx/battery/#"));
    EXPECT_THAT(sent.at(0), HasSubstr("boat/R/gx/keepalive "));
    source->message("boat/N/gx/battery/1/Soc", R"({"value":50})", false, now);
    source->message("N/gx/battery/2/Soc", R"({"value":50})", false, now);
    EXPECT_THAT(readings.batteries(), SizeIs(1));
}

TEST_F(VenusSourceTest, KeepsAliveWithoutRepublish) {
    makeKnown();
    connect();
    completeLast();
    (void)takeSent();
    passAlive(24s);
    EXPECT_THAT(sent, IsEmpty());
    passAlive(1s);
    EXPECT_THAT(takeSent(), ElementsAre(kSuppressed));
    passAlive(25s);
    EXPECT_THAT(takeSent(), ElementsAre(kSuppressed));
}

TEST_F(VenusSourceTest, NeverLetsTheBridgeForgetUs) {
    makeKnown();
    connect();
    completeLast();
    int silent = 0;
    int longest = 0;
    for (int i = 0; i < 2000; ++i) {
        (void)takeSent();
        passAlive(1s);
        if (!sent.empty())
            completeLast();
        silent = sent.empty() ? silent + 1 : 0;
        longest = std::max(longest, silent);
    }
    EXPECT_LE(longest, 30);
}

TEST_F(VenusSourceTest, OnlyTheOwnWordEndsASweep) {
    makeKnown();
    connect();
    sayBattery(1);
    complete("other-1");
    complete("seed-2");
    say("full_publish_completed", R"({"value":1})");
    say("full_publish_completed", "garbage");
    EXPECT_FALSE(readings.everComplete());
    completeLast();
    EXPECT_TRUE(readings.everComplete());
    EXPECT_EQ(source->counters().sweeps, 1U);
}

TEST_F(VenusSourceTest, AsksAgainThenReadsOneByOneThenTriesAgainLater) {
    makeKnown();
    connect();
    sayBattery(1);
    sayBattery(7);
    (void)takeSent();
    pass(2s);
    EXPECT_THAT(sent, IsEmpty());
    pass(1s);
    EXPECT_THAT(takeSent(), ElementsAre(HasSubstr("seed-2")));
    pass(5s);
    EXPECT_THAT(takeSent(), ElementsAre(kSuppressed, "R/gx/battery/1/ ", "R/gx/battery/7/ ",
                                        "R/gx/system/0/Control/ActiveSocLimit "));
    sayBattery(1);
    pass(4s);
    readings.settle(now);
    EXPECT_TRUE(readings.everComplete());
    EXPECT_FALSE(readings.batteries().at(1).lost.has_value());
    EXPECT_TRUE(readings.batteries().at(7).lost.has_value());
    EXPECT_THAT(notices(), ElementsAre(HasSubstr("! full_publish_incomplete")));
    EXPECT_EQ(source->counters().sweepsFailed, 1U);
    (void)takeSent();
    pass(29s);
    EXPECT_THAT(sent, Contains(kSuppressed));
    (void)takeSent();
    pass(1s);
    EXPECT_THAT(takeSent(), ElementsAre(HasSubstr("seed-4")));
    sayBattery(1);
    complete("seed-4");
    EXPECT_THAT(notices(), ElementsAre(HasSubstr("  full_publish_back")));
}

TEST_F(VenusSourceTest, SaysOnlyOnceThatFullPublishesFailAndWaitsLonger) {
    makeKnown();
    connect();
    sayBattery(1);
    int requests = 0;
    for (int i = 0; i < 1000; ++i) {
        (void)takeSent();
        passAlive(1s);
        for (const std::string& text : sent)
            requests += text.find("seed-") != std::string::npos ? 1 : 0;
    }
    EXPECT_THAT(notices(), SizeIs(1));
    EXPECT_GE(requests, 10);
    EXPECT_LE(requests, 30);
}

TEST_F(VenusSourceTest, PlainEndMarkCountsForAnOldBridge) {
    makeKnown();
    connect();
    sayBattery(1);
    say("full_publish_completed", R"({"value":1})");
    EXPECT_FALSE(readings.everComplete());
    pass(3s);
    EXPECT_TRUE(readings.everComplete());
    pass(60s);
    (void)takeSent();
    sayBattery(1);
    say("full_publish_completed", R"({"value":1})");
    EXPECT_EQ(source->counters().sweeps, 2U) << "known to be old: at once";
}

TEST_F(VenusSourceTest, PlainEndMarkIsForeignOnceTheBridgeHasReturnedAWord) {
    makeKnown();
    connect();
    sayBattery(1);
    completeLast();
    source->overflow(now);
    say("full_publish_completed", R"({"value":1})");
    pass(3s);
    EXPECT_EQ(source->counters().sweeps, 1U);
    EXPECT_EQ(lastWord(), "seed-3") << "asked again";
}

TEST_F(VenusSourceTest, LostHeartbeatIsALostLink) {
    makeKnown();
    connect();
    completeLast();
    say("heartbeat", R"({"value":1})");
    pass(9s);
    EXPECT_TRUE(readings.linkUp());
    pass(1s);
    EXPECT_FALSE(readings.linkUp());
    EXPECT_THAT(notices(), ElementsAre(HasSubstr("! gx_bridge_lost")));
    pass(100s);
    EXPECT_THAT(notices(), IsEmpty());
    EXPECT_THAT(takeSent(), Contains(kSuppressed)) << "goes on asking";
    say("heartbeat", R"({"value":1})");
    EXPECT_TRUE(readings.linkUp());
    EXPECT_TRUE(readings.inDoubt());
    pass(1s);
    EXPECT_THAT(takeSent(), ElementsAre(HasSubstr("seed-2")));
    EXPECT_THAT(notices(), ElementsAre(HasSubstr("  gx_bridge_back")));
}

TEST_F(VenusSourceTest, ABridgeWithoutHeartbeatIsLostAfterNinetySilentSeconds) {
    makeKnown();
    connect();
    completeLast();
    pass(60s);
    sayBattery(1);
    pass(89s);
    EXPECT_TRUE(readings.linkUp());
    pass(1s);
    EXPECT_FALSE(readings.linkUp());
    sayBattery(1);
    pass(1s);
    EXPECT_TRUE(readings.linkUp());
}

TEST_F(VenusSourceTest, AGapOfAMinuteIsADoubt) {
    makeKnown();
    connect();
    sayBattery(1);
    completeLast();
    (void)takeSent();
    now = now + 61s; // the machine slept
    say("heartbeat", R"({"value":1})");
    source->tick(now);
    EXPECT_TRUE(readings.inDoubt());
    EXPECT_THAT(takeSent(), Contains(HasSubstr("seed-")));
}

TEST_F(VenusSourceTest, OverflowIsADoubtAndAsksAtOnce) {
    makeKnown();
    connect();
    sayBattery(1);
    completeLast();
    (void)takeSent();
    source->overflow(now);
    EXPECT_TRUE(readings.inDoubt());
    EXPECT_THAT(takeSent(), ElementsAre(HasSubstr("seed-2")));
}

TEST_F(VenusSourceTest, OverflowsWithoutEndAskLessAndLessOftenAndAreNotAWord) {
    makeKnown();
    connect();
    sayBattery(1);
    completeLast();
    (void)takeSent();
    (void)notices();
    std::size_t asked = 0;
    for (int tenths = 0; tenths < 600; ++tenths) {
        source->overflow(now);
        if (tenths % 10 == 0) {
            say("heartbeat", R"({"value":1})");
            pass(1s);
        }
        for (const std::string& text : takeSent())
            asked += text.find("seed-") != std::string::npos ? 1U : 0U;
    }
    EXPECT_LE(asked, 20U);
    EXPECT_TRUE(readings.inDoubt());
    for (const std::string& text : notices())
        EXPECT_EQ(text.find("overflow"), std::string::npos) << "the app tells it, paced";
    for (int second = 0; second < 61 && readings.inDoubt(); ++second) {
        say("heartbeat", R"({"value":1})");
        pass(1s);
        sayBattery(1);
        completeLast();
    }
    EXPECT_FALSE(readings.inDoubt()) << "the last one is not forgotten";
}

TEST_F(VenusSourceTest, AKeepaliveThatWasNotTakenIsSentAgain) {
    makeKnown();
    connect();
    completeLast();
    passAlive(24s);
    (void)takeSent();
    isFull = true;
    passAlive(3s);
    isFull = false;
    passAlive(1s);
    EXPECT_THAT(takeSent(), Contains(kSuppressed));
}

TEST_F(VenusSourceTest, AGapWithoutKeepaliveIsSaidOnce) {
    makeKnown();
    connect();
    sayBattery(1);
    completeLast();
    (void)notices();
    isFull = true;
    passAlive(90s);
    EXPECT_THAT(notices(), Contains(HasSubstr("keepalive_gap")).Times(1));
    isFull = false;
    passAlive(1s);
    completeLast();
    EXPECT_FALSE(readings.inDoubt());
}

TEST_F(VenusSourceTest, AWriteSaysWhetherItWasTaken) {
    makeKnown();
    EXPECT_FALSE(source->write(GxItem::MaxChargeCurrent, 10.0)) << "no session";
    connect();
    EXPECT_TRUE(source->write(GxItem::MaxChargeCurrent, 10.0));
    isFull = true;
    EXPECT_FALSE(source->write(GxItem::MaxChargeCurrent, 10.0));
}

/// A battery in the layout of a GX that is another Busbar's bank has paths that come and go with
/// its members.
TEST_F(VenusSourceTest, ABatteryLeavesWithThePathsThatAreReadOnly) {
    makeKnown();
    connect();
    sayBattery(1);
    completeLast();
    say("battery/1/Voltages/A_Cell1", "");
    EXPECT_FALSE(readings.batteries().at(1).left);
    say("battery/1/Dc/0/Current", "");
    EXPECT_TRUE(readings.batteries().at(1).left);
}

TEST_F(VenusSourceTest, ALongTextIsCut) {
    makeKnown();
    connect();
    sayBattery(1);
    say("battery/1/Serial", R"({"value":"AB\n)" + std::string(60000, 'C') + R"("})");
    EXPECT_EQ(textOf(readings.batteries().at(1), row("/Serial")), "AB" + std::string(126, 'C'));
    say("battery/" + std::string(60000, '1') + "/Soc", "x\ny");
    for (const std::string& text : notices())
        EXPECT_LT(text.size(), 400U) << "a topic in the log is cut as well";
}

TEST_F(VenusSourceTest, OverflowWhileDisconnectedAsksNobody) {
    makeKnown();
    connect();
    source->disconnected(now);
    (void)takeSent();
    source->overflow(now);
    pass(100s);
    EXPECT_THAT(sent, IsEmpty());
}

class BatteryReadsTest : public VenusSourceTest {
protected:
    /// Two batteries that a full publish has shown.
    void start() {
        makeKnown();
        connect();
        for (const int instance : {1, 2})
            sayBattery(instance);
        completeLast();
        settle();
        (void)takeSent();
    }
    void settle() { readings.settle(now); }
    [[nodiscard]] bool isLost(int instance) {
        settle();
        return readings.batteries().at(instance).lost.has_value();
    }
    /// Alive, and battery 1 works.
    void work(std::chrono::seconds span) {
        for (; span > 0s; span -= 1s) {
            current = -current;
            say("battery/1/Dc/0/Current", R"({"value":)" + std::to_string(current) + "}");
            passAlive(1s);
        }
    }
    void answer(int instance) {
        const std::string number = std::to_string(instance);
        say("battery/" + number + "/DeviceInstance", R"({"value":)" + number + "}");
    }
    void leave(int instance) { say("battery/" + std::to_string(instance) + "/Soc", ""); }
    [[nodiscard]] long reads(std::string_view text) const {
        return std::ranges::count(sent, "R/gx/battery/" + std::string(text) + " ");
    }
    /// Makes this bridge known as one that answers.
    void proveThatReadsWork() {
        work(11s);
        answer(2);
        passAlive(1s);
        (void)takeSent();
    }

    double current{5.0};
};

TEST_F(BatteryReadsTest, OneThatSpeaksAgainIsReadAsAWholeAtOnce) {
    start();
    leave(2);
    say("battery/2/Dc/0/Voltage", kVoltage);
    EXPECT_EQ(reads("2/"), 1);
    EXPECT_EQ(reads("2/DeviceInstance"), 1) << "whose answer is the end mark";
    say("battery/2/Dc/0/Current", R"({"value":1})");
    EXPECT_EQ(reads("2/"), 1);
}

TEST_F(BatteryReadsTest, ANewOneJoinsWhenItsReadHasEnded) {
    start();
    sayBattery(3);
    passAlive(2s);
    EXPECT_TRUE(isLost(3)) << "its own burst is no answer";
    sayBattery(3);
    answer(3);
    EXPECT_TRUE(isLost(3)) << "the rest may still be under way";
    passAlive(1s);
    EXPECT_FALSE(isLost(3));
}

TEST_F(BatteryReadsTest, WithoutAnAnswerAFullPublishDecides) {
    start();
    sayBattery(3);
    (void)takeSent();
    passAlive(8s);
    EXPECT_EQ(lastWord(), "seed-2");
    for (const int instance : {1, 2})
        sayBattery(instance);
    completeLast();
    settle();
    EXPECT_FALSE(readings.batteries().contains(3)) << "a ghost";
}

TEST_F(BatteryReadsTest, GhostsCauseABoundedNumberOfReads) {
    start();
    for (int second = 0; second < 30; ++second) {
        for (int instance = 100; instance < 2100; ++instance)
            sayBattery(instance);
        passAlive(1s);
    }
    EXPECT_LE(sent.size(), 31U * 2U * 16U + 60U) << "two messages a read, and full publishes";
}

TEST_F(BatteryReadsTest, OneThatIsSilentWhileAnotherWorksIsAskedForOnePath) {
    start();
    work(9s);
    EXPECT_EQ(reads("2/DeviceInstance"), 0);
    work(1s);
    EXPECT_EQ(reads("2/DeviceInstance"), 1);
    EXPECT_EQ(reads("2/"), 0);
}

TEST_F(BatteryReadsTest, NobodyIsAskedWhileAllAreSilent) {
    start();
    passAlive(24s);
    EXPECT_THAT(sent, IsEmpty());
}

TEST_F(BatteryReadsTest, AnAnswerProvesOneThatIdles) {
    start();
    for (int round = 0; round < 10; ++round) {
        (void)takeSent();
        work(10s);
        if (reads("2/DeviceInstance") > 0)
            answer(2);
        EXPECT_LE(reads("2/DeviceInstance"), 1);
        work(1s);
        EXPECT_FALSE(isLost(2));
    }
}

TEST_F(BatteryReadsTest, NoAnswerWhileTheBridgeLivesIsALoss) {
    start();
    proveThatReadsWork();
    work(9s);
    ASSERT_EQ(reads("2/DeviceInstance"), 1);
    work(4s);
    EXPECT_FALSE(isLost(2));
    work(1s);
    EXPECT_TRUE(isLost(2));
}

TEST_F(BatteryReadsTest, WhereNoReadIsEverAnsweredSilenceIsNoLoss) {
    start();
    work(120s);
    EXPECT_FALSE(isLost(2));
}

TEST_F(BatteryReadsTest, WhereTheOthersAnswerItIsALossTheFirstTime) {
    start();
    work(10s);
    ASSERT_EQ(reads("1/DeviceInstance"), 1);
    answer(1);
    work(5s);
    EXPECT_TRUE(isLost(2));
    EXPECT_FALSE(isLost(1));
}

TEST_F(BatteryReadsTest, AFullPublishOfSomebodyIsNoAnswer) {
    start();
    proveThatReadsWork();
    work(9s);
    for (const int instance : {1, 2})
        sayBattery(instance);
    now = now + 1001ms; // the mailbox was emptied between them
    say("full_publish_completed", R"({"value":1})");
    EXPECT_EQ(reads("2/DeviceInstance"), 2) << "asked again";
    work(5s);
    EXPECT_TRUE(isLost(2)) << "the bridge only repeated what it remembers";
}

TEST_F(BatteryReadsTest, ABridgeThatHasStoppedAnswersNothingAndProvesNothing) {
    start();
    proveThatReadsWork();
    work(9s);
    ASSERT_EQ(reads("2/DeviceInstance"), 1);
    pass(8s);
    EXPECT_FALSE(isLost(2)) << "no heartbeat since";
}

TEST_F(VenusSourceTest, FindsThePortalIdAndTakesTimeForOthers) {
    make({});
    connect();
    EXPECT_THAT(filters, ElementsAre("N/+/system/0/Serial"));
    source->message("N/gx/system/0/Serial", R"({"value":"gx"})", true, now);
    pass(1s);
    EXPECT_EQ(source->portalId(), "");
    pass(1s);
    EXPECT_EQ(source->portalId(), "gx");
    EXPECT_THAT(sent, SizeIs(1));
}

TEST_F(VenusSourceTest, SeveralPortalIdsAreAnErrorThatListsThem) {
    make({});
    connect();
    source->message("N/gx2/system/0/Serial", R"({"value":"gx2"})", true, now);
    source->message("N/gx1/system/0/Serial", R"({"value":"gx1"})", true, now);
    pass(100s);
    EXPECT_THAT(notices(), ElementsAre(HasSubstr("gx1, gx2")));
    EXPECT_THAT(sent, IsEmpty());
}

TEST_F(VenusSourceTest, NoPortalIdIsSaidOnceAndTheSearchGoesOn) {
    make({});
    connect();
    pass(60s);
    EXPECT_THAT(notices(), ElementsAre(HasSubstr("portal_id_not_found")));
    source->message("N/gx/system/0/Serial", R"({"value":"gx"})", true, now);
    pass(2s);
    EXPECT_EQ(source->portalId(), "gx");
}

TEST_F(VenusSourceTest, PortalIdFoundLateIsNoLostBridge) {
    make({});
    connect();
    pass(200s);
    (void)notices();
    source->message("N/gx/system/0/Serial", R"({"value":"gx"})", true, now);
    pass(2s);
    EXPECT_TRUE(readings.linkUp());
    EXPECT_THAT(notices(), IsEmpty());
}

TEST_F(VenusSourceTest, AnotherGxStartsAnew) {
    make({});
    connect();
    source->message("N/gx/system/0/Serial", R"({"value":"gx"})", true, now);
    pass(2s);
    sayBattery(1);
    completeLast();
    const auto version = readings.rosterVersion();
    source->disconnected(now);
    connect();
    source->message("N/other/system/0/Serial", R"({"value":"other"})", true, now);
    pass(2s);
    EXPECT_THAT(readings.batteries(), IsEmpty());
    EXPECT_GT(readings.rosterVersion(), version) << "or a bank may keep its old roster";
    EXPECT_THAT(notices(), Contains(HasSubstr("portal_id_changed")));
}

TEST_F(VenusSourceTest, BadValuesAreCountedAndSaidOnceUntilGoodAgain) {
    makeKnown();
    connect();
    for (int i = 0; i < 3; ++i)
        say("battery/1/Info/MaxChargeCurrent", R"({"value":-5})");
    EXPECT_EQ(source->counters().rejected, 3U);
    EXPECT_THAT(
        notices(),
        ElementsAre(HasSubstr(
            "! value_rejected: topic=battery/1/Info/MaxChargeCurrent payload={\"value\":-5}")));
    say("battery/1/Info/MaxChargeCurrent", R"({"value":5})");
    EXPECT_THAT(notices(), ElementsAre(HasSubstr("  value_good_again")));
    say("battery/1/Info/MaxChargeCurrent", R"({"value":null})");
    EXPECT_THAT(notices(), IsEmpty()) << "null is no fault";
}

TEST_F(VenusSourceTest, ComplaintsShowAHundredCharactersWithoutControlOnes) {
    makeKnown();
    connect();
    say("battery/1/Soc", "\x1B[2J" + std::string(5000, 'x'));
    const auto texts = notices();
    ASSERT_THAT(texts, SizeIs(1));
    EXPECT_LT(texts[0].size(), 300U);
    EXPECT_EQ(texts[0].find('\x1B'), std::string::npos);
}

TEST_F(VenusSourceTest, HostileTopicsFillNoMemory) {
    makeKnown();
    connect();
    for (int i = 0; i < 10000; ++i)
        say("battery/x" + std::to_string(i) + "/Soc", "x");
    EXPECT_EQ(source->counters().rejected, 10000U);
    EXPECT_THAT(notices(), SizeIs(::testing::Le(200)));
}

TEST_F(VenusSourceTest, WhatIsNoBatteryValueIsLeftAlone) {
    makeKnown();
    connect();
    for (const char* tail : {"battery/1/Devices/0/CustomName", "solarcharger/1/Dc/0/Voltage",
                             "system/0/Batteries", "battery/-1/Soc", "GuiCustomizations/x"})
        say(tail, R"({"value":[1]})");
    EXPECT_THAT(readings.batteries(), IsEmpty());
    EXPECT_EQ(source->counters().rejected, 0U);
}

TEST_F(VenusSourceTest, ReadsTheActiveSocLimit) {
    makeKnown();
    connect();
    say("system/0/Control/ActiveSocLimit", R"({"value":35})");
    EXPECT_EQ(readings.gx().activeSocLimit_pct, 35.0);
    say("system/0/Control/ActiveSocLimit", R"({"value":"x"})");
    EXPECT_EQ(readings.gx().activeSocLimit_pct, std::nullopt);
}

TEST_F(VenusSourceTest, SubscribesToSinglePathsOfThePlantOnlyIfNeeded) {
    makeKnown({true, false, false});
    connect();
    EXPECT_THAT(filters, Contains("N/gx/vebus/+/Dc/0/Current"));
    EXPECT_THAT(filters, Contains("N/gx/dcload/+/CustomName"));
    EXPECT_THAT(filters, SizeIs(4 + kPlantClasses.size() * kPlantRows.size()));
    for (const std::string& filter : filters)
        EXPECT_THAT(filter, ::testing::Not(HasSubstr("/settings/"))) << filter;
}

TEST_F(VenusSourceTest, SubscribesToSettingsOnlyIfNeeded) {
    makeKnown({false, true, false});
    connect();
    EXPECT_THAT(filters,
                ElementsAre("N/gx/battery/#", "N/gx/heartbeat", "N/gx/full_publish_completed",
                            "N/gx/system/0/Control/ActiveSocLimit", "N/gx/system/0/Control/Dvcc",
                            "N/gx/settings/0/Settings/SystemSetup/MaxChargeCurrent",
                            "N/gx/settings/0/Settings/SystemSetup/MaxChargeVoltage"));
    filters.clear();
    makeKnown({false, false, true});
    connect();
    EXPECT_THAT(filters, Contains("N/gx/settings/0/Settings/CGwacs/OvervoltageFeedIn"));
    EXPECT_THAT(filters, SizeIs(5));
}

TEST_F(VenusSourceTest, ReadsTheOwnersLimitsAndSettings) {
    makeKnown({false, true, true});
    connect();
    say("settings/0/Settings/SystemSetup/MaxChargeCurrent", R"({"max":10000,"min":-1,"value":0})");
    say("settings/0/Settings/SystemSetup/MaxChargeVoltage", R"({"value":55.2})");
    say("settings/0/Settings/CGwacs/OvervoltageFeedIn", R"({"value":1})");
    say("system/0/Control/Dvcc", R"({"value":1})");
    EXPECT_EQ(readings.gx().maxCharge_A, 0.0);
    EXPECT_EQ(readings.gx().maxCharge_V, 55.2);
    EXPECT_EQ(readings.gx().overvoltageFeedIn, 1.0);
    EXPECT_EQ(readings.gx().dvcc, true);
    say("settings/0/Settings/SystemSetup/MaxChargeCurrent", R"({"value":-1})");
    EXPECT_EQ(readings.gx().maxCharge_A, std::nullopt);
    EXPECT_EQ(source->counters().rejected, 0U);
}

TEST_F(VenusSourceTest, ReadsWhatIsSelectedOnlyIfNeeded) {
    makeKnown({false, false, false, true});
    connect();
    EXPECT_THAT(filters,
                ElementsAre("N/gx/battery/#", "N/gx/heartbeat", "N/gx/full_publish_completed",
                            "N/gx/system/0/Control/ActiveSocLimit",
                            "N/gx/settings/0/Settings/Services/Bol",
                            "N/gx/system/0/ActiveBatteryService",
                            "N/gx/settings/0/Settings/SystemSetup/BatteryService",
                            "N/gx/system/0/ActiveBmsInstance",
                            "N/gx/settings/0/Settings/SystemSetup/BmsInstance"));
    say("settings/0/Settings/Services/Bol", R"({"max":7,"min":0,"value":3})");
    say("system/0/ActiveBatteryService", R"({"value":"com.victronenergy.battery/0"})");
    say("settings/0/Settings/SystemSetup/BatteryService", R"({"value":"default"})");
    say("system/0/ActiveBmsInstance", R"({"value":0})");
    say("settings/0/Settings/SystemSetup/BmsInstance", R"({"value":-255})");
    EXPECT_EQ(readings.gx().dvccSetting, true);
    EXPECT_EQ(readings.gx().activeMonitor, "com.victronenergy.battery/0");
    EXPECT_EQ(readings.gx().selectedMonitor, "default");
    EXPECT_EQ(readings.gx().activeBms, 0);
    EXPECT_EQ(readings.gx().selectedBms, kNoBms);
    say("system/0/ActiveBatteryService", R"({"value":null})");
    say("system/0/ActiveBmsInstance", R"({"value":null})");
    EXPECT_EQ(readings.gx().activeMonitor, std::nullopt);
    EXPECT_EQ(readings.gx().activeBms, std::nullopt);
    EXPECT_EQ(source->counters().rejected, 0U);
    for (const char* payload : {R"({"value":[1]})", R"({"value":5})", "garbage"})
        say("settings/0/Settings/SystemSetup/BatteryService", payload);
    for (const char* payload : {R"({"value":"0"})", R"({"value":-2})", R"({"value":1.5})"})
        say("system/0/ActiveBmsInstance", payload);
    EXPECT_EQ(readings.gx().selectedMonitor, std::nullopt);
    EXPECT_EQ(readings.gx().activeBms, std::nullopt);
    EXPECT_EQ(source->counters().rejected, 6U);
}

TEST_F(VenusSourceTest, ABadSettingIsSaidOnceAndRaisesNothing) {
    makeKnown({false, true, true});
    connect();
    say("settings/0/Settings/SystemSetup/MaxChargeCurrent", R"({"value":40})");
    for (const char* payload : {R"({"value":-7})", "garbage", R"({"value":[1]})"})
        say("settings/0/Settings/SystemSetup/MaxChargeCurrent", payload);
    say("settings/0/Settings/CGwacs/OvervoltageFeedIn", R"({"value":1})");
    say("settings/0/Settings/CGwacs/OvervoltageFeedIn", "");
    EXPECT_EQ(readings.gx().maxCharge_A, 40.0);
    EXPECT_EQ(readings.gx().overvoltageFeedIn, std::nullopt) << "the service left";
    EXPECT_EQ(source->counters().rejected, 3U);
    EXPECT_THAT(notices(),
                ElementsAre(HasSubstr("! value_rejected: topic=settings/0/Settings/SystemSetup/")));
    say("settings/0/Settings/SystemSetup/MaxChargeCurrent", R"({"value":30})");
    EXPECT_THAT(notices(), ElementsAre(HasSubstr("  value_good_again")));
    EXPECT_EQ(readings.gx().maxCharge_A, 30.0);
}

TEST_F(VenusSourceTest, ReadsThePlantAndSeesItLeave) {
    makeKnown({true, false, false});
    connect();
    say("solarcharger/288/ProductName", R"({"value":"MPPT"})");
    say("solarcharger/288/Dc/0/Current", R"({"value":12.5})");
    say("solarcharger/288/Dc/0/Voltage", R"({"value":5000})");
    say("solarcharger/-1/Dc/0/Current", R"({"value":1})");
    say("grid/30/Dc/0/Current", R"({"value":1})");
    completeLast();
    readings.settle(now);
    ASSERT_THAT(readings.plant(), SizeIs(1));
    EXPECT_EQ(intoBusbar_A(readings.plant().begin()->second), 12.5);
    EXPECT_EQ(source->counters().rejected, 1U) << "5000 V";
    EXPECT_THAT(notices(), ElementsAre(HasSubstr("topic=solarcharger/288/Dc/0/Voltage")));
    say("solarcharger/288/Dc/0/Current", "");
    EXPECT_THAT(readings.plant(), IsEmpty());
}

TEST_F(VenusSourceTest, ThePlantIsReadOneByOneToo) {
    makeKnown({true, true, false});
    connect();
    for (const char* head : {"vebus/276", "solarcharger/288"}) {
        say(std::string(head) + "/ProductName", R"({"value":"P"})");
        say(std::string(head) + "/Dc/0/Current", R"({"value":2})");
    }
    pass(3s);
    (void)takeSent();
    pass(5s);
    EXPECT_THAT(takeSent(),
                ElementsAre(kSuppressed, "R/gx/vebus/276/ ", "R/gx/solarcharger/288/ ",
                            "R/gx/system/0/Control/ActiveSocLimit ", "R/gx/system/0/Control/Dvcc ",
                            "R/gx/settings/0/Settings/SystemSetup/MaxChargeCurrent ",
                            "R/gx/settings/0/Settings/SystemSetup/MaxChargeVoltage "));
    say("vebus/276/ProductName", R"({"value":"P"})");
    say("vebus/276/Dc/0/Current", R"({"value":3})");
    pass(4s);
    readings.settle(now);
    EXPECT_EQ(intoBusbar_A(readings.plant().at({PlantClass::Vebus, 276})), 3.0);
    EXPECT_EQ(intoBusbar_A(readings.plant().at({PlantClass::SolarCharger, 288})), std::nullopt);
}

TEST_F(VenusSourceTest, EachBatteryIsSubscribedToByItselfOnceItIsKnown) {
    makeKnown();
    connect();
    EXPECT_EQ(subscribed.count("N/gx/battery/7/Info/MaxChargeCurrent"), 1);
    sayBattery(1);
    completeLast();
    EXPECT_EQ(subscribed.count("N/gx/battery/7/Info/MaxChargeCurrent"), 0);
    EXPECT_EQ(subscribed.count("N/gx/battery/7/DeviceInstance"), 1) << "by this a new one shows";
    for (const Row& row : kRows)
        EXPECT_EQ(subscribed.count("N/gx/battery/1" + std::string(row.path)), 1) << row.path;
    EXPECT_EQ(subscribed.count("N/gx/battery/1/Voltages/Cell16"), 1);
    EXPECT_EQ(subscribed.count("N/gx/battery/1/Cell/16/Volts"), 1);
    EXPECT_EQ(subscribed.count("N/gx/battery/1/Raw/Info/MaxChargeCurrent"), 0) << "nobody reads it";
}

/// What bears on nothing that is decided.
class SeldomTest : public VenusSourceTest {
protected:
    /// One battery, shown by a full publish that is over.
    void start() {
        GxSettings settings;
        settings.portalId = "gx";
        settings.reading = GxReading::Lean;
        make(settings);
        connect();
        sayBattery(1);
        say("battery/1/History/ChargedEnergy", R"({"value":7})");
        completeLast();
        readings.settle(now);
        passAlive(1s);
        (void)takeSent();
    }
    [[nodiscard]] long heard(int instance, std::string_view path) const {
        return subscribed.count("N/gx/battery/" + std::to_string(instance) + std::string(path));
    }
    [[nodiscard]] std::optional<double> charged() const {
        return readings.batteries().at(1).slot(row("/History/ChargedEnergy")).value.number();
    }
};

TEST_F(SeldomTest, WhatNothingIsDecidedByIsHeardWithFullPublishesOnly) {
    start();
    for (const std::string_view path : {"/History/ChargedEnergy", "/CurrentAvg", "/TimeToGo"})
        EXPECT_EQ(heard(1, path), 0) << path;
    for (const std::string_view path : {"/Soc", "/Voltages/Cell1", "/System/MinCellVoltage"})
        EXPECT_EQ(heard(1, path), 1) << path;
    EXPECT_EQ(charged(), 7.0) << "and stays";

    long atRequest = 0;
    onPublish = [&](const std::string& topic) {
        if (topic == "R/gx/keepalive")
            atRequest = heard(1, "/History/ChargedEnergy");
    };
    passAlive(180s);
    EXPECT_EQ(atRequest, 1) << "before it is asked for";
    sayBattery(1);
    say("battery/1/History/ChargedEnergy", R"({"value":8})");
    completeLast();
    EXPECT_EQ(charged(), 8.0);
    passAlive(1s);
    EXPECT_EQ(heard(1, "/History/ChargedEnergy"), 0);
}

TEST_F(SeldomTest, IsHeardWhileABatteryIsReadAsAWhole) {
    start();
    say("battery/1/Soc", "");
    say("battery/1/Dc/0/Voltage", kVoltage);
    EXPECT_THAT(sent, Contains("R/gx/battery/1/ "));
    EXPECT_EQ(heard(1, "/History/ChargedEnergy"), 1);
    passAlive(2s);
    EXPECT_EQ(heard(1, "/History/ChargedEnergy"), 1) << "not answered yet";
    sayBattery(1);
    say("battery/1/History/ChargedEnergy", R"({"value":9})");
    say("battery/1/DeviceInstance", R"({"value":1})");
    passAlive(2s);
    readings.settle(now);
    passAlive(1s);
    EXPECT_EQ(charged(), 9.0);
    EXPECT_EQ(heard(1, "/History/ChargedEnergy"), 0);
}

TEST_F(SeldomTest, NothingIsAskedForThatWouldNotBeHeard) {
    start();
    passAlive(178s);
    (void)takeSent();
    isDeaf = true;
    passAlive(3s);
    EXPECT_THAT(sent, Not(Contains(HasSubstr("full-publish-completed-echo"))))
        << "it would be gone";
    isDeaf = false;
    passAlive(5s);
    EXPECT_THAT(sent, Contains(HasSubstr("full-publish-completed-echo")));
    EXPECT_EQ(charged(), 7.0);
}

/// Two cells, of a battery that a full publish has shown.
class CellReadsTest : public VenusSourceTest {
protected:
    void start(GxReading reading) {
        GxSettings settings;
        settings.portalId = "gx";
        settings.reading = reading;
        settings.fullPublish = 3600s;
        make(settings);
        connect();
        sayAll();
        completeLast();
        readings.settle(now);
        source->setLeeway({.calm = {1}});
    }
    void sayCells() {
        for (const std::string_view cell : {"1", "2"})
            say("battery/1/Voltages/Cell" + std::string(cell),
                R"({"value":)" + std::to_string(cell_V) + "}");
    }
    void sayAll() {
        sayBattery(1);
        sayCells();
    }
    /// As a bridge that reads a folder.
    void answerReads() {
        onPublish = [this](const std::string& topic) {
            if (topic == "R/gx/battery/1/Voltages")
                wasHeard = hearsCells();
            isAsked = isAsked || topic == "R/gx/battery/1/Voltages";
        };
    }
    void passAnswered(std::chrono::seconds span) {
        for (; span > 0s; span -= 1s) {
            passAlive(1s);
            if (std::exchange(isAsked, false))
                sayCells();
        }
    }
    [[nodiscard]] bool hearsCells() const {
        return subscribed.count("N/gx/battery/1/Voltages/Cell1") == 1;
    }
    [[nodiscard]] std::optional<double> shown_V() const {
        return readings.batteries().at(1).cells.at(0).value.number();
    }

    double cell_V{3.3};
    bool isAsked{false};
    bool wasHeard{false};
};

TEST_F(CellReadsTest, AreLiveUnlessItIsChosen) {
    start(GxReading::Live);
    answerReads();
    passAnswered(200s);
    EXPECT_TRUE(hearsCells());
    EXPECT_FALSE(hasOldCells(readings, 1));
}

TEST_F(CellReadsTest, CalmOnesAreReadEachHalfMinute) {
    start(GxReading::Lean);
    answerReads();
    passAnswered(59s);
    EXPECT_TRUE(hearsCells()) << "what comes near and goes does not change it each time";
    passAnswered(3s);
    EXPECT_FALSE(hearsCells());
    EXPECT_TRUE(hasOldCells(readings, 1));
    cell_V = 3.31;
    passAnswered(28s);
    EXPECT_EQ(shown_V(), 3.3);
    passAnswered(5s);
    EXPECT_TRUE(wasHeard) << "subscribed to before they are asked for";
    EXPECT_EQ(shown_V(), 3.31);
    EXPECT_FALSE(hearsCells());
    EXPECT_TRUE(hasOldCells(readings, 1)) << "until the next read they grow old again";
}

TEST_F(CellReadsTest, AreLiveAgainOnceTheyHaveBeenHeard) {
    start(GxReading::Lean);
    answerReads();
    passAnswered(70s);
    ASSERT_TRUE(hasOldCells(readings, 1));
    source->setLeeway({});
    passAlive(1s);
    EXPECT_TRUE(hearsCells());
    EXPECT_TRUE(hasOldCells(readings, 1)) << "not answered yet";
    sayCells();
    passAlive(1s);
    EXPECT_FALSE(hasOldCells(readings, 1));
    passAnswered(200s);
    EXPECT_TRUE(hearsCells());
}

TEST_F(CellReadsTest, WhoDoesNotAnswerIsLive) {
    start(GxReading::Lean);
    passAlive(62s);
    ASSERT_TRUE(hasOldCells(readings, 1));
    (void)takeSent();
    passAlive(40s);
    EXPECT_TRUE(hearsCells());
    EXPECT_FALSE(hasOldCells(readings, 1));
    EXPECT_THAT(sent, Contains(HasSubstr("full-publish-completed-echo"))) << "they may have moved";
    sayAll();
    completeLast();
    passAlive(200s);
    EXPECT_TRUE(hearsCells());
}

/// For as long as a driver takes to start: there is nobody who could answer.
TEST_F(CellReadsTest, OneThatWasAwayIsReadSoAgain) {
    start(GxReading::Lean);
    answerReads();
    passAnswered(70s);
    ASSERT_TRUE(hasOldCells(readings, 1));
    say("battery/1/Soc", "");
    source->setLeeway({});
    passAlive(15s);
    sayAll();
    say("battery/1/DeviceInstance", R"({"value":1})");
    passAnswered(3s);
    readings.settle(now);
    passAnswered(5s);
    EXPECT_FALSE(hasOldCells(readings, 1));
    source->setLeeway({.calm = {1}});
    passAnswered(70s);
    EXPECT_TRUE(hasOldCells(readings, 1));
    EXPECT_FALSE(hearsCells());
}

TEST_F(CellReadsTest, AFullPublishHearsThem) {
    start(GxReading::Lean);
    answerReads();
    passAnswered(70s);
    ASSERT_FALSE(hearsCells());
    onPublish = [this](const std::string& topic) {
        wasHeard = topic == "R/gx/keepalive" && hearsCells();
    };
    source->overflow(now);
    EXPECT_TRUE(wasHeard) << "or they would be gone";
    sayAll();
    completeLast();
    EXPECT_TRUE(shown_V().has_value());
}

TEST_F(CellReadsTest, ANewSessionBeginsWithAll) {
    start(GxReading::Lean);
    answerReads();
    passAnswered(70s);
    source->disconnected(now);
    subscribed.clear();
    connect();
    EXPECT_FALSE(hasOldCells(readings, 1));
    sayAll();
    completeLast();
    EXPECT_TRUE(hearsCells());
}

TEST_F(VenusSourceTest, WhatIsIgnoredIsNotEvenDelivered) {
    makeKnown();
    connect();
    sayBattery(1);
    sayBattery(2);
    completeLast();
    readings.ignore({2});
    pass(1s);
    EXPECT_EQ(subscribed.count("N/gx/battery/2/Dc/0/Voltage"), 0);
    EXPECT_EQ(subscribed.count("N/gx/battery/2/Serial"), 1);
    EXPECT_EQ(subscribed.count("N/gx/battery/1/Dc/0/Voltage"), 1);
    say("battery/2/DeviceInstance", "");
    sayBattery(2);
    EXPECT_EQ(subscribed.count("N/gx/battery/2/Dc/0/Voltage"), 1) << "another process may be it";
}

TEST_F(VenusSourceTest, ANewOneIsSubscribedToBeforeItIsReadAsAWhole) {
    makeKnown();
    connect();
    sayBattery(1);
    completeLast();
    readings.settle(now);
    (void)takeSent();
    long wasSubscribed = 0;
    onPublish = [&](const std::string& topic) {
        if (topic == "R/gx/battery/5/")
            wasSubscribed = subscribed.count("N/gx/battery/5/Info/MaxChargeCurrent");
    };
    say("battery/5/ProductName", R"({"value":"JK"})");
    EXPECT_EQ(wasSubscribed, 1);
}

TEST_F(VenusSourceTest, AFilterThatTheSessionDoesNotTakeIsOfferedAgain) {
    makeKnown();
    connect();
    sayBattery(1);
    isFull = true;
    completeLast();
    EXPECT_EQ(subscribed.count("N/gx/battery/1/Soc"), 1) << "the wide one stays";
    isFull = false;
    pass(1s);
    EXPECT_EQ(subscribed.count("N/gx/battery/1/Soc"), 1);
    EXPECT_EQ(subscribed.count("N/gx/battery/7/Soc"), 0);
    isFull = true;
    say("battery/5/ProductName", R"({"value":"JK"})");
    isFull = false;
    pass(1s);
    EXPECT_EQ(subscribed.count("N/gx/battery/5/Soc"), 1);
}

TEST_F(VenusSourceTest, NewNeedsAreSubscribedAndAskedForAtOnce) {
    makeKnown();
    connect();
    completeLast();
    filters.clear();
    (void)takeSent();
    source->setNeeds({}, now);
    EXPECT_THAT(filters, IsEmpty());
    source->setNeeds({false, false, true}, now);
    EXPECT_THAT(filters, Contains("N/gx/settings/0/Settings/CGwacs/OvervoltageFeedIn"));
    EXPECT_THAT(takeSent(), ElementsAre(HasSubstr("seed-2")));
    source->disconnected(now);
    filters.clear();
    source->setNeeds({true, false, true}, now);
    EXPECT_THAT(filters, IsEmpty()) << "no session";
    connect();
    EXPECT_THAT(filters, Contains("N/gx/vebus/+/Dc/0/Current"));
}

TEST_F(VenusSourceTest, WhatIsNotNeededIsNotTaken) {
    makeKnown();
    connect();
    say("solarcharger/288/Dc/0/Current", R"({"value":12.5})");
    say("settings/0/Settings/CGwacs/OvervoltageFeedIn", R"({"value":1})");
    say("settings/1/Settings/SystemSetup/MaxChargeCurrent", R"({"value":1})");
    EXPECT_THAT(readings.plant(), IsEmpty());
    EXPECT_EQ(readings.gx(), GxState());
}

/// Two services that share an instance contradict each other in every publish, and so each raises
/// the wish for the next one.
TEST_F(VenusSourceTest, WishesForFullPublishesThatRaiseEachOtherComeSeldom) {
    makeKnown();
    connect();
    int requests = 0;
    for (int second = 0; second < 600; ++second) {
        say("battery/1/Serial", second % 2 == 0 ? R"({"value":"A"})" : R"({"value":"B"})");
        sayBattery(1);
        passAlive(1s);
        for (const std::string& text : takeSent())
            requests += text.find("seed-") != std::string::npos ? 1 : 0;
        completeLast();
    }
    EXPECT_GE(requests, 5);
    EXPECT_LE(requests, 20);
}

TEST_F(VenusSourceTest, WritesASettingAsItsTypeAndReadsItBack) {
    makeKnown();
    source->write(GxItem::FeedIn, 0.0);
    EXPECT_THAT(sent, IsEmpty()) << "no session";
    connect();
    (void)takeSent();
    source->write(GxItem::FeedIn, 0.0);
    EXPECT_THAT(takeSent(),
                ElementsAre(R"(W/gx/settings/0/Settings/CGwacs/OvervoltageFeedIn {"value":0})",
                            "R/gx/settings/0/Settings/CGwacs/OvervoltageFeedIn "));
    source->write(GxItem::MaxChargeCurrent, 25.0);
    source->write(GxItem::MaxChargeVoltage, 55.0);
    EXPECT_THAT(sent, Contains(HasSubstr(R"(MaxChargeCurrent {"value":25})")));
    EXPECT_THAT(sent, Contains(HasSubstr(R"(MaxChargeVoltage {"value":55.0})")));
}

TEST_F(VenusSourceTest, IgnoresWhatComesWithoutASession) {
    makeKnown();
    say("battery/1/Soc", R"({"value":50})");
    connect();
    source->disconnected(now);
    say("battery/1/Soc", R"({"value":50})");
    pass(100s);
    EXPECT_THAT(readings.batteries(), IsEmpty());
    EXPECT_FALSE(readings.linkUp());
}

TEST_F(VenusSourceTest, EverySessionAsksForEverythingWithANewWord) {
    makeKnown();
    connect();
    completeLast();
    const std::string before = lastWord();
    source->disconnected(now);
    connect();
    EXPECT_NE(lastWord(), before);
    EXPECT_TRUE(readings.inDoubt());
    complete(before);
    EXPECT_TRUE(readings.inDoubt()) << "a late word of the session before";
}

} // namespace
} // namespace busbar::mqtt
