// SPDX-License-Identifier: MIT
// Whose single cells nothing hangs on.
#include "core/bank.hpp"
#include "core/cycle/calm_cells.hpp"
#include "core/cycle/view.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"
#include "unit/core/made_readings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <utility>

namespace busbar::calm_cells_test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr RowIndex kLowest = row("/System/MinCellVoltage");
constexpr RowIndex kHighest = row("/System/MaxCellVoltage");
constexpr RowIndex kCount = row("/System/NrOfCellsPerBattery");
constexpr RowIndex kLowestId = row("/System/MinVoltageCellId");
constexpr RowIndex kHighestId = row("/System/MaxVoltageCellId");

/// Two packs of eight LFP cells at 3.30 V.
class CalmCellsTest : public ::testing::Test {
protected:
    CalmCellsTest() { settings.preset = Preset::Lfp; }

    void connect() {
        readings.setLink(true, now);
        (void)readings.beginSweep();
        for (const int instance : {1, 2}) {
            made::putBasics(readings, instance, now);
            put(instance, kCount, 8.0);
            put(instance, kLowestId, "C1");
            put(instance, kHighestId, "C2");
            putExtremes(instance, 3.29, 3.31);
            for (std::uint16_t cell = 0; cell < 8; ++cell)
                readings.put(instance, {Place::Kind::Cell, cell}, 3.3, now);
        }
        readings.completeSweep(now);
    }
    void put(int instance, RowIndex index, Value value) {
        made::put(readings, instance, index, std::move(value), now);
    }
    void putExtremes(int instance, double lowest_V, double highest_V) {
        put(instance, kLowest, lowest_V);
        put(instance, kHighest, highest_V);
    }
    std::set<int> calm() {
        now = now + 1s;
        readings.noteSign(now);
        readings.settle(now);
        bank.setSettings(settings);
        bank.evaluate(readings, now);
        std::set<int> found;
        std::set<int> other;
        sortByCells(found, other, bank.view());
        EXPECT_EQ(found.size() + other.size(), 2U);
        return found;
    }

    BankSettings settings;
    Readings readings;
    Bank bank{settings};
    Now now = made::start();
};

TEST_F(CalmCellsTest, AreFarFromAllThatLooksAtCells) {
    connect();
    EXPECT_THAT(calm(), ElementsAre(1, 2));
    putExtremes(1, 3.36, 3.38);
    EXPECT_THAT(calm(), ElementsAre(2)) << "0.05 V below full";
    putExtremes(1, 3.19, 3.21);
    EXPECT_THAT(calm(), ElementsAre(2)) << "not comfortable";
    putExtremes(1, 3.25, 3.31);
    EXPECT_THAT(calm(), ElementsAre(2)) << "not equal";
    putExtremes(1, 3.29, 3.31);
    EXPECT_THAT(calm(), ElementsAre(1, 2));
}

TEST_F(CalmCellsTest, TheBatteryItselfSaysWhatStandsForThem) {
    for (const RowIndex missing : {kLowest, kHighest, kCount, kLowestId, kHighestId}) {
        connect();
        put(1, missing, Value());
        EXPECT_THAT(calm(), ElementsAre(2)) << kRows.at(missing).path;
    }
    connect();
    put(1, kCount, 7.0);
    EXPECT_THAT(calm(), ElementsAre(2)) << "it lists eight";
    connect();
    readings.put(1, {Place::Kind::Cell, 3}, Value(), now);
    EXPECT_THAT(calm(), ElementsAre(2)) << "a cell is lost";
}

TEST_F(CalmCellsTest, NobodysAreWithoutAChemistry) {
    settings.preset = Preset::None;
    connect();
    EXPECT_THAT(calm(), IsEmpty());
}

TEST_F(CalmCellsTest, TheOwnersCurvesAndTargetCount) {
    connect();
    settings.limits.curves.at(static_cast<std::size_t>(CurveKind::HighCell)).points = {{3.35, 1.0},
                                                                                       {3.45, 0.0}};
    EXPECT_THAT(calm(), IsEmpty());
    settings.limits.curves = {};
    ASSERT_THAT(calm(), ElementsAre(1, 2));
    settings.limits.cvl.cellMax_V = 3.35;
    EXPECT_THAT(calm(), IsEmpty());
}

TEST_F(CalmCellsTest, NobodysAreWhileDataIsLost) {
    connect();
    ASSERT_THAT(calm(), ElementsAre(1, 2));
    readings.setLink(false, now);
    EXPECT_THAT(calm(), IsEmpty());
}

/// Nothing that is worked out changes with the way in which they are read.
TEST_F(CalmCellsTest, OldOnesLeaveTheLimitsAsTheyAre) {
    connect();
    (void)calm();
    const Snapshot live = bank.snapshot();
    for (const int instance : {1, 2})
        readings.setOldCells(instance, true);
    (void)calm();
    for (const char* path :
         {"/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent", "/Info/MaxChargeVoltage",
          "/System/MaxCellVoltage", "/System/MaxVoltageCellId"})
        EXPECT_EQ(bank.snapshot()[findRow(path).value()], live[findRow(path).value()]) << path;
}

} // namespace
} // namespace busbar::calm_cells_test
