// SPDX-License-Identifier: MIT
// Which device hangs on which: strings and their blocks, banks in banks, parts of two.
#include "core/cycle/pace.hpp"
#include "core/made/composition.hpp"
#include "core/made/made_settings.hpp"
#include "core/units/selector.hpp"
#include "mqtt/ha/ha_discovery.hpp"
#include "mqtt/ha/ha_tree.hpp"
#include "unit/mqtt/ha_site.hpp"

#include <gmock/gmock.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace busbar::mqtt {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;

std::vector<Selector> picks(std::initializer_list<const char*> texts) {
    std::vector<Selector> selectors;
    for (const char* text : texts)
        selectors.push_back(*parseSelector(text));
    return selectors;
}

MadeSettings seriesOf(const std::string& id, std::initializer_list<const char*> blocks) {
    MadeSettings made{.id = id};
    made.parts = picks(blocks);
    return made;
}

MadeSettings mergedOf(const std::string& id, std::initializer_list<const char*> sources) {
    MadeSettings made{.id = id, .kind = MadeKind::Merged};
    for (Selector& source : picks(sources))
        made.sources.push_back({source, {}});
    return made;
}

BankSettings listOf(const std::string& id, std::initializer_list<const char*> batteries) {
    BankSettings settings;
    settings.id = id;
    settings.membership.takeAll = false;
    settings.membership.selected = picks(batteries);
    return settings;
}

/// The batteries of the site from now on.
void make(HaSite& site, std::vector<MadeSettings> settings) {
    const auto composition = std::make_shared<Composition>(std::move(settings));
    site.makeAll = [&site, composition] {
        composition->work(site.readings, site.banks, site.now, Pace::Cycle);
    };
}

/// All is announced, as Home Assistant would hear it; also once more from the start.
void announce(HaSite& site) {
    site.evaluate();
    HaSettings settings;
    settings.isEnabled = true;
    HaDiscovery discovery(settings, site.context, {},
                          [&site](const std::string& topic, const std::string& payload) {
                              site.home.publish(topic, payload);
                              return true;
                          });
    for (int again = 0; again < 2; ++again) {
        site.home = bench::HaModel();
        discovery.connected();
        discovery.update(site.views(), {});
        while (discovery.pending() > 0) {
            site.now = site.now + 1s;
            discovery.tick(site.now);
        }
    }
}

std::string via(const HaSite& site, const std::string& device) {
    return site.home.via("busbar_home_" + device);
}

TEST(HaTree, BlocksHangOnTheirString) {
    HaSite site;
    for (const int instance : {1, 2, 3})
        site.addPoor(instance);
    make(site, {seriesOf("string_1", {"name:B1", "name:B2"})});
    announce(site);
    EXPECT_EQ(via(site, "serial_s1"), "busbar_home_string_1");
    EXPECT_EQ(via(site, "serial_s2"), "busbar_home_string_1");
    EXPECT_EQ(via(site, "string_1"), "busbar_home_main");
    EXPECT_EQ(via(site, "serial_s3"), "busbar_home_main");
    EXPECT_EQ(via(site, "main"), "");
    EXPECT_THAT(site.home.problems(), IsEmpty());
}

TEST(HaTree, IsAsDeepAsTheBatteriesAre) {
    HaSite site(
        {listOf("main", {"made:barn", "name:B5"}), listOf("barn", {"made:a_string", "name:B4"})});
    for (const int instance : {1, 2, 3, 4, 5})
        site.addPoor(instance);
    MadeSettings barn{.id = "barn", .kind = MadeKind::Bank};
    make(site, {barn, seriesOf("a_string", {"made:pack", "name:B3"}),
                mergedOf("pack", {"name:B1", "name:B2"})});
    announce(site);
    EXPECT_EQ(via(site, "serial_s1"), "busbar_home_pack");
    EXPECT_EQ(via(site, "serial_s2"), "busbar_home_pack");
    EXPECT_EQ(via(site, "pack"), "busbar_home_a_string");
    EXPECT_EQ(via(site, "serial_s3"), "busbar_home_a_string");
    EXPECT_EQ(via(site, "a_string"), "busbar_home_barn-battery");
    EXPECT_EQ(via(site, "serial_s4"), "busbar_home_barn-battery");
    EXPECT_EQ(via(site, "barn-battery"), "busbar_home_main");
    EXPECT_EQ(via(site, "barn"), "busbar_home_barn-battery") << "the same as a bank";
    EXPECT_EQ(via(site, "serial_s5"), "busbar_home_main");
    EXPECT_THAT(site.home.problems(), IsEmpty());
}

TEST(HaTree, APartOfTwoHangsOnTheFirst) {
    HaSite site;
    for (const int instance : {1, 2, 3})
        site.addPoor(instance);
    make(site, {seriesOf("z_first", {"name:B1", "name:B2"}),
                seriesOf("a_second", {"name:B1", "name:B3"})});
    announce(site);
    EXPECT_EQ(via(site, "serial_s1"), "busbar_home_z_first");
    EXPECT_EQ(via(site, "serial_s3"), "busbar_home_a_second");
    EXPECT_THAT(site.home.problems(), IsEmpty());
}

TEST(HaTree, HangsOnTheBankWhatHasNobodyAboveIt) {
    HaSite site({listOf("main", {"name:B1"})});
    site.addPoor(1);
    site.addPoor(2);
    make(site, {seriesOf("elsewhere", {"name:B1", "name:B2"})});
    announce(site);
    EXPECT_EQ(via(site, "serial_s1"), "busbar_home_main");
    EXPECT_THAT(site.home.problems(), IsEmpty());
}

TEST(HaTree, AMadeBatteryNamesItsPartsToWhoAsks) {
    HaSite site;
    for (const int instance : {1, 2, 3})
        site.addPoor(instance);
    make(site, {seriesOf("string_1", {"name:B1", "name:B2"})});
    announce(site);
    site.publishDocuments();
    const std::string parts = "sensor.busbar_home_string_1_parts";
    EXPECT_EQ(site.home.state(parts), "B1, B2");
    EXPECT_EQ(site.home.option(parts, "enabled_by_default"), "false");
    EXPECT_EQ(site.home.option(parts, "entity_category"), "diagnostic");
    site.home.publish(site.topics.batteryStatus("string_1"), "offline");
    EXPECT_EQ(site.home.state(parts), "B1, B2") << "just then somebody looks";
    EXPECT_FALSE(site.home.entityIds().contains("sensor.busbar_home_serial_s1_parts"));
    site.home.checkStates();
    EXPECT_THAT(site.home.problems(), IsEmpty());
}

} // namespace
} // namespace busbar::mqtt
