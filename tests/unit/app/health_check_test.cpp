// SPDX-License-Identifier: MIT
#include "app/commands/health_check.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

namespace busbar {
namespace {

using namespace std::chrono_literals;

const SteadyTime kWritten{1234567ms};
const HealthNote kNote{kWritten,
                       "broker=connected heartbeat_s=2 bank=main stage=normal online=3/3"};

TEST(HealthText, ComesBackAsItWent) {
    EXPECT_EQ(parseHealth(healthText(kNote)), kNote);
    EXPECT_EQ(parseHealth(healthText({})), HealthNote{});
}

TEST(HealthText, LaterLinesArePassedOver) {
    EXPECT_EQ(parseHealth(healthText(kNote) + "more\nand more"), kNote);
}

TEST(HealthText, NoTornPieceIsTaken) {
    const std::string whole = healthText(kNote);
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(parseHealth(whole.substr(0, size)), std::nullopt) << size;
}

TEST(HealthText, NoForeignTextIsTaken) {
    for (const char* text :
         {"\n\n", "busbar-health 2 5\nx\n", "busbar-health 1 \nx\n", "busbar-health 1 5x\nx\n",
          "busbar-health 1 -5\nx\n", "busbar-health 1 5.5\nx\n", "busbar-health 1  5\nx\n",
          "busbar-health 1 99999999999999999999\nx\n", "busbar-health 1 9223372036854775807\nx\n",
          "{\"busbar_state\":1}\n\n"})
        EXPECT_EQ(parseHealth(text), std::nullopt) << text;
}

TEST(HealthVerdict, IsWellUntilThreeWritesShouldHaveCome) {
    for (const auto age : {0ms, 1ms, 29999ms, 30000ms})
        EXPECT_TRUE(judgeHealth(kNote, kWritten + age).isWell) << age.count();
    for (const auto age : {30001ms, 31000ms, 86400000ms})
        EXPECT_FALSE(judgeHealth(kNote, kWritten + age).isWell) << age.count();
}

TEST(HealthVerdict, SaysAgeAndFacts) {
    EXPECT_EQ(judgeHealth(kNote, kWritten + 12700ms).line,
              "well: last sign of life 12 s ago: " + kNote.facts);
    EXPECT_EQ(judgeHealth(kNote, kWritten + 95s).line,
              "unwell: last sign of life 95 s ago: " + kNote.facts);
}

TEST(HealthVerdict, AFileOfAnEarlierBootIsNotTaken) {
    EXPECT_FALSE(judgeHealth(kNote, kWritten - 1ms).isWell);
    EXPECT_FALSE(judgeHealth(kNote, SteadyTime{}).isWell);
}

TEST(HealthVerdict, ABrokerThatIsAwayDoesNotMakeItUnwell) {
    EXPECT_TRUE(judgeHealth({kWritten, "broker=away"}, kWritten + 5s).isWell);
}

/// Gone with the test.
class HealthFileOnDisk : public testing::Test {
protected:
    void SetUp() override {
        std::string name =
            (std::filesystem::temp_directory_path() / "busbar_health_XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder = name;
    }
    void TearDown() override { std::filesystem::remove_all(folder); }

    [[nodiscard]] std::string path() const { return (folder / "health").string(); }
    [[nodiscard]] std::string content() const {
        std::ifstream in(path());
        return {std::istreambuf_iterator<char>(in), {}};
    }

    std::filesystem::path folder;
};

TEST_F(HealthFileOnDisk, IsDueAtOnceAndThenEveryTenSeconds) {
    HealthFile file(path());
    EXPECT_TRUE(file.isDue(kWritten));
    file.write(kNote);
    EXPECT_FALSE(file.isDue(kWritten));
    EXPECT_FALSE(file.isDue(kWritten + 9999ms));
    EXPECT_TRUE(file.isDue(kWritten + 10s));
}

TEST_F(HealthFileOnDisk, HoldsTheLastNoteAndGoesWithItsOwner) {
    {
        HealthFile file(path());
        file.write(kNote);
        file.write({kWritten + 10s, "later"});
        EXPECT_EQ(parseHealth(content()), (HealthNote{kWritten + 10s, "later"}));
    }
    EXPECT_FALSE(std::filesystem::exists(path()));
    EXPECT_TRUE(std::filesystem::is_empty(folder)) << "nothing temporary stays";
}

TEST_F(HealthFileOnDisk, OneThatWroteNothingTakesNoFileAway) {
    std::ofstream(path()) << "of somebody else";
    { const HealthFile file(path()); }
    EXPECT_TRUE(std::filesystem::exists(path()));
}

TEST_F(HealthFileOnDisk, OneThatCannotBeWrittenIsTriedAgainAtTheSamePace) {
    const std::string inTheWay = path();
    std::filesystem::create_directory(inTheWay);
    HealthFile file(inTheWay);
    file.write(kNote);
    EXPECT_FALSE(file.isDue(kWritten + 9s));
    std::filesystem::remove(inTheWay);
    ASSERT_TRUE(file.isDue(kWritten + 10s));
    file.write({kWritten + 10s, "now"});
    EXPECT_EQ(parseHealth(content()), (HealthNote{kWritten + 10s, "now"}));
}

} // namespace
} // namespace busbar
