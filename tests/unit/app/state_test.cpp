// SPDX-License-Identifier: MIT
// The state file: whole, torn, foreign, of another version, not writable.
#include "app/kept/state.hpp"
#include "base/file.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace busbar {
namespace {

using namespace std::chrono_literals;

const WallTime kDay = WallTime(std::chrono::seconds(1780000000));

MemberMemory someMember() {
    MemberMemory member;
    member.counter = {0.1 + 0.2, 280.0, true};
    member.counter.charge_Ah = 280.0 * 0.9999999999999999;
    member.meters = {1234.5678901234567, 1e-9, 1e9 / 3.0, 0.1};
    member.stats.share = 1.0 / 3.0;
    member.stats.lowest = {{{"C3", 940.5}, {"Zelle \"7\"", 1.0 / 7.0}}, "C3"};
    member.stats.highest = {{{"C16", 0.0}}, ""};
    member.resistance_Ohm = 0.00123456789012345678;
    member.learnedShare = 2.0 / 7.0;
    member.lastSeen = kDay;
    member.word.emplace().aheadSoc_pct = -12.5;
    member.measured = {0.1 + 0.7, 0.01, 1.0, 0.985, kDay};
    member.isLost = true;
    member.isStopped = true;
    return member;
}

State someState() {
    State state;
    state.site = "home-2";
    BankState& bank = state.banks["main"];
    bank.customName = "Häuschen \"1\"";
    bank.settingsEntry = "busbar_main_second";
    bank.memory.members["serial_1"] = someMember();
    bank.memory.members["fresh"] = {};
    bank.memory.balancing = {BalancingStage::Raised,
                             BalancingResult::Failed,
                             kDay,
                             kDay + 1s,
                             kDay + 2s,
                             kDay + 3s,
                             3,
                             0.08,
                             {BalancingObstacle::Held, "Pack \"C\"/C6"}};
    bank.memory.meters = {1.5, 2.5, 3.5, 4.5};
    bank.memory.book["serial_1"] = {"1",  "/dev/ttyUSB0", "Häuschen \"1\"", "JK",        3,
                                    kDay, "Häuschen",     "Häuschen 3",     "H_uschen_3"};
    bank.memory.book["ttyusb1_pack"] = {"", "ttyUSB1", "Pack", "", {}, {}};
    state.sites["c0619ab00001"] = {1.0, {kNoCurrentLimit_A, 55.2}};
    state.sites["c0619ab00002"] = {{}, {70.0, {}}};
    bank.memory.lastFull = kDay + 4s;
    bank.memory.handedOver = {123.456, kDay + 5s};
    bank.memory.chargeTarget = {kDay + 6s, kDay - 7s};
    bank.memory.controls = {12.5, 0.0, {"serial_1", "Größe \"1\""}, {}};
    state.banks["second"].customName = "";
    state.announced = {"busbar_home_main", "busbar_home_serial_1"};
    state.published = {"serial_1", "ttyusb1_pack"};
    state.place = {"mqtt://one", "busbar/home-2", "homeassistant",
                   "N/busbar-home-2/system/0/Serial"};
    state.left = {{"old", "mqtt://one", "busbar/old", {"busbar/old/status"}}};
    state.choicesNumber = (1ULL << 63U) + 1U;
    state.writables["gw"] = {"Größe \"1\"",
                             {{"/Soc", 1.0 / 3.0}, {"/Dc/0/Current", Value()}, {"/Id", "C\"3"}},
                             {{"/Soc", 12.5}},
                             1780000000.0,
                             105};
    state.writables["quiet"] = {};
    return state;
}

/// One bank "main" with this inside.
ParsedState parseBank(const std::string& inside) {
    return parseState(R"({"busbar_state":1,"banks":{"main":{)" + inside + "}}}");
}

BankMemory memoryOf(const ParsedState& parsed) {
    return parsed.state.banks.at("main").memory;
}

TEST(StateText, ComesBackAsItWent) {
    const ParsedState parsed = parseState(stateText(someState()));
    EXPECT_EQ(parsed.error, "");
    EXPECT_EQ(parsed.dropped, std::vector<std::string>{});
    EXPECT_EQ(parsed.state, someState());
    EXPECT_EQ(stateText(parsed.state), stateText(someState()));
}

TEST(StateText, EveryNumberComesBackToTheLastBit) {
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> exponent(-30.0, 8.0);
    for (int i = 0; i < 2000; ++i) {
        State state;
        state.banks["main"].memory.meters.charged_Ah = std::pow(10.0, exponent(random)) / 3.0;
        ASSERT_EQ(parseState(stateText(state)).state, state) << i;
    }
}

TEST(StateText, EveryEnumeratorComesBack) {
    for (const auto stage : {BalancingStage::Idle, BalancingStage::Raised, BalancingStage::Done}) {
        for (const auto result :
             {BalancingResult::None, BalancingResult::Succeeded, BalancingResult::Failed}) {
            State state;
            state.banks["main"].memory.balancing.stage = stage;
            state.banks["main"].memory.balancing.lastResult = result;
            EXPECT_EQ(parseState(stateText(state)).state, state) << toText(stage);
        }
    }
}

TEST(StateText, AFileOfTheFirstReleaseStillLoads) {
    const ParsedState parsed = parseBank(R"("custom_name":"Bank")");
    EXPECT_EQ(parsed.error, "");
    EXPECT_TRUE(parsed.dropped.empty());
    EXPECT_EQ(parsed.state.banks.at("main"), (BankState{"Bank", {}}));
}

constexpr const char* kSiteOfOld = "";

TEST(StateText, ValuesOfASiteOutOfRangeAreDroppedAndNeverWritten) {
    const ParsedState parsed = parseState(R"({"busbar_state":1,"banks":{},"sites":{
        "a":{"owners_feed_in":2,"owners_max_charge_A":-2},"b":{"owners_max_charge_V":57.6},"c":3}})");
    EXPECT_EQ(parsed.dropped.size(), 3U);
    EXPECT_EQ(parsed.state.sites, (SiteMemories{{"b", {{}, {{}, 57.6}}}}));
    State state;
    state.sites["a"] = {std::numeric_limits<double>::quiet_NaN(), {70.0, 1e9}};
    EXPECT_EQ(parseState(stateText(state)).state.sites, (SiteMemories{{"a", {{}, {70.0, {}}}}}));
}

TEST(StateText, WrittenValuesOfWhichOneIsWrongAreNone) {
    const auto parse = [](const std::string& inside) {
        return parseState(R"({"busbar_state":1,"writables":{"gw":{)" + inside + "}}}");
    };
    for (const char* values : {R"({"/Soc":50,"/Dc/0/Voltage":[1]})", R"({"/Soc":{}})", "[]", "7",
                               R"({"/Soc":50,"/Dc/0/Voltage":true})"}) {
        const auto parsed =
            parse(R"("written_at":1780000000,"custom_name":"G","values":)" + std::string(values));
        EXPECT_EQ(parsed.dropped.size(), 1U) << values;
        EXPECT_EQ(parsed.state.writables.at("gw"), (WritableState{"G", {}, {}, 1780000000.0}))
            << values;
    }
    EXPECT_EQ(parse(R"("written_at":-1,"values":{"/Soc":50})").state.writables.at("gw"),
              (WritableState{"", {{"/Soc", 50.0}}, {}}));
}

TEST(StateText, KeysThatAreNotKnownArePassedOver) {
    const ParsedState parsed =
        parseBank(R"("later":{"x":[1]},"charged_Ah":2,"members":{"a":{"later":1e999}})");
    EXPECT_EQ(parsed.error, "");
    EXPECT_TRUE(parsed.dropped.empty());
    EXPECT_EQ(memoryOf(parsed).meters.charged_Ah, 2.0);
    EXPECT_EQ(memoryOf(parsed).members.at("a"), MemberMemory{});
}

TEST(StateText, EveryTornPieceIsNamedAndHarmless) {
    const std::string whole = stateText(someState());
    for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
        const ParsedState parsed = parseState(whole.substr(0, size));
        EXPECT_EQ(parsed.error, "is not a whole JSON object") << size;
        EXPECT_EQ(parsed.state, State{}) << size;
    }
}

TEST(StateText, NoChangedByteBringsAValueOutOfRange) {
    const std::string whole = stateText(someState());
    const std::string bytes("-9e\"{[,:x\0\xff", 11);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (std::size_t i = at % 4; i < bytes.size(); i += 4) { // each byte in a quarter of places
            const char byte = bytes[i];
            std::string text = whole;
            text[at] = byte;
            const ParsedState parsed = parseState(text);
            for (const auto& [id, bank] : parsed.state.banks)
                ASSERT_TRUE(sane(bank.memory).dropped.empty()) << at << " " << byte;
            ASSERT_EQ(parseState(stateText(parsed.state)).state, parsed.state) << at << " " << byte;
        }
    }
}

TEST(StateText, ABadValueIsDroppedAloneAndNamed) {
    const std::pair<const char*, const char*> cases[] = {
        {"1e999", "\"1e999\""}, {"-1e999", "\"-1e999\""},
        {"\"NaN\"", "\"NaN\""}, {"\"5\"", "\"5\""},
        {"-3", "-3"},           {"1e5", ""},
        {"100001", "100001"},   {"null", "null"},
        {"true", "true"},       {"[50]", "a list"},
        {"{}", "an object"},
    };
    for (const auto& [written, named] : cases) {
        const ParsedState parsed =
            parseBank(R"("charged_Ah":7,"members":{"a":{"capacity_Ah":)" + std::string(written) +
                      R"(,"charged_Ah":8},"b":{"charge_Ah":5,"capacity_Ah":10}})");
        const std::string where = "banks.main.members.a.capacity_Ah: ";
        if (*named == '\0') {
            EXPECT_TRUE(parsed.dropped.empty()) << written;
            continue;
        }
        EXPECT_EQ(
            parsed.dropped,
            std::vector<std::string>{where + named + " is not taken, allowed is 0.001 … 100000"})
            << written;
        const BankMemory memory = memoryOf(parsed);
        EXPECT_EQ(memory.members.at("a").counter.capacity_Ah, std::nullopt) << written;
        EXPECT_EQ(memory.members.at("a").meters.charged_Ah, 8.0) << written;
        EXPECT_EQ(memory.members.at("b").counter.charge_Ah, 5.0) << written;
        EXPECT_EQ(memory.meters.charged_Ah, 7.0) << written;
    }
}

TEST(StateText, EveryNumberIsHeldToItsRange) {
    const auto check = [](const auto& fields, const std::string& before, const std::string& after) {
        for (const auto& field : fields) {
            for (const std::string& bad :
                 {std::to_string(field.lowest - 1.0), std::string("1e300"), std::string("-1e300"),
                  std::string("1e999"), std::string("\"1\"")}) {
                std::string entry = "\"";
                entry.append(field.key).append("\":").append(bad);
                entry.insert(0, before).append(after);
                EXPECT_EQ(parseBank(entry).dropped.size(), 1U) << entry;
            }
        }
    };
    check(bankNumbers(), "", "");
    check(memberNumbers(), R"("members":{"a":{)", "}}");
    check(bookNumbers(), R"("book":{"a":{"serial":"S",)", "}}");
}

TEST(StateText, ALearnedShareIsAPartOrNothing) {
    for (const char* bad : {"1.01", "-0.01", "1e999", "\"NaN\"", "null"}) {
        const ParsedState parsed =
            parseBank(R"("members":{"a":{"learned_share":)" + std::string(bad) +
                      R"(,"resistance_Ohm":0.01},"b":{"learned_share":0.25}})");
        ASSERT_EQ(parsed.dropped.size(), 1U) << bad;
        EXPECT_TRUE(parsed.dropped[0].starts_with("banks.main.members.a.learned_share: "))
            << parsed.dropped[0];
        EXPECT_TRUE(parsed.dropped[0].ends_with("allowed is 0 … 1")) << parsed.dropped[0];
        const BankMemory memory = memoryOf(parsed);
        EXPECT_EQ(memory.members.at("a").learnedShare, std::nullopt) << bad;
        EXPECT_EQ(memory.members.at("a").resistance_Ohm, 0.01) << bad;
        EXPECT_EQ(memory.members.at("b").learnedShare, 0.25) << bad;
    }
}

TEST(StateText, WrongWordsAndFlagsAreDroppedAndNamed) {
    const ParsedState parsed = parseBank(
        R"("balancing_stage":"raising","balancing_last_result":1,"custom_name":3,"members":{"a":{"is_full":1}})");
    EXPECT_EQ(memoryOf(parsed).balancing, BalancingMemory{});
    EXPECT_EQ(parsed.dropped,
              (std::vector<std::string>{
                  "banks.main.custom_name: 3 is not taken, allowed is a text",
                  "banks.main.balancing_stage: \"raising\" is not taken, allowed is idle, raised, "
                  "holding or done",
                  "banks.main.balancing_last_result: 1 is not taken, allowed is none, succeeded or "
                  "failed",
                  "banks.main.members.a.is_full: 1 is not taken, allowed is true or false"}));
}

TEST(StateText, BadTextsOfTheBookAreDroppedAloneAndNamed) {
    const ParsedState parsed =
        parseBank(R"("book":{"a":{"serial":7,"name":"Pack"},"b":"x","c":{"product":[]}})");
    EXPECT_EQ(parsed.dropped,
              (std::vector<std::string>{
                  "banks.main.book.a.serial: 7 is not taken, allowed is a text",
                  "banks.main.book.b: \"x\" is not taken, allowed is an object",
                  "banks.main.book.c.product: a list is not taken, allowed is a text"}));
    EXPECT_EQ(memoryOf(parsed).book, (IdentityBook{{"a", {"", "", "Pack", "", {}, {}}}}));
}

TEST(StateText, BadCellsAreDroppedAndTheOthersKept) {
    const ParsedState parsed = parseBank(
        R"("members":{"a":{"lowest_cells":{"C1":10,"C2":-1,"C3":"x"},"lowest_cell":"C1","highest_cells":[]}})");
    EXPECT_EQ(parsed.dropped.size(), 2U);
    EXPECT_EQ(memoryOf(parsed).members.at("a").stats.lowest, (WeakCells{{{"C1", 10.0}}, "C1"}));
}

TEST(StateText, HoldingStartsAnew) {
    EXPECT_EQ(memoryOf(parseBank(R"("balancing_stage":"holding")")).balancing.stage,
              BalancingStage::Raised);
}

TEST(StateText, NumbersThatCannotBeAreNotWritten) {
    State state = someState();
    state.banks["main"].memory.meters.charged_Ah = std::numeric_limits<double>::quiet_NaN();
    state.banks["main"].memory.members["serial_1"].stats.lowest.tallies = {{"\xff", 1.0}};
    const ParsedState parsed = parseState(stateText(state));
    EXPECT_EQ(parsed.error, "");
    EXPECT_EQ(memoryOf(parsed).meters.charged_Ah, 0.0);
    EXPECT_EQ(memoryOf(parsed).meters.discharged_Ah, 2.5);
}

TEST(StateText, KeepsABoundedNumberOfMembers) {
    std::string members;
    for (int i = 0; i < 500; ++i)
        members += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) +
                   "\":{\"last_seen\":" + std::to_string(1780000000 + 86400 * i) + "}";
    const BankMemory memory = memoryOf(parseBank("\"members\":{" + members + "}"));
    EXPECT_EQ(memory.members.size(), kMostRemembered);
    EXPECT_TRUE(memory.members.contains("m499"));
}

TEST(StateText, DeepNestingIsSurvived) {
    const std::string deep = std::string(100000, '[') + std::string(100000, ']');
    const ParsedState parsed = parseBank("\"charged_Ah\":" + deep);
    EXPECT_EQ(parsed.error, "");
    EXPECT_EQ(parsed.dropped.size(), 1U);
}

TEST(StateText, ForeignAndNewerFilesAreNotTaken) {
    EXPECT_EQ(parseState("{\"banks\":{}}").error, "is no state of Busbar");
    EXPECT_EQ(parseState("{\"busbar_state\":\"1\"}").error, "is no state of Busbar");
    EXPECT_EQ(parseState("{\"busbar_state\":1e999}").error, "is no state of Busbar");
    EXPECT_EQ(parseState("{\"busbar_state\":2}").error,
              "is of version 2, this program knows version 1");
    EXPECT_EQ(parseState("[1]").error, "is not a whole JSON object");
    EXPECT_EQ(parseState("{} {}").error, "is not a whole JSON object");
}

TEST(StateText, WrongTypesInsideAreLeftOut) {
    const ParsedState parsed =
        parseState(R"({"busbar_state":1,"banks":{"a":7,"b":{"custom_name":3,"members":4}}})");
    EXPECT_EQ(parsed.error, "");
    EXPECT_FALSE(parsed.state.banks.contains("a"));
    EXPECT_EQ(parsed.state.banks.at("b"), BankState{});
    EXPECT_EQ(parsed.dropped.size(), 3U);
}

TEST(StateText, ANumberThatIsNoneDoesNotLoseTheOthers) {
    for (const char* bad : {"NaN", "nan", "-Infinity", "inf", "1e999", "-", ".5", "5.", "+5", "05",
                            "0x1F", "1e", "1e+", "--1", "undefined"}) {
        const ParsedState parsed =
            parseBank(R"("charged_Ah":)" + std::string(bad) + R"(,"discharged_Ah":2.5e-1)");
        EXPECT_EQ(parsed.error, "") << bad;
        EXPECT_EQ(parsed.dropped.size(), 1U) << bad;
        EXPECT_EQ(memoryOf(parsed).meters.discharged_Ah, 0.25) << bad;
    }
}

class StateFile : public ::testing::Test {
protected:
    StateFile() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "busbar-state-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
    }
    ~StateFile() override { std::filesystem::remove_all(folder); }
    StateFile(const StateFile&) = delete;
    StateFile& operator=(const StateFile&) = delete;
    StateFile(StateFile&&) = delete;
    StateFile& operator=(StateFile&&) = delete;

    std::string folder;
};

TEST_F(StateFile, SurvivesARestart) {
    StateStore before(folder + "/new");
    before.load();
    before.state = someState();
    before.save();
    StateStore after(folder + "/new");
    after.load();
    EXPECT_EQ(after.state, someState());
}

TEST_F(StateFile, WrittenValuesAreKeptSeldomUnlessTheFileWouldOpen) {
    StateStore store(folder);
    store.load();
    store.state.writables["gw"] = {"", {{"/Soc", 50.0}, {"/Info/MaxChargeCurrent", 50.0}}, {}, 1.0};
    SteadyTime now(1000h);
    store.saveSparingly({}, now);
    const auto savesAfter = [&](std::chrono::milliseconds time) {
        now += time;
        store.saveSparingly({}, now);
        return store.saved() == store.state;
    };
    EXPECT_TRUE(savesAfter(0s)) << "a battery that was not there";
    store.state.writables["gw"].writtenAt = 2.0;
    store.state.writables["gw"].values["/Soc"] = 49.0;
    store.state.writables["gw"].values["/Info/MaxChargeCurrent"] = 60.0;
    EXPECT_FALSE(savesAfter(61s)) << "the file is stricter";
    store.state.writables["gw"].values["/Info/MaxChargeCurrent"] = 40.0;
    EXPECT_TRUE(savesAfter(0s));
    store.state.writables["gw"].values["/Info/MaxChargeCurrent"] = Value();
    EXPECT_FALSE(savesAfter(59s));
    EXPECT_TRUE(savesAfter(1s)) << "a limit that was cleared closes, too";
    store.state.writables["gw"].writtenAt = 3.0;
    EXPECT_FALSE(savesAfter(61s));
    EXPECT_TRUE(savesAfter(1h));
}

TEST_F(StateFile, ABrokenOneIsKeptAside) {
    ASSERT_EQ(replaceFile(folder + "/state.json", "{\"busbar_state\":1,\"ban"), "");
    StateStore store(folder);
    store.load();
    EXPECT_EQ(store.state, State{});
    EXPECT_TRUE(std::filesystem::exists(folder + "/state.json.bad-1"));
    EXPECT_EQ(store.choices().source, StateChoices::Source::Unreadable);
    store.state = someState();
    store.save();
    EXPECT_TRUE(std::filesystem::exists(folder + "/state.json"));
}

TEST_F(StateFile, OneThatIsTooLargeIsKeptAside) {
    const std::string large(std::size_t{1024} * 1024 + 1, ' ');
    ASSERT_EQ(replaceFile(folder + "/state.json", large), "");
    StateStore store(folder);
    store.load();
    store.state = someState();
    store.save();
    EXPECT_EQ(std::filesystem::file_size(folder + "/state.json.bad-1"), large.size());
    EXPECT_EQ(store.choices().source, StateChoices::Source::Unreadable);
}

TEST_F(StateFile, OneThatCannotBeReadIsKeptAside) {
    std::filesystem::create_directory(folder + "/state.json"); // as unreadable for root as for all
    StateStore store(folder);
    store.load();
    store.state = someState();
    store.save();
    EXPECT_TRUE(std::filesystem::is_directory(folder + "/state.json.bad-1"));
    EXPECT_TRUE(std::filesystem::is_regular_file(folder + "/state.json"));
}

TEST_F(StateFile, OneOfWhichAValueWasNotTakenIsCopied) {
    const std::string text =
        R"({"busbar_state":1,"banks":{"main":{"charged_Ah":NaN,"discharged_Ah":2}}})";
    ASSERT_EQ(replaceFile(folder + "/state.json", text), "");
    StateStore store(folder);
    store.load();
    EXPECT_EQ(store.state.banks.at("main").memory.meters.discharged_Ah, 2.0);
    std::string error;
    EXPECT_EQ(readWholeFile(folder + "/state.json.bad-1", 1 << 20, error), text);
    EXPECT_EQ(store.choices().source, StateChoices::Source::Read);
}

TEST_F(StateFile, WhatCannotBeKeptAsideIsNotReplaced) {
    ASSERT_EQ(replaceFile(folder + "/state.json", "torn"), "");
    for (int i = 1; i <= 5; ++i) // a file does not take the name of a folder
        std::filesystem::create_directory(folder + "/state.json.bad-" + std::to_string(i));
    StateStore store(folder);
    store.load();
    store.state = someState();
    store.save();
    std::string error;
    EXPECT_EQ(readWholeFile(folder + "/state.json", 1 << 20, error), "torn");
    std::filesystem::remove(folder + "/state.json.bad-3");
    store.save();
    EXPECT_EQ(readWholeFile(folder + "/state.json.bad-3", 1 << 20, error), "torn");
    EXPECT_EQ(readWholeFile(folder + "/state.json", 1 << 20, error), stateText(someState()));
}

TEST_F(StateFile, TellsWhichChoicesItCouldNotTake) {
    ASSERT_EQ(replaceFile(folder + "/state.json", R"({"busbar_state":1,"banks":{
        "a":{"ceiling_charge_A":NaN,"ceiling_discharge_A":7},"b":{"out_of_service":["x",1]},
        "c":{"ceiling_charge_A":5},"d":3}})"),
              "");
    StateStore store(folder);
    store.load();
    const Choices& choices = store.choices().banks;
    EXPECT_EQ(choices.at("a"), (Controls{{}, 7.0, {}, {true, true, false, false}}));
    EXPECT_EQ(choices.at("b"), (Controls{{}, {}, {"x"}, {true, false, false, true}}));
    EXPECT_EQ(choices.at("c"), (Controls{5.0, {}, {}, {}}));
    EXPECT_EQ(choices.at("d").doubt, kAllInDoubt);
}

TEST_F(StateFile, TellsWhichChoicesItHolds) {
    StateStore store(folder);
    store.state = someState();
    store.save();
    StateStore after(folder);
    after.load();
    EXPECT_EQ(after.choices().number, someState().choicesNumber);
    after.state.choicesNumber = 7;
    after.saveSparingly({}, SteadyTime{1000h});
    EXPECT_EQ(after.saved().choicesNumber, 7U) << "at once, as the choices";
    ASSERT_EQ(replaceFile(folder + "/state.json", R"({"busbar_state":1,"choices_number":-1})"), "");
    StateStore old(folder);
    old.load();
    EXPECT_EQ(old.choices().number, std::nullopt);
}

TEST_F(StateFile, NoneThatWentBadReplacesAnEarlierOne) {
    for (int i = 1; i <= 3; ++i) {
        const std::string text = "torn " + std::to_string(i);
        ASSERT_EQ(replaceFile(folder + "/state.json", text), "");
        StateStore store(folder);
        store.load();
        store.state = someState();
        store.save();
    }
    std::string error;
    for (int i = 1; i <= 3; ++i)
        EXPECT_EQ(readWholeFile(folder + "/state.json.bad-" + std::to_string(i), 1 << 20, error),
                  "torn " + std::to_string(i));
}

TEST(StateFolder, IsTheServicesOwnOnAGxAndNeverOneThatAnybodyMayWriteTo) {
    const StatePlaces home{.home = "/home/me"};
    EXPECT_EQ(stateFolderOf({}), "");
    EXPECT_EQ(stateFolderOf(home), "/home/me/.local/state/busbar");
    StatePlaces places = home;
    places.xdgStateHome = "/home/me/state";
    EXPECT_EQ(stateFolderOf(places), "/home/me/state/busbar");
    places.isRoot = true;
    EXPECT_EQ(stateFolderOf(places), "/var/lib/busbar");
    places.isGx = true;
    EXPECT_EQ(stateFolderOf(places), "/data/conf/busbar/state");
    places.hasOldState = true;
    EXPECT_EQ(stateFolderOf(places), "/data/conf/busbar") << "the owner's choices are there";
    places.hasOldState = false;
    places.stateDirectory = "/run/state";
    EXPECT_EQ(stateFolderOf(places), "/run/state");
}

/// As versions up to 0.3 wrote them: per bank, without the GX's portal id.
class OwnersOfBanks : public StateFile {
protected:
    SiteMemories takenFrom(const std::string& banks, const std::vector<std::string>& configured) {
        EXPECT_EQ(
            replaceFile(folder + "/state.json", R"({"busbar_state":1,"banks":{)" + banks + "}}"),
            "");
        StateStore store(folder);
        store.load();
        store.takeOverOwners(configured);
        EXPECT_EQ(store.saved().sites, store.state.sites) << "they are on disk";
        return store.state.sites;
    }
};

TEST_F(OwnersOfBanks, AreTakenOverForTheGxThatIsMetFirst) {
    const SiteMemories taken = takenFrom(
        R"("main":{"owners_feed_in":1,"owners_max_charge_A":70,"owners_max_charge_V":57.6})",
        {"main"});
    EXPECT_EQ(taken, (SiteMemories{{kSiteOfOld, {1.0, {70.0, 57.6}}}}));
    EXPECT_EQ(memoryOf(taken, "c0619ab00001"), (SiteMemory{1.0, {70.0, 57.6}}));
    SiteMemories kept = taken;
    keep(kept, "c0619ab00001", memoryOf(kept, "c0619ab00001"));
    EXPECT_EQ(kept, (SiteMemories{{"c0619ab00001", {1.0, {70.0, 57.6}}}}));
}

TEST_F(OwnersOfBanks, ThatAreNotThereAnyMoreAreNotBelieved) {
    EXPECT_EQ(
        takenFrom(R"("old":{"owners_feed_in":1,"owners_max_charge_A":70},"main":{})", {"main"}),
        SiteMemories{});
}

TEST_F(OwnersOfBanks, CountAsTheyDidForDvccOfTheFirstAndForFeedInOfAny) {
    EXPECT_EQ(takenFrom(R"("a":{"owners_max_charge_A":70},"b":{"owners_max_charge_A":200,
                        "owners_feed_in":1})",
                        {"a", "b"}),
              (SiteMemories{{kSiteOfOld, {1.0, {70.0, {}}}}}));
    EXPECT_EQ(takenFrom(R"("b":{"owners_max_charge_A":200})", {"a", "b"}), SiteMemories{});
}

TEST_F(StateFile, IsNotWrittenWithoutAChange) {
    StateStore store(folder);
    store.save();
    EXPECT_FALSE(std::filesystem::exists(folder + "/state.json"));
}

TEST_F(StateFile, IsWrittenSparinglyAndWhollyAtTheEnd) {
    const SteadyTime start{1000h};
    StateStore store(folder);
    store.state = someState();
    store.saveSparingly({}, start);
    const auto onDisk = [this] {
        std::string error;
        return parseState(readWholeFile(folder + "/state.json", 1 << 20, error).value_or("")).state;
    };
    ASSERT_EQ(onDisk(), someState());
    store.state.banks["main"].memory.meters.charged_Ah = 2.0;
    store.saveSparingly({}, start + 59min);
    EXPECT_EQ(onDisk(), someState());
    store.saveSparingly({{"main", {1.0, 2h}}}, start + 61min);
    EXPECT_EQ(onDisk(), someState());
    store.saveSparingly({}, start + 61min);
    EXPECT_EQ(onDisk(), store.state);
    store.state.banks["main"].memory.meters.charged_Ah = 3.0;
    store.save();
    EXPECT_EQ(onDisk(), store.state);
    store.state.sites["c0619ab00001"].ownersFeedIn.reset();
    store.saveSparingly({}, start + 62min);
    EXPECT_EQ(onDisk(), store.state);
    store.state.banks["second"].customName = "x";
    store.saveSparingly({}, start + 62min);
    EXPECT_EQ(onDisk(), store.state);
    store.state.banks["second"].settingsEntry = "busbar_second";
    store.saveSparingly({}, start + 62min);
    EXPECT_EQ(onDisk(), store.state);
    store.state.site = "renamed";
    store.saveSparingly({}, start + 62min);
    EXPECT_EQ(onDisk(), store.state);
}

TEST(SettingsEntry, TwoBusbarsOnOneBusHaveTwo) {
    EXPECT_EQ(settingsEntryOf({}, "main", "busbar"), "busbar_main");
    EXPECT_EQ(settingsEntryOf({}, "shed", "busbar_shed"), "busbar_shed");
    EXPECT_EQ(settingsEntryOf({}, "main", "second"), "busbar_main_second");
    EXPECT_NE(settingsEntryOf({}, "main", "a"), settingsEntryOf({}, "main", "b"));
}

TEST(SettingsEntry, TwoSitesWithABankOfOneIdHaveTwo) {
    EXPECT_EQ(settingsEntryOf({}, "main", "busbar_main", "barn"), "busbar_barn_main");
    State saved;
    saved.banks["main"].settingsEntry = "busbar_main";
    EXPECT_EQ(settingsEntryOf(saved, "main", "x", "barn"), "busbar_main") << "it was alone before";
}

TEST(SettingsEntry, WhatAnEarlierRunHasUsedStays) {
    State saved;
    saved.banks["main"];
    EXPECT_EQ(settingsEntryOf(saved, "main", "second"), "busbar_main") << "of version 0.3";
    saved.banks["main"].settingsEntry = "busbar_main_second";
    EXPECT_EQ(settingsEntryOf(saved, "main", "busbar"), "busbar_main_second");
}

TEST_F(StateFile, ADiskThatFailedIsTriedAgainAfterAMinute) {
    const SteadyTime start{1000h};
    ASSERT_EQ(replaceFile(folder + "/below", "x"), "");
    StateStore store(folder + "/below");
    store.state = someState();
    store.saveSparingly({}, start);
    std::filesystem::remove(folder + "/below");
    store.saveSparingly({}, start + 59s);
    EXPECT_FALSE(std::filesystem::exists(folder + "/below/state.json"));
    store.saveSparingly({}, start + 60s);
    EXPECT_TRUE(std::filesystem::exists(folder + "/below/state.json"));
}

TEST_F(StateFile, AFolderThatCannotBeMadeStopsNothing) {
    ASSERT_EQ(replaceFile(folder + "/file", "x"), "");
    StateStore store(folder + "/file/below");
    store.load();
    store.state = someState();
    store.save();
    EXPECT_EQ(store.state, someState());
}

} // namespace
} // namespace busbar
