// SPDX-License-Identifier: MIT
#include "sim/bms.hpp"

#include <gtest/gtest.h>

namespace busbar::sim::bms_test {

namespace {

/// A pack at a constant current with its BMS.
class Rig {
public:
    explicit Rig(BmsSpec spec, double soc = 0.5, CellSpec cell = {})
        : pack_(Chemistry::Lfp, cellsOf(cell, soc), 0.001, {}, 1.0),
          bms_(std::move(spec), pack_, 1, Seconds(1.0)) {}

    void run(int seconds, double current_A) {
        for (int i = 0; i < seconds; ++i) {
            static_cast<void>(pack_.prepare());
            const bool isAllowed = current_A > 0.0 ? bms_.canCharge() : bms_.canDischarge();
            pack_.apply(isAllowed ? current_A : 0.0);
            ++time_s_;
            bms_.step(Seconds(time_s_), pack_, busAbove_V_);
        }
    }
    void setBusAbove(double volt) { busAbove_V_ = volt; }
    [[nodiscard]] const PackReport& said() const { return bms_.published(); }
    [[nodiscard]] const Bms& bms() const { return bms_; }
    [[nodiscard]] const Pack& pack() const { return pack_; }

private:
    static std::vector<CellSpec> cellsOf(CellSpec cell, double soc) {
        cell.soc = soc;
        return std::vector<CellSpec>(16, cell);
    }
    Pack pack_;
    Bms bms_;
    double time_s_{0.0};
    double busAbove_V_{0.0};
};

BmsSpec exactSpec() {
    BmsSpec spec;
    spec.reporting.delay = Seconds(0.0);
    spec.reporting.currentNoise_A = 0.0;
    spec.reporting.cellError_V = 0.0;
    spec.balancer.current_A = 0.0;
    return spec;
}

TEST(Bms, ReportsRoundedValues) {
    BmsSpec spec = exactSpec();
    spec.reporting.currentGain = 1.02;
    Rig rig(spec);
    rig.run(5, 12.34);
    EXPECT_NEAR(rig.said().current_A.value(), 12.6, 1e-9); // 12.5868
    EXPECT_NEAR(rig.said().maxCharge_A.value(), 100.0, 1e-9);
    EXPECT_EQ(rig.said().cells_V.size(), 16U);
    EXPECT_NEAR(rig.said().voltage_V.value(), rig.pack().voltage_V(), 0.005 + 1e-9);
    EXPECT_EQ(rig.said().allowCharge, true);
}

TEST(Bms, ReportsLateAndNowAndThen) {
    BmsSpec spec = exactSpec();
    spec.reporting.period = Seconds(4.0);
    spec.reporting.delay = Seconds(2.0);
    Rig rig(spec);
    rig.run(4, 0.0); // measured at 1, next at 4
    rig.run(1, 50.0);
    rig.run(4, 50.0);
    EXPECT_NEAR(rig.said().current_A.value(), 0.0, 1e-9); // of second 4, out since 6
    rig.run(1, 50.0);                                     // second 10: that of 8
    EXPECT_NEAR(rig.said().current_A.value(), 50.0, 1e-9);
}

TEST(Bms, LimitsAreNeverRoundedUp) {
    BmsSpec spec = exactSpec();
    spec.limits.charge_A = 79.9;
    Rig rig(spec);
    rig.run(2, 0.0);
    EXPECT_NEAR(rig.said().maxCharge_A.value(), 79.0, 1e-9);
    EXPECT_NEAR(rig.bms().ownLimits().maxCharge_A, 79.9, 1e-9);
}

TEST(Bms, OpensForChargingAtAHighCellAndClosesAfterRelease) {
    BmsSpec spec = exactSpec();
    Rig rig(spec, 0.995);
    rig.run(200, 40.0);
    EXPECT_FALSE(rig.bms().canCharge());
    EXPECT_TRUE(rig.bms().canDischarge());
    EXPECT_EQ(rig.bms().trips(Trip::OverVoltage), 1);
    EXPECT_EQ(rig.said().maxCharge_A, 0.0);
    EXPECT_EQ(rig.said().allowCharge, false);
    EXPECT_EQ(rig.said().highCellAlarm, 2);
    rig.run(200, -40.0); // below 3.45 V soon, then 30 s
    EXPECT_TRUE(rig.bms().canCharge());
    EXPECT_EQ(rig.said().highCellAlarm, 0);
}

TEST(Bms, OpensForDischargingAtALowCell) {
    Rig rig(exactSpec(), 0.02);
    rig.run(600, -40.0);
    EXPECT_FALSE(rig.bms().canDischarge());
    EXPECT_TRUE(rig.bms().canCharge());
    EXPECT_EQ(rig.bms().trips(Trip::UnderVoltage), 1);
    EXPECT_EQ(rig.said().soc_pct, 0.0);
}

TEST(Bms, ToleratesTooMuchCurrentForAWhileOnly) {
    BmsSpec spec = exactSpec();
    spec.trips.overCharge_A = 80.0;
    spec.trips.currentDelay = Seconds(10.0);
    Rig rig(spec);
    rig.run(9, 90.0);
    EXPECT_TRUE(rig.bms().canCharge());
    rig.run(1, 0.0);
    rig.run(9, 90.0);
    EXPECT_TRUE(rig.bms().canCharge());
    rig.run(1, 90.0);
    EXPECT_FALSE(rig.bms().canCharge());
    rig.run(29, 0.0);
    EXPECT_FALSE(rig.bms().canCharge());
    rig.run(1, 0.0);
    EXPECT_TRUE(rig.bms().canCharge());
}

TEST(Bms, AContactorOpensBothWaysAndClosesOnlyNearTheBus) {
    BmsSpec spec = exactSpec();
    spec.trips.kind = Switch::Contactor;
    spec.trips.overDischarge_A = 80.0;
    Rig rig(spec);
    rig.run(10, -90.0);
    EXPECT_FALSE(rig.bms().canCharge());
    EXPECT_FALSE(rig.bms().canDischarge());
    rig.setBusAbove(1.5);
    rig.run(100, 0.0);
    EXPECT_FALSE(rig.bms().canCharge());
    rig.setBusAbove(0.5);
    rig.run(1, 0.0);
    EXPECT_TRUE(rig.bms().canCharge());
}

TEST(Bms, DeratesByItsHighestCell) {
    BmsSpec spec = exactSpec();
    spec.limits.highCell_V = Derating{3.30, 3.40};
    Rig rig(spec, 0.9);
    rig.run(2, 0.0);
    const double highest_V = rig.pack().cells_V()[0];
    ASSERT_GT(highest_V, 3.30);
    EXPECT_NEAR(rig.bms().ownLimits().maxCharge_A, 100.0 * (3.40 - highest_V) / 0.1, 1e-6);
}

TEST(Bms, GoesThroughAbsorptionToFloatAndBack) {
    BmsSpec spec = exactSpec();
    spec.limits.charge_V = 55.0;
    spec.limits.float_V = 53.6;
    Rig rig(spec, 0.985);
    EXPECT_EQ(rig.said().chargeMode, ChargeMode::Bulk);
    while (rig.pack().voltage_V() < 55.0)
        rig.run(1, 20.0);
    EXPECT_EQ(rig.said().chargeMode, ChargeMode::Absorption);
    rig.run(150, 3.0);
    EXPECT_EQ(rig.said().chargeMode, ChargeMode::Float);
    EXPECT_NEAR(rig.said().maxCharge_V.value(), 53.6, 1e-9);
    EXPECT_NEAR(rig.said().soc_pct.value(), 100.0, 1e-9);
    rig.run(600, -40.0);
    EXPECT_EQ(rig.said().chargeMode, ChargeMode::Bulk);
    EXPECT_NEAR(rig.said().maxCharge_V.value(), 55.0, 1e-9);
}

TEST(Bms, CountsWhatItMeasuresNotWhatIs) {
    BmsSpec spec = exactSpec();
    spec.reporting.currentGain = 1.1;
    spec.reporting.socStep_pct = 0.01;
    spec.reporting.socError_pct = 5.0;
    Rig rig(spec, 0.5);
    rig.run(1800, 20.0); // 10 Ah
    EXPECT_NEAR(rig.said().soc_pct.value(), 55.0 + 11.0, 0.02);
    EXPECT_NEAR(rig.said().consumed_Ah.value(), -34.0, 0.1);
}

TEST(Bms, BalancesOnlyWhatStandsOut) {
    BmsSpec spec = exactSpec();
    spec.balancer = {0.5, 3.30, 0.010};
    std::vector<CellSpec> cells(4, CellSpec{100.0, 0.0005, 0.0004, 60.0, 0.985, 0.0});
    cells[2].soc = 0.995;
    Pack pack(Chemistry::Lfp, cells, 0.0, {}, 1.0);
    Bms bms(spec, pack, 1, Seconds(1.0));
    for (int i = 1; i <= 100; ++i) {
        static_cast<void>(pack.prepare());
        pack.apply(0.0);
        bms.step(Seconds(i), pack, 0.0);
    }
    EXPECT_TRUE(bms.published().balancing);
    EXPECT_NEAR(pack.energy().bled_Ah, 0.5 * 99.0 / 3600.0, 1e-9);
    EXPECT_LT(pack.socs()[2], 0.995);
    EXPECT_EQ(pack.socs()[0], 0.985);
}

TEST(Bms, FaultsTakeAwayWhatTheySay) {
    BmsSpec spec = exactSpec();
    using enum Fault::Kind;
    spec.faults = {{Silent, Seconds(10.0), Seconds(20.0)},
                   {Frozen, Seconds(30.0), Seconds(40.0)},
                   {NoCells, Seconds(50.0), Seconds(60.0)},
                   {Left, Seconds(70.0), Seconds(80.0)}};
    Rig rig(spec);
    rig.run(15, 10.0);
    EXPECT_TRUE(rig.said().silent);
    rig.run(10, 10.0);
    EXPECT_FALSE(rig.said().silent);
    rig.run(10, 30.0); // 35
    EXPECT_NEAR(rig.said().current_A.value(), 30.0, 1e-9);
    const auto frozen = rig.said().number;
    rig.run(4, 40.0); // 39
    EXPECT_EQ(rig.said().number, frozen);
    EXPECT_NEAR(rig.said().current_A.value(), 30.0, 1e-9);
    rig.run(16, 40.0); // 55
    EXPECT_TRUE(rig.said().cells_V.empty());
    EXPECT_FALSE(rig.said().maxCell_V);
    EXPECT_NEAR(rig.said().current_A.value(), 40.0, 1e-9);
    rig.run(20, 40.0); // 75
    EXPECT_FALSE(rig.said().online);
    rig.run(10, 40.0);
    EXPECT_TRUE(rig.said().online);
    EXPECT_EQ(rig.said().cells_V.size(), 16U);
}

TEST(Bms, IsBackAtTheEndOfAFaultWithoutWaitingForItsNextReport) {
    BmsSpec spec = exactSpec();
    spec.reporting.period = Seconds(60.0);
    spec.faults = {{Fault::Kind::Left, Seconds(10.0), Seconds(20.0)}};
    Rig rig(spec);
    rig.run(15, 10.0);
    EXPECT_FALSE(rig.said().online);
    rig.run(5, 10.0);
    EXPECT_TRUE(rig.said().online);
}

TEST(Bms, ALostBmsLeavesItsLimitsBehindForAMinute) {
    BmsSpec spec = exactSpec();
    spec.faults = {{Fault::Kind::BmsLost, Seconds(10.0), Seconds(200.0)}};
    Rig rig(spec);
    rig.run(15, 10.0);
    EXPECT_TRUE(rig.said().voltage_V);
    rig.run(10, 10.0);
    EXPECT_FALSE(rig.said().voltage_V);
    EXPECT_FALSE(rig.said().current_A);
    EXPECT_EQ(rig.said().maxCharge_A, 100.0);
    EXPECT_FALSE(rig.said().cells_V.empty());
    rig.run(50, 10.0);
    EXPECT_FALSE(rig.said().online);
    rig.run(130, 10.0);
    EXPECT_TRUE(rig.said().online);
    EXPECT_TRUE(rig.said().voltage_V);
}

TEST(Bms, MaySayLess) {
    BmsSpec spec = exactSpec();
    spec.reporting.hasCells = false;
    spec.reporting.hasCapacity = false;
    spec.reporting.hasLimits = false;
    spec.reporting.hasAllowFlags = false;
    Rig rig(spec);
    rig.run(3, 10.0);
    EXPECT_TRUE(rig.said().cells_V.empty());
    EXPECT_FALSE(rig.said().capacity_Ah);
    EXPECT_FALSE(rig.said().maxCharge_A);
    EXPECT_FALSE(rig.said().allowCharge);
    EXPECT_TRUE(rig.said().soc_pct);
}

} // namespace

} // namespace busbar::sim::bms_test
