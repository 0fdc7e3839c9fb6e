// SPDX-License-Identifier: MIT
#include "architecture/rules.hpp"
#include "support/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>

namespace busbar::architecture {
namespace {

const std::filesystem::path& root() {
    static const std::filesystem::path kRoot = test::sourcePath("");
    return kRoot;
}

const std::vector<std::string>& production() {
    static const std::vector<std::string> kFolders = {"src", "mqtt", "dbus", "config"};
    return kFolders;
}

std::vector<std::string> everything() {
    auto folders = production();
    folders.emplace_back("tests");
    return folders;
}

template <class Check>
void expectClean(const std::vector<std::string>& folders, Check check) {
    const auto files = readTree(root(), folders);
    ASSERT_FALSE(files.empty()) << "no sources below " << root();
    std::string findings;
    for (const SourceFile& file : files)
        for (const std::string& finding : check(file))
            findings.append("\n").append(finding);
    EXPECT_TRUE(findings.empty()) << findings;
}

/// Headers of tests are not verified alone, so nothing need list them.
bool mustBeListed(const SourceFile& file) {
    return !file.path.starts_with("tests/") || file.path.ends_with(".cpp");
}

/// Folder of the nearest CMakeLists.txt above a file, relative to the top; modules below it are
/// listed there.
std::string buildFolderOf(const std::string& path) {
    std::filesystem::path folder = std::filesystem::path(path).parent_path();
    while (!folder.empty() && !std::filesystem::exists(root() / folder / "CMakeLists.txt"))
        folder = folder.parent_path();
    return folder.generic_string();
}

TEST(Tree, HasSourcesInItsMainLayers) {
    const auto files = readTree(root(), production());
    for (const char* folder : {"src/core/", "src/base/", "src/app/", "mqtt/", "dbus/", "config/"})
        EXPECT_TRUE(std::ranges::any_of(files, [&](const SourceFile& f) {
            return f.path.starts_with(folder);
        })) << folder;
}

TEST(Tree, IncludesOnlyWhatItsLayersMay) {
    expectClean(production(), checkIncludes);
}

TEST(Tree, HasNoBannedCode) {
    expectClean(production(), checkBans);
}

TEST(Tree, HasNoStateHiddenInFunctions) {
    expectClean(everything(), checkLocalStatics);
}

TEST(Tree, FilesBeginWithLicenceAndSentence) {
    expectClean(everything(), checkHead);
}

TEST(Tree, OpenWorkHasAnIssue) {
    expectClean(everything(), checkNotes);
}

TEST(Tree, EveryFileIsListedInCMake) {
    expectClean(everything(), [](const SourceFile& file) -> Findings {
        if (!mustBeListed(file))
            return {};
        const std::string folder = buildFolderOf(file.path);
        if (folder.empty())
            return {file.path + ": no CMakeLists.txt above it"};
        return checkListed(file, folder, readText(root() / folder / "CMakeLists.txt"));
    });
}

TEST(Tree, ExceptionsAreStillNeeded) {
    for (const BanException& e : kBanExceptions) {
        const SourceFile file = parse("", readText(root() / e.file));
        EXPECT_TRUE(std::regex_search(file.code, std::regex(std::string(e.pattern)))) << e.file;
    }
}

} // namespace
} // namespace busbar::architecture
