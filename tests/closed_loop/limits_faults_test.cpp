// SPDX-License-Identifier: MIT
// Faults whose cure lies in the limits: a held member, a limit of 0 that opens nothing, a peak that
// is over.
#include "closed_loop/loop.hpp"
#include "core/report.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace busbar::closed_loop {
namespace {

using namespace std::chrono_literals;
using sim::Fault;
using sim::Seconds;

/// The anchor of the shares must not be lost for all because one is held.
TEST(Fault, AHeldMemberRaisesNoLimitOfTheOthers) {
    // 280, 100 and 50 Ah of different resistance, as in Example.MixedCapacities…
    sim::TwinSpec spec = sim::makeEqualBank(sim::Chemistry::Lfp, 3, 280.0);
    const auto make = [](sim::PackSpec& pack, double capacity_Ah, double resistance, double soc) {
        const double factor = capacity_Ah / pack.bms.capacity_Ah;
        for (sim::CellSpec& cell : pack.cells) {
            cell.capacity_Ah *= factor;
            cell.resistance_Ohm *= resistance / factor;
            cell.slowResistance_Ohm *= resistance / factor;
            cell.soc = soc;
        }
        pack.bms.capacity_Ah = capacity_Ah;
        pack.bms.limits.charge_A *= factor;
        pack.bms.limits.discharge_A *= factor;
        pack.bms.trips.overCharge_A *= factor;
        pack.bms.trips.overDischarge_A *= factor;
    };
    make(spec.packs[1], 100.0, 1.8, 0.45);
    make(spec.packs[2], 50.0, 0.7, 0.55);
    spec.packs[2].bms.faults = {{Fault::Kind::Left, Seconds(3600.0), Seconds(5400.0)}};
    spec.sun.constant_W = 16000.0;
    spec.charger.max_A = 320.0;
    spec.load = {800.0, 0.05, {{4000.0, 120.0, 240.0}}};
    Loop loop({}, spec);
    static_cast<void>(loop.run(3599s));
    const double ccl_A = loop.ccl_A();
    const double dcl_A = loop.dcl_A();
    double mostCcl_A = 0.0;
    double mostDcl_A = 0.0;
    loop.afterwards = [&](const Now&) {
        mostCcl_A = std::max(mostCcl_A, loop.ccl_A());
        mostDcl_A = std::max(mostDcl_A, loop.dcl_A());
    };
    const sim::Metrics held = loop.run(29s);
    EXPECT_LE(mostCcl_A, ccl_A * 1.03);
    EXPECT_LE(mostDcl_A, dcl_A * 1.03);
    EXPECT_TRUE(isSafe(held)) << held.overLimit_s << " s, " << held.worstExcess_pct << " %";
}

/// A limit of 0 is no open switch.
TEST(Fault, APackWithALimitOfZeroThatIsStillConnectedIsNotCharged) {
    sim::TwinSpec spec = fourPacks(14000.0);
    spec.charger.max_A = 300.0;
    spec.packs[1].heat.ambient_C = -10.0; // its BMS says 0 A and opens nothing
    spec.packs[1].heat.start_C = -10.0;
    BankSettings settings;
    settings.preset = Preset::None;
    Loop loop(settings, spec);
    static_cast<void>(loop.run(45s)); // until it is certain that the switch is closed
    const sim::Metrics metrics = loop.run(30min);
    EXPECT_LT(metrics.worstExcess_A, 1.0) << metrics.overLimit_s << " s";
}

TEST(Fault, PeakControlLetsGoWhenTheBankIsDischarged) {
    sim::TwinSpec spec = fourPacks(9000.0);
    spec.packs[1].cells[4].soc = 0.55;
    Loop loop({}, spec);
    static_cast<void>(loop.run(4h));
    EXPECT_EQ(loop.bank.report().chargeVoltage->cause, Cause::PeakControl);
    loop.twin.setSun(0.0);
    loop.twin.setLoad({6000.0, 0.02, {}});
    static_cast<void>(loop.run(1h));
    EXPECT_NE(loop.bank.report().chargeVoltage->cause, Cause::PeakControl);
    EXPECT_FALSE(loop.bank.wantsFeedInOff());
    EXPECT_TRUE(loop.bank.feedInMayReturn());
}
} // namespace
} // namespace busbar::closed_loop
