// SPDX-License-Identifier: MIT
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "support/wait.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

namespace busbar {
namespace {

using namespace std::chrono_literals;

bool pump(EventLoop& loop, const std::function<bool()>& pred,
          std::chrono::milliseconds limit = test::kPatience) {
    return test::waitUntil(
        [&] {
            loop.step(0ms);
            return pred();
        },
        limit);
}

TEST(EventLoop, RunsUntilExitAndGivesTheCode) {
    EventLoop loop;
    Timer timer(loop, [&](const Now&) { loop.exit(7); });
    timer.arm(0ms);
    EXPECT_EQ(loop.run(), 7);
}

TEST(EventLoop, TimersFireInOrderAndOnce) {
    EventLoop loop;
    std::vector<int> order;
    Timer late(loop, [&](const Now&) { order.push_back(2); });
    Timer early(loop, [&](const Now&) { order.push_back(1); });
    late.arm(30ms);
    early.arm(5ms);
    EXPECT_TRUE(late.isArmed());
    ASSERT_TRUE(pump(loop, [&] { return order.size() == 2; }));
    EXPECT_EQ(order, (std::vector{1, 2}));
    EXPECT_FALSE(late.isArmed());
    EXPECT_FALSE(pump(
        loop, [&] { return order.size() > 2; }, 50ms));
}

TEST(EventLoop, ArmingAgainReplacesAndDisarmingStops) {
    EventLoop loop;
    int count = 0;
    Timer timer(loop, [&](const Now&) { ++count; });
    timer.arm(1h);
    timer.arm(1ms);
    ASSERT_TRUE(pump(loop, [&] { return count == 1; }));
    timer.arm(1ms);
    timer.disarm();
    EXPECT_FALSE(timer.isArmed());
    EXPECT_FALSE(pump(
        loop, [&] { return count > 1; }, 50ms));
}

TEST(EventLoop, APeriodicTimerDoesNotDriftAndSkipsWhatItMissed) {
    EventLoop loop;
    std::vector<SteadyTime> times;
    Timer timer(loop, [&](const Now& now) { times.push_back(now.steady); });
    const auto begin = loop.now().steady;
    timer.armEvery(20ms);
    ASSERT_TRUE(pump(loop, [&] { return times.size() == 2; }));
    // 70 ms without a turn of the loop: three deadlines pass, one call makes up for them.
    EXPECT_TRUE(
        test::waitUntil([&] { return std::chrono::steady_clock::now() > times.back() + 70ms; }));
    ASSERT_TRUE(pump(loop, [&] { return times.size() == 3; }));
    EXPECT_GE(times[2] - times[1], 60ms);
    const auto lag = loop.takeWorstLag();
    EXPECT_GE(lag, 40ms);
    ASSERT_TRUE(pump(loop, [&] { return times.size() == 4; }));
    const auto due = times[3] - loop.takeWorstLag(); // however late the machine was
    EXPECT_LE(due - times[2], 20ms);
    EXPECT_EQ((due - (times[2] - lag)) % 20ms, 0ms) << "the grid is kept, not restarted";
    EXPECT_GE(times[3] - begin, 120ms);
    EXPECT_EQ(loop.takeWorstLag(), 0us);
    EXPECT_TRUE(timer.isArmed());
}

TEST(EventLoop, APeriodicTimerMayStopItself) {
    EventLoop loop;
    int count = 0;
    std::unique_ptr<Timer> timer;
    timer = std::make_unique<Timer>(loop, [&](const Now&) {
        if (++count == 3)
            timer->disarm();
    });
    timer->armEvery(1ms);
    ASSERT_TRUE(pump(loop, [&] { return count == 3; }));
    EXPECT_FALSE(pump(
        loop, [&] { return count > 3; }, 30ms));
}

TEST(EventLoop, ATimerThatIsGoneDoesNotFire) {
    EventLoop loop;
    int count = 0;
    {
        Timer timer(loop, [&](const Now&) { ++count; });
        timer.arm(1ms);
    }
    EXPECT_FALSE(pump(
        loop, [&] { return count > 0; }, 30ms));
}

TEST(EventLoop, TimeStandsStillDuringOneWakeUp) {
    EventLoop loop;
    bool isSame = false;
    Timer timer(loop, [&](const Now& now) {
        const auto real = std::chrono::steady_clock::now();
        while (std::chrono::steady_clock::now() < real + 5ms) {
        }
        isSame = loop.now().steady == now.steady && loop.now().wall == now.wall;
        loop.exit(0);
    });
    timer.arm(0ms);
    loop.run();
    EXPECT_TRUE(isSame);
}

TEST(EventLoop, DescriptorsAreWatchedWhileEnabled) {
    EventLoop loop;
    const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    ASSERT_GE(fd, 0);
    int count = 0;
    IoWatch watch(loop, fd, EPOLLIN, [&](const Now&, std::uint32_t events) {
        EXPECT_EQ(events, static_cast<std::uint32_t>(EPOLLIN));
        std::uint64_t value = 0;
        EXPECT_EQ(::read(fd, &value, sizeof value), static_cast<ssize_t>(sizeof value));
        ++count;
    });
    const std::uint64_t one = 1;
    ASSERT_EQ(::write(fd, &one, sizeof one), static_cast<ssize_t>(sizeof one));
    ASSERT_TRUE(pump(loop, [&] { return count == 1; }));
    watch.enable(false);
    ASSERT_EQ(::write(fd, &one, sizeof one), static_cast<ssize_t>(sizeof one));
    EXPECT_FALSE(pump(
        loop, [&] { return count > 1; }, 30ms));
    watch.enable(true);
    ASSERT_TRUE(pump(loop, [&] { return count == 2; }));
    ::close(fd);
}

TEST(EventLoop, BlockedSignalsReachTheirWatch) {
    blockSignals();
    EventLoop loop;
    int hups = 0;
    int terms = 0;
    SignalWatch hup(loop, SIGHUP, [&](const Now&) { ++hups; });
    SignalWatch term(loop, SIGTERM, [&](const Now&) { ++terms; });
    ::kill(::getpid(), SIGHUP);
    ::kill(::getpid(), SIGTERM);
    ASSERT_TRUE(pump(loop, [&] { return hups == 1 && terms == 1; }));
}

TEST(EventLoop, ASignalThatIsNotBlockedIsRefused) {
    EventLoop loop;
    EXPECT_THROW(SignalWatch(loop, SIGUSR2, [](const Now&) {}), std::system_error);
}

TEST(EventLoop, AnExceptionInACallbackIsCountedAndTheLoopGoesOn) {
    const log::Tail tail(10);
    EventLoop loop;
    int count = 0;
    Timer timer(loop, [&](const Now&) {
        ++count;
        throw std::runtime_error("broken");
    });
    timer.armEvery(1ms);
    ASSERT_TRUE(pump(loop, [&] { return count == 3; }));
    EXPECT_EQ(loop.faults().count(), 3U);
    EXPECT_EQ(std::ranges::count_if(tail.lines(),
                                    [](const std::string& line) {
                                        return line.find("callback_failed") != std::string::npos;
                                    }),
              1)
        << "a fault that repeats is not logged each time";
}

TEST(EventLoop, WithoutSystemdReadinessAndWatchdogDoNothing) {
    EventLoop loop;
    loop.notifyReady();
    loop.notifyStopping();
    EXPECT_FALSE(loop.keepWatchdogFed());
}

/// What systemd listens on.
class NotifySocket {
public:
    NotifySocket() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "busbar-notify-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
        const std::string path = directory_ + "/socket";
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        ::setenv("NOTIFY_SOCKET", path.c_str(), 1); // NOLINT(concurrency-mt-unsafe): one thread
    }
    ~NotifySocket() {
        ::unsetenv("NOTIFY_SOCKET"); // NOLINT(concurrency-mt-unsafe): one thread
        ::close(fd_);
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }
    NotifySocket(const NotifySocket&) = delete;
    NotifySocket& operator=(const NotifySocket&) = delete;
    NotifySocket(NotifySocket&&) = delete;
    NotifySocket& operator=(NotifySocket&&) = delete;

    [[nodiscard]] std::string next() const {
        std::array<char, 200> buffer{};
        const auto size = ::recv(fd_, buffer.data(), buffer.size(), 0);
        return size < 0 ? std::string()
                        : std::string(buffer.data(), static_cast<std::size_t>(size));
    }

private:
    std::string directory_;
    int fd_ = -1;
};

TEST(EventLoop, SystemdIsToldOfReadinessStopAndLife) {
    const NotifySocket systemd;
    ::setenv("WATCHDOG_USEC", "40000", 1); // NOLINT(concurrency-mt-unsafe): one thread
    EventLoop loop;
    loop.notifyReady();
    EXPECT_EQ(systemd.next(), "READY=1");
    loop.notifyStopping();
    EXPECT_EQ(systemd.next(), "STOPPING=1");
    EXPECT_TRUE(loop.keepWatchdogFed());
    int pings = 0;
    EXPECT_TRUE(pump(loop, [&] {
        pings += systemd.next() == "WATCHDOG=1" ? 1 : 0;
        return pings == 3;
    }));
    ::unsetenv("WATCHDOG_USEC"); // NOLINT(concurrency-mt-unsafe): one thread
}

} // namespace
} // namespace busbar
