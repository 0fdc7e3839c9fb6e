// SPDX-License-Identifier: MIT
// config.ini as Python's ConfigParser reads it, and what libinih alone would make of it.
#include "migrate/peer_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace busbar::migrate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string valueOf(const PeerFile& file, std::string_view name) {
    for (const PeerValue& value : file.values)
        if (value.name == name)
            return value.text;
    return "(none)";
}

std::string only(const std::string& line) {
    return valueOf(readIni("[DEFAULT]\n" + line + "\n", "config.ini"), "A");
}

TEST(Ini, ReadsOptionsWithTheirLines) {
    const auto file = readIni("[DEFAULT]\n# a\n; b\nA = 1\n\nB: x = y\n", "config.ini");
    EXPECT_THAT(file.mistakes, IsEmpty());
    ASSERT_EQ(file.values.size(), 2U);
    EXPECT_EQ(file.values[0].line, 4U);
    EXPECT_EQ(file.values[1].text, "x = y");
    EXPECT_EQ(file.values[1].line, 6U);
}

TEST(Ini, HasNoCommentsBehindValues) {
    EXPECT_EQ(only("A = True ; note"), "True ; note");
    EXPECT_EQ(only("A = 1 # note"), "1 # note");
    EXPECT_EQ(only("A ="), "");
}

TEST(Ini, ContinuesInDeeperLines) {
    const auto file = readIni("[DEFAULT]\nA =\n  1, ; one\n  # no\n\n  2\nB = 3\n", "config.ini");
    EXPECT_EQ(valueOf(file, "A"), "\n1, ; one\n2");
    EXPECT_EQ(valueOf(file, "B"), "3");
    EXPECT_THAT(file.mistakes, IsEmpty());
}

TEST(Ini, TakesOptionsThatAreAllIndented) {
    const auto file = readIni("[DEFAULT]\n  A = 1\n  B = 2\n", "config.ini");
    EXPECT_EQ(valueOf(file, "A"), "1");
    EXPECT_EQ(valueOf(file, "B"), "2");
}

TEST(Ini, Interpolates) {
    EXPECT_EQ(only("A = 5 %%"), "5 %");
    const auto file = readIni("[DEFAULT]\nN = 3\nA = %(N)s.4\nB = %(A)s\n", "config.ini");
    EXPECT_EQ(valueOf(file, "B"), "3.4");
    for (const char* bad : {"A = 5 %", "A = %(none)s", "A = %(A)s"}) {
        const auto other = readIni(std::string("[DEFAULT]\n") + bad + "\n", "config.ini");
        EXPECT_THAT(other.mistakes, ElementsAre(HasSubstr("has a %"))) << bad;
    }
}

/// 16 times 16 times 16 …: of something that grows, and of nothing.
TEST(Ini, NamesThatHoldNamesManyTimesOverEnd) {
    for (const char* innermost : {"x", ""}) {
        std::string text = "[DEFAULT]\nA0 = " + std::string(innermost) + "\n";
        for (int i = 1; i <= 10; ++i) {
            text += "A" + std::to_string(i) + " = ";
            for (int k = 0; k < 16; ++k)
                text += "%(A" + std::to_string(i - 1) + ")s";
            text += "\n";
        }
        const auto file = readIni(text + "B = %(A0)s!\n", "config.ini");
        EXPECT_EQ(valueOf(file, "A1"), *innermost != 0 ? std::string(16, 'x') : "");
        EXPECT_THAT(file.mistakes, testing::Contains(HasSubstr("A10 has a %")));
    }
}

struct Bad {
    const char* text;
    const char* mistake;
    const char* a; ///< what A is all the same
};

TEST(Ini, SaysWhatTheOldProgramRefuses) {
    for (const Bad& bad : {
             Bad{"A = 1\n", "above any [DEFAULT]", "1"},
             Bad{"[Default]\nA = 1\n", "is not [DEFAULT]", "1"},
             Bad{"[DEFAULT]\nA = 1\n[MORE]\nB = 2\n", "stands in section [MORE]", "1"},
             Bad{"[DEFAULT]\nA = 1\nA = 2\n", "is given twice", "1"},
             Bad{"[DEFAULT]\nA = 1\nrubbish\n", "config.ini:3: is neither an option", "1"},
             Bad{"[DEFAULT\nA = 1\n", "begins a section", "1"},
         })
        EXPECT_THAT(readIni(bad.text, "config.ini").mistakes,
                    testing::Contains(HasSubstr(bad.mistake)))
            << bad.text;
    EXPECT_EQ(valueOf(readIni("A = 1\n", "config.ini"), "A"), "1");
    EXPECT_EQ(valueOf(readIni("[DEFAULT]\nA = 1\nrubbish\n  more\nB = 2\n", "c"), "B"), "2");
}

/// libinih takes a longer line in pieces, the second of which would be an option of its own.
TEST(Ini, RefusesLinesThatAreTooLongForIt) {
    const auto file = readIni("[DEFAULT]\nA = " + std::string(150, '1') +
                                  "   B = " + std::string(100, '2') + "\nC = 3\n",
                              "config.ini");
    EXPECT_THAT(file.mistakes, ElementsAre(HasSubstr("config.ini:2: is longer than")));
    EXPECT_EQ(valueOf(file, "C"), "3");
    EXPECT_EQ(file.values.size(), 1U);
    const auto comment = readIni("[DEFAULT]\n# " + std::string(5000, 'x') + "\nC = 3\n", "c");
    EXPECT_THAT(comment.mistakes, IsEmpty());
}

TEST(Ini, SurvivesHalvesAndRubbish) {
    const std::string text = "[DEFAULT]\nA = 1\nB =\n  2,\n  3\n; c\nC = %(A)s ; x\n";
    for (std::size_t size = 0; size <= text.size(); ++size)
        EXPECT_LE(readIni(text.substr(0, size), "c").values.size(), 3U);
    EXPECT_EQ(readIni("", "c").values.size(), 0U);
    EXPECT_GT(readIni(std::string(100000, '='), "c").mistakes.size(), 0U);
}

TEST(Readable, TakesUtf8AndSaysWhyNotOthers) {
    EXPECT_EQ(readable("a\r\nb\rc\n", "f").text, "a\nb\nc\n");
    const auto marked = readable("\xEF\xBB\xBF[DEFAULT]\n", "f");
    EXPECT_EQ(marked.text, "[DEFAULT]\n");
    EXPECT_THAT(marked.mistakes, ElementsAre(HasSubstr("byte-order mark")));
    using namespace std::string_literals;
    EXPECT_THAT(readable("\xFF\xFE[\0"s, "f").error, HasSubstr("UTF-16"));
    EXPECT_THAT(readable("[\0D\0"s, "f").error, HasSubstr("UTF-16"));
    EXPECT_THAT(readable("abcdefgh\0"s, "f").error, HasSubstr("NUL"));
    EXPECT_THAT(readable("a\n\xB0"
                         "C\n",
                         "f")
                    .error,
                HasSubstr("not UTF-8 (line 2"));
    EXPECT_THAT(readable(std::string(3000000, 'x'), "f").error, HasSubstr("larger than 1 MB"));
}

} // namespace
} // namespace busbar::migrate
