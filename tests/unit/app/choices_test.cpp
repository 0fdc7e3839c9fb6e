// SPDX-License-Identifier: MIT
// The owner's choices: two files, one of them or both damaged, neither, and what the state file
// adds.
#include "app/kept/choices.hpp"
#include "base/file.hpp"
#include "base/set_aside.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <sys/stat.h>

namespace busbar {
namespace {

using namespace std::chrono_literals;
using Source = StateChoices::Source;

const SteadyTime kStart{1000h};

Controls someControls() {
    return {50.0, std::nullopt, {"serial_2", "Größe \"1\""}, {}};
}

Choices someChoices() {
    return {{"main", someControls()}, {"second", {}}};
}

/// As `knownOf` makes it.
Controls unconfirmed(Controls controls) {
    controls.doubt.isUnconfirmed = true;
    return controls;
}

TEST(ChoicesText, ComesBackAsItWent) {
    const ParsedChoices parsed = parseChoices(choicesText(someChoices(), 17));
    EXPECT_EQ(parsed.error, "");
    EXPECT_EQ(parsed.number, 17U);
    EXPECT_EQ(parsed.banks, someChoices());
}

TEST(ChoicesText, AFileWithoutATargetHasNone) {
    Choices choices;
    choices["main"] = {50.0, 60.0, {}, {}};
    const std::string text = choicesText(choices, 1);
    EXPECT_EQ(text.find("charge_target"), std::string::npos) << "as earlier versions wrote it";
    EXPECT_EQ(parseChoices(text).banks, choices);
    choices["main"].chargeTarget_pct = 80.0;
    EXPECT_EQ(parseChoices(choicesText(choices, 1)).banks, choices);
}

TEST(ChoicesText, OfTwoTargetsTheLowerIsTheStricter) {
    Controls low;
    low.chargeTarget_pct = 60.0;
    EXPECT_EQ(strictest(low, {}).chargeTarget_pct, 60.0);
    Controls high;
    high.chargeTarget_pct = 90.0;
    EXPECT_EQ(strictest(high, low).chargeTarget_pct, 60.0);
}

TEST(ChoicesText, DoubtComesBackAsItWent) {
    Choices choices;
    choices["all"] = {{}, {}, {}, kAllInDoubt};
    choices["some"] = {{}, 7.5, {"a"}, {true, true, false, true}};
    choices["none"] = {1.0, 2.0, {}, {true, false, false, false}};
    EXPECT_EQ(parseChoices(choicesText(choices, 1)).banks, choices);
}

TEST(ChoicesText, EveryTornPieceIsNotWholeAndKeepsTheLinesThatAre) {
    const std::string whole = choicesText(someChoices(), 17);
    const std::size_t line = whole.find("second") - 10;
    for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
        const ParsedChoices parsed = parseChoices(whole.substr(0, size));
        EXPECT_NE(parsed.error, "") << size;
        if (size > line) {
            EXPECT_EQ(parsed.banks.at("main"), someControls()) << size;
        }
    }
}

TEST(ChoicesText, NoChangedByteChangesAChoice) {
    const std::string whole = choicesText(someChoices(), 17);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const char byte : std::string("0159N\"{,]\n\0\xff", 12)) {
            std::string text = whole;
            if (text[at] == byte)
                continue;
            text[at] = byte;
            const ParsedChoices parsed = parseChoices(text);
            ASSERT_TRUE(at + 1 == whole.size() || !parsed.error.empty()) << at << " " << byte;
            for (const auto& [bank, controls] : parsed.banks)
                ASSERT_EQ(controls, someChoices().at(bank)) << at << " " << byte;
        }
    }
}

TEST(ChoicesText, OfAnotherVersionIsNotTaken) {
    const std::string json = R"({"busbar_choices":2,"number":3})";
    EXPECT_NE(parseChoices("0123456789abcdef " + json + "\n").error, "");
    EXPECT_NE(parseChoices("").error, "");
    EXPECT_NE(parseChoices(R"({"busbar_state":1})").error, "");
}

class ChoicesFiles : public ::testing::Test {
protected:
    ChoicesFiles() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "busbar-choices-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
        for (int i = 0; i < 2; ++i)
            files[i] = folder + "/choices." + std::to_string(i + 1);
    }
    ~ChoicesFiles() override { std::filesystem::remove_all(folder); }
    ChoicesFiles(const ChoicesFiles&) = delete;
    ChoicesFiles& operator=(const ChoicesFiles&) = delete;
    ChoicesFiles(ChoicesFiles&&) = delete;
    ChoicesFiles& operator=(ChoicesFiles&&) = delete;

    /// A run in which the owner chooses, and which ends.
    void choose(const Choices& choices, const StateChoices& state = {}) const {
        ChoicesStore store(folder);
        store.load(state);
        for (const auto& [bank, controls] : choices)
            store.note(bank, controls);
        store.save(std::nullopt);
    }
    [[nodiscard]] Controls afterStart(const StateChoices& state = {},
                                      const std::string& bank = "main") const {
        ChoicesStore store(folder);
        store.load(state);
        Controls controls = store.of(bank);
        store.save(std::nullopt);
        return controls;
    }
    static void put(const std::string& file, const std::string& text) {
        ASSERT_EQ(replaceFile(file, text), "");
    }
    static std::string textOf(const std::string& file) {
        std::string error;
        return readWholeFile(file, 1 << 20, error).value_or("");
    }

    std::string folder;
    std::string files[2];
};

TEST_F(ChoicesFiles, AFirstStartIsInNoDoubt) {
    EXPECT_EQ(afterStart(), Controls{});
    EXPECT_EQ(parseChoices(textOf(files[0])).error, "");
    EXPECT_EQ(textOf(files[0]), textOf(files[1]));
}

TEST_F(ChoicesFiles, SurviveARestartInBoth) {
    choose(someChoices());
    EXPECT_EQ(textOf(files[0]), textOf(files[1]));
    EXPECT_EQ(afterStart(), someControls());
    EXPECT_EQ(afterStart({}, "later"), Controls{});
}

TEST_F(ChoicesFiles, AreNotWrittenWithoutAChange) {
    choose(someChoices());
    const std::string before = textOf(files[0]);
    choose(someChoices());
    EXPECT_EQ(textOf(files[0]), before);
}

/// Its lines are whole up to one of the banks, so its number can be read.
std::string torn(const std::string& text) {
    return text.substr(0, text.find("second"));
}

TEST_F(ChoicesFiles, OneThatIsDamagedIsKeptAsideAndMadeAgain) {
    for (const std::string& file : files) {
        choose(someChoices());
        const std::string before = textOf(file);
        put(file, torn(before));
        EXPECT_EQ(afterStart(), someControls()) << file;
        EXPECT_EQ(textOf(file + ".bad-1"), torn(before));
        EXPECT_EQ(textOf(files[0]), textOf(files[1]));
    }
}

TEST_F(ChoicesFiles, OneOfWhichNobodyKnowsHowOldItIsMayBeTheLastWord) {
    for (const std::string& file : files) {
        choose(someChoices());
        put(file, "torn");
        EXPECT_EQ(afterStart(), unconfirmed(someControls())) << file;
        EXPECT_EQ(textOf(file + ".bad-1"), "torn");
        EXPECT_EQ(textOf(files[0]), textOf(files[1]));
        EXPECT_EQ(afterStart(), unconfirmed(someControls())) << "until the owner confirms";
    }
}

TEST_F(ChoicesFiles, OneThatIsMissingIsMadeAgain) {
    choose(someChoices());
    std::filesystem::remove(files[0]);
    EXPECT_EQ(afterStart(), someControls());
    EXPECT_EQ(textOf(files[0]), textOf(files[1]));
}

TEST_F(ChoicesFiles, TheNewerOneCounts) {
    put(files[0], choicesText({{"main", {}}}, 4));
    put(files[1], choicesText(someChoices(), 5));
    EXPECT_EQ(afterStart(), someControls());
}

TEST_F(ChoicesFiles, ADamagedOneThatIsNewerIsNotForgotten) {
    std::string newer = choicesText({{"main", {20.0, {}, {"serial_3"}, {}}}}, 6);
    newer.resize(newer.size() - 5);
    put(files[0], newer);
    put(files[1], choicesText(someChoices(), 5));
    EXPECT_EQ(afterStart(), unconfirmed({20.0, {}, {"serial_2", "serial_3", "Größe \"1\""}, {}}));
}

TEST_F(ChoicesFiles, BothDamagedLeaveTheStrictestThatIsKnown) {
    const StateChoices state{Source::Read, {{"main", {60.0, 70.0, {"serial_9"}, {}}}}};
    choose(someChoices());
    put(files[0], torn(textOf(files[0])));
    put(files[1], "torn");
    const Controls expected =
        unconfirmed({50.0, 70.0, {"serial_2", "serial_9", "Größe \"1\""}, {}});
    EXPECT_EQ(afterStart(state), expected);
    EXPECT_EQ(afterStart({}), expected) << "until the owner confirms";
    EXPECT_EQ(textOf(files[1] + ".bad-1"), "torn");
}

TEST_F(ChoicesFiles, WhatIsNotKnownAtAllIsClosed) {
    for (const Source source : {Source::Absent, Source::Unreadable, Source::Read}) {
        put(files[0], "torn");
        std::filesystem::remove(files[1]);
        const Controls controls = afterStart({source, {}});
        EXPECT_EQ(controls.doubt, kAllInDoubt);
        EXPECT_EQ(chargeCeiling_A(controls), 0.0);
        EXPECT_EQ(dischargeCeiling_A(controls), 0.0);
    }
}

TEST_F(ChoicesFiles, OneThatNobodyMayReadIsDamagedToo) {
    choose(someChoices());
    for (const std::string& file : files) {
        std::filesystem::remove(file);
        std::filesystem::create_directory(file); // as unreadable for root as for anybody
    }
    EXPECT_EQ(afterStart().doubt, kAllInDoubt);
    EXPECT_TRUE(std::filesystem::is_directory(files[0] + ".bad-1"));
    choose(someChoices());
    put(files[0], std::string(300000, 'x'));
    put(files[1], std::string(300000, 'x'));
    EXPECT_EQ(afterStart().doubt, kAllInDoubt);
}

TEST_F(ChoicesFiles, ThoseOfTheStateFileAreTakenOver) {
    const StateChoices state{Source::Read, {{"main", someControls()}}};
    EXPECT_EQ(afterStart(state), someControls());
    EXPECT_EQ(afterStart(), someControls()) << "by now they are in files of their own";
}

TEST_F(ChoicesFiles, AStateFileThatCannotBeReadMayHaveHadSome) {
    EXPECT_EQ(afterStart({Source::Unreadable, {}}).doubt, kAllInDoubt);
    EXPECT_EQ(afterStart({Source::Absent, {}}).doubt, kAllInDoubt) << "until the owner confirms";
}

TEST_F(ChoicesFiles, AStateFileThatCannotBeReadDoesNotMatterBesideThem) {
    choose(someChoices());
    EXPECT_EQ(afterStart({Source::Unreadable, {}}), someControls());
}

TEST_F(ChoicesFiles, TheOwnerConfirms) {
    put(files[0], "torn");
    Controls controls = afterStart();
    setCeiling(controls, kChargeCeiling, 50.0);
    EXPECT_EQ(chargeCeiling_A(controls), 0.0) << "it is still open which battery is out";
    choose({{"main", controls}});
    controls = afterStart();
    EXPECT_TRUE(controls.doubt.isUnconfirmed);
    EXPECT_EQ(controls.maxCharge_A, 50.0);
    controls.doubt = {};
    choose({{"main", controls}});
    EXPECT_EQ(afterStart(), (Controls{50.0, {}, {}, {}}));
}

TEST_F(ChoicesFiles, TheFirstOnesAsideAreNeverReplaced) {
    choose(someChoices());
    for (int i = 0; i < 9; ++i) {
        put(files[0], "torn " + std::to_string(i));
        EXPECT_EQ(afterStart(), unconfirmed(someControls()));
    }
    for (int i = 0; i < kMostAside - 1; ++i)
        EXPECT_EQ(textOf(files[0] + ".bad-" + std::to_string(i + 1)), "torn " + std::to_string(i));
    EXPECT_EQ(textOf(files[0] + ".bad-5"), "torn 8");
    EXPECT_FALSE(std::filesystem::exists(files[0] + ".bad-6"));
}

/// What version 0.3 writes into a state file that has been ours: without the number.
StateChoices writtenByAnEarlierVersion(const Controls& controls) {
    return {Source::Read, {{"main", controls}}, {}};
}

TEST_F(ChoicesFiles, AChoiceOfAnEarlierVersionInBetweenIsNotForgotten) {
    choose(someChoices());
    const Controls lower{20.0, 30.0, {"serial_7"}, {}};
    const Controls expected =
        unconfirmed({20.0, 30.0, {"serial_2", "serial_7", "Größe \"1\""}, {}});
    EXPECT_EQ(afterStart(writtenByAnEarlierVersion(lower)), expected);
    EXPECT_EQ(afterStart({Source::Read, {{"main", expected}}, 99}), expected)
        << "until the owner confirms";
}

TEST_F(ChoicesFiles, ACeilingThatAnEarlierVersionHasRaisedWaitsForTheOwner) {
    choose(someChoices());
    EXPECT_EQ(afterStart(writtenByAnEarlierVersion({90.0, {}, {}, {}})),
              unconfirmed(someControls()));
}

TEST_F(ChoicesFiles, AnEarlierVersionThatChangedNothingLeavesNoDoubt) {
    choose(someChoices());
    EXPECT_EQ(afterStart(writtenByAnEarlierVersion(someControls())), someControls());
}

TEST_F(ChoicesFiles, AnEarlierVersionKnowsOfNoDoubt) {
    put(files[0], "torn");
    ASSERT_EQ(afterStart().doubt, kAllInDoubt);
    EXPECT_EQ(afterStart(writtenByAnEarlierVersion({})).doubt, kAllInDoubt);
    const Controls lower = afterStart(writtenByAnEarlierVersion({20.0, {}, {"serial_7"}, {}}));
    EXPECT_EQ(lower, (Controls{20.0, {}, {"serial_7"}, {true, false, true, true}}));
}

TEST_F(ChoicesFiles, AStateFileThatIsOlderDoesNotMatterBesideThem) {
    choose({{"main", {20.0, {}, {}, {}}}});
    const auto written = parseChoices(textOf(files[0])).number;
    choose(someChoices());
    const Choices old = {{"main", {20.0, {}, {}, {}}}};
    EXPECT_EQ(afterStart({Source::Read, old, written}), someControls());
}

TEST_F(ChoicesFiles, AStateFileThatIsNewerIsNotForgotten) {
    choose(someChoices());
    const StateChoices newer{Source::Read, {{"main", {20.0, {}, {}, {}}}}, 1000};
    EXPECT_EQ(afterStart(newer).maxCharge_A, 20.0);
    EXPECT_GT(parseChoices(textOf(files[0])).number, 1000U) << "later writes count as later";
}

TEST_F(ChoicesFiles, TheGoodOneIsLeftAloneWhileTheOtherCannotBeWritten) {
    choose(someChoices());
    std::filesystem::remove(files[1]);
    std::filesystem::create_directories(files[1] + "/in the way");
    for (int i = 1; i <= kMostAside; ++i) // a folder does not take the name of a file
        put(files[1] + ".bad-" + std::to_string(i), "x");
    ChoicesStore store(folder);
    store.load({});
    store.note("main", {20.0, {}, {}, {}});
    store.save(kStart);
    const auto inode = [this] {
        struct stat status {};
        return ::stat(files[0].c_str(), &status) == 0 ? status.st_ino : 0;
    };
    const auto before = inode();
    ASSERT_EQ(parseChoices(textOf(files[0])).banks.at("main").maxCharge_A, 20.0);
    for (int minute = 1; minute < 4; ++minute) {
        store.save(kStart + std::chrono::minutes(minute));
        EXPECT_EQ(inode(), before) << minute;
    }
    std::filesystem::remove(files[1] + ".bad-5");
    store.save(kStart + 4min);
    EXPECT_EQ(inode(), before);
    EXPECT_EQ(textOf(files[1]), textOf(files[0])) << "one record, written twice";
}

TEST_F(ChoicesFiles, ADiskThatFailedIsTriedAgainAfterAMinuteOrWithAChange) {
    put(folder + "/below", "x");
    ChoicesStore store(folder + "/below");
    store.load({});
    store.note("main", someControls());
    store.save(kStart);
    std::filesystem::remove(folder + "/below");
    store.save(kStart + 59s);
    EXPECT_FALSE(std::filesystem::exists(folder + "/below/choices.1"));
    store.save(kStart + 60s);
    EXPECT_EQ(parseChoices(textOf(folder + "/below/choices.2")).banks.at("main"), someControls());
    std::filesystem::remove_all(folder + "/below");
    put(folder + "/below", "x");
    store.note("main", {});
    store.save(kStart + 61s);
    std::filesystem::remove(folder + "/below");
    store.note("main", someControls());
    store.save(kStart + 62s);
    EXPECT_EQ(parseChoices(textOf(folder + "/below/choices.1")).banks.at("main"), someControls());
}

} // namespace
} // namespace busbar
