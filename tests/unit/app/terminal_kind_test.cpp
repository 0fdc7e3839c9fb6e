// SPDX-License-Identifier: MIT
// Where pictures are painted, and where written; with colours or without.
#include "app/view/terminal_kind.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <pty.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace busbar::terminal_kind_test {
namespace {

constexpr int kIsPaintable = 1;
constexpr int kIsColoured = 2;

/// What is found by a process at a terminal of its own, with this in its environment.
int foundWith(const char* variable, const char* value) {
    int terminal = -1;
    std::fflush(stdout);
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child == 0) {
        ::unsetenv("NO_COLOR");       // NOLINT(concurrency-mt-unsafe): a process with one thread
        ::setenv(variable, value, 1); // NOLINT(concurrency-mt-unsafe)
        ::_exit((isPaintable(STDOUT_FILENO) ? kIsPaintable : 0) |
                (wantsColour() ? kIsColoured : 0));
    }
    int status = -1;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    ::close(terminal);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(TerminalKind, OneThatKnowsNoEscapeSequencesIsWrittenTo) {
    EXPECT_EQ(foundWith("TERM", "xterm"), kIsPaintable | kIsColoured);
    EXPECT_EQ(foundWith("TERM", "dumb") & kIsPaintable, 0);
}

TEST(TerminalKind, WhoWantsNoColoursGetsNone) {
    EXPECT_EQ(foundWith("NO_COLOR", "1") & kIsColoured, 0);
    EXPECT_EQ(foundWith("NO_COLOR", "") & kIsColoured, kIsColoured);
}

TEST(TerminalKind, AFileIsNoTerminal) {
    std::FILE* file = std::tmpfile();
    ASSERT_NE(file, nullptr);
    EXPECT_FALSE(isPaintable(::fileno(file)));
    std::fclose(file);
}

} // namespace
} // namespace busbar::terminal_kind_test
