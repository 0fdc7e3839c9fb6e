// SPDX-License-Identifier: MIT
#include "core/made/made_settings.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "sim/closed_loop.hpp"
#include "sim/made_strings.hpp"
#include "sim/random_bank.hpp"
#include "sim/series.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <optional>

namespace busbar::sim::closed_loop_test {

namespace {

using namespace std::chrono_literals;

Controller constant(const Limits& limits) {
    return [limits](Twin&, const Now&) { return limits; };
}

/// Two equal packs under a steady sun, without load.
TwinSpec quietBank(double sun_W) {
    TwinSpec spec = makeEqualBank(Chemistry::Lfp, 2, 100.0);
    spec.sun.constant_W = sun_W;
    spec.load = {0.0, 0.0, {}};
    return spec;
}

TEST(ClosedLoop, AHealthyBankFillsWithoutATrip) {
    Twin twin(quietBank(4000.0));
    const Metrics metrics = run(twin, constant({55.5, 100.0, 200.0}), 3h);
    EXPECT_EQ(metrics.trips, 0);
    ASSERT_TRUE(metrics.full_h);
    // 100 Ah of room at 4000 W and some 54 V.
    EXPECT_NEAR(*metrics.full_h, 1.37, 0.15);
    EXPECT_LT(metrics.unusedBank_pct, 1.5);
    EXPECT_NEAR(metrics.charged_Ah, 99.5, 2.0);
    EXPECT_NEAR(metrics.maxCell_V, 55.5 / 16.0, 0.005);
    EXPECT_NEAR(metrics.hours, 3.0, 1e-9);
}

TEST(ClosedLoop, IsFullWhenOnePackCanTakeNoMore) {
    TwinSpec spec = quietBank(4000.0);
    for (CellSpec& cell : spec.packs[0].cells)
        cell.soc = 0.992;
    Twin twin(spec);
    const Metrics metrics = run(twin, constant({55.5, 0.0, 200.0}), 1min);
    ASSERT_TRUE(metrics.full_h);
    EXPECT_LT(*metrics.full_h, 0.01);
    EXPECT_GT(metrics.unusedBank_pct, 24.0);
}

TEST(ClosedLoop, ABankThatNeverFillsTellsItsLeastRoom) {
    Twin twin(quietBank(4000.0));
    const Metrics metrics = run(twin, constant({55.5, 20.0, 200.0}), 1h);
    EXPECT_FALSE(metrics.full_h);
    EXPECT_NEAR(metrics.unusedBank_pct, 40.0, 0.5);
    EXPECT_NEAR(metrics.unusedWeakest_pct, 40.0, 0.5);
}

TEST(ClosedLoop, MeasuresHowFarMembersAreAboveTheirLimits) {
    TwinSpec spec = quietBank(8000.0); // about 75 A each, 50 A allowed
    spec.charger.max_A = 200.0;
    for (PackSpec& pack : spec.packs)
        pack.bms.trips.overCharge_A = 1000.0;
    Twin twin(spec);
    const Metrics metrics = run(twin, constant({60.0, 1000.0, 200.0}), 1000s);
    EXPECT_NEAR(metrics.overLimit_s, 2.0 * 985.0, 20.0);
    EXPECT_NEAR(metrics.worstExcess_A, 25.0, 3.0);
    EXPECT_NEAR(metrics.worstExcess_pct, 50.0, 6.0);
}

TEST(ClosedLoop, CountsTurnsOfTheLimitsOnly) {
    Twin twin(quietBank(0.0));
    int second = 0;
    const Controller sawtooth = [&second](Twin&, const Now&) {
        ++second;
        const double swing = second / 450 % 2 == 0 ? 1.0 : -1.0; // 8 legs in an hour: 7 turns
        const double flutter = second % 2 == 0 ? 0.01 : -0.005;  // V: below what counts
        return Limits{54.0 + swing * 0.5 + flutter, 100.0 + (second < 1800 ? 0.5 : -0.4), 100.0};
    };
    const Metrics metrics = run(twin, sawtooth, 1h);
    EXPECT_NEAR(metrics.cvlTurns_per_h, 7.0, 1e-9);
    EXPECT_NEAR(metrics.cclTurns_per_h, 0.0, 1e-9);
}

TEST(ClosedLoop, CountsTripsWhileCharging) {
    TwinSpec spec = quietBank(8000.0);
    spec.packs[0].cells[5].soc = 0.8;
    Twin twin(spec);
    const Metrics metrics = run(twin, constant({56.0, 200.0, 200.0}), 3h);
    EXPECT_GE(metrics.tripsByFlow[0], 1);
    EXPECT_GT(metrics.maxCell_V, 3.65);
}

/// 80 A each of 50 A allowed; the BMSs open at 62 A, over and over.
TEST(ClosedLoop, CountsOverCurrentByCharging) {
    TwinSpec spec = quietBank(8000.0);
    spec.charger.max_A = 200.0;
    Twin twin(spec);
    const Metrics metrics = run(twin, constant({56.0, 200.0, 200.0}), 10min);
    const int count = metrics.tripsByFlow.at(static_cast<std::size_t>(Trip::OverCharge));
    EXPECT_GE(count, 2);
    EXPECT_EQ(count, metrics.trips);
}

TEST(ClosedLoop, CountsUnderVoltageByDischarging) {
    TwinSpec spec = quietBank(0.0);
    spec.load = {5000.0, 0.0, {}};
    for (CellSpec& cell : spec.packs[1].cells)
        cell.soc = 0.02;
    for (PackSpec& pack : spec.packs)
        pack.connection_Ohm = 0.01; // so that the fuller pack does not fill the other
    spec.charger.cutOff_V = 30.0;
    Twin twin(spec);
    const Metrics metrics = run(twin, constant({56.0, 100.0, 200.0}), 3h);
    EXPECT_GE(metrics.tripsByFlow.at(static_cast<std::size_t>(Trip::UnderVoltage)), 1);
}

/// LTO packs a third apart, nobody charges or discharges: more than they may take.
TEST(ClosedLoop, TripsByEqualisingAreApart) {
    TwinSpec spec = makeEqualBank(Chemistry::Lto, 2, 100.0);
    spec.sun.constant_W = 0.0;
    spec.load = {0.0, 0.0, {}};
    for (CellSpec& cell : spec.packs[0].cells)
        cell.soc = 0.9;
    Twin twin(spec);
    const Metrics metrics = run(twin, constant({60.0, 0.0, 0.0}), 5min);
    EXPECT_GE(metrics.trips, 1);
    EXPECT_EQ(sumOf(metrics.tripsByFlow), 0);
}

/// Both packs may take 50 A; the silent one has said 20 A, for it was colder then.
TEST(ClosedLoop, AnUnheardPackIsMeasuredAgainstTheLimitThatItGaveLast) {
    TwinSpec spec = quietBank(4600.0); // about 43 A each
    spec.packs[0].heat.start_C = 4.0;
    spec.packs[0].heat.ambient_C = 20.0;
    spec.packs[0].heat.capacity_J_K = 3000.0;
    spec.packs[0].heat.resistance_K_W = 0.01;
    spec.packs[0].bms.faults.push_back({Fault::Kind::Silent, 2s, 4h});
    Twin twin(spec);
    const Metrics metrics = run(twin, constant({56.0, 200.0, 200.0}), 30min);
    EXPECT_GT(metrics.unheard.total_s, 1000.0);
    EXPECT_NEAR(metrics.unheard.worst_pct, 46.0, 8.0); // (43 − 20) ÷ 50
    EXPECT_EQ(metrics.heard.total_s, 0.0);
    EXPECT_EQ(metrics.tripsByFlow, TripCounts{});
}

TEST(ClosedLoop, CountsTheTimeAtZero) {
    Twin twin(quietBank(4000.0));
    const Metrics metrics = run(twin, constant({56.0, 0.0, 20.0}), 30min);
    EXPECT_NEAR(metrics.cclAtZero_h, 0.5, 1e-6);
    EXPECT_EQ(metrics.dclAtZero_h, 0.0);
}

TEST(ClosedLoop, GoesOnWhereTheTwinIs) {
    Twin twin(quietBank(1000.0));
    static_cast<void>(run(twin, constant({56.0, 100.0, 200.0}), 10min));
    const Metrics second = run(twin, constant({56.0, 0.0, 200.0}), 10min);
    EXPECT_EQ(twin.time(), 20min);
    EXPECT_NEAR(second.hours, 1.0 / 6.0, 1e-9);
    EXPECT_NEAR(second.curtailed_Wh, 1000.0 / 6.0, 5.0);
}

TEST(CoreController, SeesAllPacksAndGivesAllThreeLimits) {
    Twin twin(quietBank(4000.0));
    CoreController core(BankSettings{});
    const Metrics metrics = run(twin, std::ref(core), 10min);
    EXPECT_EQ(core.bank().report().online, 2);
    const Snapshot& snapshot = core.bank().snapshot();
    EXPECT_TRUE(snapshot[row("/Info/MaxChargeVoltage")].isKnown());
    EXPECT_GT(snapshot[row("/Info/MaxChargeCurrent")].number().value_or(0.0), 10.0);
    EXPECT_NEAR(snapshot[row("/Dc/0/Current")].number().value_or(0.0), twin.bus().battery_A, 1.0);
    EXPECT_GT(metrics.charged_Ah, 2.0);
    EXPECT_EQ(metrics.trips, 0);
}

TEST(CoreController, ClosesWhenAllPacksAreSilent) {
    TwinSpec spec = quietBank(4000.0);
    for (PackSpec& pack : spec.packs)
        pack.bms.faults = {{Fault::Kind::Silent, Seconds(600.0), Seconds(3600.0)}};
    Twin twin(spec);
    CoreController core(BankSettings{});
    static_cast<void>(run(twin, std::ref(core), 30min));
    EXPECT_EQ(core.bank().snapshot()[row("/Info/MaxChargeCurrent")], Value(0.0));
    EXPECT_NEAR(twin.bus().battery_A, 0.0, 0.01);
}

/// A cell that is fuller than the others, much sun, and an owner who feeds in.
TwinSpec peakyBank() {
    TwinSpec spec = quietBank(6000.0);
    spec.packs[0].cells[5].soc = 0.7;
    spec.feedIn = true;
    return spec;
}

TEST(CoreController, SwitchesFeedInOffWhilePeakControlActs) {
    BankSettings settings;
    settings.feedIn.mayWrite = true;
    Twin twin(peakyBank());
    CoreController core(settings);
    bool wasOff = false;
    const Observer look = [&wasOff](const Twin& now, const Limits&) {
        wasOff = wasOff || !now.spec().feedIn;
    };
    static_cast<void>(run(twin, std::ref(core), 2h, look));
    EXPECT_TRUE(wasOff);
}

TEST(CoreController, LeavesFeedInAloneWithoutPermission) {
    Twin twin(peakyBank());
    CoreController core(BankSettings{});
    static_cast<void>(run(twin, std::ref(core), 2h));
    EXPECT_TRUE(twin.spec().feedIn);
}

/// Two strings of two blocks of eight cells, 100 Ah, so much sun and no load.
TwinSpec quietStrings(double sun_W) {
    TwinSpec spec = makeEqualStrings(Chemistry::Lfp, {2, 2}, 100.0);
    spec.sun.constant_W = sun_W;
    spec.load = {0.0, 0.0, {}};
    return spec;
}

TEST(Meter, MeasuresAStringAsOnePack) {
    TwinSpec spec = quietStrings(0.0);
    for (const std::size_t block : {0U, 2U})
        for (CellSpec& cell : spec.packs[block].cells)
            cell.soc = 0.8;
    Twin twin(spec);
    const Metrics metrics = run(
        twin, [](Twin&, const Now&) { return Limits{}; }, std::chrono::seconds(60));
    // 20 Ah of room of the fuller block, 50 Ah in the emptier: 2/7.
    EXPECT_NEAR(metrics.unusedBank_pct, 100.0 * 20.0 / 70.0, 0.01);
    EXPECT_NEAR(metrics.unusedWeakest_pct, 100.0 * 20.0 / 70.0, 0.01);
    EXPECT_FALSE(metrics.full_h);
}

TEST(MadeStrings, AreOfTheBlocksByName) {
    const auto made = madeStrings(quietStrings(0.0));
    ASSERT_EQ(made.size(), 2U);
    EXPECT_EQ(made[1].id, "string_2");
    EXPECT_EQ(nameOf(made[1]), "String 2");
    EXPECT_EQ(made[1].kind, MadeKind::Series);
    ASSERT_EQ(made[1].parts.size(), 2U);
    EXPECT_EQ(toText(made[1].parts[0]), "name:String 2 Block A");
    EXPECT_TRUE(madeStrings(makeEqualBank(Chemistry::Lfp, 2, 100.0)).empty());
}

TEST(MadeStrings, TheCoreSeesTheBusAndTheSmallestLimit) {
    TwinSpec spec = quietStrings(4000.0);
    spec.packs[1].bms.limits.charge_A = 30.0;
    Twin twin(spec);
    CoreController core(BankSettings{}, madeStrings(spec));
    static_cast<void>(run(twin, std::ref(core), std::chrono::minutes(10)));
    const Snapshot& snapshot = core.bank().snapshot();
    const BankReport report = core.bank().report();
    EXPECT_EQ(report.online, 2);
    EXPECT_NEAR(snapshot[row("/Dc/0/Voltage")].number().value(), twin.bus().voltage_V, 0.1);
    EXPECT_NEAR(snapshot[row("/Dc/0/Current")].number().value(), twin.bus().battery_A, 1.0);
    EXPECT_NEAR(snapshot[row("/Info/MaxChargeVoltage")].number().value(), 56.0, 0.01);
    EXPECT_NEAR(snapshot[row("/Info/MaxChargeCurrent")].number().value(), 60.0, 3.0);
    EXPECT_EQ(report.charge.member, "String 1/Block B");
}

/// A block that is fuller than its neighbour must not be driven to its trip by the string's sum.
TEST(MadeStrings, ABlockThatHasDriftedIsHeldByPeakControlAndDoesNotTrip) {
    TwinSpec spec = quietStrings(5000.0);
    for (CellSpec& cell : spec.packs[2].cells)
        cell.soc = 0.75;
    for (CellSpec& cell : spec.packs[0].cells)
        cell.soc = 0.65;
    for (PackSpec& pack : spec.packs)
        pack.bms.limits.highCell_V.reset();
    Twin twin(spec);
    CoreController core(BankSettings{}, madeStrings(spec));
    bool isHeld = false;
    const auto look = [&](const Twin&, const Limits&) {
        const auto cvl = core.bank().report().chargeVoltage;
        isHeld = isHeld || (cvl && cvl->cause == Cause::PeakControl);
    };
    const Metrics metrics = run(twin, std::ref(core), std::chrono::hours(5), look);
    EXPECT_EQ(metrics.trips, 0);
    EXPECT_LT(metrics.maxCell_V, 3.6);
    EXPECT_TRUE(isHeld);
    EXPECT_LT(stringTruth(twin, 1).room_Ah, 3.0) << "its fullest block is nearly full";
}

TEST(MadeStrings, AStringOneOfWhoseBlocksIsSilentClosesTheBank) {
    TwinSpec spec = quietStrings(4000.0);
    for (const std::size_t block : {1U, 3U})
        spec.packs[block].bms.faults = {{Fault::Kind::Silent, Seconds(600.0), Seconds(7200.0)}};
    Twin twin(spec);
    CoreController core(BankSettings{}, madeStrings(spec));
    static_cast<void>(run(twin, std::ref(core), std::chrono::minutes(30)));
    EXPECT_EQ(core.bank().snapshot()[row("/Info/MaxChargeCurrent")], Value(0.0));
    EXPECT_NEAR(twin.bus().battery_A, 0.0, 0.01);
}

TEST(ClosedLoop, TheObserverSeesEachStepAndItsLimits) {
    Twin twin(quietBank(1000.0));
    int steps = 0;
    const Observer look = [&steps](const Twin& now, const Limits& limits) {
        ++steps;
        EXPECT_EQ(now.time(), steps * 1s);
        EXPECT_EQ(limits.ccl_A, 100.0);
    };
    static_cast<void>(run(twin, constant({56.0, 100.0, 200.0}), 1min, look));
    EXPECT_EQ(steps, 60);
}

} // namespace

} // namespace busbar::sim::closed_loop_test
