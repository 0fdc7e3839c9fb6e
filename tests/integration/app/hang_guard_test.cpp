// SPDX-License-Identifier: MIT
#include "base/hang_guard.hpp"

#include <gtest/gtest.h>

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
            HangGuard guard(milliseconds(500));
            for (int i = 0; i < 20; ++i) {
                ::usleep(50000);
                guard.turned();
            }
            ::_exit(0);
        },
        testing::ExitedWithCode(0), "");
}

TEST(HangGuardDeathTest, IsOffWhenItIsGone) {
    EXPECT_EXIT(
        {
            { const HangGuard guard(milliseconds(20)); }
            ::usleep(100000);
            ::_exit(0);
        },
        testing::ExitedWithCode(0), "");
}

} // namespace
} // namespace busbar
