// SPDX-License-Identifier: MIT
// Keys of a terminal, and where a list begins after one.
#include "app/view/keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace busbar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Keys, ArrowsAndPagesInBothModes) {
    EXPECT_THAT(keysIn("\x1b[A\x1bOB\x1b[5~\x1b[6~\x1b[H\x1b[4~"),
                ElementsAre(Key::Up, Key::Down, Key::PageUp, Key::PageDown, Key::Home, Key::End));
}

TEST(Keys, WhatElseIsTypedIsPassedOver) {
    EXPECT_THAT(keysIn("abc\x1b\x1b[\x1b[7~\n"), IsEmpty());
    EXPECT_THAT(keysIn("x\x1b[Ay\x1b["), ElementsAre(Key::Up));
    std::mt19937 random(5);
    for (int i = 0; i < 1000; ++i) {
        std::string bytes;
        for (int n = 0; n < 40; ++n)
            bytes.push_back(static_cast<char>(random() % 256));
        EXPECT_LE(keysIn(bytes).size(), 14U);
    }
}

TEST(Keys, ScrollByOneAByAPageAndToTheEnds) {
    const Scroll list{.first = 9, .page = 7};
    EXPECT_EQ(scrolled(list, Key::Up), 8U);
    EXPECT_EQ(scrolled(list, Key::Down), 10U);
    EXPECT_EQ(scrolled(list, Key::PageUp), 2U);
    EXPECT_EQ(scrolled(list, Key::PageDown), 16U);
    EXPECT_EQ(scrolled(list, Key::Home), 0U);
    EXPECT_GT(scrolled(list, Key::End), 1000U);
    EXPECT_EQ(scrolled({.first = 3, .page = 7}, Key::PageUp), 0U);
    EXPECT_EQ(scrolled({}, Key::Up), 0U);
}

} // namespace
} // namespace busbar
