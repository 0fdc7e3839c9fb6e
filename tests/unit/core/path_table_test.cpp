// SPDX-License-Identifier: MIT
#include "core/table/path_table.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace busbar::path_table_test {
namespace {

TEST(PathTable, FindsEveryRowByItsPathAndNothingElse) {
    for (std::size_t i = 0; i < kRowCount; ++i)
        EXPECT_EQ(findRow(kRows[i].path), static_cast<RowIndex>(i)) << kRows[i].path;
    for (const char* path :
         {"", "/", "/Dc", "/Dc/0", "/Dc/0/Voltag", "/Dc/0/Voltages", "Dc/0/Voltage", "/soc"})
        EXPECT_EQ(findRow(path), std::nullopt) << path;
}

TEST(PathTable, KnowsNoNumberOutsideTheRange) {
    for (const Row& r : kRows) {
        if (r.quantity == Quantity::Text)
            continue;
        EXPECT_EQ(plausible(r, r.lowest), Value(r.lowest)) << r.path;
        EXPECT_EQ(plausible(r, r.highest), Value(r.highest)) << r.path;
        for (double bad :
             {r.lowest - 1, r.highest + 1, 1e308, -1e308, std::numeric_limits<double>::quiet_NaN(),
              std::numeric_limits<double>::infinity()})
            EXPECT_FALSE(plausible(r, bad).isKnown()) << r.path << " " << bad;
        EXPECT_FALSE(plausible(r, "12.5").isKnown()) << r.path;
        EXPECT_FALSE(plausible(r, Value()).isKnown()) << r.path;
    }
}

TEST(PathTable, TextRowsTakeTextsAndNumbersAsText) {
    EXPECT_EQ(plausible(kRows[row("/Serial")], "HQ1 23"), Value("HQ1 23"));
    EXPECT_EQ(plausible(kRows[row("/FirmwareVersion")], 3.5), Value("3.5"));
    EXPECT_FALSE(plausible(kRows[row("/Serial")], Value()).isKnown());
}

TEST(Quantity, TextOfEveryKindAtZeroNegativeAndUnknown) {
    for (const Row& r : kRows) {
        EXPECT_EQ(displayText(r.quantity, Value()), "---") << r.path;
        EXPECT_FALSE(displayText(r.quantity, 0.0).empty()) << r.path;
        EXPECT_EQ(displayText(r.quantity, -0.00001), displayText(r.quantity, 0.0)) << r.path;
    }
    EXPECT_EQ(displayText(Quantity::Voltage, 52.814), "52.81V");
    EXPECT_EQ(displayText(Quantity::Current, -8.0), "-8.0A");
    EXPECT_EQ(displayText(Quantity::Power, -425.4), "-425W");
    EXPECT_EQ(displayText(Quantity::Percent, 71.5), "71.5%");
    EXPECT_EQ(displayText(Quantity::CellVoltage, 3.31), "3.310V");
    EXPECT_EQ(displayText(Quantity::Hex, 0xA3E5), "0xA3E5");
    EXPECT_EQ(displayText(Quantity::Duration, 864000.0), "864000s");
    EXPECT_EQ(displayText(Quantity::Text, "C3"), "C3");
}

TEST(Quantity, RoundsToWhatTheTextShows) {
    EXPECT_EQ(rounded(Quantity::Voltage, 13.510000228881836), Value(13.51));
    EXPECT_EQ(rounded(Quantity::CellVoltage, 3.3456), Value(3.346));
    EXPECT_EQ(rounded(Quantity::Text, "x"), Value("x"));
    EXPECT_FALSE(rounded(Quantity::Voltage, Value()).isKnown());
}

} // namespace
} // namespace busbar::path_table_test
