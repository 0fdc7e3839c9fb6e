// SPDX-License-Identifier: MIT
#include "support/source_tree.hpp"
#include "unit/config/helpers.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

namespace busbar::config {
namespace {

ReadResult example(const std::string& name) {
    return readConfigFile(test::sourcePath("config/examples/") + name);
}

TEST(Examples, EachIsAcceptedWithoutAWarning) {
    std::set<std::string> names;
    for (const auto& entry :
         std::filesystem::directory_iterator(test::sourcePath("config/examples"))) {
        if (entry.path().extension() != ".json")
            continue; // a dashboard is no configuration
        const std::string name = entry.path().filename().string();
        if (name == "nodered_flow.json")
            continue; // Node-RED's
        names.insert(name);
        const ReadResult result = readConfigFile(entry.path());
        EXPECT_TRUE(result.config) << name;
        EXPECT_EQ(formatIssues(name, result.issues), "");
    }
    for (const char* expected :
         {"minimal.json", "two_banks.json", "remote_gx.json", "lfp_two_packs.json", "lto_24s.json",
          "mixed_capacities.json", "bank_with_shunt.json", "chain_outside.json", "chain_gx.json",
          "dvcc.json", "home_assistant.json", "three_gx.json", "two_12v_strings.json",
          "shunt_overrides_soc.json", "jk_can_and_rs485.json", "pack_behind_shunt.json",
          "boat_nested.json"})
        EXPECT_TRUE(names.contains(expected)) << expected;
}

TEST(Examples, MinimalIsTheDefaults) {
    const auto config = example("minimal.json").config;
    ASSERT_TRUE(config);
    EXPECT_EQ(effectiveConfig(*config), effectiveConfig(Config{}));
}

TEST(Examples, TwoBanksAreTwo) {
    const auto config = example("two_banks.json").config;
    ASSERT_TRUE(config);
    ASSERT_EQ(config->banks.size(), 2U);
    EXPECT_EQ(config->banks[0].dbus.service, "busbar");
    EXPECT_EQ(config->banks[1].dbus.service, "busbar_shed");
    EXPECT_EQ(config->banks[1].bank.limits.ramp_A, 5.0);
}

/// Between the regular voltage of every month and where BMSs open.
TEST(Examples, LtoBalancesAboveEveryMonthAndBelowThePeak) {
    const auto config = example("lto_24s.json").config;
    ASSERT_TRUE(config);
    const BankSettings& bank = config->banks[0].bank;
    ASSERT_EQ(bank.limits.cvl.cell_V.size(), 12U);
    ASSERT_TRUE(bank.balancing.cell_V && bank.limits.cvl.cellMax_V);
    for (const double month_V : bank.limits.cvl.cell_V)
        EXPECT_LT(month_V, *bank.balancing.cell_V);
    EXPECT_LT(*bank.balancing.cell_V, *bank.limits.cvl.cellMax_V);
}

TEST(Examples, RemoteGxUsesTlsAndAPasswordFile) {
    const auto config = example("remote_gx.json").config;
    ASSERT_TRUE(config);
    EXPECT_TRUE(config->gx.broker.url.starts_with("mqtts://"));
    EXPECT_EQ(config->gx.broker.fingerprint.size(), 95U);
    EXPECT_FALSE(config->gx.broker.passwordFile.empty());
    EXPECT_EQ(config->banks[0].dbus.bus, "none");
}

/// The id that one publishes under is the one that the other reads.
TEST(Examples, TheTwoOfTheChainFitTogether) {
    const auto outside = example("chain_outside.json").config;
    const auto inside = example("chain_gx.json").config;
    ASSERT_TRUE(outside && inside);
    EXPECT_TRUE(outside->output.venus.isEnabled);
    EXPECT_EQ(inside->gx.portalId, "busbar-" + outside->site);
    EXPECT_FALSE(inside->output.results.isEnabled);
}

TEST(Examples, TheBoatHasABankInABank) {
    const auto config = example("boat_nested.json").config;
    ASSERT_TRUE(config);
    EXPECT_EQ(outerBanks(*config), 1U);
    ASSERT_EQ(config->banks.size(), 2U);
    EXPECT_EQ(config->banks[1].bank.id, "thruster");
    EXPECT_EQ(config->banks[1].bank.limits.maxCharge_A, 40.0);
}

TEST(Examples, DvccWritesAndTheOthersDoNot) {
    for (const char* name : {"minimal.json", "home_assistant.json", "chain_outside.json"})
        EXPECT_FALSE(example(name).config->dvcc.isEnabled) << name;
    EXPECT_TRUE(example("dvcc.json").config->dvcc.isEnabled);
}

} // namespace
} // namespace busbar::config
