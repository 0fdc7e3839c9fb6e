// SPDX-License-Identifier: MIT
// Every option of DAB is handled by name, whatever stands in it.
#include "migrate/dab.hpp"
#include "unit/migrate/good.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>

namespace busbar::migrate {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;

const WallTime kToday{std::chrono::sys_days{std::chrono::year{2026} / 7 / 1}};

Migration fromIni(const std::string& lines) {
    DabFiles files;
    files.ini = PeerText{"config.ini", "[DEFAULT]\nNR_OF_BATTERIES = 2\n" + lines};
    return migrateDab(files, kToday);
}

Migration fromPython(const std::string& lines) {
    DabFiles files;
    files.python = PeerText{"settings.py", lines};
    return migrateDab(files, kToday);
}

bool says(const Migration& result, std::string_view option) {
    return std::ranges::any_of(result.draft.lines,
                               [option](const Line& line) { return line.option == option; });
}

/// As the list of every version has them, written down apart from the table.
constexpr auto kEveryName = std::to_array<std::string_view>({
    "NR_OF_BATTERIES",
    "NR_OF_CELLS_PER_BATTERY",
    "NR_OF_MPPTS",
    "BATTERY_SERVICE_NAME",
    "SERVICE_KEY_WORD",
    "DCLOAD_SERVICE_NAME",
    "BATTERY_PRODUCT_NAME",
    "BATTERY_PRODUCT_NAME_PATH",
    "PRODUCT_NAME_KEY_WORD",
    "BATTERY_KEY_WORD",
    "BATTERY_INSTANCE_NAME_PATH",
    "BATTERY_NAME_PATH",
    "BATTERY_NAME_KEY_WORD",
    "MULTI_KEYWORD",
    "MULTI_KEY_WORD",
    "MPPT_KEYWORD",
    "MPPT_KEY_WORD",
    "SMARTSHUNT_NAME_KEYWORD",
    "SMARTSHUNT_NAME_KEY_WORD",
    "SMARTSHUNT_INSTANCE_NAME_PATH",
    "SEARCH_TRIALS",
    "READ_TRIALS",
    "SCAN_TRIALS",
    "UPDATE_INTERVAL_FIND_DEVICES",
    "TIME_BEFORE_RESTART",
    "UPDATE_INTERVAL_DATA",
    "CURRENT_FROM_VICTRON",
    "CAN_batteries",
    "USE_SMARTSHUNTS",
    "INVERT_SMARTSHUNTS",
    "SMARTSHUNT_AS_BATTERY_CURRENT",
    "IGNORE_SMARTSHUNT_ABSENCE",
    "OWN_SOC",
    "ZERO_SOC",
    "MAX_CELL_VOLTAGE_SOC_FULL",
    "MIN_CELL_VOLTAGE_SOC_EMPTY",
    "CHARGE_SAVE_PRECISION",
    "BATTERY_EFFICIENCY",
    "OWN_CHARGE_PARAMETERS",
    "BALANCING_VOLTAGE",
    "BALANCING_REPETITION",
    "CHARGE_VOLTAGE_LIST",
    "CHARGE_VOLTAGE",
    "MAX_CELL_VOLTAGE",
    "MIN_CELL_VOLTAGE",
    "MIN_CELL_HYSTERESIS",
    "CELL_DIFF_MAX",
    "MAX_CHARGE_CURRENT",
    "MAX_DISCHARGE_CURRENT",
    "CELL_CHARGE_LIMITING_VOLTAGE",
    "CELL_CHARGE_LIMITED_CURRENT",
    "CELL_FULL_LIMITING_VOLTAGE",
    "CELL_FULL_LIMITED_CURRENT",
    "CELL_DISCHARGE_LIMITING_VOLTAGE",
    "CELL_DISCHARGE_LIMITED_CURRENT",
    "CELL_EMPTY_LIMITING_VOLTAGE",
    "CELL_EMPTY_LIMITED_CURRENT",
    "KEEP_MAX_CVL",
    "SEND_CELL_VOLTAGES",
    "LOGGING",
    "LOG_PERIOD",
    "LOG_VOLTAGE_CHANGE",
    "LOG_CURRENT_CHANGE",
    "VOLTAGE_SET_PRECISION",
    "DC_LOADS",
    "INVERT_SMARTSHUNT",
    "MULTIPLE_SMARTSHUNTS",
    "CURRENT_FROM_SMARTSHUNT",
    "SMARTSHUNT_CURRENT_THRESHOLD",
    "DISCHARGE_VOLTAGE",
    "ABSORPTION_VOLTAGE",
    "ABSORBTION_TIME_M",
    "ABSORBTION_RESTART_H",
    "FLOAT_VOLTAGE",
    "RE_BULK_VOLTAGE",
    "CV1",
    "CV2",
    "MAX_CHARGE_CURRENT_ABOVE_CV1",
    "MAX_CHARGE_CURRENT_ABOVE_CV2",
    "BALANCING_CVL_ENABLED",
});

TEST(DabOptions, AreAllInTheTable) {
    const auto names = dabOptionNames();
    for (const std::string_view name : kEveryName)
        EXPECT_THAT(names, Contains(name));
    EXPECT_EQ(names.size(), kEveryName.size());
}

/// With and without what switches groups of them on, with good values, bad ones and none.
TEST(DabOptions, EachThatIsGivenIsInTheReportAndTheResultIsGood) {
    const std::string on =
        "OWN_CHARGE_PARAMETERS = True\nOWN_SOC = True\nCURRENT_FROM_VICTRON = True\n"
        "NR_OF_CELLS_PER_BATTERY = 16\n";
    for (const std::string_view name : kEveryName)
        for (const std::string& others : {std::string(), on})
            for (const char* value :
                 {"True", "1", "3.4", "", "-5", "1e9", "nan", "yes", "[1, 'x']", "3.3, 3.4",
                  "com.victronenergy.battery", "SmartShunt", "a*b\"\\"}) {
                std::string lines = others;
                if (lines.find(std::string(name) + " ") != std::string::npos)
                    lines.clear();
                lines.append(name).append(" = ").append(value).append("\n");
                const auto result = fromIni(name == "NR_OF_BATTERIES" ? "" : lines);
                EXPECT_TRUE(says(result, name)) << lines;
                test::good(result);
            }
}

TEST(DabOptions, OfNoVersionAreNamedWithTheNearest) {
    const auto result = fromIni("MAX_CHARGE_CURENT = 3\nFOO_BAR = 4\n");
    EXPECT_THAT(result.report,
                HasSubstr("MAX_CHARGE_CURENT: no version of the old program knows it; did "
                          "you mean MAX_CHARGE_CURRENT?"));
    EXPECT_THAT(result.report, HasSubstr("FOO_BAR: no version"));
}

struct Mistake {
    const char* line;
    const char* said;
};

TEST(DabOptions, AreReadAsTheOldProgramReadsThemAndItIsSaid) {
    for (const Mistake& one : {
             Mistake{"OWN_SOC = True ; mine", "is False to the old program"},
             Mistake{"OWN_SOC = yes", "is False to the old program"},
             Mistake{"MAX_CHARGE_CURRENT = 200 A", "is no number that can be used"},
             Mistake{"NR_OF_CELLS_PER_BATTERY = 16.5", "is no whole number"},
             Mistake{"MAX_CHARGE_CURRENT =", "empty is 0"},
             Mistake{"CHARGE_VOLTAGE_LIST = 3.4, x", "\"x\" is no number"},
             Mistake{"own_soc = True", "must be spelt OWN_SOC"},
         }) {
        const auto result = fromIni(std::string(one.line) + "\n");
        EXPECT_THAT(result.draft.mistakes, Contains(HasSubstr(one.said))) << one.line;
        test::good(result);
    }
    EXPECT_EQ(fromIni("OWN_SOC = yes\n").draft.find("soc.source"), nullptr);
}

TEST(DabOptions, OfOldVersionsCountUnderTheirNewNames) {
    const auto result = fromPython(
        "NR_OF_BATTERIES = 2\nNR_OF_CELLS_PER_BATTERY = 16\nBATTERY_KEY_WORD = "
        "'com.victronenergy.battery'\n"
        "PRODUCT_NAME_KEY_WORD = 'JK'\nCHARGE_VOLTAGE = 3.4\nMAX_CELL_VOLTAGE = 3.5\n"
        "DISCHARGE_VOLTAGE = 3.0\nMIN_CELL_VOLTAGE = 2.8\nCELL_FULL_LIMITING_VOLTAGE = [3.4, 3.5]\n"
        "CELL_FULL_LIMITED_CURRENT = [1, 0]\nMAX_CHARGE_CURRENT = 120\n");
    const auto config = test::good(result);
    EXPECT_EQ(result.draft.find("batteries")->json, R"(["products:*JK*"])");
    EXPECT_EQ(result.draft.find("limits.cvl.cell_V")->json, "3.4");
    EXPECT_EQ(result.draft.find("limits.curves.high_cell_V")->json, "[[3.4, 1], [3.5, 0]]");
    EXPECT_EQ(result.draft.find("limits.curves.low_pack_V")->json, "[[48, 0], [48.01, 1]]");
    EXPECT_EQ(config.banks.front().bank.limits.maxCharge_A, 120.0);
}

TEST(DabOptions, OfCurrentElsewhere) {
    const auto all = fromIni("CURRENT_FROM_VICTRON = True\nUSE_SMARTSHUNTS = True\n");
    EXPECT_EQ(all.draft.find("current.shunts")->json, R"(["products:*SmartShunt*"])");
    EXPECT_EQ(all.draft.find("current.with_shunts")->json, "true");
    const auto alone = fromIni("CURRENT_FROM_VICTRON = True\nUSE_SMARTSHUNTS = [278, 'House']\n"
                               "SMARTSHUNT_AS_BATTERY_CURRENT = True\n");
    EXPECT_EQ(alone.draft.find("current.source")->json, "\"shunt\"");
    EXPECT_EQ(alone.draft.find("current.shunts")->json, R"(["instance:278", "name:House"])");
    test::good(alone);
    const auto loads = fromPython("CURRENT_FROM_VICTRON = True\nDC_LOADS = True\n");
    EXPECT_EQ(loads.draft.find("current.invert")->json, "true");
    test::good(loads);
    EXPECT_EQ(fromIni("CURRENT_FROM_VICTRON = True\nNR_OF_MPPTS = 0\n")
                  .draft.find("current.with_solar")
                  ->json,
              "false");
    EXPECT_EQ(fromIni("USE_SMARTSHUNTS = True\n").draft.find("current.shunts"), nullptr);
}

TEST(DabFiles, OfOtherEncodingsAreRefusedInOneSentence) {
    DabFiles files;
    files.ini = PeerText{"config.ini", "\xFF\xFE[\x01"};
    EXPECT_EQ(migrateDab(files, kToday).error, "config.ini is UTF-16, not UTF-8: save it as UTF-8");
}

TEST(DabFiles, DefaultsThatTheOwnerHasChangedCount) {
    DabFiles files;
    files.defaults = PeerText{"config.default.ini", "[DEFAULT]\nMAX_CHARGE_CURRENT = 77\n"};
    files.ini =
        PeerText{"config.ini", "[DEFAULT]\nNR_OF_BATTERIES = 2\nOWN_CHARGE_PARAMETERS = True\n"};
    EXPECT_EQ(test::good(migrateDab(files, kToday)).banks.front().bank.limits.maxCharge_A, 77.0);
}

TEST(DabFiles, LastDayOfTheYear) {
    using std::chrono::year;
    const auto noon = [](std::chrono::year_month_day day) {
        return WallTime(std::chrono::sys_days(day)) + 12h;
    };
    EXPECT_EQ(lastDayOfYear(1, kToday), noon(year{2026} / 1 / 1));
    EXPECT_EQ(lastDayOfYear(182, kToday), noon(year{2026} / 7 / 1));
    EXPECT_EQ(lastDayOfYear(183, kToday), noon(year{2025} / 7 / 2));
    EXPECT_EQ(lastDayOfYear(366, kToday), noon(year{2024} / 12 / 31));
    EXPECT_FALSE(lastDayOfYear(0, kToday));
    EXPECT_FALSE(lastDayOfYear(367, kToday));
    EXPECT_FALSE(lastDayOfYear(-3, kToday));
}

TEST(DabFiles, StoredValuesAreTakenOrNamed) {
    DabFiles files;
    files.ini =
        PeerText{"config.ini",
                 "[DEFAULT]\nNR_OF_BATTERIES = 2\nOWN_SOC = True\nOWN_CHARGE_PARAMETERS = True\n"};
    files.charge = PeerText{"charge", "123.456\n"};
    files.lastBalanced = PeerText{"last_balancing", "1\n"};
    const auto result = migrateDab(files, kToday);
    EXPECT_TRUE(says(result, "charge"));
    EXPECT_TRUE(says(result, "last_balancing"));
    EXPECT_EQ(result.kept.lastBalanced, lastDayOfYear(1, kToday));
    EXPECT_EQ(result.kept.charge_Ah, 123.456);
    for (const char* bad : {"", "x", "nan", "1e300", "-4", "400", "1.5"}) {
        files.charge->bytes = bad;
        files.lastBalanced->bytes = bad;
        const auto other = migrateDab(files, kToday);
        EXPECT_FALSE(other.kept.lastBalanced) << bad;
        EXPECT_THAT(other.report, HasSubstr("last_balancing: ")) << bad;
    }
}

TEST(DabFiles, AStoredChargeThatIsNoneOrWasNotShownIsNotTaken) {
    DabFiles files;
    files.ini = PeerText{"config.ini", "[DEFAULT]\nNR_OF_BATTERIES = 2\nOWN_SOC = True\n"};
    for (const char* bad : {"", "x", "nan", "inf", "1e300", "-1"}) {
        files.charge = PeerText{"storedvalue_charge", bad};
        const auto result = migrateDab(files, kToday);
        EXPECT_FALSE(result.kept.charge_Ah) << bad;
        EXPECT_THAT(result.report, HasSubstr("storedvalue_charge: ")) << bad;
    }
    files.charge->bytes = "250";
    files.ini->bytes = "[DEFAULT]\nNR_OF_BATTERIES = 2\nOWN_SOC = False\n";
    EXPECT_FALSE(migrateDab(files, kToday).kept.charge_Ah);
}

} // namespace
} // namespace busbar::migrate
