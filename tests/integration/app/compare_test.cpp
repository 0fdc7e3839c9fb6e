// SPDX-License-Identifier: MIT
// `busbar compare` beside what looks like dbus-aggregate-batteries and like BatteryAggregator on a
// GX, and beside the GX's own totals.
#include "plant.hpp"
#include "topic_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <utility>
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

/// What Victron's own service makes of the monitor that was selected; this one shows pack A alone.
TEST_F(CompareTest, BesideTheGxsOwnTotals) {
    for (const auto& [path, value] :
         std::map<std::string, double>{{"/Dc/Battery/Voltage", 52.8},
                                       {"/Dc/Battery/Current", 10.0},
                                       {"/Dc/Battery/Power", 528.0},
                                       {"/Dc/Battery/Soc", 60.0},
                                       {"/Dc/Battery/ChargeVoltage", 55.5}})
        plant.gx.setSystem(path, value);
    ASSERT_TRUE(plant.settle());
    const std::string file = plant.dir.file("report.json");
    const Finished result = compared({"--with", "gx", "--hours", "0.004", "--report", file});
    ASSERT_EQ(result.exitCode, 0) << result.errors;
    EXPECT_THAT(result.output, HasSubstr("beside the GX's own totals, for "));
    const auto value = [json = contentOf(file)](const std::string& key) {
        return jsonNumber(json, ("/values/" + key).c_str()).value_or(-1.0);
    };
    EXPECT_GT(value("voltage_V/agreed_s"), 1.0);
    EXPECT_GT(value("max_charge_V/agreed_s"), 1.0);
    for (const char* key : {"current_A", "power_W", "soc_pct"}) {
        EXPECT_GT(value(std::string(key) + "/differed_s"), 1.0) << key;
        EXPECT_EQ(value(std::string(key) + "/agreed_s"), 0.0) << key;
    }
    EXPECT_GT(value("max_charge_A/only_ours_s"), 1.0) << "the GX has no such total";
}

/// BatteryAggregator 3.44, which folds its batteries by rules of its own and knows no unit of time.
class FakeBatteryAggregator {
public:
    struct Member {
        Pack pack;
        std::string chargeMode{}; ///< empty = the battery says none
    };

    FakeBatteryAggregator(SimulatedGx& gx, std::vector<Member> members)
        : gx_(gx), members_(std::move(members)) {
        gx_.add({.instance = kInstance, .name = ""});
        gx_.set(kInstance, "/ProductName", "Battery Aggregator");
        gx_.set(kInstance, "/ProductId", 0.0);
        gx_.set(kInstance, "/Mgmt/ProcessName", "/data/apps/BatteryAggregator/battery_service.py");
        gx_.set(kInstance, "/Mgmt/ProcessVersion", "v3.44\n");
        gx_.set(kInstance, "/Mgmt/Connection", "dbus");
        gx_.set(kInstance, "/Serial", Value());
        publish();
    }

    /// The preferred number of its settings; a GX takes no such number by itself.
    static constexpr int kInstance = 1024;

private:
    using Field = double Pack::*;

    [[nodiscard]] double sum(Field field) const {
        double sum = 0.0;
        for (const Member& member : members_)
            sum += member.pack.*field;
        return sum;
    }
    /// The smallest of limit × (all capacity / own capacity).
    [[nodiscard]] double sharedLimit(Field limit) const {
        const double all_Ah = sum(&Pack::capacity_Ah);
        double least = std::numeric_limits<double>::max();
        for (const auto& [pack, mode] : members_)
            least = std::min(least, pack.*limit * all_Ah / pack.capacity_Ah);
        return least;
    }
    /// Once one of them says that it charges, those that say nothing lose their vote, as those that
    /// float: its defect [cvl-mode-none-dropped].
    [[nodiscard]] double chargeVoltage() const {
        const auto isCharging = [](const Member& member) {
            return !member.chargeMode.empty() && member.chargeMode != "Float";
        };
        const bool isAny = std::ranges::any_of(members_, isCharging);
        double least = std::numeric_limits<double>::max();
        for (const Member& member : members_)
            if (!isAny || isCharging(member))
                least = std::min(least, member.pack.maxCharge_V);
        return least;
    }
    [[nodiscard]] double soc() const {
        double left_Ah = 0.0;
        for (const auto& [pack, mode] : members_)
            left_Ah += pack.soc_pct / 100.0 * pack.capacity_Ah;
        return 100.0 * left_Ah / sum(&Pack::capacity_Ah);
    }
    void publish() {
        const auto count = static_cast<double>(members_.size());
        const double voltage_V = sum(&Pack::voltage_V) / count;
        const double current_A = sum(&Pack::current_A);
        gx_.set(kInstance, "/Dc/0/Voltage", voltage_V);
        gx_.set(kInstance, "/Dc/0/Current", current_A);
        gx_.set(kInstance, "/Dc/0/Power", voltage_V * current_A);
        gx_.set(kInstance, "/Soc", soc());
        gx_.set(kInstance, "/InstalledCapacity", sum(&Pack::capacity_Ah));
        gx_.set(kInstance, "/Info/MaxChargeCurrent", sharedLimit(&Pack::maxCharge_A));
        gx_.set(kInstance, "/Info/MaxDischargeCurrent", sharedLimit(&Pack::maxDischarge_A));
        gx_.set(kInstance, "/Info/MaxChargeVoltage", chargeVoltage());
        gx_.set(kInstance, "/System/NrOfBatteries", count);
        for (const auto& [pack, mode] : members_)
            if (!mode.empty())
                gx_.set(pack.instance, "/Info/ChargeMode", mode);
    }

    SimulatedGx& gx_;
    std::vector<Member> members_;
};

class CompareBagTest : public CompareTest {
protected:
    /// Seconds of a row or a side in the report beside these members.
    std::string reportBeside(std::vector<FakeBatteryAggregator::Member> members) {
        plant.gx.vanish(8);
        const FakeBatteryAggregator bag(plant.gx, std::move(members));
        EXPECT_TRUE(plant.settle());
        const std::string file = plant.dir.file("report.json");
        const Finished result = compared({"--hours", "0.004", "--report", file});
        EXPECT_EQ(result.exitCode, 0) << result.errors;
        EXPECT_THAT(result.output, HasSubstr("(instance 1024), for "));
        return contentOf(file);
    }
};

TEST_F(CompareBagTest, WhereItsRulesAreOursBothAgree) {
    const std::string json = reportBeside({{kPackA}, {kPackB}});
    for (const char* key : {"voltage_V", "current_A", "power_W", "soc_pct", "max_charge_V"}) {
        const std::string row = std::string("/values/") + key;
        EXPECT_GT(jsonNumber(json, (row + "/agreed_s").c_str()).value_or(0.0), 1.0) << key;
        EXPECT_EQ(jsonNumber(json, (row + "/differed_s").c_str()), 0.0) << key << json;
    }
}

TEST_F(CompareBagTest, TheVoltageThatABatteryWithoutChargeModeCannotBearIsNamed) {
    const std::string json = reportBeside({{kPackA, "Bulk"}, {kPackB}});
    EXPECT_GT(jsonNumber(json, "/values/max_charge_V/differed_s").value_or(0.0), 1.0) << json;
    EXPECT_EQ(jsonNumber(json, "/values/max_charge_V/ours_then"), 55.5) << json;
    EXPECT_EQ(jsonNumber(json, "/values/max_charge_V/theirs_then"), 56.0) << json;
    EXPECT_GT(jsonNumber(json, "/beyond_own_limits/theirs/voltage/over_s").value_or(0.0), 1.0)
        << json;
    EXPECT_EQ(jsonNumber(json, "/beyond_own_limits/ours/voltage/over_s"), 0.0) << json;
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
    EXPECT_THAT(away.errors, HasSubstr("before the GX had answered: port: connection refused "
                                       "(127.0.0.1:9); what to do: "));
    const Finished nowhere =
        runBusbar({"compare", "-c", config, "--hours", "0.001", "--report", "/nowhere/r.txt"});
    EXPECT_EQ(nowhere.exitCode, 1);
    EXPECT_THAT(nowhere.errors, HasSubstr("cannot write /nowhere/r.txt"));
}

} // namespace
} // namespace busbar::test
