// SPDX-License-Identifier: MIT
#include "sim/random_bank.hpp"
#include "sim/twin.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace busbar::sim::twin_test {

namespace {

constexpr Limits kLimits = {56.0, 100.0, 200.0};

/// Two packs of 100 Ah, no load, so much sun.
TwinSpec sunnyBank(double sun_W) {
    TwinSpec spec = makeEqualBank(Chemistry::Lfp, 2, 100.0);
    spec.sun.constant_W = sun_W;
    spec.load = {0.0, 0.0, {}};
    return spec;
}

void steps(Twin& twin, int count, const Limits& limits = kLimits) {
    for (int i = 0; i < count; ++i)
        twin.step(limits);
}

TEST(PackSpec, ColdResistanceIsThatOfCellsAndConnection) {
    PackSpec pack;
    pack.connection_Ohm = 0.002;
    EXPECT_EQ(coldResistance_Ohm(pack), 0.002);
    pack.cells.resize(4);
    pack.cells[3].resistance_Ohm = 0.0025;
    EXPECT_NEAR(coldResistance_Ohm(pack), 0.002 + 3 * 0.0005 + 0.0025, 1e-12);
}

TEST(Twin, ChargesWithTheChargeLimitAndServesTheLoadBesides) {
    TwinSpec spec = sunnyBank(10000.0);
    spec.charger.max_A = 200.0;
    spec.load.base_W = 1000.0;
    Twin twin(spec);
    steps(twin, 60, {56.0, 40.0, 200.0});
    EXPECT_NEAR(twin.bus().battery_A, 40.0, 1.0); // rounded up
    EXPECT_GT(twin.bus().battery_A, 39.5);
    EXPECT_NEAR(twin.bus().load_A * twin.bus().voltage_V, 1000.0, 5.0);
}

TEST(Twin, HoldsTheBusAtTheChargeVoltage) {
    TwinSpec spec = sunnyBank(10000.0);
    for (PackSpec& pack : spec.packs)
        for (CellSpec& cell : pack.cells)
            cell.soc = 0.97;
    Twin twin(spec);
    double highest_V = 0.0;
    for (int i = 0; i < 1200; ++i) {
        twin.step({55.2, 100.0, 200.0});
        highest_V = std::max(highest_V, twin.bus().voltage_V);
    }
    EXPECT_NEAR(highest_V, 55.2, 1e-9);
    EXPECT_NEAR(twin.bus().voltage_V, 55.2, 1e-9);
    EXPECT_LT(twin.bus().battery_A, 20.0);
}

TEST(Twin, FeedInChargesWithAllTheSunUntilTheChargeVoltage) {
    TwinSpec spec = sunnyBank(5300.0);
    Twin twin(spec);
    const Limits closed = {56.0, 0.0, 200.0};
    steps(twin, 30, closed);
    EXPECT_NEAR(twin.bus().battery_A, 0.0, 0.01);
    twin.setFeedIn(true);
    steps(twin, 30, closed);
    EXPECT_NEAR(twin.bus().battery_A, twin.chargerAvailable_A(), 0.5);
    EXPECT_GT(twin.bus().battery_A, 80.0);
}

TEST(Twin, NoDischargeLimitLeavesTheLoadUnserved) {
    TwinSpec spec = sunnyBank(0.0);
    spec.load.base_W = 1000.0;
    Twin twin(spec);
    steps(twin, 3600, {56.0, 100.0, 0.0});
    EXPECT_NEAR(twin.book().unserved_Wh, 1000.0, 0.1);
    EXPECT_NEAR(twin.book().served_Wh, 0.0, 1e-9);
    EXPECT_NEAR(twin.bus().battery_A, 0.0, 1e-9);
}

TEST(Twin, UnequalPacksEqualiseWithoutSunAndLoad) {
    TwinSpec spec = sunnyBank(0.0);
    for (CellSpec& cell : spec.packs[1].cells)
        cell.soc = 0.2;
    Twin twin(spec);
    steps(twin, 600);
    EXPECT_LT(twin.truth(0).current_A, -0.5);
    EXPECT_NEAR(twin.truth(0).current_A, -twin.truth(1).current_A, 1e-9);
    const double before = twin.truth(1).soc;
    steps(twin, 600);
    EXPECT_GT(twin.truth(1).soc, before);
}

TEST(Twin, AWeakPackTripsWithoutAnybodyWhoLooks) {
    TwinSpec spec = sunnyBank(10000.0);
    spec.charger.max_A = 200.0;
    spec.packs[0].cells[5].soc = 0.8; // far above the others
    spec.packs[0].bms.limits.highCell_V.reset();
    Twin twin(spec);
    steps(twin, 3 * 3600);
    EXPECT_GE(twin.bms(0).trips(Trip::OverVoltage), 1);
    EXPECT_EQ(twin.bms(1).trips(Trip::UnderVoltage), 0);
}

/// Σ of what the charger gave = load + what the packs took at the bus; and each pack's books.
TEST(Twin, EnergyOfAWholeDayAddsUp) {
    TwinSpec spec = makeRandomBank(4);
    for (PackSpec& pack : spec.packs)
        pack.bms.trips.kind = Switch::Contactor; // diodes would take a part
    Twin twin(spec);
    double stored_Wh = 0.0;
    for (std::size_t i = 0; i < twin.size(); ++i)
        stored_Wh -= twin.cells(i).stored_Wh();
    steps(twin, 86400, {55.0, 200.0, 300.0});
    double lost_Wh = 0.0;
    for (std::size_t i = 0; i < twin.size(); ++i) {
        stored_Wh += twin.cells(i).stored_Wh();
        lost_Wh += twin.cells(i).energy().heat_Wh + twin.cells(i).energy().bled_Wh;
    }
    EXPECT_GT(twin.book().sun_Wh, 1000.0);
    EXPECT_NEAR(twin.book().sun_Wh, twin.book().served_Wh + stored_Wh + lost_Wh,
                1e-5 * twin.book().sun_Wh);
}

TEST(Twin, ChargeOfAWholeDayAddsUp) {
    TwinSpec spec = makeRandomBank(5);
    Twin twin(spec);
    std::vector<double> expected_Ah;
    for (std::size_t i = 0; i < twin.size(); ++i)
        expected_Ah.push_back(twin.cells(i).charge_Ah());
    for (int second = 0; second < 86400; ++second) {
        twin.step({55.0, 200.0, 300.0});
        for (std::size_t i = 0; i < twin.size(); ++i)
            expected_Ah[i] +=
                twin.truth(i).current_A / 3600.0 * static_cast<double>(twin.pack(i).cells.size());
    }
    for (std::size_t i = 0; i < twin.size(); ++i)
        EXPECT_NEAR(twin.cells(i).charge_Ah(), expected_Ah[i] - twin.cells(i).energy().bled_Ah,
                    1e-6 * expected_Ah[i])
            << i;
}

TEST(Twin, RepeatsExactlyFromItsSeed) {
    Twin a(makeRandomBank(6));
    Twin b(makeRandomBank(6));
    TwinSpec other = makeRandomBank(6);
    ++other.seed;
    Twin c(other);
    steps(a, 20000);
    steps(b, 20000);
    steps(c, 20000);
    EXPECT_EQ(a.bus().voltage_V, b.bus().voltage_V);
    EXPECT_EQ(a.cells(1).cells_V(), b.cells(1).cells_V());
    EXPECT_EQ(a.bms(0).published().current_A, b.bms(0).published().current_A);
    EXPECT_NE(a.bus().voltage_V, c.bus().voltage_V);
}

TEST(Twin, KnowsWhatItsPacksSayFromTheStart) {
    const Twin twin(makeEqualBank(Chemistry::Lto, 3, 40.0));
    EXPECT_TRUE(twin.bms(2).published().online);
    EXPECT_TRUE(twin.bms(2).published().voltage_V);
    EXPECT_NEAR(twin.bus().voltage_V, twin.truth(0).voltage_V, 1e-3);
}

} // namespace

} // namespace busbar::sim::twin_test
