// SPDX-License-Identifier: MIT
// Names: long, empty, with control characters, cut inside a character.
#include "core/units/display_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace busbar::display_name_test {
namespace {

TEST(DisplayName, TakesWhatPeopleWrite) {
    for (const char* name : {"", "House", "Häuschen \"1\"", "Keller/links 🔋", " "}) {
        EXPECT_TRUE(isName(name)) << name;
        EXPECT_EQ(fittedName(name), name);
    }
}

TEST(DisplayName, IsOfBoundedLength) {
    EXPECT_TRUE(isName(std::string(kLongestName, 'x')));
    EXPECT_FALSE(isName(std::string(kLongestName + 1, 'x')));
    EXPECT_EQ(fittedName(std::string(500, 'x')), std::string(kLongestName, 'x'));
    const std::string umlauts = "x" + std::string("ääääääääääääääääääääääääääääääää");
    ASSERT_EQ(umlauts.size(), kLongestName + 1);
    EXPECT_EQ(fittedName(umlauts), umlauts.substr(0, kLongestName - 1)) << "whole characters";
}

TEST(DisplayName, HasNoControlCharacters) {
    for (const char* bad : {"a\nb", "a\tb",
                            "a\x7f"
                            "b",
                            "a\xc2\x85"
                            "b",
                            "a\xe2\x80\xa8"
                            "b"}) {
        EXPECT_FALSE(isName(bad)) << bad;
        EXPECT_EQ(fittedName(bad), "ab") << bad;
    }
    EXPECT_FALSE(isName(std::string_view("a\0b", 3)));
}

TEST(DisplayName, IsUtf8) {
    EXPECT_FALSE(isName("a\xff"));
    EXPECT_EQ(fittedName("a\xffz"), "az");
}

TEST(DisplayName, OtherTextsMayBeLongerButNotWithoutEnd) {
    EXPECT_EQ(fittedText(std::string(70000, 'x')), std::string(kLongestText, 'x'));
    EXPECT_EQ(fittedText("a\nb"), "ab");
}

} // namespace
} // namespace busbar::display_name_test
