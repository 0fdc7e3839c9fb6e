// SPDX-License-Identifier: MIT
// `busbar health` beside a running Busbar: well, its broker away, stopped, ended, never there.
#include "plant.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

namespace busbar::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string healthFile(const Plant& plant) {
    return plant.dir.file("health");
}

Finished health(const Plant& plant) {
    return runBusbar({"health", "--file", healthFile(plant)});
}

void start(Plant& plant) {
    plant.busbar.emplace(std::vector<std::string>{"run", "-c", plant.writeConfig(), "--health-file",
                                                  healthFile(plant)});
}

testing::AssertionResult becomesWell(Plant& plant) {
    if (plant.until([&] { return std::filesystem::exists(healthFile(plant)); }))
        return testing::AssertionSuccess();
    return testing::AssertionFailure() << plant.log();
}

TEST(Health, IsWellWhileItRunsAndNotAfterItsEnd) {
    Plant plant;
    plant.gx.add(kPackA);
    start(plant);
    ASSERT_TRUE(becomesWell(plant));
    const Finished running = health(plant);
    EXPECT_EQ(running.exitCode, 0) << running.output << plant.log();
    EXPECT_THAT(running.output, StartsWith("well: last sign of life "));
    EXPECT_THAT(running.output, HasSubstr(" bank=main stage="));

    plant.busbar->signal(SIGTERM);
    ASSERT_TRUE(plant.busbar->waitForEnd());
    EXPECT_FALSE(std::filesystem::exists(healthFile(plant)));
    const Finished ended = health(plant);
    EXPECT_EQ(ended.exitCode, 1);
    EXPECT_THAT(ended.output, HasSubstr("there is no such file"));
}

TEST(Health, ShowsTheBankOnceItIsThere) {
    Plant plant;
    plant.gx.add(kPackA);
    start(plant);
    const auto saysNormal = [&] {
        return contentOf(healthFile(plant)).find("broker=connected heartbeat_s=") !=
                   std::string::npos &&
               contentOf(healthFile(plant)).find("bank=main stage=normal online=1/1") !=
                   std::string::npos;
    };
    EXPECT_TRUE(plant.until(saysNormal)) << contentOf(healthFile(plant)) << plant.log();
    EXPECT_EQ(health(plant).exitCode, 0);
}

TEST(Health, ABrokerThatIsAwayIsSaidAndIsNoReasonToRestart) {
    Plant plant;
    plant.broker.stop();
    start(plant);
    ASSERT_TRUE(becomesWell(plant));
    const Finished result = health(plant);
    EXPECT_EQ(result.exitCode, 0) << result.output;
    EXPECT_THAT(result.output, HasSubstr("broker=away heartbeat_s=unknown"));
}

TEST(Health, OneThatHangsIsUnwell) {
    Plant plant;
    start(plant);
    ASSERT_TRUE(becomesWell(plant));
    plant.busbar->signal(SIGSTOP);
    EXPECT_TRUE(plant.until([&] { return health(plant).exitCode == 1; }));
    EXPECT_THAT(health(plant).output,
                testing::ContainsRegex("^unwell: last sign of life ([3-9][0-9]|[0-9]{3})"))
        << "half a minute, or as long as the question took";
    plant.busbar->signal(SIGCONT);
    EXPECT_TRUE(plant.until([&] { return health(plant).exitCode == 0; }))
        << "and well again when it goes on";
}

TEST(Health, AnotherFileIsNoSignOfLife) {
    const Plant plant;
    plant.dir.write("health", "{}\n");
    const Finished result = health(plant);
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.output, HasSubstr("is no health file"));
}

TEST(Health, WithoutTheNameOfAFileTheCommandLineIsBad) {
    EXPECT_EQ(runBusbar({"health"}).exitCode, 2);
}

} // namespace
} // namespace busbar::test
