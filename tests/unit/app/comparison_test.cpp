// SPDX-License-Identifier: MIT
// Two services side by side: where they agree, for how long not, why, and whose limits every
// battery could bear.
#include "app/compare/comparison.hpp"
#include "app/compare/comparison_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <chrono>
#include <string>

namespace busbar::comparison_test {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

constexpr std::size_t at(RowIndex row) {
    for (std::size_t i = 0; i < kComparedCount; ++i)
        if (kComparedRows.at(i).row == row)
            return i;
    return kComparedCount;
}
constexpr std::size_t kVoltageAt = at(rows::kVoltage);
constexpr std::size_t kChargeAt = at(rows::kMaxChargeCurrent);
constexpr std::size_t kDischargeAt = at(rows::kMaxDischargeCurrent);
constexpr std::size_t kCvlAt = at(rows::kMaxChargeVoltage);

/// Moments, a second apart.
class ComparisonTest : public ::testing::Test {
protected:
    void pass(int seconds) {
        for (int i = 0; i < seconds; ++i) {
            now += 1s;
            comparison.add(moment, now);
        }
    }
    void say(std::size_t row, std::optional<double> ours, std::optional<double> theirs) {
        moment.ours.at(row) = ours;
        moment.theirs.at(row) = theirs;
    }
    [[nodiscard]] const RowTally& row(std::size_t index) const {
        return comparison.rows().at(index);
    }

    Comparison comparison;
    ComparedMoment moment;
    SteadyTime now{1000h};
};

TEST_F(ComparisonTest, CountsAgreementWithinTolerance) {
    say(kVoltageAt, 52.80, 52.85);
    pass(11);
    EXPECT_EQ(row(kVoltageAt).agreed, 10s) << "the first moment only begins";
    EXPECT_EQ(row(kVoltageAt).differed, 0s);
    EXPECT_EQ(comparison.compared(), 10s);
    EXPECT_FALSE(agree(kComparedRows.at(kVoltageAt), 52.8, 53.1));
}

TEST_F(ComparisonTest, ADifferenceHasItsLongestTimeItsMostAndItsCause) {
    say(kChargeAt, 80.0, 80.0);
    pass(11);
    moment.causes.at(kChargeAt) = "member Pack A";
    say(kChargeAt, 60.0, 80.0);
    pass(20);
    say(kChargeAt, 80.0, 80.0);
    pass(10);
    moment.causes.at(kChargeAt) = "cold Pack B";
    say(kChargeAt, 10.0, 80.0);
    pass(5);
    EXPECT_EQ(row(kChargeAt).differed, 25s);
    EXPECT_EQ(row(kChargeAt).longest, 20s);
    EXPECT_EQ(row(kChargeAt).largest, 70.0);
    EXPECT_EQ(row(kChargeAt).at, 41s);
    EXPECT_THAT(row(kChargeAt).causes,
                ElementsAre(Pair("cold Pack B", std::chrono::milliseconds(5s)),
                            Pair("member Pack A", std::chrono::milliseconds(20s))));
}

TEST_F(ComparisonTest, UnknownIsNeitherAgreementNorDifference) {
    say(kVoltageAt, 52.8, std::nullopt);
    pass(11);
    say(kVoltageAt, std::nullopt, 52.8);
    pass(5);
    EXPECT_EQ(row(kVoltageAt).onlyOurs, 10s);
    EXPECT_EQ(row(kVoltageAt).onlyTheirs, 5s);
    EXPECT_EQ(row(kVoltageAt).agreed + row(kVoltageAt).differed, 0s);
}

TEST_F(ComparisonTest, AGapIsNoTimeThatWasCompared) {
    say(kVoltageAt, 52.8, 52.8);
    pass(1);
    now += 1h;
    comparison.add(moment, now);
    comparison.add(moment, now); // twice in one moment
    pass(3);
    EXPECT_EQ(comparison.compared(), 3s);
}

TEST_F(ComparisonTest, SaysWhoseLimitsABatteryCouldNotBear) {
    moment.members = {
        {.name = "Pack A", .share = 0.7, .maxCharge_A = 50.0, .maxDischarge_A = 50.0},
        {.name = "Pack B", .share = 0.3, .maxCharge_A = 50.0, .maxDischarge_A = 50.0}};
    say(kChargeAt, 71.0, 100.0); // 70 A into pack A by theirs
    say(kDischargeAt, 71.0, 71.0);
    pass(61);
    const OverTally& theirs = comparison.over(ComparedSide::Theirs, 0);
    EXPECT_EQ(theirs.over, 60s);
    EXPECT_THAT(theirs.members, ElementsAre(Pair("Pack A", std::chrono::milliseconds(60s))));
    EXPECT_EQ(comparison.over(ComparedSide::Ours, 0).over, 0s);
    EXPECT_EQ(comparison.over(ComparedSide::Ours, 0).known, 60s);
    EXPECT_EQ(comparison.over(ComparedSide::Theirs, 1).over, 0s);
    EXPECT_EQ(comparison.over(ComparedSide::Ours, 2).known, 0s) << "no voltage was said";
}

TEST_F(ComparisonTest, ABatteryThatBlocksAndCarriesNothingIsOffTheBusbar) {
    moment.members = {{.name = "Pack A", .share = 0.5, .current_A = 0.1, .maxCharge_A = 0.0},
                      {.name = "Pack B", .share = 0.5, .current_A = 20.0, .maxCharge_A = 50.0}};
    say(kChargeAt, 50.0, 50.0);
    pass(11);
    EXPECT_EQ(comparison.over(ComparedSide::Ours, 0).over, 0s);
    moment.members.front().current_A = 5.0;
    pass(10);
    EXPECT_EQ(comparison.over(ComparedSide::Ours, 0).over, 10s);
    EXPECT_EQ(comparison.measured().over, 10s) << "it is charged although it forbids it";
}

TEST_F(ComparisonTest, ALimitIsJudgedWhileHalfOfItFlows) {
    moment.members = {{.name = "Pack A", .share = 0.5, .current_A = 20.0, .maxCharge_A = 50.0}};
    say(at(rows::kCurrent), 40.0, 40.0);
    say(kChargeAt, 100.0, 200.0); // a fifth of theirs flows
    pass(11);
    EXPECT_EQ(comparison.over(ComparedSide::Theirs, 0).known, 0s);
    say(kChargeAt, 60.0, 80.0);
    say(at(rows::kCurrent), 45.0, 45.0);
    pass(10);
    EXPECT_EQ(comparison.over(ComparedSide::Theirs, 0).known, 10s);
    EXPECT_EQ(comparison.over(ComparedSide::Theirs, 0).over, 0s);
    say(at(rows::kCurrent), -45.0, -45.0);
    pass(10);
    EXPECT_EQ(comparison.over(ComparedSide::Theirs, 0).known, 10s) << "nothing is charged";
}

TEST_F(ComparisonTest, AVoltageAboveABatterysOwn) {
    moment.members = {{.name = "Pack A", .share = 1.0, .maxCharge_V = 55.2}};
    say(kCvlAt, 55.2, 56.8);
    pass(11);
    EXPECT_EQ(comparison.over(ComparedSide::Ours, 2).over, 0s);
    EXPECT_EQ(comparison.over(ComparedSide::Theirs, 2).over, 10s);
}

TEST_F(ComparisonTest, PointsAreBoundedAndKeepTheWholeTime) {
    say(kVoltageAt, 50.0, 51.0);
    pass(24 * 3600);
    EXPECT_LE(comparison.points().size(), Comparison::kMostPoints);
    EXPECT_GE(comparison.points().size(), Comparison::kMostPoints / 2);
    EXPECT_GE(comparison.spanOfPoint() * static_cast<int>(comparison.points().size()), 23h);
    EXPECT_NEAR(*comparison.points().front().theirs.at(kVoltageAt), 51.0, 1e-9);
}

const ComparedWith kWith{.bank = "House",
                         .other = "Total <b> (instance 8)",
                         .inControl = "battery 8 (Total) controls the chargers"};

TEST_F(ComparisonTest, IsToldToPeople) {
    moment.members = {{.name = "Pack A", .share = 1.0, .maxCharge_A = 50.0}};
    moment.causes.at(kChargeAt) = "member Pack A";
    say(kChargeAt, 50.0, 100.0);
    say(kVoltageAt, 52.8, 52.8);
    pass(3661);
    const std::string text = comparisonText(kWith, comparison);
    EXPECT_THAT(
        text,
        AllOf(HasSubstr("House beside Total <b> (instance 8), for 1 h 1 min"),
              HasSubstr("controls the chargers"), HasSubstr("Charge limit"), HasSubstr("100.0%"),
              HasSubstr("ours was set by member Pack A for 1 h"),
              HasSubstr("charge, by theirs: not for 1 h 1 min (judged for 1 h 1 min), Pack A "),
              HasSubstr("charge, by our limits: always"), Not(HasSubstr("SoC"))));
    EXPECT_THAT(momentText(kWith, moment),
                AllOf(HasSubstr("50.0A"), HasSubstr("differ  member Pack A")));
}

TEST_F(ComparisonTest, IsToldToProgramsAndAsAPage) {
    say(kChargeAt, 50.0, 100.0);
    pass(601);
    rapidjson::Document json;
    json.Parse(comparisonJson(kWith, comparison).c_str());
    ASSERT_TRUE(json.IsObject());
    EXPECT_EQ(json["values"]["max_charge_A"]["differed_s"].GetDouble(), 600.0);
    EXPECT_TRUE(json["beyond_own_limits"]["theirs"]["charge"].IsObject());
    const std::string page = comparisonHtml(kWith, comparison);
    EXPECT_THAT(page,
                AllOf(HasSubstr("<svg"), HasSubstr("<polyline"), HasSubstr("Total &lt;b&gt;"),
                      Not(HasSubstr("<b>")), Not(HasSubstr("<script")), Not(HasSubstr("http"))));
}

TEST_F(ComparisonTest, OfNothingIsAReportToo) {
    EXPECT_THAT(comparisonText(kWith, comparison), HasSubstr("for 0 s"));
    EXPECT_THAT(comparisonHtml(kWith, comparison), HasSubstr("</html>"));
    rapidjson::Document json;
    json.Parse(comparisonJson(kWith, comparison).c_str());
    EXPECT_TRUE(json.IsObject());
}

} // namespace
} // namespace busbar::comparison_test
