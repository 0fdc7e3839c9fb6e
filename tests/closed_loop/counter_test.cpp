// SPDX-License-Identifier: MIT
// What the own counter learns of batteries that hold less than they are said to.
#include "closed_loop/loop.hpp"
#include "core/report.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>

namespace busbar::closed_loop {
namespace {

using namespace std::chrono_literals;

constexpr double kNominal_Ah = 100.0;

/// Sun by day that fills the bank, a load by night that empties it.
sim::TwinSpec agedPack(double health) {
    sim::TwinSpec spec = sim::makeEqualBank(sim::Chemistry::Lfp, 1, kNominal_Ah);
    for (sim::CellSpec& cell : spec.packs.front().cells)
        cell.capacity_Ah *= health;
    spec.charger.max_A = 80.0;
    return spec;
}

BankSettings counterSettings() {
    BankSettings settings;
    settings.soc.source = SocSource::Counter;
    return settings;
}

class CounterOfAnAgedPack : public ::testing::TestWithParam<double> {
protected:
    CounterOfAnAgedPack() : loop(counterSettings(), agedPack(GetParam())) {
        loop.afterwards = [this](const Now&) { look(); };
    }
    void look() {
        const double truth_pct = loop.trueSoc_pct();
        isFull = isFull || loop.bank.report().soc.areAllFull;
        error_pct = std::abs(loop.number(row("/Soc")).value_or(-100.0) - truth_pct);
        mostError_pct = std::max(mostError_pct, error_pct);
        isEmpty = loop.dcl_A() < 25.0 && truth_pct < 10.0;
    }
    /// Charges until full is proven, then discharges until the limits say that it is empty.
    void cycle() {
        isFull = false;
        for (int hour = 0; hour < 12 && !isFull; ++hour)
            run(6000.0, 0.0);
        ASSERT_TRUE(isFull);
        isEmpty = false;
        for (int hour = 0; hour < 30 && !isEmpty; ++hour)
            run(0.0, 2000.0);
        ASSERT_TRUE(isEmpty);
    }
    void run(double sun_W, double load_W) {
        loop.twin.setSun(sun_W);
        loop.twin.setLoad({load_W, 0.0, {}});
        loop.run(1h);
    }

    Loop loop;
    bool isFull = false;
    bool isEmpty = false;
    double error_pct = 0.0;
    double mostError_pct = 0.0;
};

TEST_P(CounterOfAnAgedPack, IsRightAfterThreeFullCycles) {
    for (int i = 0; i < 3; ++i)
        cycle();
    const double firstError_pct = mostError_pct;
    mostError_pct = 0.0;
    cycle();
    EXPECT_LT(mostError_pct, 5.0) << "before it was " << firstError_pct;
    const MemberReport member = loop.bank.report().members.front();
    EXPECT_NEAR(member.measured.capacity_Ah.value_or(0.0), kNominal_Ah * GetParam(), 5.0);
    EXPECT_EQ(member.capacity_Ah, kNominal_Ah) << "what its BMS says stays";
    EXPECT_TRUE(member.measured.at);
}

INSTANTIATE_TEST_SUITE_P(Healths, CounterOfAnAgedPack, ::testing::Values(0.7, 1.0));

} // namespace
} // namespace busbar::closed_loop
