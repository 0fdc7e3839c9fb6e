// SPDX-License-Identifier: MIT
// A simulated morning in which Busbar controls a bank, and the rules of today's programs stand
// beside.
#include "app/compare/comparison.hpp"
#include "app/compare/comparison_report.hpp"
#include "app/compare/moment.hpp"
#include "bench/control/rules.hpp"
#include "core/bank.hpp"
#include "sim/closed_loop.hpp"
#include "sim/random_bank.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <numeric>
#include <string>

namespace busbar::closed_loop {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr std::size_t at(RowIndex row) {
    for (std::size_t i = 0; i < kComparedCount; ++i)
        if (kComparedRows.at(i).row == row)
            return i;
    return kComparedCount;
}

/// What a program of those publishes beside its limits: mean voltage, sum of currents.
void fillTheirs(ComparedMoment& moment, const sim::Twin& twin, const sim::Limits& limits) {
    double voltage_V = 0.0;
    double current_A = 0.0;
    for (std::size_t i = 0; i < twin.size(); ++i) {
        const sim::PackReport& report = twin.bms(i).published();
        voltage_V += report.voltage_V.value_or(0.0) / static_cast<double>(twin.size());
        current_A += report.current_A.value_or(0.0);
    }
    moment.theirs.at(at(rows::kVoltage)) = voltage_V;
    moment.theirs.at(at(rows::kCurrent)) = current_A;
    moment.theirs.at(at(rows::kMaxChargeVoltage)) = limits.cvl_V;
    moment.theirs.at(at(rows::kMaxChargeCurrent)) = limits.ccl_A;
    moment.theirs.at(at(rows::kMaxDischargeCurrent)) = limits.dcl_A;
}

/// Unequal packs, from before sunrise to noon.
Comparison besideRule(const std::function<sim::Controller(const sim::Twin&)>& rule) {
    sim::Twin twin(sim::makeRandomBank(
        3, {.fewestPacks = 4, .mostPacks = 4, .chemistry = sim::Chemistry::Lfp}));
    sim::CoreController core{BankSettings{}};
    const sim::Controller theirs = rule(twin);
    Comparison comparison;
    (void)sim::run(twin, std::ref(core), 6h, [&](const sim::Twin&, const sim::Limits&) {
        const Now now = sim::nowOf(twin);
        ComparedMoment moment = momentOf(core.bank(), nullptr);
        fillTheirs(moment, twin, theirs(twin, now));
        comparison.add(moment, now.steady);
    });
    return comparison;
}

double part(std::chrono::milliseconds some, std::chrono::milliseconds all) {
    return static_cast<double>(some.count()) / static_cast<double>(all.count());
}

class Beside : public ::testing::Test {
protected:
    static void expectSameMeasurements(const Comparison& comparison) {
        EXPECT_GT(comparison.compared(), 5h);
        for (const RowIndex row : {rows::kVoltage, rows::kCurrent}) {
            const RowTally& tally = comparison.rows().at(at(row));
            EXPECT_GT(part(tally.agreed, comparison.compared()), 0.95)
                << kComparedRows.at(at(row)).head;
        }
    }
    /// Causes are named for all the time in which a limit differed.
    static void expectCauses(const Comparison& comparison, RowIndex row) {
        const RowTally& tally = comparison.rows().at(at(row));
        const auto named =
            std::accumulate(tally.causes.begin(), tally.causes.end(), std::chrono::milliseconds(0),
                            [](auto sum, const auto& cause) { return sum + cause.second; });
        EXPECT_EQ(named, tally.differed);
        EXPECT_GT(tally.differed, 1min) << "these rules are not ours";
    }
    /// Ours would have let no battery pass its own limit for longer than theirs.
    static void expectOursKeepsBetter(const Comparison& comparison) {
        for (std::size_t limit = 0; limit < 2; ++limit)
            EXPECT_LE(comparison.over(ComparedSide::Ours, limit).over,
                      comparison.over(ComparedSide::Theirs, limit).over + 2min)
                << kOverWords.at(limit);
    }
};

TEST_F(Beside, DbusAggregateBatteries) {
    const Comparison comparison = besideRule(bench::dabRule);
    expectSameMeasurements(comparison);
    expectCauses(comparison, rows::kMaxChargeCurrent);
    expectCauses(comparison, rows::kMaxChargeVoltage);
    expectOursKeepsBetter(comparison);
    EXPECT_THAT(comparisonText({.bank = "Busbar", .other = "dbus-aggregate-batteries"}, comparison),
                HasSubstr("ours was set by "));
}

TEST_F(Beside, BatteryAggregator) {
    const Comparison comparison = besideRule(bench::bagRule);
    expectSameMeasurements(comparison);
    expectCauses(comparison, rows::kMaxChargeCurrent);
    expectOursKeepsBetter(comparison);
}

} // namespace
} // namespace busbar::closed_loop
