// SPDX-License-Identifier: MIT
#include "app/view/text_table.hpp"

#include <gtest/gtest.h>

namespace busbar {
namespace {

TEST(TextTable, AlignsNamesToTheLeftAndNumbersToTheRight) {
    EXPECT_EQ(tableText({{"Pack", "R"}, {"A", "10.5 mΩ"}, {"Long", "9"}}, 1), "  Pack        R\n"
                                                                              "  A     10.5 mΩ\n"
                                                                              "  Long        9\n");
}

TEST(TextTable, LeavesNothingBehindShortLines) {
    EXPECT_EQ(tableText({{"a", "bb"}, {"ccc"}, {"d", ""}}, 2), "  a    bb\n  ccc\n  d\n");
    EXPECT_EQ(tableText({}, 1), "");
}

TEST(TextTable, WhatCouldSteerATerminalIsReplaced) {
    EXPECT_EQ(tableText({{"a\x1b[2J"}}, 1), "  a�[2J\n");
}

} // namespace
} // namespace busbar
