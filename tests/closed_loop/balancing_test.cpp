// SPDX-License-Identifier: MIT
// Balancing over days of sun: cells that come together, and one whose balancer is dead. More banks
// and weeks: tests/bench, `bench_control --balancing`.
#include "closed_loop/loop.hpp"
#include "config/reader.hpp"
#include "core/gx/advice.hpp"
#include "core/report.hpp"
#include "support/source_tree.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace busbar::closed_loop {
namespace {

using namespace std::chrono_literals;

constexpr auto kDay = std::chrono::hours(24);

/// What was said of attempts, day by day.
struct Course {
    int succeeded = 0;
    std::vector<std::string> failed; ///< obstacle and detail
    std::string advice;              ///< the first of balancing
};

Course runDays(BankSettings settings, sim::TwinSpec spec, int days) {
    spec.step = std::chrono::seconds(5); // as at one second, at a third of the cost
    Course course;
    Loop loop(std::move(settings), std::move(spec));
    loop.afterwards = [&](const Now&) {
        const BalancingOutput& now = loop.bank.report().balancing;
        for (const BalancingEvent event : now.events) {
            course.succeeded += event == BalancingEvent::Succeeded ? 1 : 0;
            if (event == BalancingEvent::Failed)
                course.failed.push_back(std::string(toText(now.obstacle)) + " " + now.detail);
        }
        for (const Advice& advice : loop.bank.advice())
            if (advice.code == AdviceCode::BalancingFails && course.advice.empty())
                course.advice = advice.text;
    };
    loop.run(days * kDay);
    return course;
}

/// 100 Ah; the sun fills it each day, the load of the night takes a third.
sim::TwinSpec twoPacks(sim::Chemistry chemistry) {
    sim::TwinSpec spec = sim::makeEqualBank(chemistry, 2, 100.0);
    spec.sun.cloudiness = 0.1;
    return spec;
}

TEST(BalancingOnTheTwin, TheExampleOfLtoSucceedsInItsFirstDays) {
    const auto read = config::readConfigFile(test::sourcePath("config/examples/") + "lto_24s.json");
    ASSERT_TRUE(read.config);
    BankSettings settings = read.config->banks.front().bank;
    settings.balancing.every = kDay;
    sim::TwinSpec spec = twoPacks(sim::Chemistry::Lto);
    spec.packs[0].cells[3].soc += 0.01; // 1 Ah: ten hours of its balancer
    spec.packs[1].cells[7].soc -= 0.01;
    const Course course = runDays(settings, spec, 5);
    EXPECT_GT(course.succeeded, 0);
    EXPECT_EQ(course.advice, "");
}

TEST(BalancingOnTheTwin, ADeadBalancerIsToldWithinThreeTries) {
    BankSettings settings;
    settings.limits.cvl.mode = CvlMode::Own;
    settings.balancing.every = kDay;
    sim::TwinSpec spec = twoPacks(sim::Chemistry::Lfp);
    spec.packs[1].bms.balancer.current_A = 0.0;
    spec.packs[1].cells[5].soc += 0.04;
    const Course course = runDays(settings, spec, 8);
    EXPECT_EQ(course.succeeded, 0);
    ASSERT_GE(course.failed.size(), 3U);
    EXPECT_EQ(course.failed[2], "held Pack B/C6");
    EXPECT_NE(course.advice.find("failed 3 times"), std::string::npos) << course.advice;
    EXPECT_NE(course.advice.find("Pack B/C6"), std::string::npos) << course.advice;
}

} // namespace
} // namespace busbar::closed_loop
