// SPDX-License-Identifier: MIT
#include "architecture/references.hpp"
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

/// Read and taken apart once for all tests.
const std::vector<SourceFile>& everything() {
    static const std::vector<SourceFile> kFiles =
        readTree(root(), {"src", "mqtt", "dbus", "config", "tests"});
    return kFiles;
}

const FileNames& names() {
    static const FileNames kNames = namesBelow(root());
    return kNames;
}

std::string listed(const Findings& findings) {
    std::string text;
    for (const std::string& finding : findings)
        text.append("\n").append(finding);
    return text;
}

bool isTest(const SourceFile& file) {
    return file.path.starts_with("tests/");
}
bool isProduction(const SourceFile& file) {
    return !isTest(file);
}
bool isAny(const SourceFile&) {
    return true;
}

template <class Which, class Check>
void expectClean(Which which, Check check) {
    ASSERT_TRUE(std::ranges::any_of(everything(), which)) << "no sources below " << root();
    std::string findings;
    for (const SourceFile& file : everything()) {
        if (!which(file))
            continue;
        for (const std::string& finding : check(file))
            findings.append("\n").append(finding);
    }
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
    const auto& files = everything();
    for (const char* folder : {"src/core/", "src/base/", "src/app/", "mqtt/", "dbus/", "config/"})
        EXPECT_TRUE(std::ranges::any_of(files, [&](const SourceFile& f) {
            return f.path.starts_with(folder);
        })) << folder;
}

TEST(Tree, IncludesOnlyWhatItsLayersMay) {
    expectClean(isProduction, checkIncludes);
}

TEST(Tree, HasNoBannedCode) {
    expectClean(isProduction, checkBans);
}

TEST(Tree, HasNoStateHiddenInFunctions) {
    expectClean(isAny, checkLocalStatics);
}

TEST(Tree, FilesBeginWithLicenceAndSentence) {
    expectClean(isAny, checkHead);
}

TEST(Tree, OpenWorkHasAnIssue) {
    expectClean(isAny, checkNotes);
}

TEST(Tree, HasNoTestThatCannotFail) {
    expectClean(isTest, checkCanFail);
}

TEST(Tree, HasNoScriptWhoseCheckCannotFail) {
    std::string findings;
    std::size_t scripts = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root() / "tests")) {
        if (entry.path().extension() != ".sh")
            continue;
        ++scripts;
        const auto path = entry.path().lexically_relative(root()).generic_string();
        for (const std::string& finding : checkCanFail(parse(path, readText(entry.path()))))
            findings.append("\n").append(finding);
    }
    EXPECT_GT(scripts, 0U);
    EXPECT_TRUE(findings.empty()) << findings;
}

TEST(Tree, CommentsPointToWhatIsHere) {
    expectClean(isAny, [](const SourceFile& file) {
        return checkReferences(file.path, file.comments, names());
    });
}

bool isScript(const std::string& path, const std::string& text) {
    return text.starts_with("#!") || path.ends_with(".sh") || path.ends_with(".yml") ||
           path.ends_with("CMakeLists.txt") || path.ends_with("Dockerfile");
}

TEST(Tree, CommentsOfScriptsPointToWhatIsHere) {
    Findings findings;
    std::size_t scripts = 0;
    for (const std::string& path : names()) {
        const std::string text = readText(root() / path);
        if (!isScript(path, text))
            continue;
        ++scripts;
        const Findings more = checkReferences(path, commentsOfScript(text), names());
        findings.insert(findings.end(), more.begin(), more.end());
    }
    EXPECT_GT(scripts, 0U);
    EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(Tree, LinksOfDocumentsLeadSomewhere) {
    Documents documents;
    for (const std::string& path : names())
        if (path.ends_with(".md"))
            documents.emplace(path, readText(root() / path));
    ASSERT_TRUE(documents.contains("README.md"));
    const Findings findings = checkLinks(documents, names());
    EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(Tree, EveryFileIsListedInCMake) {
    expectClean(isAny, [](const SourceFile& file) -> Findings {
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
