// SPDX-License-Identifier: MIT
// Installations of DAB as people have them, through to the limits that the bank then gives.
#include "migrate/dab.hpp"
#include "unit/migrate/bank_limits.hpp"
#include "unit/migrate/good.hpp"

#include <gmock/gmock.h>

namespace busbar::migrate {
namespace {

using test::Pack;
using testing::HasSubstr;

BankSettings bankOf(const std::string& lines) {
    DabFiles files;
    files.ini = PeerText{"config.ini",
                         "[DEFAULT]\nNR_OF_BATTERIES = 2\nNR_OF_CELLS_PER_BATTERY = 16\n" + lines};
    return test::good(migrateDab(files, WallTime{})).banks.front().bank;
}

/// The limits of the BMSs: count times the smallest current, the smallest voltage.
TEST(Dab, WithTheLimitsOfTheBmss) {
    const auto limits = test::limitsOf(bankOf(""), {{.cvl_V = 55.2, .ccl_A = 80, .dcl_A = 120},
                                                    {.cvl_V = 56.0, .ccl_A = 50, .dcl_A = 150}});
    EXPECT_EQ(limits.cvl_V, 55.2);
    EXPECT_EQ(limits.ccl_A, 100.0);
    EXPECT_EQ(limits.dcl_A, 240.0);
}

TEST(Dab, OneThatBlocksStopsTheBank) {
    EXPECT_EQ(test::limitsOf(bankOf(""), {Pack{}, Pack{.blocksCharge = 1}}).ccl_A, 0.0);
}

/// One at 0 A does not stop the others.
TEST(Dab, CanBatteriesAddUp) {
    const auto bank = bankOf("CAN_batteries = True\n");
    EXPECT_EQ(test::limitsOf(bank, {{.ccl_A = 60}, {.ccl_A = 100}}).ccl_A, 160.0);
    EXPECT_EQ(test::limitsOf(bank, {{.ccl_A = 0}, {.ccl_A = 60}}).ccl_A, 60.0);
}

struct Curve {
    double cell_V;
    double limit_A;
};

/// The charge curve of the shipped values, at 200 A, by the highest cell.
TEST(Dab, OwnChargeCurveOfLfp) {
    const auto bank = bankOf("OWN_CHARGE_PARAMETERS = True\n");
    for (const Curve& one : {Curve{3.32, 164}, {3.35, 110}, {3.40, 20}, {3.425, 10}}) {
        const Pack pack{.voltage_V = 16 * one.cell_V,
                        .lowCell_V = one.cell_V,
                        .highCell_V = one.cell_V,
                        .ccl_A = 500,
                        .dcl_A = 500};
        EXPECT_NEAR(test::limitsOf(bank, {pack, pack}).ccl_A.value_or(-1), one.limit_A, 0.15)
            << one.cell_V;
    }
}

/// The discharge curve, by the lowest cell.
TEST(Dab, OwnDischargeCurveOfLfp) {
    const auto bank = bankOf("OWN_CHARGE_PARAMETERS = True\n");
    for (const Curve& one : {Curve{2.90, 0}, {2.95, 5}, {3.00, 10}, {3.05, 105}, {3.10, 200}}) {
        const Pack pack{.voltage_V = 16 * one.cell_V,
                        .lowCell_V = one.cell_V,
                        .highCell_V = one.cell_V,
                        .ccl_A = 500,
                        .dcl_A = 500};
        EXPECT_NEAR(test::limitsOf(bank, {pack, pack}).dcl_A.value_or(-1), one.limit_A, 0.15)
            << one.cell_V;
    }
}

TEST(Dab, OwnVoltageIsThatOfTheMonth) {
    const auto bank =
        bankOf("OWN_CHARGE_PARAMETERS = True\nMAX_CELL_VOLTAGE = 3.6\nCHARGE_VOLTAGE_LIST =\n"
               "  3.45, 3.45, 3.45, 3.45,\n  3.45, 3.45, 3.45, 3.45, ; summer\n"
               "  3.45, 3.45, 3.45, 3.45\nBALANCING_VOLTAGE = 3.45\n");
    EXPECT_NEAR(test::limitsOf(bank, {Pack{}, Pack{}}).cvl_V.value_or(-1), 16 * 3.45, 0.01);
}

/// A defect of the old program that is not carried over: the BMS's own limit did not count.
TEST(Dab, OwnLimitsNeverPassThoseOfTheBms) {
    const auto bank = bankOf("OWN_CHARGE_PARAMETERS = True\n");
    EXPECT_EQ(test::limitsOf(bank, {Pack{}, {.ccl_A = 0}}).ccl_A, 0.0);
}

TEST(Dab, TheTemplateForLto) {
    const auto bank =
        bankOf("OWN_CHARGE_PARAMETERS = True\nOWN_SOC = True\nZERO_SOC = "
               "True\nCURRENT_FROM_VICTRON = True\nNR_OF_MPPTS = 1\n"
               "MAX_CELL_VOLTAGE_SOC_FULL = 2.5\nMIN_CELL_VOLTAGE_SOC_EMPTY = "
               "1.9\nBALANCING_VOLTAGE = 2.5\n"
               "CHARGE_VOLTAGE_LIST = 2.50, 2.45, 2.45, 2.40, 2.35, 2.35, 2.35, 2.35, 2.40, 2.45, "
               "2.45, 2.50\n"
               "MAX_CELL_VOLTAGE = 2.6\nMIN_CELL_VOLTAGE = 1.9\nMIN_CELL_HYSTERESIS = 0.3\n");
    EXPECT_EQ(bank.preset, Preset::Lto);
    EXPECT_EQ(bank.limits.cvl.cell_V.size(), 12U);
    EXPECT_EQ(bank.soc.fullCell_V, 2.5);
    EXPECT_EQ(bank.soc.emptyCell_V, 1.9);
    EXPECT_EQ(bank.current.source, CurrentSource::Victron);
}

TEST(Dab, OfAFileThatIsNoneTheFirstMistakesAreSaid) {
    DabFiles files;
    files.ini = PeerText{"config.ini", "[DEFAULT]\n"};
    for (int i = 0; i < 350; ++i)
        files.ini->bytes += "rubbish\n";
    const auto result = migrateDab(files, WallTime{});
    EXPECT_EQ(result.draft.mistakes.size(), 100U);
    EXPECT_THAT(result.report, HasSubstr("config.ini:101: is neither an option"));
    EXPECT_GE(result.draft.furtherMistakes, 250U);
    EXPECT_THAT(result.report, testing::ContainsRegex("\\* and 25[0-9] more of such\n"));
}

TEST(Dab, CommentsSayWhereEachLineComesFrom) {
    DabFiles files;
    files.ini = PeerText{"config.ini", "[DEFAULT]\nNR_OF_BATTERIES = 2\n"};
    const auto result = migrateDab(files, WallTime{});
    EXPECT_THAT(result.config,
                HasSubstr("// NR_OF_BATTERIES, config.ini line 2\n    \"expected\": 2,\n"));
    for (const char* part :
         {"TAKEN OVER\n", "BEHAVES DIFFERENTLY, AND WHY\n", "NO COUNTERPART\n    nothing\n"})
        EXPECT_THAT(result.report, HasSubstr(part));
}

} // namespace
} // namespace busbar::migrate
