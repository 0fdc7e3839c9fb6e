// SPDX-License-Identifier: MIT
#include "core/limits/cell_count.hpp"
#include "core/limits/preset.hpp"
#include "core/members/member.hpp"
#include "core/table/path_table.hpp"
#include "unit/core/made.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

namespace busbar::cell_count_test {
namespace {

using namespace std::chrono_literals;

constexpr RowIndex kVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kSum = row("/Voltages/Sum");
constexpr RowIndex kCvl = row("/Info/MaxChargeVoltage");
constexpr RowIndex kSaid = row("/System/NrOfCellsPerBattery");
constexpr RowIndex kLowest = row("/System/MinCellVoltage");
constexpr RowIndex kHighest = row("/System/MaxCellVoltage");

std::optional<double> counted(const made::Pack& pack) {
    Members members;
    made::addTo(members, pack);
    return cellsByItself(members.front());
}

TEST(CellCount, VoltageByMeanCellWhereNobodySaysIt) {
    EXPECT_EQ(counted({"A", {{kVoltage, 13.2}, {kLowest, 3.3}, {kHighest, 3.3}}}), 4.0);
    EXPECT_EQ(counted({"A", {{kVoltage, 52.9}, {kLowest, 3.29}, {kHighest, 3.32}}}), 16.0);
    EXPECT_EQ(counted({"A", {{kVoltage, 51.2}, {kSum, 52.8}, {kLowest, 3.3}, {kHighest, 3.3}}}),
              16.0)
        << "the sum is of the cells";
    EXPECT_EQ(counted({"A", {{kVoltage, 53.5}, {kLowest, 3.2}, {kHighest, 3.6}}}), std::nullopt)
        << "so far apart, the mean of two is nobody's";
    EXPECT_EQ(counted({"A", {{kVoltage, 13.2}, {kHighest, 3.3}}}), std::nullopt);
    EXPECT_EQ(counted({"A", {{kLowest, 3.3}, {kHighest, 3.3}}}), std::nullopt);
}

TEST(CellCount, WhatCannotBeIsNotBelieved) {
    made::Pack pack("A", {{kVoltage, 52.8}, {kSaid, 32.0}, {kLowest, 3.3}, {kHighest, 3.3}});
    EXPECT_EQ(counted(pack), 16.0) << "two batteries' cells, 1.65 V each";
    pack.set(kSaid, {});
    pack.setCells({3.3, 3.3, 3.3, 3.3});
    EXPECT_EQ(counted(pack), 16.0) << "a part of them is listed";
    pack.set(kSaid, 16.0);
    EXPECT_EQ(counted(pack), 16.0);
}

TEST(CellCount, ChemistryLeavesOneNumberOrNone) {
    const auto by = [](double voltage_V, double cvl_V, Preset chemistry) {
        const made::Pack pack("A", {{kVoltage, voltage_V}, {kCvl, cvl_V}});
        Members members;
        made::addTo(members, pack);
        return cellsByChemistry(members.front(), chemistry);
    };
    EXPECT_EQ(by(13.2, 14.2, Preset::Lfp), 4.0);
    EXPECT_EQ(by(52.8, 56.8, Preset::Lfp), 16.0);
    EXPECT_EQ(by(49.5, 52.5, Preset::Lfp), 15.0);
    EXPECT_EQ(by(52.8, 54.4, Preset::Lfp), std::nullopt) << "15 or 16";
    EXPECT_EQ(by(50.4, 58.8, Preset::Nmc), 14.0);
    EXPECT_EQ(by(13.2, 14.2, Preset::None), std::nullopt);
    EXPECT_EQ(by(13.2, 14.2, Preset::Auto), std::nullopt);
    EXPECT_EQ(by(2.0, 14.2, Preset::Lfp), std::nullopt);
}

class CellCountOverTime : public ::testing::Test {
protected:
    std::optional<double> at(std::chrono::seconds t, bool held = false) {
        Members members;
        made::addTo(members, pack, held);
        countCells(state, members, {owners, chemistry, cell_V}, Now{} + t);
        return cellsInSeries(members.front());
    }
    made::Pack pack{"A", {{kVoltage, 52.8}, {kLowest, 3.3}, {kHighest, 3.3}}};
    std::optional<double> owners;
    Preset chemistry = Preset::Auto;
    std::optional<double> cell_V;
    CellCounts state;
};

TEST_F(CellCountOverTime, CellsFarApartLeaveOneNumberOfOneChemistry) {
    pack.set(kVoltage, 54.0);
    pack.set(kHighest, 3.75);
    EXPECT_EQ(at(0s), std::nullopt);
    pack.set(kCvl, 56.8);
    EXPECT_EQ(at(1s), 16.0) << "14 of NMC would need other cells";
}

TEST_F(CellCountOverTime, ASumOfSomeCellsIsNotTheVoltage) {
    pack.setCells({3.3, 3.3});
    EXPECT_EQ(at(0s), 16.0);
}

TEST_F(CellCountOverTime, OneWrongVoltageChangesNothing) {
    EXPECT_EQ(at(0s), 16.0);
    pack.set(kVoltage, 26.4);
    EXPECT_EQ(at(1s), 16.0);
    pack.set(kLowest, {});
    EXPECT_EQ(at(90s), 16.0) << "it gives none";
    pack.set(kLowest, 3.3);
    EXPECT_EQ(at(100s), 16.0);
    EXPECT_EQ(at(159s), 16.0);
    EXPECT_EQ(at(160s), 8.0) << "it lasts";
}

TEST_F(CellCountOverTime, TheOwnersCountsUnlessTheCellsContradict) {
    owners = 15.0;
    EXPECT_EQ(at(0s), std::nullopt);
    owners = 16.0;
    EXPECT_EQ(at(1s), 16.0);
    pack.set(kLowest, {});
    pack.set(kSaid, 8.0);
    EXPECT_EQ(at(2s), 16.0);
}

/// Nobody gives a cell: 24 × 3.4 V are 81.6 V on a pack that asks for 56.8 V.
TEST_F(CellCountOverTime, TheOwnersDoesNotCountAgainstTheChargeVoltageOfTheBattery) {
    pack.set(kLowest, {});
    pack.set(kHighest, {});
    pack.set(kCvl, 56.8);
    owners = 24.0;
    cell_V = 3.4;
    EXPECT_EQ(at(0s), std::nullopt);
    owners = 18.0;
    cell_V = 3.5;
    EXPECT_EQ(at(1s), std::nullopt) << "63 V";
    owners = 16.0;
    cell_V = 3.65;
    EXPECT_EQ(at(2s), 16.0);
    pack.set(kCvl, 50.0);
    EXPECT_EQ(at(3s), 16.0) << "it lowers it for a while: it has asked for more";
    owners = 24.0;
    cell_V = 2.65;
    EXPECT_EQ(at(4s), 24.0) << "LTO charged to 2.37 V a cell by its BMS";
}

TEST_F(CellCountOverTime, TheOwnersDoesNotCountAgainstTheVoltageOfOneThatAsksForNone) {
    pack.set(kLowest, {});
    pack.set(kHighest, {});
    owners = 24.0;
    EXPECT_EQ(at(0s), 24.0) << "2.2 V: LTO, for all that is known";
    chemistry = Preset::Lfp;
    EXPECT_EQ(at(1s), std::nullopt);
    owners = 16.0;
    EXPECT_EQ(at(2s), 16.0);
}

} // namespace
} // namespace busbar::cell_count_test
