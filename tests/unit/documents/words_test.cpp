// SPDX-License-Identifier: MIT
#include "core/limits/cause.hpp"
#include "core/table/advice_code.hpp"
#include "core/table/event_kind.hpp"
#include "core/table/out_reason.hpp"
#include "documents/words.hpp"
#include "support/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

namespace busbar::words_test {
namespace {

std::string fileText(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(WordsPage, IsTheFileInTheRepository) {
    const std::string page = documents::wordsPage();
    const std::string right = testing::TempDir() + "busbar_words.md";
    std::ofstream(right) << page;
    EXPECT_TRUE(fileText(test::sourcePath("src/documents/WORDS.md")) == page)
        << "run: cp " << right << " src/documents/WORDS.md";
}

/// Each word once, and one that a reader can understand.
template <typename Rows>
void expectSound(const Rows& rows) {
    std::set<std::string_view> words;
    for (const auto& row : rows) {
        EXPECT_TRUE(words.insert(row.word).second) << row.word;
        EXPECT_FALSE(row.meaning.empty()) << row.word;
        EXPECT_EQ(row.word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos)
            << row.word;
    }
}

TEST(Words, AreThereOnceAndHaveAMeaning) {
    expectSound(kCauses);
    expectSound(kOutReasons);
    expectSound(kAdviceWords);
    expectSound(kEventKinds);
}

TEST(Words, OfFaultsAndLossesSayWhatToDo) {
    for (const CauseRow& row : kCauses)
        EXPECT_TRUE(row.severity != Severity::Fault || !row.remedy.empty()) << row.word;
    for (const OutReasonRow& row : kOutReasons)
        EXPECT_TRUE(row.kind != OutKind::Loss || !row.remedy.empty()) << row.word;
}

/// What is written by hand for people, wherever it stands; not what is generated or history.
std::string handWritten() {
    namespace fs = std::filesystem;
    constexpr std::array kOthers = {"CHANGELOG.md", "TOPICS.md", "OPTIONS.md", "WORDS.md"};
    std::string text;
    const auto add = [&](const fs::directory_entry& entry) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(".md") && std::ranges::find(kOthers, name) == kOthers.end())
            text += fileText(entry.path().string());
    };
    for (const auto& entry : fs::directory_iterator(test::sourcePath("")))
        add(entry);
    for (const char* folder : {"src", "mqtt", "dbus", "config", "docker"})
        for (const auto& entry : fs::recursive_directory_iterator(test::sourcePath(folder)))
            add(entry);
    return text;
}

/// The pages explain at length what the tables say in a line; a new word must not be missing there.
TEST(Words, OfReasonsAndOfFaultsStandInThePages) {
    const std::string pages = handWritten();
    const auto expectIn = [&pages](std::string_view word) {
        EXPECT_NE(pages.find("`" + std::string(word) + "`"), std::string::npos) << word;
    };
    for (const OutReasonRow& row : kOutReasons)
        if (!row.word.empty())
            expectIn(row.word);
    for (const CauseRow& row : kCauses)
        if (row.severity == Severity::Fault)
            expectIn(row.word);
}

} // namespace
} // namespace busbar::words_test
