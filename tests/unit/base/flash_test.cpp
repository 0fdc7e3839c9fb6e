// SPDX-License-Identifier: MIT
#include "base/flash.hpp"

#include <gtest/gtest.h>

namespace busbar::flash_test {
namespace {

constexpr std::uint64_t kExt4 = 0xef53;
constexpr std::uint64_t kUbifs = 0x24051905;

TEST(Flash, IsKnownByFileSystemOrDevice) {
    EXPECT_TRUE(isFlash(kUbifs, 0)) << "a Cerbo GX";
    EXPECT_TRUE(isFlash(kExt4, 179)) << "an SD card";
    EXPECT_FALSE(isFlash(kExt4, 8)) << "a disk";
    EXPECT_FALSE(isFlash(kExt4, 0));
}

TEST(Flash, IsNotWhatCannotBeFoundOut) {
    EXPECT_FALSE(isOnFlash(""));
    EXPECT_FALSE(isOnFlash("nowhere"));
    EXPECT_FALSE(isOnFlash("/proc/no/such/folder"));
}

} // namespace
} // namespace busbar::flash_test
