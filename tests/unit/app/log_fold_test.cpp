// SPDX-License-Identifier: MIT
// The log of a picture with few lines says the same once.
#include "app/view/log_fold.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace busbar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LogFold, CountsBatteriesOfOneKindInThePlaceOfTheLast) {
    std::vector<std::string> lines;
    for (int i = 1; i <= 9; ++i)
        lines.push_back("12:00:0" + std::to_string(i) + " info member_out bank=main member=\"P " +
                        std::to_string(i) + "\" reason=\"excluded\"\n");
    lines.insert(lines.begin() + 4, "12:00:04 info stage bank=main stage=normal\n");
    EXPECT_THAT(foldedLog(lines),
                ElementsAre("12:00:04 info stage bank=main stage=normal",
                            "12:00:09 info member_out bank=main reason=\"excluded\" 9 batteries"));
}

TEST(LogFold, CountsWhatIsRepeated) {
    EXPECT_THAT(foldedLog({"12:00:01 warning a x=1\n", "12:00:02 warning a x=2\n",
                           "12:00:03 warning a x=1\n"}),
                ElementsAre("12:00:02 warning a x=2", "12:00:03 warning a x=1 (2 times)"));
    EXPECT_THAT(foldedLog({"12:00:01 info member_in bank=main member=\"A\"\n",
                           "12:00:02 info member_in bank=main member=\"A\"\n"}),
                ElementsAre("12:00:02 info member_in bank=main member=\"A\" (2 times)"));
    EXPECT_THAT(foldedLog({"12:00:01 info member_in bank=main member=\"A \"x\"\"\n",
                           "12:00:02 info member_in bank=main member=\"B\"\n"}),
                ElementsAre("12:00:02 info member_in bank=main 2 batteries"));
}

TEST(LogFold, TakesAnyLine) {
    EXPECT_THAT(foldedLog({}), IsEmpty());
    EXPECT_THAT(foldedLog({"", "short", " member=\"", "12:00:00 info x member=\""}),
                ElementsAre("", "short", " member=\"", "12:00:00 info x member=\""));
}

} // namespace
} // namespace busbar
