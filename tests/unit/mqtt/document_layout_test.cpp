// SPDX-License-Identifier: MIT
// How documents are written in either layout, and which keys are left out.
#include "core/cycle/view.hpp"
#include "core/table/control_table.hpp"
#include "documents/bank.hpp"
#include "documents/battery.hpp"
#include "documents/row_names.hpp"
#include "made_bank.hpp"
#include "mqtt/results/results_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace busbar::mqtt::document_layout_test {
namespace {

using made::isNull;
using made::parsed;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr DocumentStyle kFormer{.layout = 1};

TEST(Limiters, AreInTheDocumentWithTheirArithmetic) {
    const auto document = parsed(bankDocument(made::Bank().view()));
    const auto& charge = document["limits"]["charge"];
    EXPECT_EQ(charge["power_W"].GetInt(), 6336);
    ASSERT_EQ(charge["limiters"].Size(), 2U);
    const auto& first = charge["limiters"][0];
    EXPECT_EQ(first["value"].GetDouble(), 120.0);
    EXPECT_STREQ(first["cause"].GetString(), "member");
    EXPECT_STREQ(first["member"].GetString(), "Pack A");
    EXPECT_STREQ(first["cell"].GetString(), "Cell 3");
    EXPECT_TRUE(first["binding"].GetBool());
    EXPECT_EQ(first["share"].GetDouble(), 0.5);
    EXPECT_EQ(first["own"].GetDouble(), 60.0);
    const auto& second = charge["limiters"][1];
    EXPECT_STREQ(second["cause"].GetString(), "ceiling");
    EXPECT_FALSE(second["binding"].GetBool());
    EXPECT_TRUE(isNull(second, "share"));
    EXPECT_TRUE(isNull(second, "member"));
    EXPECT_FALSE(document["limits"]["charge_voltage"].HasMember("power_W"));
    EXPECT_EQ(document["limits"]["charge_voltage"]["limiters"].Size(), 1U);
}

TEST(SecondLayout, WritesNumbersWithAllTheirDecimals) {
    made::Bank bank;
    bank.snapshot[row("/Dc/0/Voltage")] = 53.2;
    bank.snapshot[row("/Soc")] = 70.0;
    bank.snapshot[row("/Dc/0/Current")] = -0.04;
    const std::string text = bankDocument(bank.view());
    EXPECT_THAT(text, HasSubstr(R"("voltage_V":53.20,)"));
    EXPECT_THAT(text, HasSubstr(R"("soc_pct":70.0,)"));
    EXPECT_THAT(text, HasSubstr(R"("current_A":0.0,)"));
    EXPECT_THAT(text, HasSubstr(R"("charge":{"value":120.0,)"));
    EXPECT_THAT(text, HasSubstr(R"("charge_voltage":{"value":55.20,)"));
}

TEST(SecondLayout, SaysTruthOfFlagsAndLevelsOfAlarms) {
    made::Bank bank;
    bank.put(1, row("/Balancing"), 1.0);
    bank.put(1, row("/Io/AllowToCharge"), 0.0);
    bank.put(1, row("/Alarms/LowSoc"), 2.0);
    const auto document = parsed(batteryDocument(bank.view(), bank.member("a")));
    EXPECT_TRUE(document["balancing"].GetBool());
    EXPECT_FALSE(document["allow_to_charge"].GetBool());
    EXPECT_EQ(document["alarm_low_soc"].GetInt(), 2);
}

TEST(SecondLayout, NamesTheUnitOfEveryRowThatHasOne) {
    for (RowIndex i = 0; i < kRowCount; ++i) {
        const std::string name(documents::rowName(i));
        const std::string unit(spec(kRows.at(i).quantity).unit);
        const std::string wanted = unit == "%" ? "pct" : unit;
        EXPECT_EQ(name, std::string(keyOf(i)) + (unit.empty() ? "" : "_" + wanted));
    }
}

TEST(SecondLayout, SaysWhatFlowsInAndOutApart) {
    made::Bank bank;
    auto document = parsed(bankDocument(bank.view()));
    EXPECT_EQ(document["charge_power_W"].GetInt(), 0);
    EXPECT_EQ(document["discharge_power_W"].GetInt(), 554);
    bank.snapshot[row("/Dc/0/Power")] = 100.0;
    document = parsed(bankDocument(bank.view()));
    EXPECT_EQ(document["charge_power_W"].GetInt(), 100);
    EXPECT_EQ(document["discharge_power_W"].GetInt(), 0);
    bank.snapshot[row("/Dc/0/Power")] = Value();
    EXPECT_TRUE(isNull(parsed(bankDocument(bank.view())), "charge_power_W"));
}

TEST(SecondLayout, UsableEnergyEndsWhereTheGxStops) {
    made::Bank bank;
    bank.snapshot[row("/InstalledCapacity")] = 300.0;
    bank.snapshot[row("/Capacity")] = 220.0;
    EXPECT_NEAR(parsed(bankDocument(bank.view()))["usable_energy_kWh"].GetDouble(), 11.33, 0.005);
    EXPECT_NEAR(parsed(bankDocument(bank.view()))["capacity_kWh"].GetDouble(), 15.84, 0.005);
    bank.report.reach.stopSoc_pct = 20.0;
    EXPECT_NEAR(parsed(bankDocument(bank.view()))["usable_energy_kWh"].GetDouble(), 8.16, 0.005);
    bank.report.reach.stopSoc_pct = 90.0;
    EXPECT_EQ(parsed(bankDocument(bank.view()))["usable_energy_kWh"].GetDouble(), 0.0);
}

TEST(SecondLayout, NoMoreIsUsableThanIsStored) {
    made::Bank bank;
    bank.snapshot[row("/InstalledCapacity")] = 300.0; // of which 71.5 % would be 214.5 Ah
    const auto document = parsed(bankDocument(bank.view()));
    EXPECT_DOUBLE_EQ(document["usable_energy_kWh"].GetDouble(), document["energy_kWh"].GetDouble());
}

TEST(SaidNames, LeaveOutWhatWasNeverKnownAndNothingElse) {
    made::Bank bank;
    bank.report.chargeVoltage.reset();
    bank.report.limiters.charge.pop_back(); // a ceiling names nobody
    SaidNames said;
    const DocumentStyle style{2, &said};
    std::string text = bankDocument(bank.view(), style);
    EXPECT_THAT(text, Not(HasSubstr("null")));
    EXPECT_FALSE(parsed(text).HasMember("soh_pct"));
    EXPECT_FALSE(parsed(text)["limits"].HasMember("charge_voltage"));
    bank.snapshot[row("/Soh")] = 98.0;
    bank.report.chargeVoltage = Limit{55.2, Cause::Configured, "", ""};
    text = bankDocument(bank.view(), style);
    EXPECT_EQ(parsed(text)["soh_pct"].GetDouble(), 98.0);
    EXPECT_EQ(parsed(text)["limits"]["charge_voltage"]["value"].GetDouble(), 55.2);
    bank.snapshot[row("/Soh")] = Value();
    bank.report.chargeVoltage.reset();
    text = bankDocument(bank.view(), style);
    EXPECT_TRUE(isNull(parsed(text), "soh_pct")) << "once said, it stays";
    EXPECT_TRUE(isNull(parsed(text)["limits"], "charge_voltage"));
}

TEST(SaidNames, AreOfThePlaceAndNotOfTheName) {
    made::Bank bank;
    SaidNames said;
    const auto document = parsed(bankDocument(bank.view(), {2, &said}));
    EXPECT_TRUE(document["limits"]["charge"].HasMember("member"));
    EXPECT_FALSE(document["limits"]["discharge"].HasMember("member")) << "a ceiling names nobody";
    const auto& limiters = document["limits"]["charge"]["limiters"];
    EXPECT_TRUE(isNull(limiters[1], "member")) << "elements of a list are one place";
}

TEST(SaidNames, KeepUnknownCellsInTheirPlace) {
    made::Bank bank;
    bank.putCells(1, 3, 3.3);
    bank.batteries[1].cells[1].value = Value();
    SaidNames said;
    const auto document = parsed(batteryDocument(bank.view(), bank.member("a"), {2, &said}));
    ASSERT_EQ(document["cells"].Size(), 3U);
    EXPECT_TRUE(document["cells"][1].IsNull());
}

TEST(FirstLayout, IsAsVersion03WroteIt) {
    made::Bank bank;
    bank.snapshot[row("/Io/AllowToCharge")] = 1.0;
    const std::string text = bankDocument(bank.view(), kFormer);
    const auto document = parsed(text);
    EXPECT_EQ(document["layout"].GetInt(), 1);
    EXPECT_EQ(document["soc"].GetDouble(), 71.5);
    EXPECT_THAT(text, HasSubstr(R"("voltage":52.8,)"));
    EXPECT_THAT(text, HasSubstr(R"("allow_to_charge":1,)"));
    EXPECT_EQ(document["controls"]["max_charge_A"].GetDouble(), 5000.0);
    EXPECT_STREQ(document["max_voltage_cell_id"].GetString(), "");
    EXPECT_STREQ(document["limits"]["discharge"]["member"].GetString(), "");
    EXPECT_TRUE(document["batteries"][0]["takes_part"].GetBool());
    EXPECT_FALSE(document.HasMember("soc_pct"));
}

TEST(FirstLayout, HasEveryKeyThatItHad) {
    const auto document = parsed(bankDocument(made::Bank().view(), kFormer));
    for (const documents::Line& line : documents::bankLines())
        if (line.name.find('.') == std::string::npos && line.name.find('[') == std::string::npos &&
            line.name != "time" && line.name != "age_s") {
            EXPECT_TRUE(document.HasMember(std::string(formerName(line.about)).c_str()))
                << line.name;
        }
}

/// Where a number stood for none, it is one of its own kind: 5000 A, but 100 %.
TEST(FirstLayout, NoBoundIsTheHighestOfItsUnit) {
    const auto document = parsed(bankDocument(made::Bank().view(), kFormer));
    EXPECT_EQ(document["controls"]["charge_target_pct"].GetDouble(), kNoTarget_pct);
    EXPECT_EQ(document["controls"]["max_charge_A"].GetDouble(), kHighestCeiling_A);
}

} // namespace
} // namespace busbar::mqtt::document_layout_test
