// SPDX-License-Identifier: MIT
// The example dashboard names only what the demo's bank announces, and only cards of the core.
#include "core/table/path_table.hpp"
#include "support/source_tree.hpp"
#include "unit/mqtt/ha_site.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <set>
#include <string>

namespace busbar::mqtt {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string example(const std::string& name) {
    std::ifstream file(test::sourcePath("config/examples/home-assistant-" + name + ".yaml"));
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string dashboard() {
    return example("dashboard");
}

std::set<std::string> foundIn(const std::string& text, const char* pattern) {
    const std::regex expression(pattern);
    std::set<std::string> found;
    for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end;
         ++match)
        found.insert((*match)[1]);
    return found;
}

/// As the simulated GX of the demo names its packs.
HaSite demo(std::optional<RowIndex> without = {}) {
    HaSite site;
    for (int instance = 1; instance <= 3; ++instance) {
        site.addRich(instance, 16, without);
        site.put(instance, row("/Serial"), "TWIN" + std::to_string(instance));
        site.readings.completeBattery(instance, site.now);
    }
    site.evaluate();
    site.announceAll();
    return site;
}

std::set<std::string> named(const std::string& text) {
    return foundIn(text,
                   R"(\b((?:sensor|binary_sensor|number|switch|button|event)\.[A-Za-z0-9_]+))");
}

TEST(HaDashboard, NamesOnlyEntitiesThatAreSwitchedOn) {
    const auto site = demo();
    const auto there = site.home.enabledIds();
    EXPECT_GT(named(dashboard()).size(), 20U);
    EXPECT_EQ(named(example("notify")).size(), 4U);
    for (const std::string& text : {dashboard(), example("notify")})
        for (const std::string& id : named(text))
            EXPECT_THAT(there, Contains(id)) << id;
    EXPECT_THAT(site.home.problems(), IsEmpty());
}

/// Home Assistant says "entity not found" where a row names what is not there; a condition does
/// not.
TEST(HaDashboard, NamesTheGeneralAlarmUnderACondition) {
    const std::string alarm = "binary_sensor.busbar_home_main_alarm_alarm";
    const auto there = demo(row("/Alarms/Alarm")).home.enabledIds();
    EXPECT_THAT(there, Not(Contains(alarm))) << "most drivers have none";
    static const std::regex kConditional(R"(\n( +)- type: conditional(\n\1  .*)+)");
    const std::string usual = std::regex_replace(dashboard(), kConditional, "");
    EXPECT_THAT(usual, Not(HasSubstr(alarm)));
    for (const std::string& id : named(usual))
        EXPECT_THAT(there, Contains(id)) << id;
    EXPECT_THAT(dashboard(), HasSubstr(alarm));
}

/// Batteries come from an attribute, so that nobody has to name his.
TEST(HaDashboard, NamesNoBattery) {
    for (const std::string& text : {dashboard(), example("notify")})
        for (const std::string& id : named(text))
            EXPECT_THAT(id, HasSubstr(".busbar_home_main_"));
    const auto site = demo();
    const auto enabled = site.home.enabledIds();
    for (const std::string& key : foundIn(dashboard(), R"(device ~ '_([a-z_]+)')"))
        EXPECT_THAT(enabled, Contains("sensor.busbar_home_serial_twin3_" + key));
}

/// Its blueprint asks for types of events that there are.
TEST(HaDashboard, WaitsForEventsThatThereAre) {
    const auto words = wordsOf(Words::EventTypes);
    const auto list = foundIn(example("notify"), R"('([a-z]+_?[a-z_]*)'(?:,|\]))");
    EXPECT_THAT(list, Contains("battery_lost"));
    for (const std::string& word : list)
        EXPECT_THAT(words, Contains(word));
}

TEST(HaDashboard, NeedsNoCardFromElsewhere) {
    const std::set<std::string> core = {"vertical-stack", "gauge",    "glance",    "history-graph",
                                        "entities",       "markdown", "attribute", "conditional"};
    const auto used = foundIn(dashboard(), R"(\btype: (\S+))");
    EXPECT_THAT(used, Contains("gauge"));
    for (const std::string& type : used)
        EXPECT_THAT(core, Contains(type)) << type;
}

} // namespace
} // namespace busbar::mqtt
