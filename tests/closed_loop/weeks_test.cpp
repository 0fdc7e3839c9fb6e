// SPDX-License-Identifier: MIT
// Examples that balance, through sixty days as they stand.
#include "closed_loop/loop.hpp"
#include "config/reader.hpp"
#include "core/gx/advice.hpp"
#include "core/report.hpp"
#include "support/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace busbar::closed_loop {
namespace {

constexpr int kDays = 60;

struct BalancingExample {
    std::string name;
    BankSettings bank;
};

std::vector<BalancingExample> examplesThatBalance() {
    std::vector<BalancingExample> found;
    for (const auto& file :
         std::filesystem::directory_iterator(test::sourcePath("config/examples"))) {
        if (file.path().extension() != ".json")
            continue;
        const auto read = config::readConfigFile(file.path().string());
        if (!read.config)
            continue; // a flow of Node-RED; that configurations are good is held elsewhere
        for (const config::BankConfig& bank : read.config->banks)
            if (hasBalancing(bank.bank))
                found.push_back({file.path().filename().string(), bank.bank});
    }
    return found;
}

/// Two packs of the example's chemistry with a cell ahead and one behind, filled by each day's sun.
sim::TwinSpec twoUnequalPacks(const BankSettings& settings) {
    const bool isLto = settings.limits.cvl.cell_V.empty() || settings.limits.cvl.cell_V[0] < 3.0;
    sim::TwinSpec spec =
        sim::makeEqualBank(isLto ? sim::Chemistry::Lto : sim::Chemistry::Lfp, 2, 100.0);
    spec.sun.cloudiness = 0.1;
    spec.packs[0].cells[3].soc += 0.01;
    spec.packs[1].cells[7].soc -= 0.01;
    spec.step = std::chrono::seconds(5); // as at one second, at a third of the cost
    return spec;
}

TEST(Weeks, ExamplesThatBalanceSucceedEachTimeItIsDue) {
    const auto examples = examplesThatBalance();
    ASSERT_FALSE(examples.empty());
    for (const BalancingExample& example : examples) {
        Loop loop(example.bank, twoUnequalPacks(example.bank));
        int succeeded = 0;
        int failed = 0;
        bool isAdvised = false;
        loop.afterwards = [&](const Now&) {
            for (const BalancingEvent event : loop.bank.report().balancing.events) {
                succeeded += event == BalancingEvent::Succeeded ? 1 : 0;
                failed += event == BalancingEvent::Failed ? 1 : 0;
            }
            isAdvised = isAdvised || std::ranges::any_of(loop.bank.advice(), [](const Advice& a) {
                            return a.code == AdviceCode::BalancingFails;
                        });
        };
        const sim::Metrics weeks = loop.run(std::chrono::hours(24 * kDays));
        const auto due = std::chrono::hours(24 * kDays) / example.bank.balancing.every;
        EXPECT_GE(succeeded, due - 1) << example.name << ", " << failed << " failed";
        EXPECT_LE(failed, 1) << example.name;
        EXPECT_FALSE(isAdvised) << example.name;
        EXPECT_EQ(weeks.trips, 0) << example.name;
    }
}

} // namespace
} // namespace busbar::closed_loop
