// SPDX-License-Identifier: MIT
#include "app/view/text_width.hpp"

#include <gtest/gtest.h>

namespace busbar {
namespace {

TEST(TextWidth, CountsColumnsOfCharacters) {
    EXPECT_EQ(columnsOf("Pack A"), 6U);
    EXPECT_EQ(columnsOf("Küche"), 5U);
    EXPECT_EQ(columnsOf("Ku\xCC\x88"
                        "che"),
              5U)
        << "u with a combining diaeresis";
    EXPECT_EQ(columnsOf("電池"), 4U);
    EXPECT_EQ(columnsOf("🔋"), 2U);
    EXPECT_EQ(columnsOf("─▓°€"), 4U);
    EXPECT_EQ(columnsOf("ｶ"), 1U) << "half width";
    EXPECT_EQ(columnsOf(""), 0U);
}

TEST(TextWidth, ReplacesWhatCouldSteerATerminal) {
    EXPECT_EQ(harmless("\x1b[2J\x1b]0;x\x07"), "�[2J�]0;x�");
    EXPECT_EQ(harmless("a\nb\tc\r\x7f"), "a�b�c��");
    EXPECT_EQ(harmless("\xC2\x9B"
                       "31m"),
              "�31m")
        << "C1 control sequence introducer";
    EXPECT_EQ(harmless("\xE2\x80\xAE"
                       "gpj.exe"),
              "�gpj.exe")
        << "right-to-left override";
    EXPECT_EQ(harmless("a\xff\xe2\x82"), "a���");
    EXPECT_EQ(harmless("Küche 🔋 電池"), "Küche 🔋 電池");
}

TEST(TextWidth, CutsBetweenCharacters) {
    EXPECT_EQ(cut("Pack A", 6), "Pack A");
    EXPECT_EQ(cut("Pack A", 5), "Pack…");
    EXPECT_EQ(cut("Pack A", 1), "…");
    EXPECT_EQ(cut("Pack A", 0), "");
    EXPECT_EQ(cut("電池箱", 4), "電…") << "half of a wide character does not fit";
    EXPECT_EQ(cut("Ku\xCC\x88"
                  "che",
                  3),
              "Ku\xCC\x88…")
        << "a mark stays with its letter";
    EXPECT_EQ(cut("👩\xE2\x80\x8D🔧 x", 3), "👩…") << "no joiner is left alone";
}

TEST(TextWidth, FillsToTheColumn) {
    EXPECT_EQ(fitted("電池", 6), "電池  ");
    EXPECT_EQ(fitted("電池", 6, Align::Right), "  電池");
    EXPECT_EQ(fitted("電池箱", 4), "電… ") << "still four columns";
    EXPECT_EQ(fitted("x", 0), "");
}

} // namespace
} // namespace busbar
