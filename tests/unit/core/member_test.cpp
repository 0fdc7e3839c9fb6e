// SPDX-License-Identifier: MIT
#include "core/members/member.hpp"
#include "core/table/path_table.hpp"
#include "unit/core/made.hpp"

#include <gtest/gtest.h>

namespace busbar::member_test {
namespace {

using made::Pack;

constexpr RowIndex kVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kCurrent = row("/Dc/0/Current");
constexpr RowIndex kPower = row("/Dc/0/Power");
constexpr RowIndex kMin = row("/System/MinCellVoltage");
constexpr RowIndex kMax = row("/System/MaxCellVoltage");
constexpr RowIndex kMinId = row("/System/MinVoltageCellId");
constexpr RowIndex kMaxId = row("/System/MaxVoltageCellId");
constexpr RowIndex kSum = row("/Voltages/Sum");

TEST(Member, DerivesPowerFromCurrentAndCurrentFromPower) {
    const Pack noPower("A", {{kVoltage, 26.0}, {kCurrent, -10.0}});
    EXPECT_EQ(Member(noPower.battery, noPower.entry, false).number(kPower), -260.0);
    const Pack noCurrent("A", {{kVoltage, 26.0}, {kPower, -260.0}});
    EXPECT_EQ(Member(noCurrent.battery, noCurrent.entry, false).number(kCurrent), -10.0);
    const Pack both("A", {{kVoltage, 26.0}, {kCurrent, 1.0}, {kPower, 99.0}});
    EXPECT_EQ(Member(both.battery, both.entry, false).number(kPower), 99.0);
}

TEST(Member, DividesByNoVoltage) {
    const Pack pack("A", {{kVoltage, 0.0}, {kPower, 100.0}});
    EXPECT_EQ(Member(pack.battery, pack.entry, false).number(kCurrent), std::nullopt);
}

TEST(Member, FindsExtremesAmongItsCells) {
    Pack pack("A", {});
    pack.setCells({3.31, Value(), 3.28, 3.35, 3.28, 3.35});
    const Member member(pack.battery, pack.entry, false);
    EXPECT_EQ(member.number(kMin), 3.28);
    EXPECT_EQ(*member.value(kMinId), Value("C3")) << "of equal ones the first";
    EXPECT_EQ(member.number(kMax), 3.35);
    EXPECT_EQ(*member.value(kMaxId), Value("C4"));
    EXPECT_EQ(member.number(kSum), std::nullopt) << "a cell is missing in it";
}

/// The one that is lost may have been the highest: 3.66 V, say, which had closed the bank.
TEST(Member, HasNoExtremesWhileACellIsLostThatItGave) {
    Pack pack("A", {});
    pack.setCells({3.31, Value(), 3.28});
    EXPECT_FALSE(Member(pack.battery, pack.entry, false).hasLostHighest()) << "it never gave it";
    pack.battery.cells[1].isLost = true;
    const Member member(pack.battery, pack.entry, false);
    EXPECT_EQ(member.number(kMin), std::nullopt);
    EXPECT_EQ(member.number(kMax), std::nullopt);
    EXPECT_TRUE(member.hasLostHighest());
}

TEST(Member, OldCellsSayNothing) {
    Pack pack("A", {{kVoltage, 26.4}, {kMin, 3.29}, {kSum, 26.0}});
    pack.setCells({3.20, 3.30, 3.60});
    pack.battery.hasOldCells = true;
    const Member member(pack.battery, pack.entry, false);
    EXPECT_EQ(member.cellCount(), 0U);
    EXPECT_TRUE(member.givesCells());
    EXPECT_EQ(member.number(kMin), 3.29);
    EXPECT_EQ(member.number(kMax), std::nullopt) << "and the highest is not taken from them";
    EXPECT_EQ(member.number(kSum), 26.4);
}

TEST(Member, ACellOfZeroVoltsMayBeTheHighest) {
    Pack pack("A", {});
    pack.setCells({3.31, 0.0, 3.28});
    const Member member(pack.battery, pack.entry, false);
    EXPECT_EQ(member.number(kMin), 0.0);
    EXPECT_EQ(member.number(kMax), std::nullopt);
    EXPECT_TRUE(member.hasLostHighest());
}

TEST(Member, AddsCellsUpOnlyIfAllAreKnown) {
    Pack pack("A", {});
    pack.setCells({3.25, 3.5});
    EXPECT_EQ(Member(pack.battery, pack.entry, false).number(kSum), 6.75);
    const Pack none("A", {});
    EXPECT_EQ(Member(none.battery, none.entry, false).number(kSum), std::nullopt);
}

TEST(Member, PrefersTheExtremesThatItsBmsGives) {
    Pack pack("A", {{kMin, 3.2}, {kMinId, "7"}});
    pack.setCells({3.3, 3.4});
    const Member member(pack.battery, pack.entry, false);
    EXPECT_EQ(member.number(kMin), 3.2);
    EXPECT_EQ(*member.value(kMinId), Value("7"));
    EXPECT_EQ(member.number(kMax), 3.4);
    EXPECT_EQ(*member.value(kMaxId), Value("C2"));
}

TEST(Member, AllDerivationsFitAtOnce) {
    Pack pack("A", {{kVoltage, 26.0}, {kCurrent, 1.0}});
    pack.setCells({3.3});
    const Member member(pack.battery, pack.entry, false);
    for (const RowIndex index : {kPower, kSum, kMin, kMinId, kMax, kMaxId})
        EXPECT_NE(member.value(index), nullptr) << kRows[index].path;
}

TEST(Member, ShowsHeldValuesOnlyWhenHeld) {
    Pack pack("A", {{kVoltage, 26.0}});
    pack.battery.slots[kCurrent].held = Value(5.0);
    pack.battery.slots[kVoltage].held = Value(25.0);
    const Member fresh(pack.battery, pack.entry, false);
    EXPECT_EQ(fresh.value(kCurrent), nullptr);
    const Member held(pack.battery, pack.entry, true);
    EXPECT_EQ(held.number(kCurrent), 5.0);
    EXPECT_EQ(held.number(kVoltage), 26.0) << "what is known is better than what was";
}

TEST(Member, NominalCapacityIsInstalledThenRemainingAndNeverZero) {
    constexpr RowIndex kInstalled = row("/InstalledCapacity");
    constexpr RowIndex kCapacity = row("/Capacity");
    const auto nominal = [](const Pack& pack) {
        return Member(pack.battery, pack.entry, false).nominalCapacity_Ah();
    };
    EXPECT_EQ(nominal(Pack("A", {{kInstalled, 280.0}, {kCapacity, 100.0}})), 280.0);
    EXPECT_EQ(nominal(Pack("A", {{kInstalled, 0.0}, {kCapacity, 100.0}})), 100.0);
    EXPECT_EQ(nominal(Pack("A", {{kCapacity, 0.0}})), std::nullopt);
}

TEST(Place, KnowsRowsAndBothWaysToNameACell) {
    EXPECT_EQ(findPlace("/Voltages/Cell1")->index, 0);
    EXPECT_EQ(findPlace("/Voltages/Cell256")->index, 255);
    EXPECT_EQ(findPlace("/Cell/16/Volts")->index, 15);
    EXPECT_EQ(findPlace("/Cell/16/Volts")->kind, Place::Kind::Cell);
    EXPECT_EQ(findPlace("/Soc")->kind, Place::Kind::Row);
    for (const char* path :
         {"", "/", "/Voltages/Cell", "/Voltages/Cell0", "/Voltages/Cell257", "/Voltages/Cell-1",
          "/Voltages/Cell1x", "/Voltages/Cell99999999999", "/Cell//Volts", "/Cell/Volts",
          "/Cell/0/Volts", "/Cell/1/Balance", "/soc", "/Devices/0/Soc"})
        EXPECT_EQ(findPlace(path), std::nullopt) << path;
}

TEST(Place, CellsAreBetweenZeroAndTenVolts) {
    constexpr Place kCell{Place::Kind::Cell, 3};
    EXPECT_EQ(plausible(kCell, 0.0), Value(0.0));
    EXPECT_EQ(plausible(kCell, 10.0), Value(10.0));
    EXPECT_FALSE(plausible(kCell, 10.1).isKnown());
    EXPECT_FALSE(plausible(kCell, -0.1).isKnown());
    EXPECT_FALSE(plausible(kCell, "3.3").isKnown());
}

TEST(Identity, IsTheSerialElseConnectionAndName) {
    constexpr RowIndex kSerial = row("/Serial");
    constexpr RowIndex kConnection = row("/Mgmt/Connection");
    const auto identity = [](const Pack& pack) { return identityOf(pack.battery); };
    EXPECT_EQ(identity(Pack("", {{kSerial, "HQ 1"}, {kConnection, "ttyS1"}})), "serial HQ 1");
    EXPECT_EQ(
        identity(Pack("", {{kSerial, ""}, {kConnection, "ttyS1"}, {row("/CustomName"), "A"}})),
        "ttyS1 A");
    EXPECT_EQ(identity(Pack("", {{kConnection, "ttyS1"}, {row("/ProductName"), "P"}})), "ttyS1 P");
    EXPECT_EQ(identity(Pack("", {})), "");
}

} // namespace
} // namespace busbar::member_test
