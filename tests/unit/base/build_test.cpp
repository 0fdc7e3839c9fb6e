// SPDX-License-Identifier: MIT
// The build that tests run in has its assertions.
#include <gtest/gtest.h>

#include <vector>

namespace busbar {
namespace {

TEST(Build, KeepsAssert) {
#ifdef NDEBUG
    FAIL() << "NDEBUG is defined: assert checks nothing";
#endif
}

TEST(BuildDeathTest, KeepsTheLibrarysAssertions) {
    const std::vector<int> none;
    EXPECT_DEATH(static_cast<void>(none.front()), "Assertion");
}

} // namespace
} // namespace busbar
