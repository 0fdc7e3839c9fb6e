// SPDX-License-Identifier: MIT
#include "closed_loop/loop.hpp"
#include "config/reader.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/limits/cause.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"
#include "support/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace busbar::closed_loop {
namespace {

using namespace std::chrono_literals;

BankSettings example(const std::string& name) {
    const auto result = config::readConfigFile(test::sourcePath("config/examples/") + name);
    EXPECT_TRUE(result.config) << config::formatIssues(name, result.issues);
    return result.config ? result.config->banks.front().bank : BankSettings{};
}

void setResistance(sim::PackSpec& pack, double factor) {
    for (sim::CellSpec& cell : pack.cells) {
        cell.resistance_Ohm *= factor;
        cell.slowResistance_Ohm *= factor;
    }
}

void setSoc(sim::PackSpec& pack, double soc) {
    for (sim::CellSpec& cell : pack.cells)
        cell.soc = soc;
}

/// A pack of another size: cells, resistances, and what its BMS believes and allows.
void setCapacity(sim::PackSpec& pack, double capacity_Ah) {
    const double factor = capacity_Ah / pack.bms.capacity_Ah;
    for (sim::CellSpec& cell : pack.cells)
        cell.capacity_Ah *= factor;
    setResistance(pack, 1.0 / factor);
    pack.bms.capacity_Ah = capacity_Ah;
    pack.bms.limits.charge_A *= factor;
    pack.bms.limits.discharge_A *= factor;
    pack.bms.trips.overCharge_A *= factor;
    pack.bms.trips.overDischarge_A *= factor;
}

/// Every limit that was shown begins with one of these words.
void expectWords(const Shown& shown, const std::vector<std::string_view>& words) {
    for (const auto& entry : shown) {
        const std::string& text = entry.first;
        EXPECT_TRUE(std::ranges::any_of(
            words, [&text](std::string_view word) { return text.starts_with(word); }))
            << "\"" << text << "\" for " << entry.second.count() << " s";
    }
}

TEST(Example, TwoLfpPacksFillWithinTheirLimitsAndGiveBack) {
    sim::TwinSpec spec = sim::makeEqualBank(sim::Chemistry::Lfp, 2, 280.0);
    setResistance(spec.packs[1], 1.6);
    spec.packs[0].cells[6].soc = 0.515; // the one that peaks
    spec.sun.constant_W = 16000.0;
    spec.charger.max_A = 320.0;
    spec.load = {800.0, 0.05, {{4000.0, 200.0, 400.0}}};
    Loop loop(example("lfp_two_packs.json"), spec);
    const sim::Metrics charging = loop.run(4h);
    EXPECT_TRUE(isSafe(charging)) << charging.overLimit_s << " s, " << charging.trips;
    EXPECT_TRUE(charging.full_h);
    EXPECT_LT(charging.maxCell_V, 3.56);
    EXPECT_TRUE(hasWord(loop.charge, "ceiling"));
    expectWords(loop.charge, {"ramping", "ceiling", "member Pack "});

    loop.twin.setSun(0.0);
    loop.twin.setLoad({14000.0, 0.02, {}});
    const sim::Metrics discharging = loop.run(1h);
    EXPECT_TRUE(isSafe(discharging));
    EXPECT_TRUE(hasWord(loop.discharge, "ceiling"));
    EXPECT_GT(loop.dcl_A(), 200.0);
}

TEST(Example, LtoStaysAtTheMonthsVoltageUntilItBalances) {
    sim::TwinSpec spec = sim::makeEqualBank(sim::Chemistry::Lto, 3, 90.0);
    spec.packs[1].cells[3].soc = 0.503; // 0.3 Ah, which a balancer of 0.1 A takes hours for
    spec.sun.constant_W = 6000.0;
    spec.load = {300.0, 0.05, {{2000.0, 200.0, 400.0}}};
    Loop loop(example("lto_24s.json"), spec);
    double highest_V = 0.0;
    loop.afterwards = [&](const Now&) {
        highest_V = std::max(highest_V, loop.twin.bus().voltage_V);
    };
    const sim::Metrics regular = loop.run(3h);
    EXPECT_TRUE(isSafe(regular));
    EXPECT_NEAR(highest_V, 2.45 * 24.0, 0.1); // June
    EXPECT_EQ(loop.bank.report().chargeVoltage->cause, Cause::Configured);
    EXPECT_EQ(loop.bank.report().preset, Preset::Lto);

    loop.bank.surroundings().balanceNow = true;
    const sim::Metrics raised = loop.run(5h);
    EXPECT_TRUE(isSafe(raised));
    EXPECT_EQ(loop.bank.report().balancing.lastResult, BalancingResult::Succeeded);
    EXPECT_TRUE(raised.full_h);
    EXPECT_LT(raised.maxCell_V, 2.75);
    expectWords(loop.charge, {"ramping", "ceiling", "member Pack "});
}

TEST(Example, MixedCapacitiesKeepEveryPackWithinItsLimit) {
    sim::TwinSpec spec = sim::makeEqualBank(sim::Chemistry::Lfp, 3, 280.0);
    setCapacity(spec.packs[1], 100.0);
    setCapacity(spec.packs[2], 50.0);
    setResistance(spec.packs[1], 1.8); // old
    setResistance(spec.packs[2], 0.7); // new
    setSoc(spec.packs[1], 0.45);
    setSoc(spec.packs[2], 0.55);
    spec.packs[2].bms.faults = {
        {sim::Fault::Kind::Left, sim::Seconds(3600.0), sim::Seconds(5400.0)}};
    spec.sun.constant_W = 16000.0;
    spec.charger.max_A = 320.0;
    spec.load = {800.0, 0.05, {{4000.0, 120.0, 240.0}}};
    Loop loop(example("mixed_capacities.json"), spec);
    double most_A = 0.0;
    loop.afterwards = [&](const Now&) { most_A = std::max(most_A, loop.ccl_A()); };
    const sim::Metrics full = loop.run(3500s);
    EXPECT_TRUE(isSafe(full)) << full.overLimit_s << " s, " << full.worstExcess_pct << " %";
    EXPECT_GT(most_A, 3.0 * 25.0) << "count times the smallest would be this";

    loop.twin.setSun(5000.0); // pack C is away
    const sim::Metrics without = loop.run(1500s);
    EXPECT_TRUE(isSafe(without)) << without.overLimit_s << " s, " << without.worstExcess_pct;
    EXPECT_EQ(loop.bank.report().online, 2);
    EXPECT_GT(loop.ccl_A(), 0.0);

    loop.twin.setSun(16000.0);
    const sim::Metrics rest = loop.run(5h);
    EXPECT_TRUE(isSafe(rest)) << rest.overLimit_s << " s, " << rest.worstExcess_pct << " %";
    EXPECT_TRUE(rest.full_h);
    EXPECT_EQ(loop.bank.report().online, 3);
    EXPECT_EQ(loop.bank.report().preset, Preset::Lfp);
    EXPECT_NEAR(loop.number(row("/Soc")).value_or(-1.0), loop.trueSoc_pct(), 3.0);
    expectWords(loop.charge, {"ramping", "member Pack ", "cell_high Pack ", "lost_member Pack C"});
}

/// A SmartShunt in the negative of the whole bank, right to a tenth of an ampere.
void sendShunt(Loop& loop, const Now& now) {
    constexpr int kInstance = 50;
    const auto exact = [](double value, double step) { return std::round(value / step) * step; };
    put(loop.readings, kInstance, row("/DeviceInstance"), 50.0, now);
    put(loop.readings, kInstance, row("/ProductName"), "SmartShunt 500A/50mV", now);
    put(loop.readings, kInstance, row("/CustomName"), "SmartShunt", now);
    put(loop.readings, kInstance, row("/Serial"), "HQ0", now);
    put(loop.readings, kInstance, row("/Dc/0/Voltage"), exact(loop.twin.bus().voltage_V, 0.01),
        now);
    put(loop.readings, kInstance, row("/Dc/0/Current"), exact(loop.twin.bus().battery_A, 0.1), now);
    loop.readings.completeBattery(kInstance, now);
}

TEST(Example, AShuntMeasuresWhatTheBmsDoNot) {
    sim::TwinSpec spec = sim::makeEqualBank(sim::Chemistry::Lfp, 2, 200.0);
    for (sim::PackSpec& pack : spec.packs)
        pack.bms.reporting.currentGain = 0.9; // 10 % low
    spec.sun.constant_W = 5000.0;
    spec.load = {300.0, 0.05, {}};
    Loop loop(example("bank_with_shunt.json"), spec, 10000h);
    bool isShuntThere = true;
    loop.meddle = [&](Readings&, const Now& now) {
        if (isShuntThere)
            sendShunt(loop, now);
    };
    EXPECT_TRUE(isSafe(loop.run(90min)));
    EXPECT_EQ(loop.bank.report().online, 2) << "the shunt is no member";
    EXPECT_EQ(loop.bank.report().currentSource, CurrentSource::Shunt);
    EXPECT_NEAR(loop.number(row("/Dc/0/Current")).value_or(0.0), loop.twin.bus().battery_A, 1.0);
    EXPECT_NEAR(loop.number(row("/Soc")).value_or(0.0), loop.trueSoc_pct(), 1.0);

    isShuntThere = false;
    loop.readings.leave(50, sim::nowOf(loop.twin));
    EXPECT_TRUE(isSafe(loop.run(5min)));
    EXPECT_EQ(loop.bank.report().currentSource, CurrentSource::Batteries);
    EXPECT_NE(loop.bank.report().currentWhyNot, "");
    EXPECT_NEAR(loop.number(row("/Dc/0/Current")).value_or(0.0), 0.9 * loop.twin.bus().battery_A,
                2.0);
    isShuntThere = true;
    static_cast<void>(loop.run(30s));
    EXPECT_EQ(loop.bank.report().currentSource, CurrentSource::Shunt);
    loop.twin.setSun(9000.0);
    const sim::Metrics rest = loop.run(3h);
    EXPECT_TRUE(isSafe(rest));
    EXPECT_TRUE(rest.full_h);
    EXPECT_NEAR(loop.number(row("/Soc")).value_or(0.0), 100.0, 0.2);
}

} // namespace
} // namespace busbar::closed_loop
