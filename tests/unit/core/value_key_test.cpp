// SPDX-License-Identifier: MIT
// Readable keys of rows.
#include "core/units/value_key.hpp"

#include <gtest/gtest.h>

namespace busbar::value_key_test {
namespace {

TEST(ValueKey, IsWhatDocumentsAndHomeAssistantHaveKnownFromTheBeginning) {
    EXPECT_EQ(keyOf("/Dc/0/Voltage"), "voltage");
    EXPECT_EQ(keyOf("/Soc"), "soc");
    EXPECT_EQ(keyOf("/ConsumedAmphours"), "consumed_amphours");
    EXPECT_EQ(keyOf("/Info/MaxChargeCurrent"), "max_charge_current");
    EXPECT_EQ(keyOf("/System/MaxCellVoltage"), "max_cell_voltage");
    EXPECT_EQ(keyOf("/System/MOSTemperature"), "mos_temperature");
    EXPECT_EQ(keyOf("/Io/AllowToCharge"), "allow_to_charge");
    EXPECT_EQ(keyOf("/Alarms/LowSoc"), "alarm_low_soc");
    EXPECT_EQ(keyOf("/History/ChargedEnergy"), "history_charged_energy");
    EXPECT_EQ(keyOf("/Voltages/Diff"), "voltages_diff");
    EXPECT_EQ(keyOf("/Mgmt/Connection"), "mgmt_connection");
}

TEST(ValueKey, IsTheSameByRowAndByIndex) {
    for (RowIndex i = 0; i < kRowCount; ++i)
        EXPECT_EQ(keyOf(kRows.at(i)), keyOf(i)) << kRows.at(i).path;
}

} // namespace
} // namespace busbar::value_key_test
