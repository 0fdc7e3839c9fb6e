// SPDX-License-Identifier: MIT
// Several sites in one configuration: what holds where, and what cannot run side by side.
#include "config/option_table.hpp"
#include "core/table/path_table.hpp"
#include "support/source_tree.hpp"
#include "unit/config/helpers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace busbar::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::shown;
using ::testing::SizeIs;

std::vector<Config> sitesIn(const std::string& text) {
    const ReadResult result = readConfig(text);
    EXPECT_TRUE(result.config) << shown(result);
    return sitesOf(result.config.value_or(Config{}));
}

/// Two sites, each on its own broker, with these members in addition.
std::string twoSites(const std::string& top, const std::string& first, const std::string& second) {
    return "{" + top + R"("sites":[{"site":"a","gx":{"url":"mqtt://a"},"dbus":{"bus":"none"})" +
           first + "},\n" + R"({"site":"b","gx":{"url":"mqtt://b"},"dbus":{"bus":"none"})" +
           second + "}]}";
}

TEST(Sites, WithoutAListAreOne) {
    EXPECT_THAT(sitesIn("{}"), SizeIs(1));
    EXPECT_EQ(effectiveConfig(*readConfig(R"({"sites": [{"site": "x", "hold_s": 7}]})").config),
              effectiveConfig(*readConfig(R"({"site": "x", "hold_s": 7})").config));
}

TEST(Sites, EachOverridesWhatTheTopLevelSaysAndItsBanksOverrideIt) {
    const auto sites = sitesIn(R"({
        "state_dir": "/s", "log_level": "debug", "mqtt": {"url": "mqtt://out"}, "hold_s": 20,
        "sites": [
            {"site": "house", "gx": {"url": "mqtt://gx1"}, "hold_s": 30, "banks": [
                {"id": "one", "batteries": ["name:A"]}, {"id": "two", "batteries": ["name:B"], "hold_s": 40}]},
            {"site": "boat-2", "gx": {"url": "mqtt://gx2"}, "mqtt": {"base": "x"}}]})");
    ASSERT_THAT(sites, SizeIs(2));
    const Config& house = sites[0];
    const Config& boat = sites[1];
    ASSERT_THAT(house.banks, SizeIs(2));
    ASSERT_THAT(boat.banks, SizeIs(1));
    EXPECT_EQ(house.banks[0].bank.membership.hold, std::chrono::seconds(30));
    EXPECT_EQ(house.banks[1].bank.membership.hold, std::chrono::seconds(40));
    EXPECT_EQ(boat.banks[0].bank.membership.hold, std::chrono::seconds(20));
    EXPECT_EQ(boat.output.results.base, "x");
    EXPECT_EQ(house.output.results.base, "busbar");
    for (const Config& site : sites) {
        EXPECT_EQ(site.stateDir, "/s");
        EXPECT_EQ(site.logLevel, "debug");
        EXPECT_EQ(site.output.broker.url, "mqtt://out");
        EXPECT_THAT(site.others, IsEmpty());
    }
    EXPECT_EQ(house.banks[0].dbus.service, "busbar") << "as before there was a list";
    EXPECT_EQ(house.banks[1].dbus.service, "busbar_two");
    EXPECT_EQ(boat.banks[0].dbus.service, "busbar_boat_2_main");
}

TEST(Sites, KeysThatBelongElsewhereSayWhere) {
    const auto said = [](const std::string& inSite) { return shown(twoSites("", "", inSite)); };
    EXPECT_THAT(said(R"(,"log_level":"info")"),
                HasSubstr("sites[1].log_level: belongs to the top level, not into a site"));
    EXPECT_THAT(said(R"(,"sites":[])"),
                HasSubstr("sites[1].sites: belongs to the top level, not into a site"));
    EXPECT_THAT(said(R"(,"banks":[{"gx":{"url":"mqtt://c"}}])"),
                HasSubstr("sites[1].banks[0].gx: belongs to the top level or its site"));
    EXPECT_THAT(said(R"(,"gx":{"host":"c"})"), HasSubstr("sites[1].gx: given twice"));
    EXPECT_THAT(said(R"(,"limits":{"max_charge_A":9000})"),
                HasSubstr("f:2:84: sites[1].limits.max_charge_A: 9000 is outside 0…5000 A"));
    EXPECT_THAT(said(R"(,"hlod_s":1)"), HasSubstr("sites[1].hlod_s: unknown key; did you mean"));
    EXPECT_THAT(shown(R"({"banks":[{"id":"a"}],"sites":[{"site":"a"}]})"),
                HasSubstr("banks: belongs into an entry of sites (line 1)"));
    EXPECT_THAT(shown(R"({"sites":[]})"), HasSubstr("sites: found 0 entries, allowed: a list of"));
    EXPECT_THAT(shown(R"({"sites":{"site":"a"}})"), HasSubstr("sites: found an object"));
    EXPECT_THAT(shown(R"({"sites":[3]})"), HasSubstr("sites[0]: found a number"));
    EXPECT_THAT(shown(R"({"site":[]})"), HasSubstr("site: found a list"));
}

TEST(Sites, RulesNameTheSiteAndSayOnceWhatHoldsForAll) {
    EXPECT_EQ(shown(twoSites(R"("gx":{"retry_max_s":5},)", R"(,"hold_s":1)",
                             R"(,"expected":2,"min_batteries":3)")),
              "f:2:88: sites[1].min_batteries: min_batteries (3, line 2) must not be more than "
              "expected (2, line 2)\n");
    EXPECT_EQ(shown(twoSites(R"("mqtt":{"user":"u"},)", "", "")),
              "f:1:17: warning: mqtt.user: mqtt.user (\"u\", line 1) is for a broker of its own: "
              "mqtt.url (\"\", not given)\n");
    EXPECT_THAT(shown(twoSites(R"("limits":{"mode":"own","max_charge_A":1},)",
                               R"(,"limits":{"max_discharge_A":1})", "")),
                AllOf(HasSubstr("limits.max_discharge_A (not given) is needed"),
                      Not(HasSubstr("sites[0]"))));
}

TEST(Sites, VariablesThatASiteOverrulesWarn) {
    EXPECT_EQ(shown(twoSites("", "", R"(,"hold_s":3)"), {{"BUSBAR_HOLD_S", "9"}}),
              "warning: BUSBAR_HOLD_S: has no effect on sites[1], which gives hold_s itself\n");
    EXPECT_EQ(
        shown(twoSites("", "", R"(,"mqtt":{"url":"mqtt://h","password_env":"BUSBAR_HOLD_X"})"),
              {{"BUSBAR_HOLD_X", "pw"}})
            .find("BUSBAR_HOLD_X: no option"),
        std::string::npos);
}

struct Clash {
    const char* text;
    const char* expected;
};

constexpr Clash kClashes[] = {
    {R"({"sites":[{"site":"a","gx":{"url":"mqtt://a"}},
{"site":"a","gx":{"url":"mqtt://b"}}]})",
     "f:2:9: sites[1].site: site \"a\" is the name of sites[0].site (line 1), too"},
    {R"({"sites":[{"gx":{"url":"mqtt://a"}},{"gx":{"url":"mqtt://b"}}]})",
     "sites[1].site: site \"home\" is the name of sites[0].site (line 1), too"},
    {R"({"sites":[{"site":"a"},{"site":"b"}]})",
     "sites[1].gx.url: reads the same broker as sites[0].gx.url (line 1); then each needs its own"},
    {R"({"gx":{"url":"mqtt://h"},"sites":[{"site":"a","gx":{"portal_id":"x"}},
{"site":"b","gx":{"url":"MQTT://H:1883/","portal_id":"x"}}]})",
     "f:2:54: sites[1].gx.portal_id: reads the same GX as sites[0].gx.portal_id (line 1)"},
    {R"({"gx":{"vrm":true,"user":"u","password_env":"T"},
"sites":[{"site":"a","gx":{"portal_id":"c0619ab00001"}},{"site":"b","gx":{"portal_id":"c0619ab00001"}}]})",
     "sites[1].gx.portal_id: reads the same GX as sites[0].gx.portal_id (line 2)"},
    {R"({"gx":{"url":"mqtt://h","client_id":"me"},"sites":[{"site":"a","gx":{"portal_id":"x"}},
{"site":"b","gx":{"portal_id":"y"}}]})",
     "f:2:1: sites[1].gx.client_id: is the client id of sites[0].gx.client_id (line 1) at the same "
     "broker"},
    {R"({"mqtt":{"url":"mqtt://h","client_id":"me"},"sites":[{"site":"a","gx":{"url":"mqtt://a"}},
{"site":"b","gx":{"url":"mqtt://b"}}]})",
     "sites[1].mqtt.client_id: is the client id of sites[0].mqtt.client_id (line 1)"},
    {R"({"sites":[{"site":"a","gx":{"url":"mqtt://a"}},
{"site":"b","gx":{"url":"mqtt://b"},"banks":[{"id":"x","dbus":{"service":"busbar"}}]}]})",
     "f:2:74: sites[1].banks[0].dbus.service: dbus.service \"busbar\" is that of "
     "sites[0].dbus.service (line 1) on the same bus"},
    {R"({"sites":[{"site":"a","gx":{"url":"mqtt://a"},"made":[{"id":"m","writable":{"publish":true}}]},
{"site":"b","gx":{"url":"mqtt://b"},"banks":[{"id":"x","dbus":{"service":"busbar_m"}}]}]})",
     "sites[1].banks[0].dbus.service: it would be published as busbar_m on the same bus as "
     "sites[0].made[0]"},
    {R"({"mqtt":{"url":"mqtt://h"},"sites":[{"site":"a","gx":{"url":"mqtt://a"},"id":"b_c"},
{"site":"a_b","gx":{"url":"mqtt://b"},"id":"c"}]})",
     "f:2:44: sites[1].id: site and id make \"a_b_c\", as those of sites[0].id (line 1) do"},
    {R"({"mqtt":{"url":"mqtt://h"},"sites":[{"site":"a","gx":{"url":"mqtt://a"},"driver_json":{"topic":"d"}},
{"site":"b","gx":{"url":"mqtt://b"},"driver_json":{"topic":"d"}}]})",
     "sites[1].driver_json.topic: meets sites[0].driver_json.topic (line 1) at d"},
    {R"({"mqtt":{"url":"mqtt://h"},"sites":[{"site":"a","gx":{"url":"mqtt://a"}},
{"site":"b","gx":{"url":"mqtt://b"},"driver_json":{"topic":"busbar/a/status"}}]})",
     "sites[1].driver_json.topic: meets sites[0].mqtt.base (line 1) at busbar/a/status"},
    {R"({"mqtt":{"url":"mqtt://h"},"venus":{"enabled":true,"portal_id":"v"},
"sites":[{"site":"a","gx":{"url":"mqtt://a"}},{"site":"b","gx":{"url":"mqtt://b"}}]})",
     "sites[1].venus.topic_prefix: meets sites[0].venus.topic_prefix (line 2) at N/v"},
    {R"({"sites":[{"site":"a","gx":{"url":"mqtt://a","portal_id":"g"}},
{"site":"b","gx":{"url":"mqtt://b"},"mqtt":{"url":"mqtt://a"},"venus":{"enabled":true,"portal_id":"g"}}]})",
     "sites[1].venus.topic_prefix: meets sites[0].gx.topic_prefix (line 1) at N/g"},
};

TEST(Sites, ThatCannotRunSideBySideAreRefusedWithBothPlaces) {
    for (const Clash& it : kClashes) {
        EXPECT_FALSE(readConfig(it.text).config) << it.text;
        EXPECT_THAT(shown(it.text), HasSubstr(it.expected)) << it.text;
    }
}

TEST(Sites, ThatOnlyLookAlikeRunSideBySide) {
    for (const std::string& text : {
             twoSites("", "", ""),
             twoSites(R"("mqtt":{"url":"mqtt://h"},"venus":{"enabled":true},)", "", ""),
             twoSites("", R"(,"driver_json":{"topic":"d"})", R"(,"driver_json":{"topic":"d"})"),
             twoSites(R"("gx":{"client_id":"me"},)", "", ""),
             std::string(R"({"gx":{"url":"mqtt://h"},"sites":[{"site":"a","gx":{"portal_id":"x"}},
                                                              {"site":"b","gx":{"portal_id":"y"}}]})"),
             std::string(
                 R"({"gx":{"url":"mqtt://h"},"sites":[{"site":"a","gx":{"topic_prefix":"a/"}},
                                                              {"site":"b","gx":{"topic_prefix":"b/"}}]})"),
             std::string(R"({"dbus":{"service":"busbar"},"sites":[
                 {"site":"a","gx":{"url":"mqtt://a"},"dbus":{"bus":"tcp:host=a,port=78"}},
                 {"site":"b","gx":{"url":"mqtt://b"},"dbus":{"bus":"tcp:host=b,port=78"}}]})"),
         })
        EXPECT_EQ(shown(text), "") << text;
}

TEST(Sites, EffectiveReadBackIsTheSame) {
    const auto first =
        readConfig(twoSites(R"("state_dir":"/s","hold_s":3,)", R"(,"hold_s":4)",
                            R"(,"banks":[{"id":"x"},{"id":"y","exclude":["name:B"]}])"))
            .config;
    ASSERT_TRUE(first);
    const std::string written = effectiveConfig(*first);
    const ReadResult second = readConfig(written);
    ASSERT_TRUE(second.config) << shown(second) << written;
    EXPECT_EQ(effectiveConfig(*second.config), written);
    EXPECT_THAT(sitesOf(*second.config), SizeIs(2));
}

TEST(Sites, ThreeGxAreThree) {
    const auto config = readConfigFile(test::sourcePath("config/examples/three_gx.json")).config;
    ASSERT_TRUE(config);
    const auto sites = sitesOf(*config);
    ASSERT_THAT(sites, SizeIs(3));
    EXPECT_EQ(sites[0].site, "house");
    EXPECT_THAT(sites[0].banks, SizeIs(2));
    EXPECT_EQ(sites[1].banks.front().bank.limits.maxCharge_A, 50.0);
    EXPECT_TRUE(sites[2].gx.vrm);
    for (const Config& site : sites) {
        EXPECT_EQ(site.output.broker.url, "mqtt://homeassistant.local");
        EXPECT_EQ(site.banks.front().bank.limits.ramp_A, 5.0);
    }
}

TEST(Sites, AreInTheSchema) {
    const std::string schema = jsonSchema();
    EXPECT_THAT(schema, HasSubstr("\"sites\": {"));
    EXPECT_THAT(optionsManual(), HasSubstr("## Each site"));
}

} // namespace
} // namespace busbar::config
