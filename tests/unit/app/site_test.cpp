// SPDX-License-Identifier: MIT
// What a site remembers of a GX: whose value it was.
#include "app/site/serial.hpp"
#include "app/site/site.hpp"
#include "base/zone_name.hpp"
#include "config/reader.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/made/made_settings.hpp"
#include "core/memory.hpp"
#include "core/report.hpp"
#include "core/table/path_table.hpp"
#include "unit/core/made_now.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace busbar::site_test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kA = "c0619ab00001";
constexpr const char* kB = "c0619ab00002";
constexpr const char* kFeedIn = "settings/0/Settings/CGwacs/OvervoltageFeedIn";

config::Config configOf(const std::string& portal, bool mayWrite = false) {
    const std::string text = R"({"gx":{"portal_id":")" + portal + R"("},"feed_in":{"control":)" +
                             (mayWrite ? "true" : "false") + "}}";
    return config::readConfig(text).config.value_or(config::Config{});
}

/// A site, the bridge of whatever GX it reads, and a disk that holds all that is to be kept.
class SiteMemoryTest : public ::testing::Test {
protected:
    explicit SiteMemoryTest(const config::Config& config = configOf(kA))
        : site{config,
               {[](const auto&) { return true; }, [](const auto&) { return true; },
                [this](const std::string& topic, const std::string& payload) {
                    publish(topic, payload);
                    return true;
                }},
               "test"} {}

    void connect(const std::string& portal) {
        portal_ = portal;
        site.take({.kind = MailKind::Connected}, now);
        evaluate();
    }
    /// Values of the GX and the end of the full publish that was asked for.
    void show(double feedIn) {
        say(kFeedIn, R"({"value":)" + std::to_string(static_cast<int>(feedIn)) + "}");
        say("full_publish_completed", R"({"full-publish-completed-echo":")" + echo_ + R"("})");
        evaluate();
    }
    void pass() {
        now = now + 1s;
        say("heartbeat", R"({"value":1})");
        site.tick(now);
        evaluate();
        site.gx().control(disk, false, now);
        disk = site.gx().memories();
    }
    void say(const std::string& tail, const std::string& payload) {
        const std::string topic = "N/" + portal_ + "/" + tail;
        site.take({.topic = topic, .payload = payload}, now);
    }
    void evaluate() { static_cast<void>(site.evaluate(now)); }
    void publish(const std::string& topic, const std::string& payload) {
        const std::string word = R"("full-publish-completed-echo":")";
        if (const auto at = payload.find(word); at != std::string::npos)
            echo_ = payload.substr(at + word.size(),
                                   payload.find('"', at + word.size()) - at - word.size());
        if (topic.starts_with("W/"))
            writes.push_back(topic.substr(2, 12) + " " + payload);
    }
    std::vector<std::string> takeWrites() { return std::exchange(writes, {}); }

    Now now = made::start();
    SiteMemories disk;
    std::vector<std::string> writes;
    Site site;

private:
    std::string portal_;
    std::string echo_;
};

TEST_F(SiteMemoryTest, GivesBackWithoutPermissionWhatAnEarlierRunHasLeftThere) {
    disk[kA] = {1.0, {}};
    site.gx().restore(disk);
    connect(kA);
    show(0.0);
    pass();
    show(0.0);
    pass();
    pass();
    EXPECT_THAT(takeWrites(), ElementsAre("c0619ab00001 {\"value\":1}"));
    EXPECT_TRUE(site.gx().hasToGiveBack());
    show(1.0);
    pass();
    EXPECT_EQ(disk, SiteMemories{});
    EXPECT_FALSE(site.gx().hasToGiveBack());
}

TEST_F(SiteMemoryTest, BelongsToItsGxOnly) {
    disk[kB] = {1.0, {}};
    site.gx().restore(disk);
    connect(kA);
    show(0.0);
    for (int i = 0; i < 5; ++i)
        pass();
    EXPECT_THAT(takeWrites(), IsEmpty()) << "the 0 is this owner's";
    EXPECT_EQ(disk, (SiteMemories{{kB, {1.0, {}}}})) << "until that GX is met again";
}

TEST_F(SiteMemoryTest, WithoutAPortalIdIsOfTheGxThatIsMetFirst) {
    disk[""] = {1.0, {70.0, {}}};
    site.gx().restore(disk);
    connect(kA);
    show(0.0);
    pass();
    EXPECT_EQ(disk, (SiteMemories{{kA, {1.0, {70.0, {}}}}}));
}

TEST_F(SiteMemoryTest, AnotherGxIsStartedAnewAndTheFirstIsRemembered) {
    disk[kA] = {1.0, {}};
    site.gx().restore(disk);
    connect(kA);
    show(0.0);
    pass();
    static_cast<void>(takeWrites());
    site.disconnected(now);
    site.setSettings(configOf(kB), now);
    connect(kB);
    show(0.0);
    for (int i = 0; i < 5; ++i)
        pass();
    EXPECT_THAT(takeWrites(), IsEmpty());
    EXPECT_EQ(disk, (SiteMemories{{kA, {1.0, {}}}}));
    site.disconnected(now);
    site.setSettings(configOf(kA), now);
    connect(kA);
    show(0.0);
    for (int i = 0; i < 3; ++i)
        pass();
    EXPECT_THAT(takeWrites(), ElementsAre("c0619ab00001 {\"value\":1}"));
}

/// Beside a battery at 1, a Busbar's at 0.
class SiteEchoTest : public SiteMemoryTest {
protected:
    void battery(int instance, const std::string& serial, const std::string& process) {
        value(instance, "/Serial", '"' + serial + '"');
        value(instance, "/Mgmt/ProcessName", '"' + process + '"');
        value(instance, "/Dc/0/Voltage", "26.4");
        value(instance, "/Dc/0/Current", "5.0");
        value(instance, "/Info/MaxChargeVoltage", "28.4");
        value(instance, "/Info/MaxChargeCurrent", "50");
        value(instance, "/Info/MaxDischargeCurrent", "50");
    }
    void value(int instance, const std::string& path, const std::string& json) {
        say("battery/" + std::to_string(instance) + path, R"({"value":)" + json + "}");
    }
    void leave(int instance) { say("battery/" + std::to_string(instance) + "/Serial", ""); }
    void start(const std::string& serial, const std::string& process) {
        connect(kA);
        battery(1, "S1", "driver.py");
        battery(0, serial, process);
        show(0.0);
        forgetChanges();
    }
    void forgetChanges() {
        static_cast<void>(site.takeChanged());
        static_cast<void>(site.takeUrgent());
    }
    [[nodiscard]] bool isChanged() {
        const bool isUrgent = site.takeUrgent(); // both are taken
        return site.takeChanged() || isUrgent;
    }
    std::string ownSerial() {
        connect(kA);
        show(0.0);
        return *site.banks().front().snapshot()[row("/Serial")].text();
    }
    Value current() { return site.banks().front().snapshot()[row("/Dc/0/Current")]; }
};

TEST_F(SiteEchoTest, NothingComesOfWhatThisProcessHasPublished) {
    start(ownSerial(), "anything");
    const auto messages = site.source().counters().messages;
    const auto signs = site.readings().signs();
    value(0, "/Info/MaxChargeCurrent", "40");
    value(0, "/Dc/0/Current", "7.0");
    EXPECT_FALSE(isChanged());
    EXPECT_EQ(site.source().counters().messages, messages);
    EXPECT_EQ(site.readings().signs(), signs) << "no limit rises because of it";
    value(1, "/Info/MaxChargeCurrent", "40");
    EXPECT_TRUE(isChanged());
}

TEST_F(SiteEchoTest, AFallThatBindsNothingIsNotUrgent) {
    connect(kA);
    battery(1, "S1", "driver.py");
    battery(2, "S2", "driver.py");
    value(2, "/Info/MaxChargeCurrent", "90");
    show(0.0);
    pass();
    forgetChanges();
    value(2, "/Info/MaxChargeCurrent", "89");
    EXPECT_FALSE(site.takeUrgent());
    value(1, "/Info/MaxChargeCurrent", "49");
    EXPECT_TRUE(site.takeUrgent());
    pass();
    value(2, "/Info/MaxChargeCurrent", "30");
    EXPECT_TRUE(site.takeUrgent());
}

TEST_F(SiteEchoTest, NothingComesOfAMadeBatteryThatIsPublishedByItself) {
    config::Config config = configOf(kA);
    MadeSettings string{.id = "s1", .publish = true};
    string.parts = {{Selector::Kind::Serial, "S1"}, {Selector::Kind::Serial, "S2"}};
    config.made = {string};
    site.setSettings(config, now);
    start(identityOf(string, config.site).serial, "anything");
    const auto messages = site.source().counters().messages;
    value(0, "/Info/MaxChargeCurrent", "40");
    value(0, "/Dc/0/Current", "7.0");
    EXPECT_FALSE(isChanged());
    EXPECT_EQ(site.source().counters().messages, messages);
    EXPECT_FALSE(current().isKnown()) << "S2 is not there, and nobody else counts";
}

TEST_F(SiteEchoTest, NothingComesOfWhatAnotherBusbarPublishes) {
    start("BB0123456789AB", "busbar");
    value(0, "/Info/MaxChargeCurrent", "40");
    EXPECT_FALSE(isChanged());
    EXPECT_EQ(current(), Value(5.0));
}

TEST_F(SiteEchoTest, AnotherBusbarThatIsListedIsRead) {
    config::Config config = configOf(kA);
    config.banks.front().bank.membership.takeAll = false;
    config.banks.front().bank.membership.selected = {{Selector::Kind::Instance, "0"}};
    site.setSettings(config, now);
    start("BB0123456789AB", "busbar");
    EXPECT_EQ(current(), Value(5.0));
    value(0, "/Dc/0/Current", "7.0");
    evaluate();
    EXPECT_EQ(current(), Value(7.0));
}

TEST_F(SiteEchoTest, AnotherBatteryOnThatInstanceIsHeard) {
    start(ownSerial(), "busbar");
    leave(0);
    battery(0, "S0", "driver.py");
    EXPECT_TRUE(isChanged());
    EXPECT_EQ(site.readings().batteries().at(0).slot(row("/Dc/0/Current")).value, Value(5.0));
}

/// The emptied topics were lost, and so was what came before it said who it is.
TEST_F(SiteEchoTest, AnotherBatteryOnThatInstanceIsReadIfNobodyHasSeenOursLeave) {
    start(ownSerial(), "busbar");
    value(0, "/Dc/0/Voltage", "26.4");
    value(0, "/Serial", R"("S0")");
    value(0, "/Mgmt/ProcessName", R"("driver.py")");
    evaluate();
    for (int i = 0; i < 3; ++i) // it asks for everything
        pass();
    battery(1, "S1", "driver.py");
    battery(0, "S0", "driver.py");
    show(0.0);
    evaluate();
    EXPECT_EQ(current(), Value(10.0));
}

/// Two banks whose batteries the owner may exchange while Busbar runs.
config::Config twoBanks(const std::string& main, const std::string& spare) {
    const std::string text =
        R"({"gx":{"portal_id":"c0619ab00001"},"banks":[{"id":"main","batteries":[)" + main +
        R"(]},{"id":"spare","batteries":[)" + spare + "]}]}";
    return config::readConfig(text).config.value_or(config::Config{});
}

class SiteOfTwoBanksTest : public SiteMemoryTest {
protected:
    SiteOfTwoBanksTest() : SiteMemoryTest(twoBanks(R"("serial:S1")", R"("serial:S2")")) {
        connect(kA);
        battery(1, "S1");
        battery(2, "S2");
        show(0.0);
        charge();
    }
    void battery(int instance, const std::string& serial) {
        value(instance, "/Serial", '"' + serial + '"');
        value(instance, "/ProductName", R"("JK")");
        value(instance, "/InstalledCapacity", "100");
        value(instance, "/Soc", "50");
        value(instance, "/Dc/0/Voltage", "26.4");
        value(instance, "/Dc/0/Current", "36");
        value(instance, "/Info/MaxChargeVoltage", "28.4");
        value(instance, "/Info/MaxChargeCurrent", "50");
        value(instance, "/Info/MaxDischargeCurrent", "50");
    }
    void value(int instance, const std::string& path, const std::string& json) {
        say("battery/" + std::to_string(instance) + path, R"({"value":)" + json + "}");
    }
    void charge() {
        for (int second = 0; second < 100; ++second) {
            battery(1, "S1");
            battery(2, "S2");
            pass();
        }
    }
    [[nodiscard]] double charged_Ah(std::size_t bank, const std::string& name) const {
        for (const MemberReport& member : site.banks().at(bank).report().members)
            if (member.instance == (name == "S1" ? 1 : 2) && member.takesPart)
                return member.meters.charged_Ah;
        return -1.0;
    }
};

TEST_F(SiteOfTwoBanksTest, WhatABatteryHasCountedGoesAlongToTheOtherBankAndBack) {
    const double before_Ah = charged_Ah(0, "S1");
    EXPECT_NEAR(before_Ah, 1.0, 0.1) << "36 A for 100 s";
    site.setSettings(twoBanks(R"("serial:S2")", R"("serial:S1")"), now);
    charge();
    EXPECT_NEAR(charged_Ah(1, "S1"), before_Ah + 1.0, 0.1);
    EXPECT_NEAR(charged_Ah(0, "S2"), before_Ah + 1.0, 0.1);
    EXPECT_EQ(charged_Ah(0, "S1"), -1.0);
    site.setSettings(twoBanks(R"("serial:S1")", R"("serial:S2")"), now);
    charge();
    EXPECT_NEAR(charged_Ah(0, "S1"), before_Ah + 2.0, 0.1);
}

TEST_F(SiteOfTwoBanksTest, WhatABankHasLeftThatIsNoMoreGoesToItsBatteriesWhereverTheyAre) {
    BankMemory former;
    former.book["pack"] = {.serial = "S1",
                           .connection = {},
                           .name = {},
                           .product = "JK",
                           .instance = 7,
                           .lastSeen = {}};
    former.members["pack"].meters.charged_Ah = 500.0;
    const std::vector<BankMemory> formers{former};
    introduce(site.banks(), formers);
    site.setSettings(twoBanks(R"("serial:S2")", R"("serial:S1")"), now);
    charge();
    EXPECT_NEAR(charged_Ah(1, "S1"), 501.0, 0.1);
}

TEST_F(SiteOfTwoBanksTest, ABatteryInBothHasOneMemoryAndSaysWhereItCounts) {
    site.setSettings(twoBanks(R"("serial:S1")", R"("serial:S2","serial:S1")"), now);
    charge();
    EXPECT_NEAR(charged_Ah(0, "S1"), 2.0, 0.1);
    EXPECT_NEAR(charged_Ah(1, "S1"), charged_Ah(0, "S1"), 0.02);
    EXPECT_EQ(site.readings().batteries().at(1).banks, "main, spare");
    EXPECT_EQ(site.readings().batteries().at(2).banks, "");
}

/// A battery of eight cells in order, and what its GX's broker is asked for.
class LeanSiteTest : public ::testing::Test {
protected:
    static config::Config configOf(const std::string& reading) {
        const auto read = config::readConfig(
            R"({"preset":"lfp","gx":{"portal_id":"c0619ab00001","reading":")" + reading + R"("}})");
        return read.config.value_or(config::Config{});
    }
    mqtt::SourcePort port(mqtt::Leanness leanness) {
        mqtt::SourcePort all;
        all.subscribe = [this](const auto& more) {
            heard.insert(more.begin(), more.end());
            return true;
        };
        all.unsubscribe = [this](const auto& less) {
            for (const std::string& filter : less)
                heard.erase(filter);
            return true;
        };
        all.publish = [this](const std::string&, const std::string& payload) {
            if (const auto word = payload.find("test-"); word != std::string::npos)
                echo = payload.substr(word, payload.find('"', word) - word);
            return true;
        };
        all.leanness = leanness;
        return all;
    }
    void say(Site& site, const std::string& tail, const std::string& value) {
        const std::string topic = "N/c0619ab00001/" + tail;
        site.take({.topic = topic, .payload = R"({"value":)" + value + "}"}, now);
    }
    void start(Site& site) {
        site.take({.kind = MailKind::Connected}, now);
        static_cast<void>(site.evaluate(now));
        for (const auto& [path, value] : std::vector<std::pair<std::string, std::string>>{
                 {"DeviceInstance", "1"},
                 {"Serial", R"("S1")"},
                 {"Dc/0/Voltage", "26.4"},
                 {"Dc/0/Current", "1"},
                 {"Info/MaxChargeCurrent", "50"},
                 {"Info/MaxDischargeCurrent", "50"},
                 {"Info/MaxChargeVoltage", "28"},
                 {"System/NrOfCellsPerBattery", "8"},
                 {"System/MinCellVoltage", "3.29"},
                 {"System/MaxCellVoltage", "3.31"},
                 {"System/MinVoltageCellId", R"("C1")"},
                 {"System/MaxVoltageCellId", R"("C2")"}})
            say(site, "battery/1/" + path, value);
        for (int cell = 1; cell <= 8; ++cell)
            say(site, "battery/1/Voltages/Cell" + std::to_string(cell), "3.3");
        site.take({.topic = "N/c0619ab00001/full_publish_completed",
                   .payload = R"({"full-publish-completed-echo":")" + echo + R"("})"},
                  now);
    }
    /// For a minute and a half: whether cells and counters are subscribed to then.
    std::pair<bool, bool> hears(const std::string& reading, mqtt::Leanness leanness) {
        heard.clear();
        Site site{configOf(reading), port(leanness), "test"};
        start(site);
        for (int second = 0; second < 65; ++second) {
            now = now + 1s;
            say(site, "heartbeat", "1");
            say(site, "battery/1/Dc/0/Current", std::to_string(second % 7));
            site.tick(now);
            static_cast<void>(site.evaluate(now));
        }
        const std::string head = "N/c0619ab00001/battery/1";
        return {heard.contains(head + "/Voltages/#"), heard.contains(head + "/History/#")};
    }

    Now now = made::start();
    std::set<std::string> heard;
    std::string echo;
};

TEST_F(LeanSiteTest, CalmCellsAndCountersAreLeftWhereThatIsChosenOrMessagesCostMuch) {
    using enum mqtt::Leanness;
    const std::pair<bool, bool> all{true, true};
    const std::pair<bool, bool> none{false, false};
    EXPECT_EQ(hears("live", ByDefault), all);
    EXPECT_EQ(hears("auto", ByDefault), none);
    EXPECT_EQ(hears("auto", IfChosen), all);
    EXPECT_EQ(hears("lean", IfChosen), none);
    EXPECT_EQ(hears("lean", Never), all) << "who shows or records";
}

TEST(SiteCalendarTest, IsReadFromTheGxWhereAChargeVoltageGoesByTheMonth) {
    if (!std::filesystem::exists(std::string(kZoneFolder) + "/Australia/Sydney"))
        GTEST_SKIP() << "no zone files here";
    const Now summer{SteadyTime(1000h), std::chrono::sys_days(std::chrono::year(2026) / 7 / 1)};
    const auto read = config::readConfig(
        R"({"gx": {"portal_id": "c0619ab00001"}, "limits": {"cvl": {"mode": "own",
            "cell_V": [3.5, 3.5, 3.4, 3.4, 3.4, 3.4, 3.4, 3.4, 3.4, 3.4, 3.4, 3.5]}}})");
    ASSERT_TRUE(read.config);
    std::vector<std::string> filters;
    std::string echo;
    Site site{*read.config,
              {[&filters](const auto& more) {
                   filters.insert(filters.end(), more.begin(), more.end());
                   return true;
               },
               [](const auto&) { return true; },
               [&echo](const std::string&, const std::string& payload) {
                   const auto word = payload.find("test");
                   echo = word == std::string::npos
                              ? echo
                              : payload.substr(word, payload.find('"', word) - word);
                   return true;
               }},
              "test"};
    const std::string portal = "N/c0619ab00001/";
    site.take({.kind = MailKind::Connected}, summer);
    static_cast<void>(site.evaluate(summer));
    EXPECT_THAT(filters, testing::Contains(portal + "settings/0/Settings/System/TimeZone"));
    site.take({.topic = portal + "settings/0/Settings/System/TimeZone",
               .payload = R"({"value":"Australia/Sydney"})"},
              summer);
    site.take({.topic = portal + "full_publish_completed",
               .payload = R"({"full-publish-completed-echo":")" + echo + R"("})"},
              summer);
    ASSERT_TRUE(site.evaluate(summer));
    EXPECT_EQ(site.banks().front().surroundings().aheadOfUtc, 10h);
}

} // namespace
} // namespace busbar::site_test
