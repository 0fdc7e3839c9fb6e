// SPDX-License-Identifier: MIT
#include "web/address.hpp"

#include <gtest/gtest.h>

namespace busbar::web::address_test {
namespace {

TEST(Address, IsAnIpAddressWithAPort) {
    const auto v4 = parseListen("127.0.0.1:8088");
    ASSERT_TRUE(v4);
    EXPECT_EQ(v4->host, "127.0.0.1");
    EXPECT_EQ(v4->port, 8088);
    EXPECT_FALSE(v4->isIpv6());
    const auto v6 = parseListen("[::1]:65535");
    ASSERT_TRUE(v6);
    EXPECT_EQ(v6->host, "::1");
    EXPECT_EQ(v6->port, 65535);
    EXPECT_TRUE(v6->isIpv6());
}

TEST(Address, IsNothingElse) {
    for (const char* text :
         {"", "8088", ":8088", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
          "127.0.0.1:80a", "localhost:80", "::1:80", "[127.0.0.1]:80", "[::1]", "[]:80",
          "256.1.1.1:80", "127.0.0.1:-1", "127.0.0.1:080", "01.0.0.1:80", "[::g]:80"})
        EXPECT_FALSE(parseListen(text)) << text;
}

TEST(Address, AHostOfOursIsAnAddressLocalhostOrConfigured) {
    for (const char* host :
         {"127.0.0.1", "127.0.0.1:8088", "192.168.1.9:80", "[::1]:8088", "[fe80::1]", "localhost",
          "LocalHost:8088", "busbar.lan", "BUSBAR.lan:80", "boat"})
        EXPECT_TRUE(isOurHost(host, "busbar.lan, boat")) << host;
}

TEST(Address, AHostOfAStrangerIsNotOurs) {
    for (const char* host :
         {"", "evil.example", "evil.example:8088", "127.0.0.1.evil.example", "localhost.evil",
          "[::1", "busbar.lan.evil", "busbar.la", ":8088", "::1"})
        EXPECT_FALSE(isOurHost(host, "busbar.lan, boat")) << host;
    EXPECT_FALSE(isOurHost("evil.example", ""));
    EXPECT_TRUE(isOurHost("evil.example", "*")) << "the owner wants any";
}

TEST(Address, ListsHaveCommasAndBlanks) {
    EXPECT_TRUE(isListed("172.30.32.2, ::1", "::1"));
    EXPECT_FALSE(isListed("172.30.32.2", "172.30.32.20"));
    EXPECT_FALSE(isListed("a, , b", "")) << "nobody is on no list";
    EXPECT_TRUE(isHostList("busbar.lan, boat-2.local"));
    EXPECT_TRUE(isHostList("*"));
    EXPECT_TRUE(isHostList(""));
    EXPECT_FALSE(isHostList("a,,b"));
    EXPECT_FALSE(isHostList("http://a"));
    EXPECT_TRUE(isAddressList("10.0.0.1,fe80::1"));
    EXPECT_FALSE(isAddressList("10.0.0.1,proxy"));
}

TEST(Address, AnOriginHasASchemeAndNoPath) {
    for (const char* text : {"", "*", "https://example.org", "http://ha.local:8123"})
        EXPECT_TRUE(isOriginOrNone(text)) << text;
    for (const char* text : {"example.org", "https://", "https://a/", "ftp://a", "http://a:0"})
        EXPECT_FALSE(isOriginOrNone(text)) << text;
}

} // namespace
} // namespace busbar::web::address_test
