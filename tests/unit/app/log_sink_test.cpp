// SPDX-License-Identifier: MIT
#include "app/log_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/logger.h>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace busbar {
namespace {

using testing::EndsWith;

/// Both ends; blocking where it is written to, as the program gets it.
class Pipe {
public:
    Pipe() {
        if (::pipe2(ends_.data(), O_CLOEXEC) != 0 || ::fcntl(ends_[0], F_SETFL, O_NONBLOCK) != 0)
            throw std::runtime_error("no pipe");
    }
    ~Pipe() {
        closeReader();
        ::close(ends_[1]);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    Pipe(Pipe&&) = delete;
    Pipe& operator=(Pipe&&) = delete;

    [[nodiscard]] int in() const { return ends_[1]; }
    std::string drain() {
        std::string all;
        std::array<char, 4096> part{};
        for (ssize_t n = 0; (n = ::read(ends_[0], part.data(), part.size())) > 0;)
            all.append(part.data(), static_cast<std::size_t>(n));
        return all;
    }
    void closeReader() {
        if (ends_[0] >= 0)
            ::close(ends_[0]);
        ends_[0] = -1;
    }

private:
    std::array<int, 2> ends_{-1, -1};
};

spdlog::logger loggerTo(const Pipe& pipe) {
    spdlog::logger logger("test", std::make_shared<LogSink>(pipe.in()));
    logger.set_pattern("%l %v");
    return logger;
}

TEST(WriteAtOnce, WritesAllThatFits) {
    Pipe pipe;
    const std::string text(20000, 'x');
    EXPECT_TRUE(writeAtOnce(pipe.in(), text));
    EXPECT_EQ(pipe.drain(), text);
    EXPECT_TRUE(writeAtOnce(pipe.in(), ""));
}

TEST(WriteAtOnce, EndsWhereItWouldWait) {
    Pipe pipe;
    const std::string text(1000000, 'x');
    EXPECT_FALSE(writeAtOnce(pipe.in(), text));
    EXPECT_FALSE(writeAtOnce(pipe.in(), "y"));
    EXPECT_EQ(pipe.drain().find('y'), std::string::npos);
}

TEST(WriteAtOnce, FailsWithoutAReaderAndWithoutADescriptor) {
    EXPECT_FALSE(writeAtOnce(-1, "x"));
    EXPECT_FALSE(writeAtOnce(1000000, "x"));
}

TEST(LogSink, WritesLines) {
    Pipe pipe;
    auto logger = loggerTo(pipe);
    logger.info("one");
    logger.warn("two");
    EXPECT_EQ(pipe.drain(), "info one\nwarning two\n");
}

TEST(LogSink, LeavesOutWhatNobodyReadsAndSaysHowMuch) {
    Pipe pipe;
    auto logger = loggerTo(pipe);
    const std::string line(100, 'x');
    constexpr int kLines = 5000; // half a megabyte, a pipe takes 64 KiB
    for (int i = 0; i < kLines; ++i)
        logger.info(line);
    const std::string first = pipe.drain();
    const auto written = std::ranges::count(first, '\n');
    EXPECT_GT(written, 100);
    EXPECT_THAT(first, EndsWith("x\n")); // whole lines only

    logger.info("again");
    logger.info("and again");
    EXPECT_EQ(pipe.drain(), "warning log_lost lines=" + std::to_string(kLines - written) +
                                " note=\"nobody read them\"\ninfo again\ninfo and again\n");
}

} // namespace
} // namespace busbar
