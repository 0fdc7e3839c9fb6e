// SPDX-License-Identifier: MIT
// Faults whose cure lies in the limits: a held member, a limit of 0 that opens nothing, a peak that
// is over.
#include "closed_loop/loop.hpp"
#include "core/cycle/view.hpp"
#include "core/limits/cause.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace busbar::closed_loop {
namespace {

using namespace std::chrono_literals;
using sim::Fault;
using sim::Seconds;

constexpr double kSmallest_A = 30.0;

/// Three packs, of which the second bears least; the first shows more than it takes. First loads
/// that come and go, then more sun than the bank may take. What the second takes then, at most.
double mostTaken_A(const sim::PlantMeters& meters, double gain, double offset_A) {
    sim::TwinSpec spec = sim::makeEqualBank(sim::Chemistry::Lfp, 3, 100.0);
    for (sim::PackSpec& pack : spec.packs)
        for (sim::CellSpec& cell : pack.cells)
            cell.soc = 0.3;
    spec.packs[0].bms.reporting.currentGain = gain;
    spec.packs[0].bms.reporting.currentOffset_A = offset_A;
    spec.packs[1].bms.limits.charge_A = kSmallest_A;
    spec.charger.max_A = 300.0;
    spec.sun.constant_W = 3000.0;
    spec.load.appliances = {{6000.0, 60.0, 60.0}};
    spec.meters = meters;
    Loop loop({}, spec);
    static_cast<void>(loop.run(40min));
    loop.twin.setLoad({});
    loop.twin.setSun(30000.0);
    static_cast<void>(loop.run(2min));
    double most_A = 0.0;
    loop.afterwards = [&](const Now&) { most_A = std::max(most_A, loop.twin.truth(1).current_A); };
    static_cast<void>(loop.run(15min));
    EXPECT_GT(most_A, 0.9 * kSmallest_A) << "it charges";
    return most_A;
}

TEST(Fault, ASensorThatShowsTooMuchCarriesNoOtherPackOverItsLimit) {
    EXPECT_LE(mostTaken_A({}, 1.0, 0.0), 1.02 * kSmallest_A);
    EXPECT_LE(mostTaken_A({}, 1.3, 0.0), 1.02 * kSmallest_A);
    constexpr double kUncounted_A = 0.5; // of an offset: 0.5 % of 300 Ah, a third of it here
    EXPECT_LE(mostTaken_A({}, 1.0, 8.0), 1.02 * kSmallest_A + kUncounted_A);
    EXPECT_LE(mostTaken_A({.chargerGain = 0.98, .loadGain = 0.98}, 1.3, 0.0), 1.02 * kSmallest_A);
}

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
    EXPECT_FALSE(feedInNeeds(loop.bank.view()).wantsOff);
    EXPECT_TRUE(feedInNeeds(loop.bank.view()).mayReturn);
}
} // namespace
} // namespace busbar::closed_loop
