// SPDX-License-Identifier: MIT
// The stand-in for Home Assistant refuses what the real one refuses.
#include "support/ha_model.hpp"

#include <gmock/gmock.h>

#include <string>

namespace busbar::bench {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string rendered(std::string_view text, std::string_view json) {
    const auto result = renderTemplate(text, json);
    return result.problems.empty() ? result.text : "problem: " + result.problems.front();
}

TEST(HaTemplate, GivesWhatJinjaGives) {
    EXPECT_EQ(rendered("{{ value_json.a | default(none) }}", R"({"a":2.5})"), "2.5");
    EXPECT_EQ(rendered("{{ value_json.a | default(none) }}", R"({"a":null})"), "None");
    EXPECT_EQ(rendered("{{ value_json.a | default(none, true) }}", R"({"a":""})"), "None");
    EXPECT_EQ(rendered("{{ (value_json.a * 1000) | round(0) if value_json.a is number else none }}",
                       R"({"a":0.0123})"),
              "12.0");
    EXPECT_EQ(rendered("{{ (value_json.a * 1000) | round(0) if value_json.a is number else none }}",
                       R"({"a":null})"),
              "None");
    EXPECT_EQ(rendered("{{ 'ON' if value_json.a == 1 else 'OFF' if value_json.a == 0 else none }}",
                       R"({"a":true})"),
              "ON");
    EXPECT_EQ(rendered("{{ 'ON' if value_json.a == 1 else 'OFF' if value_json.a == 0 else none }}",
                       R"({"a":0})"),
              "OFF");
    EXPECT_EQ(rendered("{{ (value_json.a | default('', true))[:2] or none }}", R"({"a":"äöü"})"),
              "äö");
    EXPECT_EQ(rendered("{{ ['x', 'y'][value_json.a | int] }}", R"({"a":1})"), "y");
    EXPECT_EQ(rendered("{{ {'k': value_json.a} | tojson }}", R"({"a":[1,"\""]})"),
              R"({"k":[1,"\""]})");
    EXPECT_EQ(rendered("{{ dict(value_json, t=value_json.a) | tojson }}", R"({"a":1})"),
              R"({"a":1,"t":1})");
}

TEST(HaTemplate, RefusesWhatItDoesNotKnowAndWhatFails) {
    for (const char* const text :
         {"value_json.a", "{{ value_json.a", "{{ other }}", "{{ value_json.a | capitalize }}",
          "{{ value_json.a.b.c }}", "{{ value_json.b * 2 }}", "{{ value_json.a is odd }}",
          "{% if value_json.a %}1{% endif %}", "{{ 'x' if value_json.a }}", "{{ value_json.a }} W",
          "{{ [1, 2] }}", "{{ value_json.b }}", "{{ value_json.b | tojson }}", "{{ (1 }}"})
        EXPECT_FALSE(renderTemplate(text, R"({"a":1})").problems.empty()) << text;
}

TEST(HaTemplate, TakesAKeyThatTheDocumentLacksForUndefined) {
    EXPECT_EQ(rendered("{{ value_json.voltage | default(none) }}", R"({"volts":1})"), "None");
    EXPECT_EQ(
        rendered("{{ 'ON' if value_json.a == 1 else 'OFF' if value_json.a == 0 else none }}", "{}"),
        "None");
    EXPECT_EQ(rendered("{{ 5000 if value_json.a == 'none' else value_json.a | default(none) }}",
                       R"({"a":"none"})"),
              "5000");
    EXPECT_EQ(
        rendered("{{ value_json.a * -1 if value_json.a is number else none }}", R"({"a":-2})"),
        "2");
}

/// A message with one component; `change` replaces a piece of it.
std::string message(const std::string& piece = "", const std::string& with = "") {
    std::string text = R"({"device":{"identifiers":["d"],"name":"D"},"origin":{"name":"o"},)"
                       R"("state_topic":"b/state","availability":[{"topic":"b/status",)"
                       R"("payload_available":"online","payload_not_available":"offline"}],)"
                       R"("components":{"soc":{"platform":"sensor","unique_id":"d-soc",)"
                       R"("default_entity_id":"sensor.d_soc","name":"SoC","qos":1,)"
                       R"("device_class":"battery","state_class":"measurement",)"
                       R"("unit_of_measurement":"%","expire_after":60,)"
                       R"("value_template":"{{ value_json.soc | default(none) }}"}}})";
    if (const auto at = text.find(piece); !piece.empty() && at != std::string::npos)
        text.replace(at, piece.size(), with);
    return text;
}

std::vector<std::string> problemsOf(const std::string& payload) {
    HaModel home;
    home.publish("homeassistant/device/d/config", payload);
    return home.problems();
}

TEST(HaModel, TakesASoundMessage) {
    EXPECT_THAT(problemsOf(message()), IsEmpty());
}

TEST(HaModel, RefusesUnsoundMessages) {
    const std::vector<std::pair<std::string, std::string>> changes = {
        {R"("origin":{"name":"o"},)", ""},
        {R"("name":"D")", R"("nick":"D")"},
        {R"("name":"D")", R"("name":"D","via_device":"unknown")"},
        {R"("name":"o")", R"("version":"1")"},
        {R"("state_topic":"b/state")", R"("stat_topic":"b/state")"},
        {R"("state_topic":"b/state")", R"("state_topic":"b/+/state")"},
        {R"("identifiers":["d"])", R"("identifiers":[])"},
        {R"("platform":"sensor")", R"("platform":"gauge")"},
        {R"("unique_id":"d-soc",)", ""},
        {R"("name":"SoC",)", ""},
        {R"(,"qos":1)", ""},
        {R"("name":"D")", R"("name":"D","configuration_url":"busbar")"},
        {R"("unique_id":"d-soc")", R"("unique_id":"d soc")"},
        {"sensor.d_soc", "number.d_soc"},
        {"sensor.d_soc", "sensor.D_soc"},
        {R"("unit_of_measurement":"%")", R"("unit_of_measurement":"V")"},
        {R"("device_class":"battery")", R"("device_class":"energy")"},
        {R"("device_class":"battery")", R"("device_class":"soc")"},
        {R"("state_class":"measurement")", R"("state_class":"mean")"},
        {R"("expire_after":60)", R"("expire_after":"60")"},
        {R"("expire_after":60)", R"("options":["a"])"},
        {R"("expire_after":60)", R"("entity_category":"config")"},
        {R"("expire_after":60)", R"("step":1)"},
        {R"("device_class":"battery")", R"("device_class":"enum")"},
    };
    for (const auto& change : changes) {
        ASSERT_NE(message(change.first, change.second), message()) << change.first;
        EXPECT_FALSE(problemsOf(message(change.first, change.second)).empty())
            << change.first << " → " << change.second;
    }
}

TEST(HaModel, ForgetsAComponentOnlyIfItIsTold) {
    HaModel home;
    home.publish("homeassistant/device/d/config", message());
    home.publish("homeassistant/device/d/config",
                 message(R"("components":{"soc":)", R"("components":{"other":)"));
    EXPECT_THAT(home.problems(),
                Contains("d soc: went without a word, and stays as a dead entity"));
    HaModel told;
    told.publish("homeassistant/device/d/config", message());
    told.publish("homeassistant/device/d/config",
                 R"({"device":{"identifiers":["d"]},"origin":{"name":"o"},)"
                 R"("components":{"soc":{"platform":"sensor"}}})");
    EXPECT_THAT(told.problems(), IsEmpty());
    EXPECT_THAT(told.entityIds(), IsEmpty());
}

TEST(HaModel, RefusesDevicesThatHangOnThemselves) {
    const auto hangingOn = [](const std::string& via) {
        return message(R"("name":"D")", R"("name":"D","via_device":")" + via + "\"");
    };
    HaModel home;
    home.publish("homeassistant/device/a/config", message());
    home.publish("homeassistant/device/b/config", message());
    EXPECT_EQ(home.via("a"), "");
    home.publish("homeassistant/device/a/config", hangingOn("b"));
    EXPECT_EQ(home.via("a"), "b");
    EXPECT_THAT(home.problems(), Not(Contains("a: via_device leads back to it")));
    home.publish("homeassistant/device/b/config", hangingOn("a"));
    EXPECT_THAT(home.problems(), Contains("b: via_device leads back to it"));
}

TEST(HaModel, ShowsAStateOnlyWhileAllSayOnline) {
    HaModel home;
    home.publish("homeassistant/device/d/config", message());
    home.publish("b/state", R"({"soc":71.5})");
    EXPECT_EQ(home.state("sensor.d_soc"), "unavailable");
    home.publish("b/status", "online");
    EXPECT_EQ(home.state("sensor.d_soc"), "71.5");
    home.publish("b/state", R"({"soc":"full"})");
    EXPECT_EQ(home.state("sensor.d_soc"), "full");
    EXPECT_FALSE(home.problems().empty());
}

} // namespace
} // namespace busbar::bench
