// SPDX-License-Identifier: MIT
#include "sim/pack.hpp"
#include "sim/random.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace busbar::sim::pack_test {

namespace {

std::vector<CellSpec> unequalCells(std::size_t count, double soc) {
    Random random(3);
    std::vector<CellSpec> cells(count);
    for (CellSpec& cell : cells) {
        cell.capacity_Ah = random.uniform(80.0, 120.0);
        cell.resistance_Ohm = random.uniform(0.0005, 0.002);
        cell.slowResistance_Ohm = random.uniform(0.0003, 0.001);
        cell.slowTime_s = random.uniform(20.0, 100.0);
        cell.soc = soc + random.uniform(-0.03, 0.03);
        cell.leak_A = random.uniform(0.0, 0.05);
    }
    return cells;
}

/// Current that swings through charge and discharge.
double currentAt(int second) {
    return 60.0 * std::sin(second / 300.0) + 20.0 * std::sin(second / 7.0);
}

TEST(Pack, ChargeIsConserved) {
    Pack pack(Chemistry::Lfp, unequalCells(16, 0.6), 0.001, {}, 1.0);
    pack.bleed(3, 0.8);
    pack.bleed(9, 0.2);
    const double before_Ah = pack.charge_Ah();
    double in_Ah = 0.0;
    for (int second = 0; second < 20000; ++second) {
        static_cast<void>(pack.prepare());
        pack.apply(currentAt(second));
        in_Ah += currentAt(second) / 3600.0;
    }
    EXPECT_GT(pack.energy().bled_Ah, 5.0);
    EXPECT_NEAR(pack.charge_Ah() - before_Ah, 16.0 * in_Ah - pack.energy().bled_Ah, 1e-7);
}

// The mean voltage of a step is exact but where a cell passes from one straight piece of its OCV to
// the next. There it is off by less than the piece's change of slope times the way beyond, which
// for the worst bend of these tables stays far below a millionth of what flows.
TEST(Pack, EnergyIsConserved) {
    for (const auto& [chemistry, soc] :
         {std::pair(Chemistry::Lfp, 0.6), std::pair(Chemistry::Lfp, 0.95),
          std::pair(Chemistry::Lto, 0.9), std::pair(Chemistry::Nmc, 0.3)}) {
        Pack pack(chemistry, unequalCells(16, soc), 0.001, {}, 1.0);
        pack.bleed(3, 0.8);
        const double before_Wh = pack.stored_Wh();
        double throughput_Wh = 0.0;
        for (int second = 0; second < 5000; ++second) {
            const Thevenin source = pack.prepare();
            const double current_A = currentAt(second);
            pack.apply(current_A);
            const double power_W =
                (source.voltage_V + source.resistance_Ohm * current_A) * current_A;
            throughput_Wh += std::abs(power_W) / 3600.0;
        }
        const EnergyBook& book = pack.energy();
        const double stored_Wh = pack.stored_Wh() - before_Wh;
        EXPECT_GT(book.heat_Wh, 10.0);
        EXPECT_NEAR(book.terminals_Wh, stored_Wh + book.heat_Wh + book.bled_Wh,
                    2e-6 * throughput_Wh)
            << toText(chemistry) << " at " << soc;
    }
}

TEST(Pack, SourceIsTheVoltageThatTheStepThenHas) {
    Pack pack(Chemistry::Nmc, unequalCells(14, 0.5), 0.002, {}, 1.0);
    for (const double current_A : {50.0, -80.0, 0.0}) {
        const Thevenin source = pack.prepare();
        pack.apply(current_A);
        EXPECT_NEAR(pack.voltage_V() + 0.002 * current_A,
                    source.voltage_V + source.resistance_Ohm * current_A, 1e-9);
    }
}

// R0 · I at once, R1 · I with its time constant.
TEST(Pack, AnswersAStepOfCurrentLikeR0AndOneRcMember) {
    CellSpec cell;
    cell.capacity_Ah = 1e6; // so that the OCV stays
    cell.resistance_Ohm = 0.001;
    cell.slowResistance_Ohm = 0.002;
    cell.slowTime_s = 50.0;
    HeatSpec heat;
    heat.ambient_C = 25.0;
    heat.start_C = 25.0;
    heat.capacity_J_K = 1e12;
    Pack pack(Chemistry::Lfp, {cell}, 0.0, heat, 1.0);
    const double rest_V = pack.voltage_V();
    for (int second = 0; second < 100; ++second) {
        static_cast<void>(pack.prepare());
        pack.apply(100.0);
        const auto risen = [](double at_s) { return 0.1 + 0.2 * (1.0 - std::exp(-at_s / 50.0)); };
        const double middle_V = rest_V + risen(second + 0.5);
        ASSERT_NEAR(pack.voltage_V(), middle_V, 2e-5) << second;
    }
}

TEST(Pack, WarmsByItsLossesUntilTheyFlowOut) {
    HeatSpec heat;
    heat.capacity_J_K = 2000.0;
    heat.resistance_K_W = 0.5;
    CellSpec cell;
    cell.capacity_Ah = 1e6;
    cell.resistance_Ohm = 0.001;
    cell.slowResistance_Ohm = 0.001;
    Pack pack(Chemistry::Lfp, {cell}, 0.0, heat, 1.0);
    for (int second = 0; second < 20000; ++second) {
        static_cast<void>(pack.prepare());
        pack.apply(100.0);
    }
    // R0 is about 1.1 mΩ at 20 °C and falls as it warms: 18 … 22 W over 0.5 K/W.
    EXPECT_NEAR(pack.temperature_C(), 30.0, 1.0);
}

TEST(Pack, ColdCellsResistMore) {
    HeatSpec cold;
    cold.ambient_C = 0.0;
    cold.start_C = 0.0;
    HeatSpec warm = cold;
    warm.ambient_C = 25.0;
    warm.start_C = 25.0;
    const std::vector<CellSpec> cells(1, CellSpec{100.0, 0.001, 0.0001, 60.0, 0.5, 0.0});
    Pack a(Chemistry::Lfp, cells, 0.0, cold, 1.0);
    Pack b(Chemistry::Lfp, cells, 0.0, warm, 1.0);
    EXPECT_NEAR(a.prepare().resistance_Ohm - b.prepare().resistance_Ohm, 0.001, 0.0001);
}

TEST(Pack, RemainingAndRoomAreThoseOfTheWorstCell) {
    std::vector<CellSpec> cells(3, CellSpec{});
    cells[0].soc = 0.5;
    cells[1].soc = 0.7; // first full
    cells[2].soc = 0.8;
    cells[2].capacity_Ah = 50.0; // first empty: 40 Ah, and first full: 10 Ah
    const Pack pack(Chemistry::Lfp, cells, 0.0, {}, 1.0);
    EXPECT_NEAR(pack.remaining_Ah(), 40.0, 1e-9);
    EXPECT_NEAR(pack.room_Ah(), 10.0, 1e-9);
}

} // namespace

} // namespace busbar::sim::pack_test
