// SPDX-License-Identifier: MIT
// Files are replaced whole or not at all, through no link that another planted, and complaints name
// them.
#include "base/file.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace busbar {
namespace {

class File : public ::testing::Test {
protected:
    File() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "busbar-file-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
    }
    ~File() override { std::filesystem::remove_all(folder); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    File(File&&) = delete;
    File& operator=(File&&) = delete;

    [[nodiscard]] std::string path(const std::string& name) const { return folder + "/" + name; }
    [[nodiscard]] std::string content(const std::string& name) const {
        std::string error;
        return readWholeFile(path(name), 1000, error).value_or("(" + error + ")");
    }
    void put(const std::string& name, const std::string& text) const {
        std::ofstream(path(name)) << text;
    }

    std::string folder;
};

TEST_F(File, ReadsBackWhatWasReplaced) {
    ASSERT_EQ(replaceFile(path("a"), "one"), "");
    ASSERT_EQ(replaceFile(path("a"), "two\n"), "");
    std::string error;
    EXPECT_EQ(readWholeFile(path("a"), 100, error), "two\n");
    EXPECT_EQ(error, "");
    EXPECT_FALSE(std::filesystem::exists(path("a.new")));
}

TEST_F(File, MakesTheFolder) {
    EXPECT_EQ(replaceFile(path("deep/er/a"), "x"), "");
    EXPECT_TRUE(std::filesystem::exists(path("deep/er/a")));
}

TEST_F(File, TellsAMissingFileFromAnUnreadableOne) {
    std::string error = "untouched";
    EXPECT_EQ(readWholeFile(path("none"), 100, error), std::nullopt);
    EXPECT_EQ(error, "");
    EXPECT_EQ(readWholeFile(folder, 100, error), std::nullopt);
    EXPECT_NE(error, "");
}

TEST_F(File, RefusesWhatIsTooLarge) {
    ASSERT_EQ(replaceFile(path("a"), std::string(101, 'x')), "");
    std::string error;
    EXPECT_EQ(readWholeFile(path("a"), 100, error), std::nullopt);
    EXPECT_EQ(error, "larger than 100 bytes");
}

TEST_F(File, KeepsTheOldContentWhenTheNewCannotBeWritten) {
    ASSERT_EQ(replaceFile(path("a"), "old"), "");
    std::filesystem::create_directory(path("a.new")); // the temporary file cannot be made
    const std::string error = replaceFile(path("a"), "new");
    EXPECT_NE(error.find(path("a.new")), std::string::npos) << error;
    std::string ignored;
    EXPECT_EQ(readWholeFile(path("a"), 100, ignored), "old");
}

TEST_F(File, WritesThroughNoSymbolicLinkAtTheNameOfTheTemporary) {
    put("victim", "mine");
    ASSERT_EQ(::symlink(path("victim").c_str(), path("a.new").c_str()), 0);
    EXPECT_EQ(replaceFile(path("a"), "new"), "");
    EXPECT_EQ(content("victim"), "mine");
    EXPECT_EQ(content("a"), "new");
    EXPECT_FALSE(std::filesystem::is_symlink(path("a")));
}

TEST_F(File, MakesNothingWhereADanglingLinkPoints) {
    ASSERT_EQ(::symlink(path("victim").c_str(), path("a.new").c_str()), 0);
    EXPECT_EQ(replaceFile(path("a"), "new"), "");
    EXPECT_FALSE(std::filesystem::exists(path("victim")));
    EXPECT_EQ(content("a"), "new");
}

TEST_F(File, WritesThroughNoHardLinkAtTheNameOfTheTemporary) {
    put("victim", "mine");
    ASSERT_EQ(::link(path("victim").c_str(), path("a.new").c_str()), 0);
    EXPECT_EQ(replaceFile(path("a"), "new"), "");
    EXPECT_EQ(content("victim"), "mine");
    EXPECT_EQ(content("a"), "new");
    EXPECT_EQ(std::filesystem::hard_link_count(path("victim")), 1U);
}

TEST_F(File, NeitherWaitsForNorKeepsAPipeAtTheNameOfTheTemporary) {
    ASSERT_EQ(::mkfifo(path("a.new").c_str(), 0666), 0);
    const int reader = ::open(path("a.new").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(reader, 0);
    EXPECT_EQ(replaceFile(path("a"), "new"), "");
    EXPECT_TRUE(std::filesystem::is_regular_file(path("a")));
    ::close(reader);
}

TEST_F(File, WhatACrashLeftBehindGivesTheNewFileNeitherItsRightsNorItsContent) {
    put("a.new", "a longer half of something");
    std::filesystem::permissions(path("a.new"), std::filesystem::perms(0777));
    EXPECT_EQ(replaceFile(path("a"), "new"), "");
    EXPECT_EQ(content("a"), "new");
    EXPECT_EQ(std::filesystem::status(path("a")).permissions() & std::filesystem::perms(0137),
              std::filesystem::perms::none);
    EXPECT_FALSE(std::filesystem::exists(path("a.new")));
}

TEST_F(File, ReplacesALinkAndNotWhatItPointsTo) {
    put("victim", "mine");
    ASSERT_EQ(::symlink(path("victim").c_str(), path("a").c_str()), 0);
    EXPECT_EQ(replaceFile(path("a"), "new"), "");
    EXPECT_EQ(content("victim"), "mine");
    EXPECT_EQ(content("a"), "new");
}

TEST_F(File, DoesNotWaitForAPipeThatStandsForAFile) {
    ASSERT_EQ(::mkfifo(path("a").c_str(), 0666), 0);
    std::string error;
    EXPECT_EQ(readWholeFile(path("a"), 100, error), std::nullopt);
    EXPECT_EQ(error, "not a regular file");
}

TEST_F(File, NamesTheFolderThatCannotBeMade) {
    ASSERT_EQ(replaceFile(path("a"), "file"), "");
    EXPECT_NE(replaceFile(path("a/b"), "x").find(path("a/b")), std::string::npos);
}

} // namespace
} // namespace busbar
