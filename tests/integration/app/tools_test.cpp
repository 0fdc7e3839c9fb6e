// SPDX-License-Identifier: MIT
// The commands beside `run`: what they print, and their exit codes.
#include "mqtt/session/client.hpp"
#include "plant.hpp"
#include "support/source_tree.hpp"
#include "support/wait.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace busbar::test {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string recording(const std::string& name) {
    return test::sourcePath("tests/data/recordings/") + name;
}

std::vector<std::string> linesOf(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

rapidjson::Document parsed(const std::string& text) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
    return document;
}

Value valueOf(const rapidjson::Value& json) {
    if (json.IsNumber())
        return json.GetDouble();
    return json.IsString() ? Value(std::string(json.GetString(), json.GetStringLength())) : Value();
}

/// What the program says about a file with this content.
Finished checked(const std::string& content) {
    const ScratchDir dir;
    return runBusbar({"check", dir.write("busbar.json", content)});
}

TEST(Check, AGoodFile) {
    const Finished result = checked("// nothing but defaults\n{\"hold_s\": 20,}\n");
    EXPECT_EQ(result.exitCode, 0);
    EXPECT_THAT(result.output, HasSubstr("busbar.json: no errors"));
}

TEST(Check, SaysWhetherCommandsAreTaken) {
    EXPECT_THAT(checked("{}").output, HasSubstr("commands by MQTT are taken: "));
    EXPECT_THAT(checked(R"({"mqtt":{"url":"mqtt://b"}})").output,
                HasSubstr("commands by MQTT are not taken: anybody may write"));
    EXPECT_THAT(checked(R"({"mqtt":{"url":"mqtt://b","commands":true}})").output,
                HasSubstr("commands by MQTT are taken: mqtt.commands says so"));
}

TEST(Check, RefusesWebSocketsIfTheLibraryIsNotMended) {
    const std::string refusal = mqtt::libraryError("wss://b");
    for (const std::string option : {"gx", "mqtt"})
        for (const std::string scheme : {"ws", "wss"}) {
            const ScratchDir dir;
            std::string text = "{\"";
            text.append(option).append("\":{\"url\":\"").append(scheme).append("://b\"}}");
            const auto file = dir.write("busbar.json", text);
            const Finished result = runBusbar({"check", file});
            EXPECT_EQ(result.exitCode, refusal.empty() ? 0 : 3);
            if (refusal.empty())
                continue;
            std::string line = file;
            line.append(": ").append(option).append(".url: ").append(refusal);
            EXPECT_THAT(result.output, HasSubstr(line));
            for (const auto* command : {"run", "watch"})
                EXPECT_EQ(runBusbar({command, "--config", file}).exitCode, 3) << command;
        }
    EXPECT_EQ(checked(R"({"gx":{"url":"mqtts://b"},"mqtt":{"url":"mqtt://b"}})").exitCode, 0);
}

TEST(Check, LooksAtTheBatteriesThatAreThere) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    ASSERT_TRUE(plant.settle());
    const std::string file = plant.writeConfig(
        {{"made", R"([{"id": "s", "name": "S", "series": ["name:A", "name:C"]}])"},
         {"batteries", R"(["made:s", "name:B"])"}});
    BusbarProcess check({"check", "--live", "--seconds", "8", file});
    ASSERT_TRUE(plant.until([&] { return check.hasEnded(); }));
    EXPECT_THAT(check.output(),
                AllOf(HasSubstr("warning: made[0].series[1]: s: nothing on the GX matches name:C"),
                      HasSubstr("    name:A: A (instance 1), 52.80V, 10.0A"),
                      HasSubstr("  B: B (instance 2), 52.80V, 20.0A\n")))
        << check.log();
    EXPECT_FALSE(plant.isOnBus());
}

TEST(Check, ABrokerThatIsNotThereSaysNothing) {
    const ScratchDir dir;
    const Finished result = runBusbar(
        {"check", "--live", "--seconds", "1",
         dir.write("busbar.json", R"({"gx": {"url": "mqtt://127.0.0.1:9"}, "state_dir": ")" +
                                      dir.file("") + R"("})")});
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.output, HasSubstr("the broker mqtt://127.0.0.1:9 is not reached"));
}

TEST(Check, ABrokerWithSeveralGxDevicesSaysSo) {
    Plant plant;
    plant.gx.add(kPackA);
    mqtt::BrokerSettings broker;
    broker.url = plant.broker.url();
    SimulatedGx other(broker, {.portalId = "c0619ab00002"});
    ASSERT_TRUE(plant.settle());
    BusbarProcess check({"check", "--live", plant.writeConfig({{"gx.portal_id", "\"auto\""}})});
    ASSERT_TRUE(plant.until([&] {
        other.pump();
        return check.hasEnded();
    }));
    EXPECT_THAT(check.output(), AllOf(HasSubstr(": the broker shows several GX devices"),
                                      HasSubstr("set gx.portal_id")));
}

TEST(Check, AMissingFile) {
    const Finished result = runBusbar({"check", "/nowhere/busbar.json"});
    EXPECT_EQ(result.exitCode, 3);
    EXPECT_EQ(result.output, "/nowhere/busbar.json: there is no such file\n");
}

TEST(Check, ADirectory) {
    const ScratchDir dir;
    const Finished result = runBusbar({"check", dir.file("")});
    EXPECT_EQ(result.exitCode, 3);
    EXPECT_THAT(result.output, HasSubstr("is a folder, not a file"));
}

TEST(Check, AnUnreadableFile) {
    // A process may not read its own memory from address 0: fails for root, too.
    const Finished result = runBusbar({"check", "/proc/self/mem"});
    EXPECT_EQ(result.exitCode, 3);
    EXPECT_THAT(result.output, HasSubstr("/proc/self/mem: cannot be read: Input/output error"));
}

TEST(Check, AFileWithoutPermission) {
    if (::geteuid() == 0)
        GTEST_SKIP() << "nothing is forbidden to root";
    const ScratchDir dir;
    const std::string file = dir.write("busbar.json", "{}");
    std::filesystem::permissions(file, std::filesystem::perms::none);
    const Finished result = runBusbar({"check", file});
    EXPECT_EQ(result.exitCode, 3);
    EXPECT_THAT(result.output, HasSubstr("cannot be read: Permission denied"));
}

TEST(Check, AnEmptyFile) {
    const Finished result = checked("");
    EXPECT_EQ(result.exitCode, 3);
    EXPECT_THAT(result.output, HasSubstr("busbar.json"));
    EXPECT_THAT(result.output, HasSubstr("empty"));
}

TEST(Check, AByteOrderMark) {
    EXPECT_EQ(checked("\xef\xbb\xbf{\"hold_s\": 20}").exitCode, 0);
    const Finished wide = checked(std::string("\xff\xfe{\0}\0", 6));
    EXPECT_EQ(wide.exitCode, 3);
    EXPECT_THAT(wide.output, HasSubstr("UTF-8")) << "says what it wants";
}

TEST(Check, AllErrorsAtOnceWithPlaceAndRange) {
    const Finished result = checked(
        "{\n\"gx\": {\"ulr\": \"mqtt://x\"},\n\"hold_s\": -3,\n\"frozen_s\": \"long\",\n}\n");
    EXPECT_EQ(result.exitCode, 3);
    const auto lines = linesOf(result.output);
    ASSERT_EQ(lines.size(), 3U) << result.output;
    EXPECT_THAT(lines[0], AllOf(HasSubstr("busbar.json:2:"), HasSubstr("gx.ulr"),
                                HasSubstr("did you mean gx.url?")));
    EXPECT_THAT(lines[1], AllOf(HasSubstr("busbar.json:3:"), HasSubstr("hold_s"), HasSubstr("-3"),
                                HasSubstr("0…3600")));
    EXPECT_THAT(lines[2], AllOf(HasSubstr("busbar.json:4:"), HasSubstr("10…86400")));
}

TEST(Check, RunRefusesABadFileTheSameWay) {
    const ScratchDir dir;
    const Finished result =
        runBusbar({"run", "--config", dir.write("busbar.json", "{\"hold_s\": -3}")});
    EXPECT_EQ(result.exitCode, 3);
    EXPECT_THAT(result.errors, AllOf(HasSubstr("busbar.json:1:"), HasSubstr("hold_s")));
}

TEST(Environment, OverridesTheFile) {
    const ScratchDir dir;
    const std::string file = dir.write("busbar.json", "{\"hold_s\": 20, \"expected\": 4}");
    const Finished result =
        runBusbar({"config", "--config", file},
                  {{"BUSBAR_HOLD_S", "45"}, {"BUSBAR_GX__URL", "mqtt://example.test:1884"}});
    ASSERT_EQ(result.exitCode, 0) << result.errors;
    const auto document = parsed(result.output);
    ASSERT_TRUE(document.IsObject()) << result.output;
    EXPECT_EQ(document["banks"][0]["hold_s"].GetDouble(), 45.0);
    EXPECT_EQ(document["banks"][0]["expected"].GetInt(), 4);
    EXPECT_STREQ(document["gx"]["url"].GetString(), "mqtt://example.test:1884");
}

TEST(Environment, ABadVariableIsNamed) {
    const Finished result = runBusbar({"check", "/dev/null"}, {{"BUSBAR_HOLD_S", "soon"}});
    EXPECT_EQ(result.exitCode, 3);
    const ScratchDir dir;
    const Finished good =
        runBusbar({"check", dir.write("busbar.json", "{}")}, {{"BUSBAR_HOLD_S", "soon"}});
    EXPECT_EQ(good.exitCode, 3);
    EXPECT_THAT(good.output, AllOf(HasSubstr("BUSBAR_HOLD_S"), HasSubstr("soon")));
}

TEST(Config, PrintsSchemaManualAndWhatIsInForce) {
    const Finished schema = runBusbar({"config", "--schema"});
    EXPECT_EQ(schema.exitCode, 0);
    const auto document = parsed(schema.output);
    ASSERT_TRUE(document.IsObject());
    EXPECT_TRUE(document["properties"]["hold_s"].IsObject());
    const Finished manual = runBusbar({"config", "--options"});
    EXPECT_EQ(manual.exitCode, 0);
    EXPECT_EQ(manual.output, contentOf(test::sourcePath("config/OPTIONS.md")));
    const ScratchDir dir;
    const Finished effective =
        runBusbar({"config", "--effective", "--config", dir.write("c.json", "{}")});
    ASSERT_EQ(effective.exitCode, 0) << effective.errors;
    const Finished again =
        runBusbar({"config", "--config", dir.write("again.json", effective.output)});
    EXPECT_EQ(again.output, effective.output) << "it is a configuration itself";
}

TEST(Replay, PrintsChangesAsLines) {
    const Finished result = runBusbar({"replay", recording("lp.jsonl")});
    ASSERT_EQ(result.exitCode, 0) << result.errors;
    const auto lines = linesOf(result.output);
    ASSERT_GT(lines.size(), 100U);
    double last = 0.0;
    std::set<std::string> paths;
    for (const std::string& line : lines) {
        const auto document = parsed(line);
        ASSERT_TRUE(document.IsObject()) << line;
        ASSERT_EQ(document.MemberCount(), 3U) << line;
        ASSERT_GE(document["t"].GetDouble(), last) << line;
        last = document["t"].GetDouble();
        paths.insert(document["path"].GetString());
        ASSERT_TRUE(document.HasMember("value")) << line;
    }
    EXPECT_TRUE(paths.contains("/Dc/0/Current"));
    EXPECT_TRUE(paths.contains("/Info/MaxChargeCurrent"));
}

TEST(Replay, AgainstAnotherConfigurationPrintsWhereTheyDiffer) {
    const ScratchDir dir;
    const std::string one = dir.write("one.json", "{}");
    const std::string other = dir.write("other.json", R"({"limits": {"max_charge_A": 1}})");
    const Finished same = runBusbar({"replay", "-c", one, "--against", one, recording("lp.jsonl")});
    EXPECT_EQ(same.exitCode, 0) << same.errors;
    EXPECT_EQ(same.output, "");
    const Finished lines =
        runBusbar({"replay", "-c", one, "--against", other, recording("lp.jsonl")});
    ASSERT_EQ(lines.exitCode, 0) << lines.errors;
    EXPECT_THAT(lines.output,
                AllOf(HasSubstr(R"("path":"/Info/MaxChargeCurrent")"),
                      HasSubstr(R"("against":1.0)"), Not(HasSubstr(R"("path":"/Dc/0/Voltage")"))));
    const Finished final =
        runBusbar({"replay", "--final", "-c", one, "--against", other, recording("lp.jsonl")});
    const auto document = parsed(final.output);
    ASSERT_TRUE(document.IsObject()) << final.output;
    EXPECT_GT(document["differences"].Size(), 0U);
    EXPECT_EQ(runBusbar({"replay", "--against", "/nowhere.json", recording("lp.jsonl")}).exitCode,
              3);
}

TEST(Replay, FinalIsWhatTheLinesEndWith) {
    const Finished lines = runBusbar({"replay", recording("lpp.jsonl")});
    const Finished final = runBusbar({"replay", "--final", recording("lpp.jsonl")});
    ASSERT_EQ(final.exitCode, 0) << final.errors;
    ASSERT_EQ(linesOf(final.output).size(), 1U);
    const auto document = parsed(final.output);
    ASSERT_TRUE(document.IsObject());
    std::map<std::string, Value> last;
    for (const std::string& line : linesOf(lines.output)) {
        const auto change = parsed(line);
        last[change["path"].GetString()] = valueOf(change["value"]);
    }
    EXPECT_GT(last.size(), 20U);
    for (const auto& [path, value] : last) {
        ASSERT_TRUE(document.HasMember(path.c_str())) << path;
        EXPECT_EQ(valueOf(document[path.c_str()]), value) << path;
    }
    ASSERT_TRUE(document["members"].IsArray());
    EXPECT_THAT(final.output, HasSubstr(R"("reason":"pending")"));
}

/// A slow GX takes its time to say how everything stands.
TEST(Replay, BeginsWithAllThatIsMarkedAsTheFirstState) {
    const auto line = [](double t, bool isInitial, int pack, const std::string& pathAndValue) {
        const auto [path, value] = std::pair(pathAndValue.substr(0, pathAndValue.find('=')),
                                             pathAndValue.substr(pathAndValue.find('=') + 1));
        return "{\"t\":" + std::to_string(t) + (isInitial ? ",\"initial\":true" : "") +
               R"(,"topic":"N/c0619ab00001/battery/)" + std::to_string(pack) + path +
               R"(","payload":"{\"value\":)" + value + "}\"}\n";
    };
    std::string lines;
    for (const int pack : {1, 2})
        for (const char* item :
             {"/Dc/0/Voltage=52.8", "/Dc/0/Current=5", "/Soc=50", "/InstalledCapacity=100",
              "/System/NrOfModulesOnline=1", "/Info/MaxChargeCurrent=50",
              "/Info/MaxDischargeCurrent=80", "/Info/MaxChargeVoltage=55.2"})
            lines += line(pack == 1 ? 0.0 : 0.4, true, pack, item);
    lines += line(0.5, false, 1, "/Dc/0/Current=6");
    const ScratchDir dir;
    const Finished result = runBusbar({"replay", "--final", dir.write("slow.jsonl", lines)});
    ASSERT_EQ(result.exitCode, 0) << result.errors;
    const auto document = parsed(result.output);
    EXPECT_EQ(valueOf(document["/System/NrOfModulesOffline"]), Value(0.0)) << result.output;
    EXPECT_EQ(valueOf(document["/Dc/0/Current"]), Value(11.0)) << result.output;
}

TEST(Replay, ABrokenRecordingNamesItsLine) {
    const ScratchDir dir;
    const std::string good =
        R"({"t":0,"topic":"N/c0619ab00001/battery/1/Dc/0/Voltage","payload":"{\"value\":52}"})";
    const std::string file = dir.write("broken.jsonl", good + "\n\n{\"t\":1,\"topic\":\n");
    const Finished result = runBusbar({"replay", file});
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.errors, HasSubstr(file + ":3: not a JSON object"));
}

TEST(Replay, WithoutAnythingToReplaySaysSo) {
    const ScratchDir dir;
    const Finished missing = runBusbar({"replay", "/nowhere/a.jsonl"});
    EXPECT_EQ(missing.exitCode, 1);
    EXPECT_THAT(missing.errors,
                AllOf(HasSubstr("/nowhere/a.jsonl"), HasSubstr("No such file or directory")));
    const Finished empty = runBusbar({"replay", dir.write("empty.jsonl", "")});
    EXPECT_EQ(empty.exitCode, 1);
    EXPECT_THAT(empty.errors, HasSubstr("no topic"));
}

TEST(Replay, IsEndedBySignalsAlsoWhileItWaitsForItsFile) {
    const ScratchDir dir;
    const std::string pipe = dir.file("pipe");
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        BusbarProcess replay({"replay", pipe});
        replay.signal(number);
        const auto end = replay.waitForEnd();
        ASSERT_TRUE(end) << number;
        EXPECT_EQ(end->signal, number);
    }
}

TEST(Watch, WhatItRecordsReplaysToTheSameValues) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    const std::string file = plant.dir.file("recorded.jsonl");
    BusbarProcess watch({"watch", "--config", plant.dir.file("busbar.json"), "--record", file});
    ASSERT_TRUE(plant.until([&] { return countOf(contentOf(file), "full_publish_completed") > 0; }))
        << watch.log();
    plant.gx.set(1, "/Dc/0/Current", 12.5);
    plant.gx.set(2, "/Info/MaxChargeCurrent", 30.0);
    plant.gx.set(2, "/CustomName", "B \"two\" ⚡");
    ASSERT_TRUE(plant.until(plant.shows("/Dc/0/Current", 32.5)));
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 60.0)));
    ASSERT_TRUE(plant.until([&] { return countOf(contentOf(file), "two") > 0; }));
    ASSERT_TRUE(plant.until([&] { return countOf(watch.output(), "2 of 2 batteries") > 0; }))
        << watch.output();
    watch.signal(SIGINT);
    ASSERT_TRUE(watch.waitForEnd());
    ASSERT_TRUE(plant.until([&] {
        return plant.text("/Info/ChargeLimitation") == "member B \"two\" ⚡";
    })) << plant.log();

    EXPECT_GT(countOf(contentOf(file), R"("initial":true)"), 20U);
    const Finished replay =
        runBusbar({"replay", "--final", "--config", plant.dir.file("busbar.json"), file});
    ASSERT_EQ(replay.exitCode, 0) << replay.errors;
    const auto document = parsed(replay.output);
    const std::set<std::string> ofTheService = {"/CustomName", "/DeviceInstance"};
    for (const auto& [path, value] : plant.view->items(kService)) {
        if (ofTheService.contains(path) || path.starts_with("/Busbar/")) // for the GX's screen
            continue;
        ASSERT_TRUE(document.HasMember(path.c_str())) << path;
        EXPECT_EQ(valueOf(document[path.c_str()]), value) << path;
    }
}

TEST(DryRun, PrintsAndPublishesNothing) {
    Plant plant;
    plant.gx.add(kPackA);
    BusbarProcess dryRun({"run", "--dry-run", "--config", plant.writeConfig()});
    ASSERT_TRUE(plant.until([&] {
        return countOf(dryRun.output(), R"("path":"/Dc/0/Current","value":10.0})") == 1;
    })) << dryRun.log()
        << dryRun.output();
    EXPECT_FALSE(plant.isOnBus());
    EXPECT_EQ(dryRun.logged("bus_connected"), 0U);
    EXPECT_FALSE(std::filesystem::exists(plant.dir.file("state")));
    dryRun.signal(SIGTERM);
    const auto end = dryRun.waitForEnd();
    ASSERT_TRUE(end.has_value());
    EXPECT_EQ(end->exitCode, 0);
}

TEST(Run, SecondsEndIt) {
    Plant plant;
    const Finished result = runBusbar({"run", "--seconds", "0.5", "--config", plant.writeConfig()});
    EXPECT_EQ(result.exitCode, 0) << result.errors;
}

/// Processes that were started with this text in their environment.
std::size_t processesWith(const std::string& text) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc"))
        if (contentOf(entry.path() / "environ").find(text) != std::string::npos)
            ++count;
    return count;
}

/// At once or a moment later: a sanitizer's own helper outlives the process that it served by that
/// much.
bool nothingRunsWith(const std::string& text) {
    return waitUntil([&] { return processesWith(text) == 0; });
}

/// Runs the demo for five seconds, as far as that is the same whatever it plays.
std::string demoOutput(const std::vector<std::string>& more) {
    const ScratchDir dir;
    std::vector<std::string> arguments = {"demo", "--seconds", "5"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Finished result = runBusbar(arguments, {{"TMPDIR", dir.file("")}});
    EXPECT_EQ(result.exitCode, 0) << result.errors;
    EXPECT_THAT(result.output, testing::StartsWith("In a browser: http://127.0.0.1:"));
    EXPECT_THAT(result.output, AllOf(HasSubstr("mosquitto_sub -p"), HasSubstr("-v -t 'busbar/#'"),
                                     HasSubstr("busctl --address")));
    EXPECT_THAT(result.output, HasSubstr("Final values of com.victronenergy.battery.busbar"));
    EXPECT_TRUE(std::filesystem::is_empty(dir.file("")));
    EXPECT_TRUE(nothingRunsWith(dir.file("")));
    return result.output;
}

TEST(Demo, EndsByItselfSaysWhatTheBankDidAndLeavesNothing) {
    const std::string output = demoOutput({});
    EXPECT_THAT(output, HasSubstr("4 of 4 batteries"));
    EXPECT_THAT(output, HasSubstr("What the simulated bank did in "));
    EXPECT_THAT(output, HasSubstr("Ah charged"));
}

TEST(Demo, MakesStringsOfBlocksInSeries) {
    const std::string output = demoOutput({"--strings", "2x2"});
    EXPECT_THAT(output, HasSubstr("2 of 2 batteries"));
    EXPECT_THAT(output, HasSubstr("String 2"));
    EXPECT_THAT(output, HasSubstr("Ah charged"));
}

TEST(Demo, PlaysTheRecordedBatteriesToo) {
    const std::string output = demoOutput({"--recording"});
    EXPECT_THAT(output, HasSubstr("2 of 2 batteries"));
    EXPECT_THAT(output, HasSubstr("Lynx Smart BMS"));
    EXPECT_THAT(output, Not(HasSubstr("simulated bank")));
}

TEST(Demo, PlaysTheRecordingThatItIsGiven) {
    EXPECT_THAT(demoOutput({"--recording", recording("lpp.jsonl")}), HasSubstr("batteries"));
}

TEST(Demo, InterruptedLeavesNothing) {
    const ScratchDir dir;
    BusbarProcess demo({"demo"}, {{"TMPDIR", dir.file("")}});
    ASSERT_TRUE(waitUntil([&] { return processesWith(dir.file("")) >= 5; })) << demo.log();
    demo.signal(SIGINT);
    const auto end = demo.waitForEnd();
    ASSERT_TRUE(end.has_value()) << demo.log();
    EXPECT_EQ(end->signal, 0);
    EXPECT_TRUE(std::filesystem::is_empty(dir.file(""))) << demo.log();
    EXPECT_TRUE(nothingRunsWith(dir.file("")));
}

TEST(CommandLine, WhatItDoesNotUnderstandIsTwo) {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{},
          {"rnu"},
          {"run", "--confg", "x"},
          {"check"},
          {"run", "--seconds", "soon"},
          {"run", "--seconds", "-1"},
          {"config", "--schema", "--options"},
          {"simulate"},
          {"simulate", "--days", "2", "--url", "x"},
          {"simulate", "--closed-loop", "--url", "x"},
          {"simulate", "--closed-loop", "--days", "0"},
          {"simulate", "--url", "x", "--speed", "0.5"},
          {"simulate", "--closed-loop", "--strings", "2x"},
          {"simulate", "--closed-loop", "--strings", "2x2", "--packs", "4"},
          {"demo", "--recording", "x", "--strings", "2x2"},
          {"demo", "--recording", "x", "--seed", "2"}}) {
        const Finished result = runBusbar(arguments);
        EXPECT_EQ(result.exitCode, 2) << testing::PrintToString(arguments) << result.errors;
        EXPECT_FALSE(result.errors.empty()) << testing::PrintToString(arguments);
        EXPECT_TRUE(result.output.empty()) << testing::PrintToString(arguments);
    }
}

TEST(CommandLine, HelpIsEverywhere) {
    for (const std::vector<std::string>& command : {std::vector<std::string>{},
                                                    {"run"},
                                                    {"check"},
                                                    {"watch"},
                                                    {"replay"},
                                                    {"simulate"},
                                                    {"demo"},
                                                    {"config"}}) {
        auto arguments = command;
        arguments.emplace_back("--help");
        const Finished result = runBusbar(arguments);
        EXPECT_EQ(result.exitCode, 0) << testing::PrintToString(command);
        EXPECT_THAT(result.output, HasSubstr("Exit codes:")) << testing::PrintToString(command);
    }
}

/// Runs a script that starts "$PROGRAM" with these arguments. Its status is that of the script.
Finished runScript(const std::string& script, const std::string& arguments) {
    const ScratchDir dir;
    Variables variables{
        {"PROGRAM", busbarProgram()}, {"GONE", dir.file("gone")}, {"STATUS", dir.file("status")}};
    ChildProcess shell({.program = "sh",
                        .arguments = {"-c", "run() { \"$PROGRAM\" " + arguments + "; }\n" + script},
                        .environment = variables,
                        .err = {ChildStream::Kind::File, dir.file("log")}});
    if (!waitUntil([&] { return shell.poll().has_value(); }))
        return {.exitCode = -1, .output = "", .errors = "does not end"};
    return {shell.poll()->exitCode, "", contentOf(dir.file("log"))};
}

/// The reader of the pipe is gone before the program starts; the status is the program's, not that
/// of the pipe's end.
constexpr const char* kIntoAPipeWithoutReader = R"sh(mkfifo "$GONE"
{ read -r _ <"$GONE"; run; echo $? >"$STATUS"; } | { exec <&-; echo gone >"$GONE"; }
exit "$(cat "$STATUS")")sh";

const std::vector<std::string>& commandsThatPrint() {
    static const std::vector<std::string> kCommands = {"config --schema",
                                                       "replay " + recording("lpp.jsonl")};
    return kCommands;
}

TEST(CommandLine, AnOutputThatCannotBeWrittenIsAnError) {
    for (const char* script : {"run >/dev/full", "run >&-"})
        for (const std::string& command : commandsThatPrint()) {
            const Finished result = runScript(script, command);
            EXPECT_EQ(result.exitCode, 1) << script << " " << command;
            EXPECT_THAT(result.errors, HasSubstr("cannot write to standard output"));
        }
}

TEST(CommandLine, WithoutAReaderItEndsByThePipesSignalLikeAnyTool) {
    constexpr int kBySignal = 128; // what a shell adds
    for (const std::string& command : commandsThatPrint()) {
        const Finished result = runScript(kIntoAPipeWithoutReader, command);
        EXPECT_EQ(result.exitCode, kBySignal + SIGPIPE) << command << result.errors;
    }
}

TEST(Watch, AnUnwritableRecordingIsRefusedAtOnce) {
    Plant plant;
    const Finished result =
        runBusbar({"watch", "--record", "/nowhere/r.jsonl", "--config", plant.writeConfig()});
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.errors, HasSubstr("/nowhere/r.jsonl"));
}

TEST(Watch, WritesNoRecordingOverAFileThatIsThere) {
    const ScratchDir dir;
    const std::string config = dir.write("busbar.json", R"({"gx": {"url": "mqtt://127.0.0.1:9"}})");
    const Finished result =
        runBusbar({"watch", "--record", config, "--config", config, "--seconds", "1"});
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.errors, HasSubstr(config + " is there already and stays as it is"));
    const Finished report = runBusbar({"simulate", "--closed-loop", "--report", config});
    EXPECT_EQ(report.exitCode, 1);
    EXPECT_THAT(report.errors, HasSubstr("stays as it is"));
    EXPECT_EQ(contentOf(config), R"({"gx": {"url": "mqtt://127.0.0.1:9"}})");
    const Finished device =
        runBusbar({"watch", "--record", "/dev/null", "--config", config, "--seconds", "0.5"});
    EXPECT_EQ(device.exitCode, 0) << device.errors;
}

} // namespace
} // namespace busbar::test
