// SPDX-License-Identifier: MIT
#include "base/hang_guard.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <unistd.h>

namespace busbar {
namespace {

using std::chrono::milliseconds;

TEST(HangGuardDeathTest, EndsAProcessThatDoesNotTurn) {
    EXPECT_EXIT(
        {
            const HangGuard guard(milliseconds(50));
            for (;;)
                ::pause();
        },
        testing::KilledBySignal(SIGALRM), "hung: the loop does not turn");
}

TEST(HangGuardDeathTest, LeavesOneThatTurnsAlone) {
    EXPECT_EXIT(
        {
            // Longer than a busy machine keeps a process waiting, and turned for longer than that.
            constexpr milliseconds kLimit{2000};
            HangGuard guard(kLimit);
            const auto end = std::chrono::steady_clock::now() + kLimit + kLimit / 2;
            while (std::chrono::steady_clock::now() < end) {
                ::usleep(20000);
                guard.turned();
            }
            ::_exit(0);
        },
        testing::ExitedWithCode(0), "");
}

TEST(HangGuardDeathTest, IsOffWhenItIsGone) {
    EXPECT_EXIT(
        {
            { const HangGuard guard(milliseconds(500)); }
            ::usleep(600000);
            ::_exit(0);
        },
        testing::ExitedWithCode(0), "");
}

} // namespace
} // namespace busbar
