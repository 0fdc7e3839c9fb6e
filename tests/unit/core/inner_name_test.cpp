// SPDX-License-Identifier: MIT
// Names of parts: what they repeat of the whole, and what only looks like it.
#include "core/units/inner_name.hpp"

#include <gtest/gtest.h>

namespace busbar::inner_name_test {
namespace {

TEST(InnerName, LeadsFromTheWholeToThePart) {
    EXPECT_EQ(innerName("String 1", "S1b"), "String 1/S1b");
    EXPECT_EQ(innerName("Barn", innerName("String 1", "S1b")), "Barn/String 1/S1b");
    EXPECT_EQ(innerName("", "S1b"), "S1b");
    EXPECT_EQ(innerName("Barn", ""), "Barn");
}

TEST(InnerName, DoesNotRepeatTheWhole) {
    EXPECT_EQ(innerName("String 1", "String 1 Block A"), "String 1/Block A");
    EXPECT_EQ(innerName("Barn", "Barn - Pack C"), "Barn/Pack C");
    EXPECT_EQ(innerName("Barn", "Barn_4"), "Barn/4");
    EXPECT_EQ(innerName("String 1", innerName("String 1 Block A", "C7")), "String 1/Block A/C7");
    EXPECT_EQ(innerName("Häuser", "Häuser Öst"), "Häuser/Öst");
}

TEST(InnerName, KeepsWhatOnlyBeginsAlike) {
    EXPECT_EQ(innerName("String 1", "String 10"), "String 1/String 10");
    EXPECT_EQ(innerName("String", "Strings"), "String/Strings");
    EXPECT_EQ(innerName("H", "Häuser"), "H/Häuser") << "a letter is more than one byte";
    EXPECT_EQ(innerName("Barn", "barn Pack C"), "Barn/barn Pack C");
}

TEST(InnerName, LeavesSomething) {
    EXPECT_EQ(innerName("Barn", "Barn"), "Barn/Barn");
    EXPECT_EQ(innerName("Barn", "Barn -"), "Barn/Barn -");
}

} // namespace
} // namespace busbar::inner_name_test
