// SPDX-License-Identifier: MIT
// The example dashboard names only what the demo's bank announces, and only cards of the core.
#include "core/table/path_table.hpp"
#include "support/source_tree.hpp"
#include "unit/mqtt/ha_site.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace busbar::mqtt {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

std::string dashboard() {
    std::ifstream file(test::sourcePath("config/examples/home-assistant-dashboard.yaml"));
    return {std::istreambuf_iterator<char>(file), {}};
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
HaSite demo() {
    HaSite site;
    for (int instance = 1; instance <= 3; ++instance) {
        site.addRich(instance, 16);
        site.put(instance, row("/Serial"), "TWIN" + std::to_string(instance));
        site.readings.completeBattery(instance, site.now);
    }
    site.evaluate();
    site.announceAll();
    return site;
}

TEST(HaDashboard, NamesOnlyEntitiesThatAreAnnounced) {
    const auto site = demo();
    const auto announced = site.home.entityIds();
    const auto named = foundIn(
        dashboard(), R"(\b((?:sensor|binary_sensor|number|switch|button|event)\.[A-Za-z0-9_]+))");
    EXPECT_GT(named.size(), 35U);
    for (const std::string& id : named)
        EXPECT_THAT(announced, Contains(id)) << id;
    EXPECT_THAT(site.home.problems(), IsEmpty());
}

TEST(HaDashboard, ShowsNoEntityThatIsHidden) {
    const auto site = demo();
    for (const std::string& id : foundIn(dashboard(), R"(entity: ([a-z_]+\.[a-z0-9_]+))"))
        EXPECT_EQ(site.home.option(id, "enabled_by_default"), std::nullopt) << id;
}

TEST(HaDashboard, NeedsNoCardFromElsewhere) {
    const std::set<std::string> core = {"vertical-stack", "gauge",    "glance",   "history-graph",
                                        "entities",       "markdown", "attribute"};
    const auto used = foundIn(dashboard(), R"(\btype: (\S+))");
    EXPECT_THAT(used, Contains("gauge"));
    for (const std::string& type : used)
        EXPECT_THAT(core, Contains(type)) << type;
}

} // namespace
} // namespace busbar::mqtt
