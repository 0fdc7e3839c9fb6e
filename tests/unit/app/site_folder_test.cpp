// SPDX-License-Identifier: MIT
// Which folder a site has: alone, one of several, and after a change between the two.
#include "app/kept/site_folder.hpp"
#include "app/kept/state.hpp"
#include "base/file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace busbar::site_folder_test {
namespace {

class SiteFolder : public ::testing::Test {
protected:
    SiteFolder()
        : top(::testing::TempDir() + "busbar_sites_" + std::to_string(std::random_device()())) {
        std::filesystem::create_directories(top);
    }
    ~SiteFolder() override { std::filesystem::remove_all(top); }
    SiteFolder(const SiteFolder&) = delete;
    SiteFolder& operator=(const SiteFolder&) = delete;
    SiteFolder(SiteFolder&&) = delete;
    SiteFolder& operator=(SiteFolder&&) = delete;

    /// As a run of this site leaves it.
    void leave(const std::string& folder, const std::string& name) const {
        State state;
        state.site = name;
        ASSERT_EQ(replaceFile(folder + "/state.json", stateText(state)), "");
    }
    /// Where each of these has its files, below `top`.
    [[nodiscard]] std::vector<std::string> foldersOf(const std::vector<std::string>& names) const {
        std::vector<std::string> folders;
        for (const std::string& name : names)
            folders.push_back(
                siteFolder({.stateDir = top, .name = name, .all = names}).substr(top.size()));
        return folders;
    }

    std::string top;
};

using Folders = std::vector<std::string>;

TEST_F(SiteFolder, OfTheOnlySiteIsTheOneOfTheConfigurationWhateverItsName) {
    EXPECT_EQ(foldersOf({"house"}), Folders{""});
    leave(top, "house");
    EXPECT_EQ(foldersOf({"house"}), Folders{""});
    EXPECT_EQ(foldersOf({"renamed"}), Folders{""});
}

TEST_F(SiteFolder, OfSeveralIsTheirOwn) {
    EXPECT_EQ(foldersOf({"house", "barn"}), (Folders{"/sites/house", "/sites/barn"}));
}

TEST_F(SiteFolder, OfTheOneThatWasAloneStaysInWhateverOrder) {
    leave(top, "house");
    EXPECT_EQ(foldersOf({"house", "barn"}), (Folders{"", "/sites/barn"}));
    EXPECT_EQ(foldersOf({"barn", "house"}), (Folders{"/sites/barn", ""}));
}

TEST_F(SiteFolder, OfOneThatIsAloneNowStaysAsWell) {
    leave(top, "house");
    leave(top + "/sites/barn", "barn");
    EXPECT_EQ(foldersOf({"barn"}), Folders{"/sites/barn"});
    EXPECT_EQ(foldersOf({"house"}), Folders{""});
    EXPECT_EQ(foldersOf({"barn", "house"}), (Folders{"/sites/barn", ""}));
}

TEST_F(SiteFolder, OfNobodyIsTheFirstsWhichLosesNoCeilingByAnotherName) {
    leave(top, "");
    EXPECT_EQ(foldersOf({"house", "barn"}), (Folders{"", "/sites/barn"})) << "of version 0.3";
    leave(top, "home");
    EXPECT_EQ(foldersOf({"house", "barn"}), (Folders{"", "/sites/barn"}));
    ASSERT_EQ(replaceFile(top + "/state.json", "{\"busbar_st"), "");
    EXPECT_EQ(foldersOf({"house", "barn"}), (Folders{"", "/sites/barn"}));
}

TEST_F(SiteFolder, WithTheOwnersChoicesAloneIsOneThatKeepsSomething) {
    ASSERT_EQ(replaceFile(top + "/choices.2", choicesText({}, 1)), "");
    EXPECT_EQ(foldersOf({"house", "barn"}), (Folders{"", "/sites/barn"}));
}

} // namespace
} // namespace busbar::site_folder_test
