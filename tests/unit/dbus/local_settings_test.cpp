// SPDX-License-Identifier: MIT
#include "dbus/local_settings.hpp"

#include <gtest/gtest.h>

namespace busbar::dbus {
namespace {

TEST(LocalSettingsUid, HasOnlyWhatAPathElementMayHave) {
    EXPECT_EQ(sanitizedUid("busbar_main"), "busbar_main");
    EXPECT_EQ(sanitizedUid("my-bank.1"), "my_bank_1");
    EXPECT_EQ(sanitizedUid("a/b c"), "a_b_c");
    EXPECT_EQ(sanitizedUid("_x"), "busbar_x");
    EXPECT_EQ(sanitizedUid("-x"), "busbar_x");
    EXPECT_EQ(sanitizedUid(""), "busbar");
    EXPECT_EQ(sanitizedUid("\xC3\xA9t\xC3\xA9"), "busbar__t__");
}

TEST(LocalSettingsInstance, IsTheNumberAfterTheColon) {
    EXPECT_EQ(parseClassAndInstance("battery:0"), 0);
    EXPECT_EQ(parseClassAndInstance("battery:512"), 512);
    EXPECT_EQ(parseClassAndInstance("battery:2147483647"), 2147483647);
    for (const char* bad :
         {"", "battery", ":", ":5", "battery:", "battery:-1", "battery:x", "battery:5x",
          "battery: 5", "battery:5:6", "battery:2147483648", "battery:1.5", "5"})
        EXPECT_EQ(parseClassAndInstance(bad), std::nullopt) << bad;
}

} // namespace
} // namespace busbar::dbus
