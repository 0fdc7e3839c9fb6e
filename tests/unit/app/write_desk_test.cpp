// SPDX-License-Identifier: MIT
// Writable batteries by MQTT and in the layout of a GX, up to the values that count.
#include "app/kept/keeper.hpp"
#include "app/outputs/session_outputs.hpp"
#include "app/outputs/write_ways.hpp"
#include "app/site/site.hpp"
#include "app/site/write_desk.hpp"
#include "base/log.hpp"
#include "config/config.hpp"
#include "core/table/path_table.hpp"
#include "support/source_tree.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::write_desk_test {
namespace {

using namespace std::chrono_literals;

std::string contentOf(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

constexpr const char* kValues = "busbar/home/set/battery/gw/values";

config::Config withWritable() {
    config::Config config;
    MadeSettings gateway;
    gateway.id = "gw";
    gateway.kind = MadeKind::Writable;
    gateway.writable.expire = 60s;
    gateway.writable.publish = true;
    config.made.push_back(gateway);
    config.output.venus.isEnabled = true;
    return config;
}

class WriteDeskTest : public ::testing::Test {
protected:
    WriteDeskTest() {
        OutputPort port;
        port.subscribe = [this](const std::vector<std::string>&) {
            ++subscriptions;
            return true;
        };
        port.publish = [](std::string_view, std::string_view, int, bool) { return true; };
        OutputActions actions;
        actions.highest = [](mqtt::CommandKind, std::string_view) { return 100.0; };
        actions.command = [](const mqtt::Command&) {};
        actions.rename = [](std::size_t, const std::string&) { return true; };
        actions.desk = &desk;
        outputs.emplace(OutputParts{.config = config, .process = "process"}, std::move(port),
                        std::move(actions));
        outputs->connected(now);
        subscriptions = 0;
        offer();
    }
    void send(const std::string& topic, const std::string& payload, bool isRetained = false) {
        Mail mail;
        mail.kind = MailKind::Message;
        mail.topic = topic;
        mail.payload = payload;
        mail.retained = isRetained;
        EXPECT_TRUE(outputs->message(mail, now)) << topic;
    }
    /// Alive, so that nothing has to be proven.
    void enliven() {
        ASSERT_TRUE(sendByBus("/Soh", 100.0).isTaken());
        wakes = 0;
    }
    void pass(std::chrono::milliseconds time) {
        now = now + time;
        outputs->act(now);
    }
    /// As a program that runs.
    void wait(int seconds) {
        for (int i = 0; i < seconds; ++i) {
            pass(1s);
            desk.tick(now);
        }
    }
    /// As the D-Bus service hands it on.
    WriteResult sendByBus(const char* path, Value value) {
        const WrittenValue one{path, std::move(value)};
        return desk.write("dbus", "gw", std::span(&one, 1), now);
    }
    void offer() {
        const std::vector<OfferedMade> published = {
            {config.made[0].id, "Gateway",
             writtenSnapshot(site.made(), config.made[0], "home", now)}};
        outputs->offer({{}, false, published}, now);
    }
    [[nodiscard]] Value valueOf(std::string_view path) const {
        return writtenSnapshot(site.made(), config.made[0], "home", now)[*findRow(path)];
    }
    [[nodiscard]] std::string limits() const {
        std::string text;
        for (const char* path :
             {"/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent"})
            text += (text.empty() ? "" : " ") +
                    displayText(kRows.at(*findRow(path)).quantity, valueOf(path));
        return text;
    }
    static long said(const log::Tail& tail, std::string_view text) {
        const std::vector<std::string> lines = tail.lines();
        return std::ranges::count_if(lines, [text](const std::string& line) {
            return line.find(text) != std::string::npos;
        });
    }

    Now now = made::start();
    config::Config config = withWritable();
    Site site{config, {}, "seed"};
    int wakes = 0;
    WriteDesk desk{site.made(), "", [this](const Now&) { ++wakes; },
                   [this](const MadeSettings& made) { return waysToWrite(config, made); }};
    int subscriptions = 0;
    std::optional<SessionOutputs> outputs;
};

TEST_F(WriteDeskTest, AGroupIsTakenAtOnceAndWhole) {
    enliven();
    send(kValues, R"({"/Info/MaxChargeVoltage":55.2,"max_charge_current":200,
                      "max_discharge_current":200})");
    EXPECT_EQ(limits(), "55.20V 200.0A 200.0A");
    EXPECT_EQ(wakes, 1);
    EXPECT_EQ(subscriptions, 0) << "a value is not held back until it is proven live";
    send(std::string(kValues) + "/Info/MaxChargeCurrent", "50");
    EXPECT_EQ(limits(), "55.20V 50.0A 200.0A");
    EXPECT_EQ(desk.taken(), 3U);
}

/// All that the writable batteries of others take (text, NaN, −5 A, infinite, alarm 7, half a
/// group).
TEST_F(WriteDeskTest, WhatIsWrongChangesNothing) {
    enliven();
    send(kValues, R"({"/Info/MaxChargeCurrent":50,"/Info/MaxDischargeCurrent":60,
                      "/Info/MaxChargeVoltage":55.2,"/Alarms/HighVoltage":0})");
    for (const char* wrong :
         {R"({"/Info/MaxChargeCurrent":"fifty"})", R"({"/Soc":NaN})",
          R"({"/Info/MaxChargeCurrent":-5})", R"({"/Info/MaxChargeCurrent":Infinity})",
          R"({"/Alarms/HighVoltage":7})",
          R"({"/Info/MaxDischargeCurrent":100,"/Info/MaxChargeVoltage":"55.2V"})",
          R"({"/Info/MaxChargeCurrent":70,"/Info/MaxChargeCurrent":80})",
          R"({"/Info/MaxChargeCurrent":70,"/Info/MaxChargeCurent":80})",
          R"({"/Info/MaxChargeCurrent":{"value":70}})", R"({"/Serial":"1234"})", "{}", "full"})
        send(kValues, wrong);
    EXPECT_EQ(limits(), "55.20V 50.0A 60.0A");
    EXPECT_EQ(valueOf("/Alarms/HighVoltage"), Value(0.0));
    EXPECT_FALSE(valueOf("/Soc").isKnown());
    EXPECT_EQ(desk.refused(), 12U);
    EXPECT_EQ(wakes, 1);
    now = now + 60s;
    EXPECT_EQ(limits(), "55.20V 0.0A 0.0A") << "nor does it keep alive what it does not change";
}

TEST_F(WriteDeskTest, WhatWasRetainedIsRefused) {
    send(kValues, R"({"/Info/MaxChargeCurrent":50})", true);
    send(std::string(kValues) + "/Info/MaxChargeCurrent", "50", true);
    send("W/busbar-home/battery/100/Info/MaxChargeCurrent", R"({"value":50})", true);
    EXPECT_EQ(limits(), "--- 0.0A 0.0A") << "expired, as nobody has ever written";
    EXPECT_EQ(desk.refused(), 2U);
    EXPECT_EQ(desk.taken(), 0U);
    send(kValues, ""); // clears what the broker keeps
    EXPECT_EQ(desk.refused(), 2U);
}

TEST_F(WriteDeskTest, ASilentOneIsBroughtBackOnlyByWhatIsProvenLive) {
    send(kValues, R"({"/Info/MaxChargeCurrent":50})");
    EXPECT_EQ(subscriptions, 1);
    pass(399ms);
    EXPECT_EQ(limits(), "--- 0.0A 0.0A");
    send(kValues, R"({"/Info/MaxChargeCurrent":50})", true); // as a broker behind a bridge has it
    pass(400ms);
    EXPECT_EQ(limits(), "--- 0.0A 0.0A");
    EXPECT_EQ(desk.taken(), 0U);

    send(kValues, R"({"/Info/MaxChargeCurrent":51})");
    pass(300ms);
    send(std::string(kValues) + "/Info/MaxChargeCurrent", "52");
    send(kValues, R"({"/Info/MaxChargeCurrent":-1})");
    pass(100ms);
    EXPECT_EQ(limits(), "--- 52.0A ---") << "what came later waits no longer, and counts";
    EXPECT_EQ(desk.taken(), 2U);
    EXPECT_EQ(desk.refused(), 1U);
    send(kValues, R"({"/Info/MaxChargeCurrent":53})");
    EXPECT_EQ(limits(), "--- 53.0A ---");
    pass(10s);
    EXPECT_EQ(limits(), "--- 53.0A ---");
    EXPECT_EQ(outputs->nextAct(), std::nullopt);
}

TEST_F(WriteDeskTest, OfTwoWritersTheLastGoodOneCounts) {
    enliven();
    send(kValues, R"({"/Info/MaxChargeCurrent":50,"/Info/MaxDischargeCurrent":50})");
    EXPECT_TRUE(sendByBus("/Info/MaxChargeCurrent", 30.0).isTaken());
    EXPECT_EQ(limits(), "--- 30.0A 50.0A");
    send(kValues, R"({"/Info/MaxChargeCurrent":-1,"/Info/MaxDischargeCurrent":1})");
    EXPECT_EQ(sendByBus("/Info/MaxChargeCurrent", "many").problem, WriteProblem::WrongType);
    EXPECT_EQ(limits(), "--- 30.0A 50.0A");
    send("W/busbar-home/battery/100/Info/MaxChargeCurrent", R"({"value":20})");
    EXPECT_EQ(limits(), "--- 20.0A 50.0A");
    EXPECT_TRUE(sendByBus("/Info/MaxChargeCurrent", 30.0).isTaken());
    EXPECT_EQ(limits(), "--- 30.0A 50.0A");
}

TEST_F(WriteDeskTest, TheLayoutOfAGxTakesValuesOfWritableBatteriesOnly) {
    send("W/busbar-home/battery/100/Soc", R"({"value":50})");
    EXPECT_EQ(valueOf("/Soc"), Value(50.0));
    send("W/busbar-home/battery/100/Soc", R"({"value":null})");
    EXPECT_TRUE(valueOf("/Soc").number() == std::nullopt);
    for (const char* tail : {"battery/100/Serial", "battery/101/Soc", "battery/0/Soc",
                             "battery/100/Nonsense", "battery/0100/Soc"})
        send("W/busbar-home/" + std::string(tail), R"({"value":70})");
    send("W/busbar-home/battery/100/Soc", R"({"value":170})");
    EXPECT_FALSE(valueOf("/Soc").isKnown());
    EXPECT_EQ(desk.taken(), 2U);
    EXPECT_EQ(desk.refused(), 1U);
}

TEST_F(WriteDeskTest, WhoMayNotCommandMayNotWrite) {
    config.output.commands = mqtt::CommandsWanted::No;
    OutputActions actions;
    actions.desk = &desk;
    CommandGate gate(
        mqtt::commandsInForce(config.output), "busbar/home/set",
        [](const std::vector<std::string>&) { return true; }, actions);
    Mail mail;
    mail.kind = MailKind::Message;
    mail.topic = kValues;
    mail.payload = R"({"/Soc":50})";
    EXPECT_TRUE(gate.message(mail, now));
    gate.write("gw", {"/Soc", 50.0}, now);
    EXPECT_FALSE(valueOf("/Soc").isKnown());
    EXPECT_EQ(gate.refused(), 2U);
}

/// What config/examples/nodered_flow.json publishes (tests/nodered), from one state to the next.
TEST_F(WriteDeskTest, TheFlowOfTheExampleSetsTheLimitsOfItsRules) {
    enliven();
    rapidjson::Document cases;
    const std::string text = contentOf(test::sourcePath("tests/nodered/messages.json"));
    cases.Parse(text.data(), text.size());
    ASSERT_TRUE(cases.IsArray());
    ASSERT_GT(cases.Size(), 10U);
    std::size_t sent = 0;
    for (const auto& one : cases.GetArray()) {
        if (one["payload"].IsNull())
            continue;
        send(kValues, one["payload"].GetString());
        const auto& wanted = one["limits"].GetArray();
        EXPECT_EQ(valueOf("/Info/MaxChargeVoltage"), Value(wanted[0].GetDouble()))
            << one["name"].GetString();
        EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(wanted[1].GetDouble()))
            << one["name"].GetString();
        EXPECT_EQ(valueOf("/Info/MaxDischargeCurrent"), Value(wanted[2].GetDouble()))
            << one["name"].GetString();
        ++sent;
    }
    EXPECT_EQ(desk.taken(), sent + 1);
    now = now + 60s; // it sends nothing while a reading is missing
    EXPECT_EQ(valueOf("/Info/MaxChargeCurrent"), Value(0.0));
}

/// What a run keeps, and what the next one makes of it after a while.
class KeptWritesTest : public WriteDeskTest {
protected:
    KeptWritesTest() {
        std::string pattern = std::filesystem::temp_directory_path() / "busbar-writes-XXXXXX";
        config.stateDir = ::mkdtemp(pattern.data());
        config.made[0].writable.persist = true;
        site.setSettings(config, now);
        enliven();
        send(kValues, R"({"/Info/MaxChargeCurrent":50,"/Soc":null})");
        Keeper keeper(KeptSite{.stateDir = config.stateDir, .name = config.site});
        keeper.restore(other, now); // makes the folder known
        keeper.saveAll(site);
    }
    ~KeptWritesTest() override { std::filesystem::remove_all(config.stateDir); }
    KeptWritesTest(const KeptWritesTest&) = delete;
    KeptWritesTest& operator=(const KeptWritesTest&) = delete;
    KeptWritesTest(KeptWritesTest&&) = delete;
    KeptWritesTest& operator=(KeptWritesTest&&) = delete;

    /// Charge limit after a restart.
    std::string restartedAfter(std::chrono::milliseconds time) {
        const Now later = now + time;
        Site next(config, {}, "seed");
        Keeper keeper(KeptSite{.stateDir = config.stateDir, .name = config.site});
        keeper.restore(next, later);
        const RowIndex index = row("/Info/MaxChargeCurrent");
        return displayText(kRows.at(index).quantity,
                           writtenSnapshot(next.made(), config.made[0], "home", later)[index]);
    }

    Site other{config, {}, "seed"};
};

TEST_F(KeptWritesTest, CountAsLongAsWithoutARestart) {
    EXPECT_EQ(restartedAfter(0s), "50.0A");
    EXPECT_EQ(restartedAfter(58s), "50.0A");
    EXPECT_EQ(restartedAfter(61s), "0.0A");
    EXPECT_EQ(restartedAfter(-1h), "0.0A") << "a clock that went back says nothing of the age";
    config.made[0].writable.expire.reset();
    EXPECT_EQ(restartedAfter(20000h), "50.0A");
    config.made[0].writable.persist = false;
    EXPECT_EQ(restartedAfter(0s), "---");
}

/// What is noted once a second is copied only if something was written.
TEST_F(KeptWritesTest, EachWriteIsKeptAlsoASecondOneWithinASecond) {
    Keeper keeper(KeptSite{.stateDir = config.stateDir, .name = config.site});
    keeper.restore(other, now);
    keeper.saveAll(site);
    send(kValues, R"({"/Info/MaxChargeCurrent":40,"/Soc":null})");
    keeper.saveAll(site);
    EXPECT_EQ(restartedAfter(0s), "40.0A");
    now = now + 10s;
    send(kValues, R"({"/Info/MaxChargeCurrent":40,"/Soc":null})");
    keeper.saveAll(site);
    EXPECT_EQ(restartedAfter(55s), "40.0A") << "the same, written again";
    config.made[0].writable.persist = false;
    site.setSettings(config, now);
    keeper.saveAll(site);
    EXPECT_TRUE(keeper.saved().writables.at("gw").values.empty());
}

TEST_F(WriteDeskTest, RefusalsAreSaidAtOnceAndThenOnceAMinute) {
    enliven();
    const log::Tail tail(1000);
    for (int i = 0; i < 10000; ++i)
        send(kValues, R"({"/Info/MaxChargeCurrent":-)" + std::to_string(i + 1) + "}");
    EXPECT_EQ(said(tail, "write_refused battery=gw times=1 by=set/battery/gw/values reason=\""
                         "/Info/MaxChargeCurrent: outside what the path can have; allowed is "
                         "0.0A…10000.0A\""),
              1);
    for (int i = 0; i < 100; ++i)
        send("busbar/home/set/battery/x" + std::to_string(i) + "/values", R"({"/Soc":50})");
    EXPECT_EQ(said(tail, "write_refused battery=unknown"), 1);
    now = now + 60s;
    desk.tick(now);
    desk.tick(now);
    EXPECT_EQ(said(tail, "write_refused battery=gw times=9999"), 1);
    EXPECT_EQ(said(tail, "write_refused"), 4);
    EXPECT_EQ(desk.refused(), 10100U);
}

TEST_F(WriteDeskTest, WhatExpiresAndComesBackIsSaidOnceEach) {
    const log::Tail tail(1000);
    enliven();
    send(kValues, R"({"/Info/MaxChargeCurrent":50})");
    wait(59);
    EXPECT_EQ(said(tail, "writable_expired"), 0);
    wait(100);
    EXPECT_EQ(said(tail, "writable_expired battery=gw"), 1);
    EXPECT_EQ(limits(), "--- 0.0A 0.0A");
    EXPECT_EQ(valueOf("/Alarms/InternalFailure"), Value(1.0));
    send(kValues, R"({"/Info/MaxChargeCurrent":-50})");
    EXPECT_EQ(limits(), "--- 0.0A 0.0A") << "a bad one brings nothing back";
    send(kValues, R"({"/Info/MaxChargeCurrent":50})");
    wait(1);
    EXPECT_EQ(said(tail, "writable_back battery=gw"), 1);
    EXPECT_EQ(limits(), "--- 50.0A ---");
}

TEST_F(WriteDeskTest, NobodyHasWrittenYetIsNoExpiryAndSaysWhereToWrite) {
    const log::Tail tail(1000);
    wait(100);
    EXPECT_EQ(said(tail, "writable_expired"), 0);
    EXPECT_EQ(said(tail, "writable_awaited battery=gw nobody has written to it yet; its fail-safe "
                         "values hold until then. Write to busbar/home/set/battery/gw/values by "
                         "MQTT, or to com.victronenergy.battery.busbar_gw on D-Bus"),
              1);
    enliven();
    wait(1);
    EXPECT_EQ(said(tail, "writable_back battery=gw what is written counts"), 1);
    wait(100);
    EXPECT_EQ(said(tail, "writable_expired battery=gw"), 1);
    EXPECT_EQ(said(tail, "writable_"), 3);
}

TEST_F(WriteDeskTest, LimitsThatNobodyWritesAnyMoreExpireAndOnlyTheSureBringThemBack) {
    const log::Tail tail(1000);
    enliven();
    send(kValues, R"({"/Info/MaxChargeCurrent":50,"/Dc/0/Voltage":52})");
    for (int i = 0; i < 61; ++i) {
        wait(1);
        send(kValues, R"({"/Dc/0/Voltage":52})");
    }
    EXPECT_EQ(limits(), "--- 0.0A 0.0A");
    wait(1);
    EXPECT_EQ(said(tail, "writable_expired battery=gw /Info/MaxChargeCurrent was not written again "
                         "for 60 s; its fail-safe values hold"),
              1);
    send(kValues, R"({"/Info/MaxChargeCurrent":51})");
    EXPECT_EQ(limits(), "--- 0.0A 0.0A") << "not proven to be live yet";
    pass(400ms);
    EXPECT_EQ(limits(), "--- 51.0A ---");
    wait(1);
    EXPECT_EQ(said(tail, "writable_back battery=gw"), 1);
}

TEST_F(WriteDeskTest, WhatNobodyCanWriteToIsSaid) {
    config.output.commands = mqtt::CommandsWanted::No;
    config.made[0].writable.publish = false;
    config.made[0].writable.expire.reset();
    site.setSettings(config, now);
    const log::Tail tail(1000);
    wait(1);
    EXPECT_EQ(said(tail, "writable_awaited battery=gw nobody has written to it yet; its values "
                         "hold until then. Nobody can: no command is taken, and it is not "
                         "published"),
              1);
}

} // namespace
} // namespace busbar::write_desk_test
