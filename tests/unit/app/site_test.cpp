// SPDX-License-Identifier: MIT
// What a site remembers of a GX: whose value it was.
#include "app/site/serial.hpp"
#include "app/site/site.hpp"
#include "config/reader.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/made/made_settings.hpp"
#include "core/table/path_table.hpp"
#include "unit/core/made_now.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
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
    Site site{configOf(kA),
              {[](const auto&) { return true; }, [](const auto&) { return true; },
               [this](const std::string& topic, const std::string& payload) {
                   publish(topic, payload);
                   return true;
               }},
              "test"};

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

} // namespace
} // namespace busbar::site_test
