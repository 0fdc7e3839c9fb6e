// SPDX-License-Identifier: MIT
#include "core/limits/curves.hpp"
#include "core/limits/direction.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/limit_settings.hpp"
#include "core/limits/preset.hpp"
#include "core/members/member.hpp"
#include "core/table/path_table.hpp"
#include "unit/core/made.hpp"

#include <gtest/gtest.h>

namespace busbar::curves_test {
namespace {

constexpr RowIndex kHighest = row("/System/MaxCellVoltage");
constexpr RowIndex kLowest = row("/System/MinCellVoltage");
constexpr RowIndex kHighestId = row("/System/MaxVoltageCellId");
constexpr RowIndex kTemperature = row("/Dc/0/Temperature");
constexpr RowIndex kCharge = row("/Info/MaxChargeCurrent");
constexpr RowIndex kDischarge = row("/Info/MaxDischargeCurrent");

const Curve kFalling = {{{3.40, 1.0}, {3.50, 0.2}, {3.60, 0.0}}, 3.45};

CurveChoice& choice(LimitSettings& settings, CurveKind kind) {
    return settings.curves.at(static_cast<std::size_t>(kind));
}

TEST(Factor, IsLinearBetweenPointsAndConstantBeyond) {
    EXPECT_EQ(factorAt(kFalling.points, 3.0), 1.0);
    EXPECT_EQ(factorAt(kFalling.points, 3.40), 1.0);
    EXPECT_NEAR(factorAt(kFalling.points, 3.45), 0.6, 1e-9);
    EXPECT_NEAR(factorAt(kFalling.points, 3.55), 0.1, 1e-9);
    EXPECT_EQ(factorAt(kFalling.points, 3.60), 0.0);
    EXPECT_EQ(factorAt(kFalling.points, 9.0), 0.0);
    EXPECT_EQ(factorAt({}, 9.0), 1.0);
}

TEST(Factor, AStopEndsAtItsRelease) {
    bool stopped = false;
    EXPECT_GT(factorAt(kFalling.points, kFalling.release, 3.55, stopped), 0.0);
    EXPECT_EQ(factorAt(kFalling.points, kFalling.release, 3.61, stopped), 0.0);
    EXPECT_EQ(factorAt(kFalling.points, kFalling.release, 3.55, stopped), 0.0) << "not yet";
    EXPECT_EQ(factorAt(kFalling.points, kFalling.release, 3.46, stopped), 0.0);
    EXPECT_NEAR(factorAt(kFalling.points, kFalling.release, 3.45, stopped), 0.6, 1e-9);
    EXPECT_GT(factorAt(kFalling.points, kFalling.release, 3.55, stopped), 0.0)
        << "released for good";
}

TEST(Factor, AStopOfARisingCurveEndsAboveItsRelease) {
    const Curve cold = {{{0.0, 0.0}, {10.0, 1.0}}, 3.0};
    bool stopped = false;
    EXPECT_EQ(factorAt(cold.points, cold.release, -1.0, stopped), 0.0);
    EXPECT_EQ(factorAt(cold.points, cold.release, 2.0, stopped), 0.0);
    EXPECT_NEAR(factorAt(cold.points, cold.release, 3.0, stopped), 0.3, 1e-9);
}

class CurvesTest : public ::testing::Test {
protected:
    CurvesTest() {
        for (const char* name : {"A", "B"})
            packs.emplace_back(name, made::Values{{kHighest, 3.30},
                                                  {kLowest, 3.28},
                                                  {kTemperature, 25.0},
                                                  {kCharge, 50.0},
                                                  {kDischarge, 80.0}});
    }
    std::optional<Limit> limit(Direction direction) {
        members.clear();
        for (const made::Pack& pack : packs)
            made::addTo(members, pack);
        const CurveInput input{members,
                               settings,
                               presetValues(Preset::Lfp),
                               soc,
                               settings.maxCharge_A,
                               settings.maxDischarge_A};
        noteCurveData(input, state);
        return made::smallestOf(curveLimits(direction, input, state));
    }
    std::optional<Limit> charge() { return limit(Direction::Charge); }

    std::deque<made::Pack> packs;
    Members members;
    LimitSettings settings;
    CurveState state;
    SocSpan soc{80.0, 80.0};
};

TEST_F(CurvesTest, InGoodOrderNothingLimits) {
    EXPECT_FALSE(charge());
    EXPECT_FALSE(limit(Direction::Discharge));
}

TEST_F(CurvesTest, TheHighestCellOfAllDecidesAndIsNamed) {
    packs[1].set(kHighest, 3.60);
    packs[1].set(kHighestId, "C7");
    const auto limit = charge();
    ASSERT_TRUE(limit);
    EXPECT_NEAR(limit->value, 0.2 * 100.0, 1e-9) << "of the sum of what both take";
    EXPECT_EQ(describe(*limit), "cell_high B/C7");
    settings.maxCharge_A = 40.0;
    EXPECT_NEAR(charge()->value, 0.2 * 40.0, 1e-9) << "of the ceiling";
}

TEST_F(CurvesTest, ALimitThatTheBmsTakesBackIsNotTakenBackTwice) {
    packs[1].set(kHighest, 3.60);
    EXPECT_NEAR(charge()->value, 20.0, 1e-9);
    packs[1].set(kCharge, 10.0);
    EXPECT_NEAR(charge()->value, 20.0, 1e-9) << "factor of the largest that it gave";
}

TEST_F(CurvesTest, LowCellsStopDischargeAndSlowCharge) {
    packs[0].set(kLowest, 2.79);
    EXPECT_EQ(limit(Direction::Discharge)->value, 0.0);
    EXPECT_EQ(limit(Direction::Discharge)->cause, Cause::CellLow);
    EXPECT_NEAR(charge()->value, 20.0, 1.0);
    packs[0].set(kLowest, 2.90);
    EXPECT_EQ(limit(Direction::Discharge)->value, 0.0) << "until the release";
    packs[0].set(kLowest, 2.96);
    EXPECT_GT(limit(Direction::Discharge)->value, 0.0);
}

TEST_F(CurvesTest, ColdAndHotLimitBothDirections) {
    packs[0].set(kTemperature, -1.0);
    EXPECT_EQ(charge()->value, 0.0);
    EXPECT_EQ(describe(*charge()), "cold A");
    EXPECT_GT(limit(Direction::Discharge)->value, 0.0);
    packs[0].set(kTemperature, 56.0);
    EXPECT_EQ(describe(*charge()), "hot A");
    EXPECT_NEAR(limit(Direction::Discharge)->value, 160.0 * 0.4, 1e-6);
}

TEST_F(CurvesTest, DataThatWasNeverThereIsNotMissedByAPreset) {
    packs[1].set(kHighest, {});
    packs[1].set(kLowest, {});
    EXPECT_FALSE(charge());
}

TEST_F(CurvesTest, DataThatVanishesCloses) {
    EXPECT_FALSE(charge());
    packs[1].set(kHighest, {});
    ASSERT_TRUE(charge());
    EXPECT_EQ(charge()->value, 0.0);
    EXPECT_EQ(describe(*charge()), "missing_data B");
    settings.fallback_A = 7.0;
    EXPECT_EQ(charge()->value, 7.0);
    packs[1].set(kHighest, 3.3);
    EXPECT_FALSE(charge()) << "recovers by itself";
}

TEST_F(CurvesTest, AnOwnersCurveNeedsItsDataFromTheStart) {
    choice(settings, CurveKind::HighCell).points = kFalling.points;
    packs[1].set(kHighest, {});
    EXPECT_EQ(charge()->cause, Cause::MissingData);
    choice(settings, CurveKind::HighCell).points.emplace(); // off
    EXPECT_FALSE(charge());
}

TEST_F(CurvesTest, SpreadAndStateOfChargeCanLimit) {
    choice(settings, CurveKind::SpreadCharge).points = {{0.05, 1.0}, {0.15, 0.0}};
    packs[0].set(kLowest, 3.20); // B's highest 3.30
    EXPECT_NEAR(charge()->value, 50.0, 1e-6);
    EXPECT_EQ(charge()->cause, Cause::CellSpread);
    choice(settings, CurveKind::SocCharge).points = {{70.0, 1.0}, {90.0, 0.0}};
    packs[0].set(kLowest, 3.28);
    EXPECT_NEAR(charge()->value, 50.0, 1e-6);
    EXPECT_EQ(charge()->cause, Cause::Soc);
}

TEST_F(CurvesTest, TheVoltageOfAWholeBatteryCanStopDischarging) {
    choice(settings, CurveKind::LowPack).points = {{48.0, 0.0}, {49.0, 1.0}};
    for (auto& pack : packs)
        pack.set(row("/Dc/0/Voltage"), 52.0);
    EXPECT_FALSE(limit(Direction::Discharge));
    packs[1].set(row("/Dc/0/Voltage"), 48.5);
    EXPECT_NEAR(limit(Direction::Discharge)->value, 0.5 * 160.0, 1e-9);
    EXPECT_EQ(limit(Direction::Discharge)->cause, Cause::PackLow);
    EXPECT_EQ(limit(Direction::Discharge)->member, "B");
    EXPECT_FALSE(charge());
}

TEST_F(CurvesTest, OfTwoSocsEachDirectionTakesTheOneNearerToItsStop) {
    choice(settings, CurveKind::SocCharge).points = {{70.0, 1.0}, {90.0, 0.0}};
    choice(settings, CurveKind::SocDischarge).points = {{10.0, 0.0}, {30.0, 1.0}};
    soc = {20.0, 80.0};
    EXPECT_NEAR(charge()->value, 0.5 * 100.0, 1e-9);
    EXPECT_NEAR(limit(Direction::Discharge)->value, 0.5 * 160.0, 1e-9);
}

/// For every preset: curves rise or fall as they should, stops have a release that ends them, and
/// all voltages stand in order (tests/peer_defects.md, D41).
TEST(Presets, AreConsistentInThemselves) {
    for (const Preset preset : {Preset::Lfp, Preset::Lto, Preset::Nmc}) {
        const PresetValues values = presetValues(preset);
        EXPECT_LT(*values.emptyCell_V, *values.comfortCell_V);
        EXPECT_LT(*values.comfortCell_V, *values.lowestFullCell_V);
        EXPECT_LT(*values.lowestFullCell_V, *values.fullCell_V);
        EXPECT_LT(*values.fullCell_V, *values.regularCell_V);
        EXPECT_LT(*values.regularCell_V, *values.balancingCell_V) << "balancing would never run";
        EXPECT_LT(*values.balancingCell_V, *values.cellMax_V) << "balancing would never succeed";
        const Curve& high = values.curves.at(static_cast<std::size_t>(CurveKind::HighCell));
        EXPECT_LT(*values.cellMax_V, high.points.front().x) << "every full charge would be cut";
        const Curve& low = values.curves.at(static_cast<std::size_t>(CurveKind::LowCell));
        EXPECT_LE(low.points.front().x, *values.emptyCell_V);
        for (const Curve& curve : values.curves) {
            for (std::size_t i = 1; i < curve.points.size(); ++i)
                EXPECT_LT(curve.points[i - 1].x, curve.points[i].x);
            const bool stops = std::ranges::any_of(
                curve.points, [](const CurvePoint& p) { return p.factor == 0.0; });
            EXPECT_EQ(stops, curve.release.has_value());
            EXPECT_GT(stops ? factorAt(curve.points, *curve.release) : 1.0, 0.0);
        }
    }
}

TEST(Presets, AreRecognisedByTheChargeVoltagePerCell) {
    constexpr RowIndex kCvl = row("/Info/MaxChargeVoltage");
    constexpr RowIndex kCells = row("/System/NrOfCellsPerBattery");
    const auto found = [&](double cvl_V, double cells, double cvl2_V, double cells2) {
        const made::Pack a("A", {{kCvl, cvl_V}, {kCells, cells}});
        const made::Pack b("B", {{kCvl, cvl2_V}, {kCells, cells2}});
        Members members;
        made::addTo(members, a);
        made::addTo(members, b);
        return recognise(members);
    };
    EXPECT_EQ(found(55.2, 16, 57.6, 16), Preset::Lfp);
    EXPECT_EQ(found(62.4, 24, 64.8, 24), Preset::Lto);
    EXPECT_EQ(found(58.8, 14, 57.4, 14), Preset::Nmc);
    EXPECT_EQ(found(55.2, 16, 58.8, 14), std::nullopt) << "they disagree";
    EXPECT_EQ(found(48.0, 16, 48.0, 16), std::nullopt) << "3.0 V per cell is nobody's";
    const made::Pack silent("A", {{kCvl, 55.2}});
    Members members;
    made::addTo(members, silent);
    EXPECT_EQ(recognise(members), std::nullopt);
}

TEST(Presets, ACountOfCellsThatDoesNotFitTheVoltageIsNotBelieved) {
    const made::Pack pack(
        "A", {{row("/Dc/0/Voltage"), 52.0}, {row("/System/NrOfCellsPerBattery"), 4.0}});
    Members members;
    made::addTo(members, pack);
    EXPECT_FALSE(cellsInSeries(members.front()));
}

} // namespace
} // namespace busbar::curves_test
