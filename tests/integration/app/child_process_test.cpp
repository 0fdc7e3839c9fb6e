// SPDX-License-Identifier: MIT
#include "app/demo/child_process.hpp"
#include "support/wait.hpp"

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace busbar {
namespace {

using std::chrono::milliseconds;
using test::waitUntil;

ChildSettings shell(const std::string& script) {
    const ChildStream nowhere{.kind = ChildStream::Kind::Discard};
    return {.program = "sh", .arguments = {"-c", script}, .out = nowhere, .err = nowhere};
}

std::string readPipe(ChildProcess& child) {
    std::string text;
    static_cast<void>(waitUntil([&] {
        std::array<char, 256> buffer{};
        const auto got = ::read(child.outputFd(), buffer.data(), buffer.size());
        if (got > 0)
            text.append(buffer.data(), static_cast<std::size_t>(got));
        return got == 0;
    }));
    return text;
}

TEST(ChildProcess, GivesTheExitCode) {
    ChildProcess child(shell("exit 7"));
    ASSERT_TRUE(waitUntil([&] { return child.poll().has_value(); }));
    EXPECT_EQ(child.poll()->exitCode, 7);
    EXPECT_EQ(child.poll()->signal, 0);
    EXPECT_EQ(child.stop().exitCode, 7) << "stopping what has ended changes nothing";
}

TEST(ChildProcess, PassesArgumentsAndEnvironmentAndPipesTheOutput) {
    auto settings =
        shell("printf '%s|%s|%s' \"$0\" \"$BUSBAR_TEST\" \"$HOME\"; echo wrong >&2; cat");
    settings.arguments.emplace_back("a b");
    settings.environment = {{"BUSBAR_TEST", "x y"}, {"HOME", "/nowhere"}};
    settings.out = {ChildStream::Kind::Pipe, {}};
    settings.err = {ChildStream::Kind::Pipe, {}};
    ChildProcess child(settings);
    EXPECT_EQ(readPipe(child), "a b|x y|/nowherewrong\n")
        << "and cat ends at once: nothing is on its input";
    EXPECT_EQ(child.stop().exitCode, 0);
}

TEST(ChildProcess, AppendsToAFile) {
    const auto file =
        std::filesystem::temp_directory_path() / ("busbar-child-" + std::to_string(::getpid()));
    for (int i = 0; i < 2; ++i) {
        auto settings = shell("echo line");
        settings.out = {ChildStream::Kind::File, file.string()};
        ChildProcess child(settings);
        EXPECT_TRUE(waitUntil([&] { return child.poll().has_value(); }));
    }
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::filesystem::remove(file);
    EXPECT_EQ(text, "line\nline\n");
}

TEST(ChildProcess, EndsPolitelyFirst) {
    auto settings = shell("trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.01; done");
    settings.out = {ChildStream::Kind::Pipe, {}};
    ChildProcess child(settings);
    std::array<char, 6> ready{};
    ASSERT_TRUE(
        waitUntil([&] { return ::read(child.outputFd(), ready.data(), ready.size()) > 0; }));
    EXPECT_EQ(child.stop(test::kPatience).exitCode, 3);
    EXPECT_EQ(readPipe(child), "bye\n");
}

TEST(ChildProcess, KillsWhatDoesNotListen) {
    auto settings = shell("trap '' TERM; echo ready; while :; do sleep 0.01; done");
    settings.out = {ChildStream::Kind::Pipe, {}};
    ChildProcess child(settings);
    std::array<char, 6> ready{};
    ASSERT_TRUE(
        waitUntil([&] { return ::read(child.outputFd(), ready.data(), ready.size()) > 0; }));
    EXPECT_EQ(child.stop(milliseconds(100)).signal, SIGKILL);
    EXPECT_EQ(::kill(child.pid(), 0), -1) << "reaped";
}

TEST(ChildProcess, EndsWithItsObject) {
    pid_t pid = -1;
    {
        ChildProcess child(shell("while :; do sleep 0.01; done"));
        pid = child.pid();
        EXPECT_EQ(::kill(pid, 0), 0);
        ChildProcess moved(std::move(child));
        EXPECT_EQ(moved.pid(), pid);
    }
    EXPECT_EQ(::kill(pid, 0), -1);
    EXPECT_EQ(errno, ESRCH);
}

TEST(ChildProcess, HandlesSignalsByDefaultThoughTheParentBlocksThem) {
    sigset_t blocked{};
    sigset_t before{};
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &blocked, &before), 0);
    ChildProcess child(shell("while :; do sleep 0.01; done"));
    EXPECT_EQ(child.stop(test::kPatience).signal, SIGTERM);
    ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, &before, nullptr), 0);
}

TEST(ChildProcess, HasAProcessGroupOfItsOwn) {
    ChildProcess child(shell("while :; do sleep 0.01; done"));
    EXPECT_EQ(::getpgid(child.pid()), child.pid());
}

/// A middle process starts a child, tells its id and dies without a chance to clean up; orphans
/// come to this process.
TEST(ChildProcess, DiesWithItsParent) {
    ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    std::array<int, 2> fds{};
    ASSERT_EQ(::pipe(fds.data()), 0);
    const pid_t middle = ::fork();
    ASSERT_GE(middle, 0);
    if (middle == 0) {
        ChildProcess child(shell("while :; do sleep 0.01; done"));
        const pid_t pid = child.pid();
        if (::write(fds[1], &pid, sizeof pid) == sizeof pid)
            ::kill(::getpid(), SIGKILL);
        ::_exit(1);
    }
    pid_t orphan = -1;
    ASSERT_EQ(::read(fds[0], &orphan, sizeof orphan), static_cast<ssize_t>(sizeof orphan));
    ASSERT_EQ(::waitpid(middle, nullptr, 0), middle);
    int status = 0;
    const bool hasEnded = waitUntil([&] { return ::waitpid(orphan, &status, WNOHANG) == orphan; });
    if (!hasEnded)
        ::kill(orphan, SIGKILL);
    EXPECT_TRUE(hasEnded);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    ::close(fds[0]);
    ::close(fds[1]);
    EXPECT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
}

TEST(ChildProcess, SaysWhatCannotBeStarted) {
    ChildSettings settings;
    settings.program = "busbar-no-such-program";
    try {
        ChildProcess child(settings);
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "program not found: busbar-no-such-program");
    }
    const auto file =
        std::filesystem::temp_directory_path() / ("busbar-bad-" + std::to_string(::getpid()));
    std::ofstream(file) << "#!/busbar/no/such/interpreter\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    settings.program = file.string();
    EXPECT_THROW(ChildProcess child(settings), std::system_error);
    std::filesystem::remove(file);
}

TEST(FindProgram, LooksInThePathThenInSbin) {
    EXPECT_EQ(findProgram("sh", "/nowhere::/bin"), "/bin/sh");
    EXPECT_EQ(findProgram("/bin/sh", ""), "/bin/sh");
    EXPECT_EQ(findProgram("/bin/busbar-none", "/bin"), std::nullopt);
    EXPECT_EQ(findProgram("busbar-none", "/bin:/usr/bin"), std::nullopt);
    EXPECT_EQ(findProgram("", "/bin"), std::nullopt);
    EXPECT_EQ(findProgram("passwd", "/etc"), findProgram("passwd", "")) << "not executable there";
    EXPECT_NE(findProgram("ldconfig", "/nowhere"), std::nullopt) << "/usr/sbin or /sbin";
}

} // namespace
} // namespace busbar
