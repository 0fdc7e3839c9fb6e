// SPDX-License-Identifier: MIT
// Keys of a terminal, and where a list begins after one.
#include "app/view/keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <poll.h>
#include <pty.h>
#include <random>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

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

/// In a process of its own, at whose terminal we type.
int keysOfAChild() {
    KeyInput input;
    constexpr int kPatience_ms = 20000;
    if (!input.isOn() || ::write(STDOUT_FILENO, "!", 1) != 1)
        return 1;
    pollfd waiting{STDIN_FILENO, POLLIN, 0};
    ::poll(&waiting, 1, kPatience_ms);
    return input.take() == std::vector<Key>{Key::Down} && input.take().empty() ? 0 : 2;
}

/// What else came out of the terminal until its other end was closed.
std::string restOf(int terminal) {
    std::string rest;
    for (char byte = 0; ::read(terminal, &byte, 1) == 1;)
        rest.push_back(byte);
    return rest;
}

TEST(Keys, AreThereAtOnceAndAreNotShown) {
    int terminal = -1;
    // The thread sanitizer writes out at a child's end what standard output still holds of ours.
    ASSERT_EQ(std::fflush(stdout), 0);
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    ASSERT_GE(child, 0);
    if (child == 0)
        ::_exit(keysOfAChild());
    char said = 0;
    ASSERT_EQ(::read(terminal, &said, 1), 1);
    ASSERT_EQ(said, '!');
    ASSERT_EQ(::write(terminal, "\x1b[B", 3), 3) << "without the end of a line";
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    EXPECT_EQ(restOf(terminal), "") << "no echo";
    ::close(terminal);
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
