// SPDX-License-Identifier: MIT
#include "config/rules.hpp"
#include "mqtt/session/vrm.hpp"
#include "unit/config/helpers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>

namespace busbar::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::shown;

struct Case {
    const char* broken;
    const char* expected;
    const char* kept; ///< the nearest that is allowed
};

// clang-format off
constexpr auto kCases = std::to_array<Case>({
    {R"({"gx": {"retry_min_s": 61}})", "gx.retry_min_s (61 s, line 1) must not be more than gx.retry_max_s (60 s, not given)",
     R"({"gx": {"retry_min_s": 60}})"},
    {R"({"gx": {"password_file": "/x", "password_env": "Y"}})", "gx.password_file (\"/x\", line 1) and gx.password_env (\"Y\", line 1) exclude each other",
     R"({"gx": {"password_file": "/x"}})"},
    {R"({"gx": {"vrm": true, "user": "u", "password_env": "P"}})", "the portal id must be given",
     R"({"gx": {"vrm": true, "user": "u", "password_env": "P", "portal_id": "c0"}})"},
    {R"({"gx": {"vrm": true, "portal_id": "c0", "password_env": "P"}})", "the VRM e-mail address is needed: gx.user",
     R"({"gx": {"vrm": true, "user": "u", "password_file": "/p", "portal_id": "c0"}})"},
    {R"({"gx": {"vrm": true, "portal_id": "c0", "user": "u"}})", "an access token is needed",
     R"({"gx": {"vrm": false, "user": "u"}})"},
    {R"({"gx": {"vrm": true, "user": "u", "password_env": "P", "portal_id": "c0-1"}})", "letters and digits only, not gx.portal_id (\"c0-1\", line 1)",
     R"({"gx": {"vrm": false, "portal_id": "c0-1"}})"},
    {R"({"gx": {"vrm": true, "user": "u", "password_env": "P", "portal_id": "c0", "topic_prefix": "boat/"}})", "uses none: not gx.topic_prefix (\"boat/\", line 1)",
     R"({"gx": {"vrm": false, "portal_id": "c0", "topic_prefix": "boat/"}})"},
    {R"({"gx": {"tls": {"ca_file": "/ca"}}})", "gx.tls.ca_file (\"/ca\", line 1) needs mqtts:// or wss:// in gx.url",
     R"({"gx": {"url": "mqtts://h", "tls": {"ca_file": "/ca"}}})"},
    {R"({"gx": {"tls": {"fingerprint": "0000000000000000000000000000000000000000000000000000000000000000"}}})", "gx.tls.fingerprint",
     R"({"gx": {"url": "wss://h", "tls": {"fingerprint": "0000000000000000000000000000000000000000000000000000000000000000"}}})"},
    {R"({"gx": {"url": "ws://h", "tls": {"cert_file": "/c", "key_file": "/k"}}})", "gx.tls.key_file (\"/k\", line 1) needs mqtts",
     R"({"gx": {"vrm": true, "user": "u", "password_env": "P", "portal_id": "c0", "tls": {"cert_file": "/c", "key_file": "/k"}}})"},
    {R"({"gx": {"url": "wss://h", "tls": {"cert_file": "/c"}}})", "gx.tls.cert_file (\"/c\", line 1) and gx.tls.key_file (\"\", not given) belong together",
     R"({"gx": {"url": "wss://h", "tls": {"cert_file": "/c", "key_file": "/k"}}})"},
    {R"({"mqtt": {"url": "mqtt://h", "password_file": "/x", "password_env": "Y"}})", "mqtt.password_file (\"/x\", line 1) and mqtt.password_env (\"Y\", line 1) exclude each other",
     R"({"mqtt": {"url": "mqtt://h", "password_env": "Y"}})"},
    {R"({"mqtt": {"url": "mqtt://h", "tls": {"ca_file": "/ca"}}})", "mqtt.tls.ca_file (\"/ca\", line 1) needs mqtts:// or wss:// in mqtt.url",
     R"({"mqtt": {"url": "mqtts://h", "tls": {"ca_file": "/ca"}}})"},
    {R"({"mqtt": {"url": "mqtts://h", "tls": {"key_file": "/k"}}})", "mqtt.tls.cert_file (\"\", not given) and mqtt.tls.key_file (\"/k\", line 1) belong together",
     R"({"mqtt": {"url": "mqtts://h", "tls": {"key_file": "/k", "cert_file": "/c"}}})"},
    {R"({"venus": {"portal_id": "c0"}, "gx": {"portal_id": "c0"}})", "a GX refuses all others under its own id",
     R"({"venus": {"portal_id": "c1"}, "gx": {"portal_id": "c0"}})"},
    {R"({"control": "dvcc", "gx": {"vrm": true, "user": "u", "password_env": "P", "portal_id": "c0"}})", "needs the GX's own broker",
     R"({"control": "none", "gx": {"vrm": true, "user": "u", "password_env": "P", "portal_id": "c0"}})"},
    {R"({"control": "dvcc", "banks": [{"id": "a", "exclude": ["name:A"]}, {"id": "b", "dbus": {"service": "x"}}]})", "follows one bank",
     R"({"control": "dvcc", "banks": [{"id": "a"}]})"},
    {R"({"min_batteries": 4, "expected": 3})", "min_batteries (4, line 1) must not be more than expected (3, line 1)",
     R"({"min_batteries": 3, "expected": 3})"},
    {R"({"min_batteries": 2, "batteries": ["name:A"]})", "more than the list has entries",
     R"({"min_batteries": 1, "batteries": ["name:A"]})"},
    {R"({"expected": 2, "batteries": ["name:A"]})", "expected (2, line 1) is more than the list has entries: batteries ([\"name:A\"], line 1)",
     R"({"expected": 1, "batteries": ["name:A"]})"},
    {R"({"expected": 2, "batteries": ["product:A*"]})", "expected (2, line 1) is more than the list has entries",
     R"({"expected": 2, "batteries": ["products:A*"]})"},
    {R"({"guard_V": 0, "guard_pct": 0})", "leave no room",
     R"({"guard_V": 0, "guard_pct": 1})"},
    {R"({"loss": {"safe_charge_A": 11}, "limits": {"max_charge_A": 10}})", "loss.safe_charge_A (11 A, line 1) must not be more than limits.max_charge_A (10 A, line 1)",
     R"({"loss": {"safe_charge_A": 11}})"},
    {R"({"loss": {"safe_discharge_A": 11}, "limits": {"max_discharge_A": 10}})", "loss.safe_discharge_A",
     R"({"loss": {"safe_discharge_A": 10}, "limits": {"max_discharge_A": 10}})"},
    {R"({"loss": {"ride_through_s": 901}})", "must not be more than loss.leave_bus_s (900 s, not given)",
     R"({"loss": {"ride_through_s": 900}})"},
    {R"({"alarms": {"cell_spread_alarm_V": 0.2}})", "alarms.cell_spread_warning_V (0.3 V, not given) must not be more than alarms.cell_spread_alarm_V (0.2 V, line 1)",
     R"({"alarms": {"cell_spread_warning_V": 0, "cell_spread_alarm_V": 0.2}})"},
    {R"({"limits": {"mode": "own", "max_discharge_A": 100}})", "nothing else says how much the bank bears: limits.max_charge_A (not given) is needed",
     R"({"limits": {"mode": "own", "max_charge_A": 100, "max_discharge_A": 100}})"},
    {R"({"limits": {"mode": "own", "max_charge_A": 100}})", "nothing else says how much the bank bears: limits.max_discharge_A",
     R"({"limits": {"mode": "both"}})"},
    {R"({"preset": "none", "limits": {"cvl": {"mode": "own"}}})", "with limits.cvl.mode (\"own\", line 1) and without a preset, limits.cvl.cell_V",
     R"({"preset": "none", "limits": {"cvl": {"mode": "own", "cell_V": 3.45}}})"},
    {R"({"limits": {"cvl": {"cell_V": [3.4, 3.4, 3.4, 3.4, 3.4, 3.4, 3.4, 3.4, 3.4, 3.4, 3.4, 3.56], "cell_max_V": 3.55}}})", "is never reached, because limits.cvl.cell_max_V (3.55 V, line 1) is lower",
     R"({"limits": {"cvl": {"cell_V": 3.55, "cell_max_V": 3.55}}})"},
    {R"({"balancing": {"cell_V": 3.6}, "limits": {"cvl": {"cell_max_V": 3.55}}})", "balancing.cell_V (3.6 V, line 1) is never reached",
     R"({"balancing": {"cell_V": 3.6}, "limits": {"cvl": {"cell_max_V": 0}}})"},
    {R"({"soc": {"full_cell_V": 3.6}, "limits": {"cvl": {"cell_max_V": 3.55}}})", "soc.full_cell_V (3.6 V, line 1) is never reached",
     R"({"soc": {"full_cell_V": 3.5}, "limits": {"cvl": {"cell_max_V": 3.55}}})"},
    {R"({"soc": {"empty_cell_V": 3.4, "full_cell_V": 3.4}})", "soc.empty_cell_V (3.4 V, line 1) must be less than soc.full_cell_V",
     R"({"soc": {"empty_cell_V": 3.0, "full_cell_V": 3.4}})"},
    {R"({"soc": {"source": "battery"}})", "the battery must be given: soc.battery",
     R"({"soc": {"source": "battery", "battery": ["name:SmartShunt"]}})"},
    {R"({"current": {"source": "shunt"}})", "the shunts must be given: current.shunts",
     R"({"current": {"source": "shunt", "shunts": ["name:SmartShunt"]}})"},
    {R"({"limits": {"curves": {"low_cell_V": [[2.8, 0], [3.0, 1]], "low_cell_release_V": 2.8}}})", "2.8 never ends a stop",
     R"({"limits": {"curves": {"low_cell_V": [[2.8, 0], [3.0, 1]], "low_cell_release_V": 2.9}}})"},
    {R"({"banks": [{"id": "a"}, {"id": "a", "exclude": ["name:A"]}]})", "id \"a\" is taken by another bank",
     R"({"banks": [{"id": "a"}, {"id": "b", "exclude": ["name:A"]}]})"},
    {R"({"banks": [{"id": "a"}, {"id": "b", "dbus": {"service": "busbar"}, "exclude": ["name:A"]}]})", "dbus.service \"busbar\" is taken by another bank",
     R"({"banks": [{"id": "a"}, {"id": "b", "dbus": {"service": "x"}, "exclude": ["name:A"]}]})"},
});
// clang-format on

TEST(Rules, EachIsSeenBrokenAndKept) {
    for (const Case& it : kCases) {
        EXPECT_THAT(shown(it.broken), HasSubstr(it.expected)) << it.broken;
        EXPECT_FALSE(readConfig(it.broken).config) << it.broken;
        EXPECT_EQ(shown(it.kept), "") << it.kept;
    }
}

/// What the check accepts, the program can start with.
TEST(Rules, AcceptNothingThatVrmRefuses) {
    int accepted = 0;
    for (const char* portal : {"auto", "c0619ab1ab01", "C0", "c0-1", "c0_1", "-"})
        for (const char* prefix : {"", "boat/", "/"})
            for (const char* user : {"", "me@example.org"})
                for (const char* token : {"", "TOKEN"}) {
                    std::string text = R"({"gx":{"vrm":true,"portal_id":")";
                    text.append(portal).append(R"(","topic_prefix":")").append(prefix);
                    text.append(R"(","user":")").append(user);
                    text.append(R"(","password_env":")").append(token).append("\"}}");
                    const auto config = readConfig(text).config;
                    accepted += config ? 1 : 0;
                    EXPECT_TRUE(!config || mqtt::vrmBroker(config->gx).broker) << text;
                }
    EXPECT_EQ(accepted, 2);
}

TEST(Rules, LoginsWithoutABrokerOfTheirOwnAreWarnedAbout) {
    const ReadResult result = readConfig(R"({"mqtt": {"user": "u"}})");
    ASSERT_TRUE(result.config);
    ASSERT_EQ(result.issues.size(), 1U);
    EXPECT_EQ(result.issues.front().severity, Severity::Warning);
    EXPECT_THAT(result.issues.front().message, HasSubstr("is for a broker of its own: mqtt.url"));
    EXPECT_EQ(shown(R"({"mqtt": {"user": "u", "url": "mqtt://h"}})"), "");
}

TEST(Rules, NameTheLinesOfBothKeys) {
    EXPECT_EQ(shown("{\"gx\": {\n\"retry_max_s\": 5,\n\"retry_min_s\": 9}}"),
              "f:3:16: gx.retry_min_s: gx.retry_min_s (9 s, line 3) must not be more than "
              "gx.retry_max_s (5 s, line 2)\n");
}

TEST(Rules, NameVariables) {
    EXPECT_EQ(shown(R"({"gx": {"retry_max_s": 5}})", {{"BUSBAR_GX__RETRY_MIN_S", "9"}}),
              "BUSBAR_GX__RETRY_MIN_S: gx.retry_min_s (9 s, BUSBAR_GX__RETRY_MIN_S) must not be "
              "more than "
              "gx.retry_max_s (5 s, line 1)\n");
}

TEST(Rules, SayNothingAboutOptionsThatAreRefusedAlready) {
    EXPECT_EQ(shown(R"({"gx": {"retry_min_s": 90, "retry_max_s": 9000}})"),
              "f:1:43: gx.retry_max_s: 9000 is outside 1…3600 s\n");
}

TEST(Rules, AreCheckedForEveryBank) {
    const std::string text = shown(R"({"loss": {"ride_through_s": 800}, "banks": [
        {"id": "a", "batteries": ["name:A"]},
        {"id": "b", "batteries": ["name:B"], "loss": {"leave_bus_s": 700}}]})");
    EXPECT_THAT(text, HasSubstr("loss.ride_through_s (800 s, line 1) must not be more than "
                                "loss.leave_bus_s (700 s, line 3)"));
    EXPECT_EQ(std::ranges::count(text, '\n'), 1);
}

/// Of the topics of two options one would overwrite or swallow the other's.
TEST(Rules, TopicsOfDifferentOptionsMustNotMeet) {
    const auto refusal = [](const char* text) {
        EXPECT_FALSE(readConfig(text).config) << text;
        return shown(text);
    };
    EXPECT_EQ(refusal(R"({"gx": {"topic_prefix": "busbar/home/"}})"),
              "f:1:25: gx.topic_prefix: gx.topic_prefix and mqtt.base meet at busbar/home/N: one "
              "would overwrite or swallow topics of the other; give one of them another place\n");
    EXPECT_THAT(refusal(R"({"gx": {"topic_prefix": "busbar/home/set/"}})"),
                HasSubstr("gx.topic_prefix and mqtt.base meet"));
    EXPECT_THAT(refusal(R"({"mqtt": {"base": "N/x"}})"),
                HasSubstr("gx.topic_prefix and mqtt.base meet at N/x/home"));
    EXPECT_THAT(refusal(R"({"venus": {"enabled": true, "topic_prefix": "busbar/home/"}})"),
                HasSubstr("mqtt.base and venus.topic_prefix meet"));
    EXPECT_THAT(refusal(R"({"homeassistant": {"prefix": "busbar/home"}})"),
                HasSubstr("mqtt.base and homeassistant.prefix meet at busbar/home/status"));
    EXPECT_THAT(refusal(R"({"driver_json": {"topic": "busbar/home/status"}})"),
                HasSubstr("mqtt.base and driver_json.topic meet at busbar/home/status"));
    EXPECT_THAT(refusal(R"({"driver_json": {"topic": "d"}, "banks": [
                    {"id": "a", "batteries": ["name:A"]}, {"id": "b", "batteries": ["name:B"]}]})"),
                HasSubstr("driver_json.topic and that of another bank meet at d"));
    EXPECT_THAT(refusal(R"({"gx": {"topic_prefix": "a/", "portal_id": "g"},
                            "venus": {"enabled": true, "topic_prefix": "a/N/g/"}})"),
                HasSubstr("gx.topic_prefix and venus.topic_prefix meet"));
}

TEST(Rules, TopicsThatOnlyBeginAlikeDoNotMeet) {
    for (const char* text : {
             R"({"gx": {"topic_prefix": "busbar/home2/"}})",
             R"({"gx": {"topic_prefix": "busbar/"}})",
             R"({"gx": {"topic_prefix": "busbar/home/"}, "mqtt": {"publish": false}})",
             R"({"gx": {"topic_prefix": "busbar/home/"}, "mqtt": {"url": "mqtt://h"}})",
             R"({"venus": {"enabled": true}})",
             R"({"venus": {"topic_prefix": "busbar/home/"}})",
             R"({"gx": {"topic_prefix": "b/"}, "venus": {"enabled": true, "topic_prefix": "b/"}})",
             R"({"homeassistant": {"prefix": "busbar/home/ha"}})",
             R"({"driver_json": {"topic": "busbar/home/driver"}})",
         })
        EXPECT_EQ(shown(text), "") << text;
}

TEST(Rules, WarnWithoutRefusing) {
    const auto warning = [](const char* text) {
        EXPECT_TRUE(readConfig(text).config) << text;
        return shown(text);
    };
    EXPECT_THAT(
        warning(R"({"batteries": ["name:A"], "exclude": ["name:B"]})"),
        HasSubstr(
            "f:1:38: warning: exclude: exclude ([\"name:B\"], line 1) does nothing beside a list"));
    EXPECT_THAT(
        warning(R"({"current": {"shunts": ["name:S"]}})"),
        HasSubstr("current.shunts ([\"name:S\"], line 1) does nothing with current.source"));
    EXPECT_EQ(
        warning(R"({"current": {"source": "victron", "shunts": ["name:S"], "with_shunts": true}})"),
        "");
    EXPECT_THAT(
        warning(R"({"current": {"minus_loads": ["name:L"]}})"),
        HasSubstr("current.minus_loads ([\"name:L\"], line 1) does nothing with current.source"));
    if (std::filesystem::exists("/usr/share/zoneinfo/Europe/Berlin")) {
        EXPECT_EQ(warning(R"({"gx": {"time_zone": "Europe/Berlin"}})"), "");
        EXPECT_THAT(warning(R"({"gx": {"time_zone": "Europe/Berln"}})"),
                    HasSubstr("f:1:22: warning: gx.time_zone: there is no zone \"Europe/Berln\""));
    }
    EXPECT_THAT(warning(R"({"banks": [{"id": "a"}, {"id": "b"}]})"),
                HasSubstr("f:1:25: warning: banks[1]: batteries of bank \"a\" are picked again"));
    EXPECT_THAT(
        warning(R"({"banks": [{"id": "a", "batteries": ["name:A", "name:B"]},
                                      {"id": "b", "batteries": ["name:B"]}]})"),
        HasSubstr("f:2:64: warning: banks[1].batteries: batteries of bank \"a\" are picked again"));
}

} // namespace
} // namespace busbar::config
