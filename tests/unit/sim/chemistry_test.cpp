// SPDX-License-Identifier: MIT
#include "sim/chemistry.hpp"

#include <gtest/gtest.h>

#include <array>

namespace busbar::sim::chemistry_test {

namespace {

constexpr std::array kAll = {Chemistry::Lfp, Chemistry::Lto, Chemistry::Nmc};

TEST(Chemistry, VoltageRisesWithChargeAlsoBeyondTheEnds) {
    for (const Chemistry chemistry : kAll) {
        const OcvTable table = makeOcvTable(chemistry);
        for (int i = -20; i < 1020; ++i) {
            const double soc = i / 1000.0;
            ASSERT_LT(table.voltage_V(soc), table.voltage_V(soc + 0.001))
                << toText(chemistry) << " at " << soc;
        }
    }
}

// Resting voltages that data sheets and owners' tables agree on within some 0.05 V.
TEST(Chemistry, KnownVoltagesAreMet) {
    const OcvTable lfp = makeOcvTable(Chemistry::Lfp);
    EXPECT_NEAR(lfp.voltage_V(0.0), 2.50, 0.03);
    EXPECT_NEAR(lfp.voltage_V(0.1), 3.18, 0.05);
    EXPECT_NEAR(lfp.voltage_V(0.5), 3.29, 0.03);
    EXPECT_NEAR(lfp.voltage_V(0.9), 3.33, 0.03);
    EXPECT_NEAR(lfp.voltage_V(1.0), 3.60, 0.03);
    const OcvTable lto = makeOcvTable(Chemistry::Lto);
    EXPECT_NEAR(lto.voltage_V(0.0), 1.80, 0.05);
    EXPECT_NEAR(lto.voltage_V(0.5), 2.25, 0.06);
    EXPECT_NEAR(lto.voltage_V(1.0), 2.75, 0.03);
    const OcvTable nmc = makeOcvTable(Chemistry::Nmc);
    EXPECT_NEAR(nmc.voltage_V(0.5), 3.70, 0.05);
    EXPECT_NEAR(nmc.voltage_V(1.0), 4.20, 0.03);
}

TEST(Chemistry, SocIsTheInverseOfVoltage) {
    for (const Chemistry chemistry : kAll) {
        const OcvTable table = makeOcvTable(chemistry);
        for (const double soc : {-0.01, 0.0, 0.003, 0.2504, 0.7, 0.9999, 1.0, 1.01})
            EXPECT_NEAR(table.soc(table.voltage_V(soc)), soc, 1e-9) << toText(chemistry);
    }
}

TEST(Chemistry, EnergyIsTheAreaUnderTheCurve) {
    for (const Chemistry chemistry : kAll) {
        const OcvTable table = makeOcvTable(chemistry);
        constexpr int kParts = 100000;
        constexpr double kFrom = 0.1234;
        constexpr double kTo = 1.0172;
        double sum = 0.0;
        for (int i = 0; i < kParts; ++i)
            sum += table.voltage_V(kFrom + (kTo - kFrom) * (i + 0.5) / kParts);
        const double area = sum * (kTo - kFrom) / kParts;
        EXPECT_NEAR(table.energy_Wh(kTo) - table.energy_Wh(kFrom), area, 1e-6);
    }
}

TEST(Chemistry, TypicalVoltagesAreInOrder) {
    for (const Chemistry chemistry : kAll) {
        const TypicalCell cell = typicalCell(chemistry);
        const OcvTable table = makeOcvTable(chemistry);
        EXPECT_LT(cell.underVoltage_V, cell.dischargeTo_V);
        EXPECT_LT(cell.dischargeTo_V, cell.dischargeFrom_V);
        EXPECT_LT(cell.float_V, cell.charge_V);
        EXPECT_LT(cell.chargeFrom_V, cell.chargeTo_V);
        EXPECT_LT(cell.chargeTo_V, cell.overVoltage_V);
        EXPECT_LT(cell.overRelease_V, cell.overVoltage_V);
        // Charged at the usual voltage the cell is all but full, and the trip is not below that.
        EXPECT_GT(table.soc(cell.charge_V), 0.9) << toText(chemistry);
        EXPECT_GT(table.soc(cell.overVoltage_V), 0.99) << toText(chemistry);
    }
}

} // namespace

} // namespace busbar::sim::chemistry_test
