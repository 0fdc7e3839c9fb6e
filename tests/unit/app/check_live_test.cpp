// SPDX-License-Identifier: MIT
// A configuration beside batteries that are there, or not as it has them.
#include "app/commands/check_live.hpp"
#include "config/reader.hpp"
#include "core/bank.hpp"
#include "core/made/composition.hpp"
#include "core/settings.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"
#include "unit/core/made_readings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::check_live_test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kString = R"({
  "made": [
    {"id": "s1", "name": "String 1", "series": ["name:B1", "name:B2"]},
  ],
  "batteries": ["made:s1"],
})";

class CheckLiveTest : public ::testing::Test {
protected:
    void heard(std::initializer_list<int> instances) {
        readings.setLink(true, now);
        (void)readings.beginSweep();
        for (const int instance : instances)
            made::putBasics(readings, instance, now);
    }
    void put(int instance, RowIndex index, Value value) {
        made::put(readings, instance, index, std::move(value), now);
    }
    /// As a site runs for a while; "6:8 path: message" of each issue.
    std::vector<std::string> check(std::string_view text) {
        readings.completeSweep(now);
        result = config::readConfig(text);
        EXPECT_TRUE(result.config) << config::formatIssues("", result.issues);
        if (!result.config)
            return {};
        Composition composition(result.config->made);
        for (const config::BankConfig& bank : result.config->banks)
            banks.emplace_back(bank.bank);
        for (int i = 0; i < 5; ++i) {
            now = now + 1s;
            readings.noteSign(now);
            readings.settle(now);
            composition.work(readings, banks, now, Pace::Cycle);
            for (Bank& bank : banks)
                if (!composition.isInner(bank))
                    bank.evaluate(readings, now);
        }
        std::vector<std::string> texts;
        for (const config::Issue& issue : liveIssues(site()))
            texts.push_back((issue.severity == config::Severity::Error ? "error " : "") +
                            std::to_string(issue.at.line) + " " + issue.path + ": " +
                            issue.message);
        return texts;
    }
    LiveSite site() { return {*result.config, result.trees.front(), readings, banks}; }

    Readings readings;
    config::ReadResult result;
    std::vector<Bank> banks;
    Now now = made::start();
};

TEST_F(CheckLiveTest, WhatIsAsConfiguredIsShownWithItsParts) {
    heard({1, 2});
    EXPECT_THAT(check(kString), IsEmpty());
    EXPECT_THAT(liveLines(site()), ElementsAre("bank main", "  String 1: String 1, 52.80V, 10.0A",
                                               "    name:B1: B1 (instance 1), 26.40V, 10.0A",
                                               "    name:B2: B2 (instance 2), 26.40V, 10.0A"));
}

TEST_F(CheckLiveTest, WhatIsNotFoundIsNamedWithItsPlaceAndWhatMayBeMeant) {
    heard({1, 2});
    put(2, row("/CustomName"), "B2b");
    const auto issues = check(kString);
    EXPECT_THAT(issues,
                ElementsAre("3 made[0].series[1]: s1: nothing on the GX matches name:B2; what is "
                            "there: B1 (instance 1), B2b (instance 2)"))
        << "once, and not of the string again";
    EXPECT_THAT(liveLines(site()), testing::Contains("    name:B2: nothing"));
}

TEST_F(CheckLiveTest, ASlipOfThePenIsCorrected) {
    heard({1});
    put(1, row("/CustomName"), "Pack Alpha");
    EXPECT_THAT(check(R"({"batteries": ["name:Pack Alhpa"]})"),
                testing::Contains(HasSubstr("did you mean name:Pack Alpha?")));
}

TEST_F(CheckLiveTest, TwoThatMatchAreAnError) {
    heard({1, 2, 3});
    put(3, row("/CustomName"), "B2");
    EXPECT_THAT(check(kString),
                testing::Contains("error 3 made[0].series[1]: s1: name:B2 matches more than one: "
                                  "B2 (instance 2), B2 (instance 3); name it more exactly, by its "
                                  "serial"));
}

TEST_F(CheckLiveTest, OneBatteryByTwoSelectorsCountsTwice) {
    heard({1, 2});
    const auto issues = check(R"({
  "made": [{"id": "s1", "series": ["name:B1", "name:B2"]}],
  "batteries": ["made:s1",
    "instance:2"],
})");
    EXPECT_THAT(issues, testing::Contains("error 4 batteries[1]: B2 (instance 2) counts twice in "
                                          "bank \"main\": also by made[0].series[1] (line 2)"));
}

TEST_F(CheckLiveTest, BlocksThatDoNotGoTogetherAreNamed) {
    heard({1, 2});
    put(1, row("/System/NrOfCellsPerBattery"), 8.0);
    put(2, row("/System/NrOfCellsPerBattery"), 4.0);
    put(2, row("/Dc/0/Voltage"), 13.2);
    put(2, row("/Info/MaxChargeVoltage"), 14.2);
    EXPECT_THAT(check(kString),
                ElementsAre("3 made[0].series[1]: B2 (instance 2) has 13.20V, B1 (instance 1) "
                            "26.40V: blocks of one string have about the same",
                            "3 made[0].series[1]: B2 (instance 2) has 4 cells, B1 (instance 1) has "
                            "8"));
}

TEST_F(CheckLiveTest, AMemberOfAnotherVoltageIsNamedWithItsPlace) {
    heard({1, 2, 3});
    put(3, row("/Dc/0/Voltage"), 13.2);
    put(3, row("/Info/MaxChargeVoltage"), 14.2);
    const auto issues = check(R"({
  "batteries": [
    "name:B1",
    "name:B2",
    "name:B3",
  ],
})");
    ASSERT_EQ(issues.size(), 1U);
    EXPECT_THAT(issues[0], HasSubstr("5 batteries[2]: B3 takes no part: outside the guard band"));
}

TEST_F(CheckLiveTest, PartsOfAnInnerBankAreLookedAtLikeOthers) {
    heard({1, 2});
    const auto issues = check(R"({
  "made": [
    {"id": "barn", "name": "Barn", "bank": {"batteries": [
      "name:B1",
      "name:B9",
    ]}},
  ],
  "batteries": ["made:barn", "name:B2"],
})");
    EXPECT_THAT(issues,
                testing::Contains(HasSubstr(
                    "5 made[0].bank.batteries[1]: barn: nothing on the GX matches name:B9")));
    EXPECT_THAT(liveLines(site()), testing::Contains("    name:B9: nothing"));
}

TEST_F(CheckLiveTest, WhatIsExcludedOrCorrectedMayBeAwayOrSeveral) {
    heard({1, 2});
    EXPECT_THAT(check(R"({
  "exclude": ["name:Old", "product:*"],
  "per_battery": [{"match": "name:B9", "max_charge_A": 50}],
})"),
                IsEmpty());
}

TEST_F(CheckLiveTest, AWritableBatteryThatNobodyWroteToSaysSo) {
    heard({1});
    EXPECT_THAT(
        check(R"({"made": [{"id": "gw", "writable": {"expire_s": 60}}],
                          "batteries": ["made:gw", "name:B1"]})"),
        testing::Contains(HasSubstr("made[0]: gw is not there: nobody has written its voltage")));
}

} // namespace
} // namespace busbar::check_live_test
