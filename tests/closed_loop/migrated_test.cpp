// SPDX-License-Identifier: MIT
// What the files of other programs become, through a day.
#include "closed_loop/loop.hpp"
#include "core/report.hpp"
#include "migrate/bag.hpp"
#include "migrate/dab.hpp"
#include "unit/migrate/good.hpp"

#include <gtest/gtest.h>

#include <string>

namespace busbar::closed_loop {
namespace {

using namespace std::chrono_literals;

const WallTime kToday{std::chrono::sys_days{std::chrono::year{2026} / 6 / 1}};

BankSettings bankOf(const migrate::Migration& result) {
    return migrate::test::good(result).banks.front().bank;
}

BankSettings fromDab(const std::string& lines) {
    migrate::DabFiles files;
    files.ini = migrate::PeerText{"config.ini", "[DEFAULT]\nBATTERY_PRODUCT_NAME = Twin\n" + lines};
    return bankOf(migrate::migrateDab(files, kToday));
}

/// From the dark through noon to dusk.
void expectGoodDay(const BankSettings& settings, sim::TwinSpec spec) {
    spec.startOfDay = 4h;
    Loop loop(settings, std::move(spec));
    const sim::Metrics day = loop.run(15h);
    EXPECT_TRUE(isSafe(day)) << day.trips << " trips, " << day.overLimit_s << " s above a limit";
    EXPECT_EQ(loop.bank.report().online, static_cast<int>(loop.twin.size()));
    EXPECT_TRUE(day.full_h);
    EXPECT_FALSE(hasWord(loop.charge, "missing_data"));
    EXPECT_FALSE(hasWord(loop.charge, "unknown_limit"));
}

sim::TwinSpec sunnyDay(sim::Chemistry chemistry, int packs, double capacity_Ah) {
    sim::TwinSpec spec = sim::makeEqualBank(chemistry, packs, capacity_Ah);
    spec.packs.front().cells.front().soc += 0.01; // the one that is full first
    spec.sun.peak_W = 9000.0;
    spec.load = {400.0, 0.05, {{2000.0, 300.0, 900.0}}};
    return spec;
}

TEST(Migrated, TheLfpTemplateOfDabFillsABankInADay) {
    expectGoodDay(fromDab("NR_OF_BATTERIES = 4\n"
                          "NR_OF_CELLS_PER_BATTERY = 16\n"
                          "OWN_SOC = True\n"
                          "OWN_CHARGE_PARAMETERS = True\n"
                          "MAX_CHARGE_CURRENT = 200\n"
                          "MAX_DISCHARGE_CURRENT = 200\n"),
                  sunnyDay(sim::Chemistry::Lfp, 4, 100.0));
}

TEST(Migrated, DabWithTheLimitsOfTheBmsFillsABankInADay) {
    expectGoodDay(fromDab("NR_OF_BATTERIES = 2\nOWN_CHARGE_PARAMETERS = False\n"),
                  sunnyDay(sim::Chemistry::Lfp, 2, 200.0));
}

TEST(Migrated, AConfigurationOfBagFillsABankInADay) {
    const migrate::Migration result = migrate::migrateBag(
        {"config.json", R"({"currentRatioMethod": "ir", "cvlMode": "max_when_balancing"})"});
    expectGoodDay(bankOf(result), sunnyDay(sim::Chemistry::Lfp, 3, 150.0));
}

} // namespace
} // namespace busbar::closed_loop
