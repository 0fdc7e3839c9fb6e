// SPDX-License-Identifier: MIT
#include "base/log_sink.hpp"
#include "support/pipe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/logger.h>

#include <algorithm>
#include <memory>
#include <string>

namespace busbar {
namespace {

using test::Pipe;

using testing::EndsWith;

spdlog::logger loggerTo(const Pipe& pipe) {
    spdlog::logger logger("test", std::make_shared<LogSink>(pipe.in()));
    logger.set_pattern("%l %v");
    return logger;
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
