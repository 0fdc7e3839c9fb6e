// SPDX-License-Identifier: MIT
#include "mqtt/venus/topic.hpp"

#include <gtest/gtest.h>

namespace busbar::mqtt {
namespace {

TEST(ServicePath, HasTypeInstanceAndPath) {
    const auto path = parseServicePath("battery/2/Dc/0/Voltage");
    ASSERT_TRUE(path.has_value());
    EXPECT_EQ(path->type, "battery");
    EXPECT_EQ(path->instance, 2);
    EXPECT_EQ(path->path, "/Dc/0/Voltage");
}

TEST(ServicePath, TakesInstancesFromMinusOneToTheLargest) {
    EXPECT_EQ(parseServicePath("battery/-1/Soc")->instance, -1);
    EXPECT_EQ(parseServicePath("battery/0/Soc")->instance, 0);
    EXPECT_EQ(parseServicePath("battery/2147483647/Soc")->instance, 2147483647);
}

TEST(ServicePath, IsNothingElse) {
    for (const char* tail :
         {"", "/", "battery", "battery/", "battery/2", "battery/2/", "/2/Soc", "battery//Soc",
          "battery/x/Soc", "battery/2x/Soc", "battery/ 2/Soc", "battery/+2/Soc", "battery/-2/Soc",
          "battery/2147483648/Soc", "battery/99999999999999999999/Soc", "battery/2.0/Soc",
          "heartbeat", "full_publish_completed"})
        EXPECT_EQ(parseServicePath(tail), std::nullopt) << tail;
}

TEST(PortalId, StandsInTheOneRetainedTopic) {
    EXPECT_EQ(portalIdOf("N/c0619ab00001/system/0/Serial", ""), "c0619ab00001");
    EXPECT_EQ(portalIdOf("boat/N/c0619ab00001/system/0/Serial", "boat/"), "c0619ab00001");
    EXPECT_EQ(portalIdOf("N/busbar-home_1/system/0/Serial", ""), "busbar-home_1");
}

TEST(PortalId, IsInNoOtherTopic) {
    for (const char* topic :
         {"", "N/", "N//system/0/Serial", "N/system/0/Serial", "/system/0/Serial",
          "N/a/b/system/0/Serial", "R/c0619ab00001/system/0/Serial",
          "N/c0619ab00001/system/0/Serial/", "N/c0619ab00001/system/1/Serial",
          "boat/N/c0619ab00001/system/0/Serial", "N/a b/system/0/Serial", "N/+/system/0/Serial"})
        EXPECT_EQ(portalIdOf(topic, ""), std::nullopt) << topic;
    EXPECT_EQ(portalIdOf("N/c0619ab00001/system/0/Serial", "boat/"), std::nullopt);
}

TEST(PortalId, HasOneToSixtyFourPlainCharacters) {
    EXPECT_TRUE(isPortalId("c0619AB-_1"));
    EXPECT_TRUE(isPortalId(std::string(64, 'a')));
    EXPECT_FALSE(isPortalId(std::string(65, 'a')));
    for (const char* bad : {"", "a/b", "#", "+", "a b", "\xC3\xA4"})
        EXPECT_FALSE(isPortalId(bad)) << bad;
}

} // namespace
} // namespace busbar::mqtt
