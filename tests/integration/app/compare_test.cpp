// SPDX-License-Identifier: MIT
// `busbar compare` beside what looks like dbus-aggregate-batteries on a GX.
#include "plant.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

namespace busbar::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// Two packs and their sum, by a program that lets more flow than they bear.
class CompareTest : public ::testing::Test {
protected:
    CompareTest() {
        plant.gx.add(kPackA);
        plant.gx.add(kPackB);
        addSum(8);
    }
    void addSum(int instance) {
        plant.gx.add({.instance = instance,
                      .name = "Total",
                      .current_A = 30.0,
                      .soc_pct = 70.0,
                      .capacity_Ah = 200.0,
                      .maxCharge_V = 55.5,
                      .maxCharge_A = 500.0,
                      .maxDischarge_A = 160.0});
        plant.gx.set(instance, "/ProductId", 47684.0);
    }
    Finished compared(const std::vector<std::string>& more) {
        std::vector<std::string> arguments = {"compare", "--config", plant.writeConfig()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        BusbarProcess compare(arguments);
        EXPECT_TRUE(plant.until([&] { return compare.hasEnded(); }));
        const auto end = compare.waitForEnd();
        return {end ? end->exitCode : -1, compare.output(), compare.log()};
    }

    Plant plant;
};

TEST_F(CompareTest, FindsTheOtherByItselfAndReportsOverTheTime) {
    ASSERT_TRUE(plant.settle());
    const std::string file = plant.dir.file("report.json");
    const Finished result = compared({"--hours", "0.004", "--report", file});
    ASSERT_EQ(result.exitCode, 0) << result.errors;
    EXPECT_THAT(result.output,
                AllOf(HasSubstr("beside Total (instance 8), for "), HasSubstr("Charge limit"),
                      HasSubstr("charge, by theirs: not judged")));
    rapidjson::Document json;
    json.Parse(contentOf(file).c_str());
    ASSERT_TRUE(json.IsObject()) << contentOf(file);
    EXPECT_GT(json["values"]["max_charge_A"]["differed_s"].GetDouble(), 1.0);
    EXPECT_GT(json["values"]["current_A"]["agreed_s"].GetDouble(), 1.0);
    EXPECT_FALSE(plant.isOnBus()) << "publishes nothing";
    const std::string before = contentOf(file);
    const Finished again = compared({"--hours", "0.004", "--report", file});
    EXPECT_EQ(again.exitCode, 1);
    EXPECT_THAT(again.errors, HasSubstr("is there already"));
    EXPECT_EQ(contentOf(file), before);
}

TEST_F(CompareTest, EndsWithItsReportWhenInterrupted) {
    ASSERT_TRUE(plant.settle());
    const std::string file = plant.dir.file("report.html");
    BusbarProcess compare(
        {"compare", "--config", plant.writeConfig(), "--with", "8", "--report", file});
    plant.goOn(std::chrono::seconds(12));
    compare.signal(SIGINT);
    ASSERT_TRUE(plant.until([&] { return compare.hasEnded(); }));
    EXPECT_THAT(contentOf(file), AllOf(HasSubstr("<svg"), HasSubstr("</html>"))) << compare.log();
}

TEST_F(CompareTest, SeveralOthersHaveToBeChosenFrom) {
    addSum(9);
    ASSERT_TRUE(plant.settle());
    const std::string file = plant.dir.file("report.txt");
    const Finished result = compared({"--hours", "0.02", "--report", file});
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.errors, AllOf(HasSubstr("several could be meant"), HasSubstr("instance 9")));
    EXPECT_FALSE(std::filesystem::exists(file)) << "nothing was compared";
}

TEST_F(CompareTest, OneThatIsNotThere) {
    ASSERT_TRUE(plant.settle());
    const Finished result = compared({"--with", "name:Nobody", "--hours", "0.02"});
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.errors, HasSubstr("busbar discover lists all"));
}

TEST(Compare, BadInput) {
    const ScratchDir dir;
    const std::string config = dir.write("busbar.json", R"({"gx": {"url": "mqtt://127.0.0.1:9"}})");
    const Finished with = runBusbar({"compare", "-c", config, "--with", "nonsense"});
    EXPECT_EQ(with.exitCode, 2);
    EXPECT_THAT(with.errors, HasSubstr("--with: nonsense"));
    const Finished away = runBusbar({"compare", "-c", config, "--hours", "0.001"});
    EXPECT_EQ(away.exitCode, 1);
    EXPECT_THAT(away.errors, HasSubstr("before the GX had answered"));
    const Finished nowhere =
        runBusbar({"compare", "-c", config, "--hours", "0.001", "--report", "/nowhere/r.txt"});
    EXPECT_EQ(nowhere.exitCode, 1);
    EXPECT_THAT(nowhere.errors, HasSubstr("cannot write /nowhere/r.txt"));
}

} // namespace
} // namespace busbar::test
