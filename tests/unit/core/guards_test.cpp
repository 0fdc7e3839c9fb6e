// SPDX-License-Identifier: MIT
#include "core/limits/cause.hpp"
#include "core/limits/direction.hpp"
#include "core/limits/guards.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/limit_settings.hpp"
#include "core/limits/preset.hpp"
#include "core/table/path_table.hpp"
#include "unit/core/made.hpp"

#include <gtest/gtest.h>

namespace busbar::guards_test {
namespace {

constexpr RowIndex kHighest = row("/System/MaxCellVoltage");
constexpr RowIndex kCells = row("/System/NrOfCellsPerBattery");

class GuardsTest : public ::testing::Test {
protected:
    std::optional<Limit> limit(Direction direction) {
        members.clear();
        made::addTo(members, a);
        made::addTo(members, b);
        return unguardedLimit(direction, {members, settings, preset, isUnrecognised});
    }
    std::optional<Limit> charge() { return limit(Direction::Charge); }
    std::optional<Limit> discharge() { return limit(Direction::Discharge); }

    made::Pack a{"A", {{row("/Dc/0/Voltage"), 52.8}, {kHighest, 3.3}}};
    made::Pack b{"B", {{row("/Dc/0/Voltage"), 52.8}}};
    Members members;
    LimitSettings settings;
    PresetValues preset = presetValues(Preset::Lfp);
    bool isUnrecognised = false;
};

TEST_F(GuardsTest, NothingLacksWhereNothingIsAskedFor) {
    EXPECT_FALSE(charge());
    EXPECT_FALSE(discharge());
    isUnrecognised = true;
    EXPECT_FALSE(charge()) << "the limits of the BMSs guard";
}

TEST_F(GuardsTest, OwnChargeVoltageNeedsANumberOfCells) {
    settings.cvl.mode = CvlMode::Own;
    const auto closed = charge();
    ASSERT_TRUE(closed);
    EXPECT_EQ(closed->value, 0.0);
    EXPECT_EQ(closed->cause, Cause::MissingData);
    EXPECT_EQ(closed->member, "A");
    EXPECT_FALSE(discharge());
    a.set(kCells, 16.0);
    EXPECT_FALSE(charge());
    preset = {};
    EXPECT_TRUE(charge()) << "no voltage for a cell";
    settings.cvl.cell_V = {3.4};
    EXPECT_FALSE(charge());
}

TEST_F(GuardsTest, TheOwnersCellMaximumNeedsTheHighestCellOfAll) {
    settings.cvl.cellMax_V = 3.5;
    ASSERT_TRUE(charge());
    EXPECT_EQ(charge()->member, "B");
    EXPECT_FALSE(discharge());
    b.set(kHighest, 3.3);
    EXPECT_FALSE(charge());
    b.set(kHighest, {});
    settings.cvl.cellMax_V = 0.0;
    EXPECT_FALSE(charge()) << "switched off";
}

TEST_F(GuardsTest, OwnModeWithoutAChemistryOrCurvesIsClosed) {
    settings.mode = LimitMode::Own;
    isUnrecognised = true;
    EXPECT_TRUE(charge());
    EXPECT_TRUE(discharge());
    settings.fallback_A = 5.0;
    EXPECT_EQ(charge()->value, 5.0);
    settings.curves.at(static_cast<std::size_t>(CurveKind::LowCell)).points = {{3.0, 0.0},
                                                                               {3.1, 1.0}};
    EXPECT_TRUE(charge());
    EXPECT_FALSE(discharge());
}

} // namespace
} // namespace busbar::guards_test
