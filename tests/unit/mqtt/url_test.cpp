// SPDX-License-Identifier: MIT
// Broker addresses: what is understood, what is refused and with which hint.
#include "mqtt/session/url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace busbar::mqtt {
namespace {

using testing::HasSubstr;

struct Good {
    std::string text;
    Scheme scheme;
    std::string host;
    std::uint16_t port;
    std::string path;
    std::string paho;
};

const std::vector<Good>& goodOnes() {
    static const std::vector<Good> kGood{
        {"mqtt://127.0.0.1", Scheme::Mqtt, "127.0.0.1", 1883, "", "tcp://127.0.0.1:1883"},
        {"mqtt://venus.local/", Scheme::Mqtt, "venus.local", 1883, "", "tcp://venus.local:1883"},
        {"MQTTS://Gx_1:65535", Scheme::Mqtts, "Gx_1", 65535, "", "ssl://Gx_1:65535"},
        {"mqtts://a.example.", Scheme::Mqtts, "a.example.", 8883, "", "ssl://a.example.:8883"},
        {"mqtt://[::1]:1", Scheme::Mqtt, "::1", 1, "", "tcp://[::1]:1"},
        {"mqtt://[fe80::1%eth0]", Scheme::Mqtt, "fe80::1%eth0", 1883, "",
         "tcp://[fe80::1%eth0]:1883"},
        {"ws://gx", Scheme::Ws, "gx", 80, "/mqtt", "ws://gx:80/mqtt"},
        {"ws://gx:9001/", Scheme::Ws, "gx", 9001, "/", "ws://gx:9001/"},
        {"wss://gx/a/b?c=d", Scheme::Wss, "gx", 443, "/a/b?c=d", "wss://gx:443/a/b?c=d"},
    };
    return kGood;
}

TEST(Url, UnderstandsEveryKindOfHost) {
    for (const auto& each : goodOnes()) {
        const auto parsed = parseUrl(each.text);
        ASSERT_TRUE(parsed.url) << each.text << ": " << parsed.error;
        EXPECT_EQ(parsed.error, "");
        EXPECT_EQ(*parsed.url, (BrokerUrl{each.scheme, each.host, each.port, each.path}))
            << each.text;
        EXPECT_EQ(pahoUri(*parsed.url, parsed.url->host), each.paho);
    }
}

TEST(Url, ReadsBackWhatItPrints) {
    for (const auto& each : goodOnes()) {
        const auto first = parseUrl(each.text);
        const auto second = parseUrl(displayUrl(*first.url));
        ASSERT_TRUE(second.url) << displayUrl(*first.url);
        EXPECT_EQ(*first.url, *second.url);
    }
}

TEST(Url, PutsAnAddressInThePlaceOfTheName) {
    const auto parsed = parseUrl("mqtt://venus.local:1884");
    EXPECT_EQ(pahoUri(*parsed.url, "fd00::1"), "tcp://[fd00::1]:1884");
}

TEST(Url, RefusesWithAHint) {
    const std::vector<std::pair<std::string, std::string>> bad{
        {"", "empty"},
        {"venus.local", "scheme is missing"},
        {"venus.local:1883", "scheme is missing"},
        {"tcp://gx", "write mqtt://"},
        {"SSL://gx", "write mqtts://"},
        {"http://gx", "write mqtt:// instead of http://, or ws://"},
        {"https://gx", "write mqtts:// instead of https://, or wss://"},
        {"amqp://gx", "unknown scheme"},
        {"mqtt://", "host is missing"},
        {"mqtt://:1883", "host is missing"},
        {"mqtt://me:secret@gx", "no user and password"},
        {"mqtt://gx:0", "no port"},
        {"mqtt://gx:65536", "no port"},
        {"mqtt://gx:", "no port"},
        {"mqtt://gx:18x", "no port"},
        {"mqtt://gx:-1", "no port"},
        {"mqtt://gx/topic", "topics are set elsewhere"},
        {"mqtt://gx?x", "topics are set elsewhere"},
        {"mqtt://::1", "brackets"},
        {"mqtt://[::1", "closing bracket"},
        {"mqtt://[::1]x", "no port"},
        {"mqtt://[gx]", "no IPv6 address"},
        {"mqtt://[fe80::1%]", "no IPv6 address"},
        {"mqtt://[]", "no IPv6 address"},
        {"mqtt://[fe80::1%a b]", "no IPv6 address"},
        {std::string("mqtt://[::1\0x]", 14), "no IPv6 address"},
        {"mqtt://1.2.3.256", "no IPv4 address"},
        {"mqtt://1.2.3", "no IPv4 address"},
        {"mqtt://g x", "no host name has"},
        {"mqtt://gx\n", "no host name has"},
        {"mqtt://.gx", "no host name"},
        {"mqtt://a..b", "no host name"},
        {"mqtt://" + std::string(254, 'a'), "no host name"},
        {"ws://gx/a b", "in the path"},
        {"ws://gx/a#b", "in the path"},
        {"ws://gx/\xc3\xa4", "in the path"},
    };
    for (const auto& [text, hint] : bad) {
        const auto parsed = parseUrl(text);
        EXPECT_FALSE(parsed.url) << text;
        EXPECT_THAT(parsed.error, HasSubstr(hint)) << text;
    }
}

TEST(Url, NeverRepeatsASecret) {
    for (const char* text :
         {"mqtt://me:hunter2@gx", "mqtt://me:hunter2/x@gx", "ws://gx/hunter2@x", "hunter2://gx",
          "mqtt://hunter2!", "mqtt://[hunter2]", "mqtt://.hunter2", "mqtt://gx:hunter2",
          "mqtt://gx/hunter2", "ws://gx/hunter2 x"}) {
        const auto parsed = parseUrl(text);
        EXPECT_FALSE(parsed.url) << text;
        EXPECT_THAT(parsed.error, testing::Not(HasSubstr("hunter2"))) << text;
    }
}

} // namespace
} // namespace busbar::mqtt
