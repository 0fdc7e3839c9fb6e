// SPDX-License-Identifier: MIT
#include "base/write_at_once.hpp"
#include "support/pipe.hpp"

#include <gtest/gtest.h>

namespace busbar {
namespace {

using test::Pipe;

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

TEST(WriteAtOnce, FailsWithoutADescriptor) {
    EXPECT_FALSE(writeAtOnce(-1, "x"));
    EXPECT_FALSE(writeAtOnce(1000000, "x"));
}

} // namespace
} // namespace busbar
