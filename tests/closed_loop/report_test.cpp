// SPDX-License-Identifier: MIT
#include "app/commands/closed_loop_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace busbar {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

ClosedLoopOptions smallBank() {
    ClosedLoopOptions options;
    options.bank.seed = 3;
    options.bank.packs = 2;
    options.bank.chemistry = sim::Chemistry::Lfp;
    return options;
}

/// One day of a small bank, run once for all tests.
class ClosedLoopReportTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        theRun.emplace(runClosedLoop(smallBank(), [](int day) { theDays.push_back(day); }));
    }
    static void TearDownTestSuite() { theRun.reset(); }
    static const ClosedLoopReport& report() { return *theRun; }
    static const std::vector<int>& days() { return theDays; }

private:
    static inline std::optional<ClosedLoopReport> theRun;
    static inline std::vector<int> theDays;
};

TEST_F(ClosedLoopReportTest, HasEveryPackAndEveryDay) {
    EXPECT_THAT(report().packs, SizeIs(2));
    EXPECT_THAT(report().members, SizeIs(2));
    EXPECT_THAT(report().days, SizeIs(1));
    EXPECT_THAT(days(), ElementsAre(1));
    EXPECT_NEAR(report().whole.hours, 24.0, 1e-9);
    EXPECT_NEAR(report().days[0].metrics.charged_Ah, report().whole.charged_Ah, 1e-9);
    EXPECT_EQ(report().preset, Preset::Lfp);
}

TEST_F(ClosedLoopReportTest, CausesOfEachLimitFillTheDay) {
    std::map<LimitName, double> hours;
    for (const CauseTime& time : report().days[0].causes) {
        EXPECT_GT(time.hours, 0.0);
        EXPECT_NE(time.cause, Cause::None);
        hours[time.limit] += time.hours;
    }
    ASSERT_THAT(hours, SizeIs(3));
    for (const auto& [limit, sum] : hours)
        EXPECT_NEAR(sum, 24.0, 0.01) << kLimitTexts.at(static_cast<std::size_t>(limit));
}

TEST_F(ClosedLoopReportTest, CausesComeWithTheLongestFirst) {
    const auto& causes = report().days[0].causes;
    for (std::size_t i = 1; i < causes.size(); ++i) {
        EXPECT_LE(causes[i - 1].limit, causes[i].limit);
        if (causes[i - 1].limit == causes[i].limit) {
            EXPECT_GE(causes[i - 1].hours, causes[i].hours);
        }
    }
}

TEST_F(ClosedLoopReportTest, ExtremeCellsAreThoseOfTheMetrics) {
    const DayFacts& day = report().days[0];
    EXPECT_NEAR(day.lowest.voltage_V, day.metrics.minCell_V, 0.001);
    EXPECT_NEAR(day.highest.voltage_V, day.metrics.maxCell_V, 0.001);
    EXPECT_THAT(day.highest.name, HasSubstr("Pack "));
    EXPECT_THAT(day.highest.name, HasSubstr(" C"));
}

TEST_F(ClosedLoopReportTest, WhatWasLearnedIsNearTheTruth) {
    for (const MemberFacts& member : report().members) {
        ASSERT_TRUE(member.share && member.trueShare && member.counter_pct) << member.name;
        EXPECT_NEAR(*member.share, *member.trueShare, 0.05) << member.name;
        EXPECT_NEAR(*member.counter_pct, member.truth_pct, 10.0) << member.name;
        EXPECT_NEAR(member.meters.charged_Ah, member.trueMeters.charged_Ah,
                    0.1 * member.trueMeters.charged_Ah)
            << member.name;
    }
    EXPECT_NEAR(report().meters.charged_Wh, report().trueMeters.charged_Wh,
                0.05 * report().trueMeters.charged_Wh);
}

TEST_F(ClosedLoopReportTest, MembersTogetherAreTheBank) {
    double share = 0.0;
    double net_Ah = 0.0;
    for (const MemberFacts& member : report().members) {
        share += member.trueShare.value_or(0.0);
        net_Ah += member.trueMeters.charged_Ah - member.trueMeters.discharged_Ah;
    }
    EXPECT_NEAR(share, 1.0, 0.01);
    EXPECT_NEAR(net_Ah, report().trueMeters.charged_Ah - report().trueMeters.discharged_Ah, 0.1);
}

TEST_F(ClosedLoopReportTest, TheSameSeedGivesTheSameBytes) {
    const ClosedLoopReport again = runClosedLoop(smallBank());
    EXPECT_EQ(reportText(again), reportText(report()));
    EXPECT_EQ(reportJson(again), reportJson(report()));
}

TEST_F(ClosedLoopReportTest, TextNamesEverythingOnLinesThatEndWell) {
    const std::string text = reportText(report());
    EXPECT_THAT(text, AllOf(HasSubstr("seed 3, 2 packs, 16 cells each, LFP, 1 day\n"),
                            HasSubstr("Pack A"), HasSubstr("Pack B"), HasSubstr("CVL"),
                            HasSubstr("Balancing:"), HasSubstr("BMS trips:")));
    EXPECT_EQ(text.find(" \n"), std::string::npos) << "trailing blanks";
    EXPECT_EQ(text.find("nan"), std::string::npos);
    EXPECT_EQ(text.find("-0.0 "), std::string::npos);
}

TEST_F(ClosedLoopReportTest, JsonHoldsTheSameNumbers) {
    rapidjson::Document json;
    const std::string text = reportJson(report());
    json.Parse<rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
    ASSERT_TRUE(json.IsObject()) << text;
    EXPECT_EQ(json["seed"].GetInt(), 3);
    EXPECT_STREQ(json["preset"].GetString(), "lfp");
    ASSERT_EQ(json["packs"].Size(), 2U);
    EXPECT_NEAR(json["packs"][1]["resistance_mOhm"].GetDouble(),
                1000.0 * report().packs[1].resistance_Ohm, 1e-6);
    const auto& day = json["days"][0];
    EXPECT_NEAR(day["metrics"]["charged_Ah"].GetDouble(), report().whole.charged_Ah, 1e-6);
    EXPECT_EQ(day["metrics"]["trips"].GetInt(), report().whole.trips);
    EXPECT_NEAR(day["soc"]["truth_pct"].GetDouble(), report().days[0].atEnd.truth_pct, 1e-6);
    EXPECT_EQ(day["causes"].Size(), report().days[0].causes.size());
    EXPECT_STREQ(day["causes"][0]["limit"].GetString(), "ccl");
    const auto& member = json["members"][0];
    EXPECT_NEAR(member["share"]["learned"].GetDouble(), *report().members[0].share, 1e-6);
    EXPECT_NEAR(member["meters"]["truth"]["charged_Wh"].GetDouble(),
                report().members[0].trueMeters.charged_Wh, 1e-6);
    EXPECT_TRUE(member["trips"].HasMember("over_voltage"));
    EXPECT_STREQ(json["balancing"]["stage"].GetString(), "idle");
    EXPECT_NEAR(json["whole"]["hours"].GetDouble(), 24.0, 1e-6);
}

TEST(ReportJson, WritesUnknownAsNull) {
    ClosedLoopReport report;
    report.packs.emplace_back();
    report.members.emplace_back();
    report.days.emplace_back();
    rapidjson::Document json;
    json.Parse(reportJson(report).c_str());
    ASSERT_TRUE(json.IsObject());
    EXPECT_TRUE(json["members"][0]["share"]["learned"].IsNull());
    EXPECT_TRUE(json["days"][0]["metrics"]["full_h"].IsNull());
    EXPECT_TRUE(json["balancing"]["days_since"].IsNull());
}

TEST(ReportText, WritesUnknownAsDashes) {
    ClosedLoopReport report;
    report.packs.emplace_back();
    report.members.emplace_back();
    report.days.emplace_back();
    const std::string text = reportText(report);
    EXPECT_THAT(text, HasSubstr("---"));
    EXPECT_THAT(text, HasSubstr("never"));
}

} // namespace
} // namespace busbar
