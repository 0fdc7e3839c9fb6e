// SPDX-License-Identifier: MIT
// Documents of banks, batteries, events and health.
#include "core/cycle/view.hpp"
#include "core/events.hpp"
#include "core/made/made_key.hpp"
#include "core/report.hpp"
#include "core/snapshot.hpp"
#include "core/table/out_reason.hpp"
#include "core/units/battery.hpp"
#include "core/units/value_key.hpp"
#include "core/utf8.hpp"
#include "documents/row_names.hpp"
#include "made_bank.hpp"
#include "mqtt/results/results_json.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace busbar::mqtt {
namespace {

using made::isNull;
using made::parsed;

const Now kNow{SteadyTime(std::chrono::hours(1000)), WallTime(std::chrono::seconds(1800000000))};

constexpr std::array<std::string_view, 4> kHostile = {
    "\"},{\"x\":\"", "line\nbreak\t\x01\x7f", "Säule 🔋 \xE2\x80\xAE", "\xff\xc3\x28 \xed\xa0\x80"};

TEST(BankDocument, SaysWhatTheBankIs) {
    made::Bank bank;
    bank.report.online = 2;
    bank.report.total = 3;
    const auto document = parsed(bankDocument(bank.view()));
    EXPECT_EQ(document["layout"].GetInt(), 2);
    EXPECT_STREQ(document["id"].GetString(), "main");
    EXPECT_STREQ(document["stage"].GetString(), "normal");
    EXPECT_EQ(document["online"].GetInt(), 2);
    EXPECT_EQ(document["total"].GetInt(), 3);
    EXPECT_EQ(document["soc_pct"].GetDouble(), 71.5);
    EXPECT_EQ(document["energy_kWh"].GetDouble(), 10.56);
    EXPECT_FALSE(document["charging"].GetBool());
    EXPECT_EQ(document["batteries"].Size(), 2U);
    EXPECT_STREQ(document["batteries"][1]["name"].GetString(), "Pack b");
}

TEST(BankDocument, HoldsEveryPublishedRowAndNoOther) {
    const auto document = parsed(bankDocument(made::Bank().view()));
    for (RowIndex i = 0; i < kRowCount; ++i)
        EXPECT_EQ(document.HasMember(std::string(documents::rowName(i)).c_str()),
                  isPublished(kRows.at(i)))
            << kRows.at(i).path;
}

TEST(BankDocument, SaysWhyALimitIsWhatItIs) {
    made::Bank bank;
    bank.report.charge.value = 119.96;
    const auto document = parsed(bankDocument(bank.view()));
    const auto& charge = document["limits"]["charge"];
    EXPECT_EQ(charge["value"].GetDouble(), 120.0);
    EXPECT_STREQ(charge["cause"].GetString(), "member");
    EXPECT_STREQ(charge["member"].GetString(), "Pack A");
    EXPECT_STREQ(charge["cell"].GetString(), "Cell 3");
    EXPECT_EQ(document["limits"]["charge_voltage"]["value"].GetDouble(), 55.2);
    bank.report.chargeVoltage.reset();
    EXPECT_TRUE(isNull(parsed(bankDocument(bank.view()))["limits"], "charge_voltage"));
}

TEST(BankDocument, IsNullForWhatIsUnknown) {
    made::Bank bank;
    bank.snapshot = {};
    bank.report.fullCycles.reset();
    const auto document = parsed(bankDocument(bank.view()));
    for (const char* key :
         {"voltage_V", "soc_pct", "energy_kWh", "charging", "last_full", "time_to_go_s",
          "max_voltage_cell_id", "time_to_full_s", "usable_energy_kWh", "charge_power_W"})
        EXPECT_TRUE(isNull(document, key)) << key;
    EXPECT_TRUE(isNull(document["balance"], "last_success"));
    EXPECT_TRUE(isNull(document["meters"], "full_cycles"));
}

TEST(BankDocument, HasNoNumberThatIsNone) {
    made::Bank bank;
    bank.report.charge.value = std::numeric_limits<double>::quiet_NaN();
    bank.report.discharge.value = std::numeric_limits<double>::infinity();
    bank.report.meters.charged_Wh = -std::numeric_limits<double>::infinity();
    const auto document = parsed(bankDocument(bank.view()));
    EXPECT_TRUE(isNull(document["limits"]["charge"], "value"));
    EXPECT_TRUE(isNull(document["limits"]["discharge"], "value"));
    EXPECT_TRUE(isNull(document["meters"], "charged_kWh"));
}

TEST(BankDocument, SurvivesHostileNames) {
    for (const std::string_view name : kHostile) {
        made::Bank bank;
        bank.settings.name = name;
        bank.member("a").name = name;
        bank.member("a").detail = name;
        bank.report.charge.member = name;
        bank.report.currentWhyNot = name;
        bank.snapshot[row("/CustomName")] = std::string(name);
        bank.advice = {{AdviceCode::DvccOff, std::string(name)}};
        const std::string text = bankDocument(bank.view());
        EXPECT_TRUE(isUtf8(text));
        const auto document = parsed(text);
        ASSERT_TRUE(document.IsObject());
        EXPECT_EQ(document["batteries"].Size(), 2U);
        if (isUtf8(name)) {
            EXPECT_EQ(document["name"].GetString(), std::string(name));
        }
    }
}

TEST(BankDocument, ShowsTheOwnersCeilingInForce) {
    made::Bank bank;
    EXPECT_STREQ(parsed(bankDocument(bank.view()))["controls"]["max_charge_A"].GetString(), "none");
    bank.settings.limits.maxCharge_A = 150.0;
    EXPECT_EQ(parsed(bankDocument(bank.view()))["controls"]["max_charge_A"].GetDouble(), 150.0);
    bank.controls.maxCharge_A = 80.5;
    EXPECT_EQ(parsed(bankDocument(bank.view()))["controls"]["max_charge_A"].GetDouble(), 80.5);
    bank.controls.maxCharge_A = 200.0; // set before the configuration was narrowed
    EXPECT_EQ(parsed(bankDocument(bank.view()))["controls"]["max_charge_A"].GetDouble(), 150.0);
}

TEST(BankDocument, SaysWhoDoesNotTakePartAndWhy) {
    made::Bank bank;
    bank.member("b").takesPart = false;
    bank.member("b").reason = OutReason::VoltageMismatch;
    bank.member("b").detail = "13.5 V, others 52.8 V";
    bank.controls.outOfService = {"a"};
    const auto document = parsed(bankDocument(bank.view()));
    EXPECT_FALSE(document["batteries"][0]["in_service"].GetBool());
    EXPECT_TRUE(isNull(document["batteries"][0], "reason"));
    EXPECT_FALSE(document["batteries"][1]["takes_part"].GetBool());
    EXPECT_STREQ(document["batteries"][1]["reason"].GetString(), "voltage_mismatch");
    EXPECT_STREQ(document["batteries"][1]["detail"].GetString(), "13.5 V, others 52.8 V");
}

TEST(BankDocument, IsNotChargingWhileTheCurrentIsShownAsZero) {
    made::Bank bank;
    for (const auto& [current_A, isCharging] :
         {std::pair{0.04, false}, {0.06, true}, {0.0, false}, {-3.0, false}}) {
        bank.snapshot[row("/Dc/0/Current")] = current_A;
        EXPECT_EQ(parsed(bankDocument(bank.view()))["charging"].GetBool(), isCharging) << current_A;
    }
}

TEST(BatteryDocument, HoldsOnlyRowsThatTheBatteryHas) {
    made::Bank bank;
    bank.put(1, row("/Soc"), {});
    bank.put(1, row("/NumberOfBmses"), "3");
    const auto document = parsed(batteryDocument(bank.view(), bank.member("a")));
    EXPECT_EQ(document["voltage_V"].GetDouble(), 52.8);
    EXPECT_TRUE(isNull(document, "soc_pct")); // it has the path, without a value
    EXPECT_STREQ(document["number_of_bmses"].GetString(), "3");
    EXPECT_FALSE(document.HasMember("soh_pct"));
    EXPECT_STREQ(document["bank"].GetString(), "main");
}

TEST(BatteryDocument, OfAMadeOneNamesItsPartsAndNoInstance) {
    made::Bank bank;
    bank.add("s", kMadeFrom);
    bank.batteries[kMadeFrom].parts = "S1a, S1b";
    const auto document = parsed(batteryDocument(bank.view(), bank.member("s")));
    EXPECT_EQ(document["instance"].GetInt(), -1);
    EXPECT_STREQ(document["parts"].GetString(), "S1a, S1b");
    EXPECT_TRUE(isNull(parsed(batteryDocument(bank.view(), bank.member("a"))), "parts"));
}

TEST(BatteryDocument, ShowsWhatWasLostOnlyWhileItIsHeld) {
    made::Bank bank;
    Slot& slot = bank.batteries[1].slots.at(row("/Soc"));
    slot.present = true;
    slot.held = 55.0;
    EXPECT_TRUE(isNull(parsed(batteryDocument(bank.view(), bank.member("a"))), "soc_pct"));
    bank.member("a").held = true;
    EXPECT_EQ(parsed(batteryDocument(bank.view(), bank.member("a")))["soc_pct"].GetDouble(), 55.0);
}

TEST(BatteryDocument, SaysWhatWasLearned) {
    made::Bank bank;
    MemberReport& member = bank.member("a");
    member.voltage_V = 52.8;
    member.share = 0.253;
    member.resistance_Ohm = 0.00812;
    member.deviation_pct = -1.26;
    member.weakestCell = "Cell 7";
    member.meters.charged_Wh = 12345.6;
    member.fullCycles = 12.345;
    bank.put(1, row("/Capacity"), 100.0);
    const auto document = parsed(batteryDocument(bank.view(), member));
    EXPECT_EQ(document["current_share_pct"].GetDouble(), 25.3);
    EXPECT_EQ(document["resistance_mOhm"].GetDouble(), 8.12);
    EXPECT_EQ(document["soc_deviation_pct"].GetDouble(), -1.3);
    EXPECT_STREQ(document["weakest_cell"].GetString(), "Cell 7");
    EXPECT_EQ(document["energy_kWh"].GetDouble(), 5.28);
    EXPECT_EQ(document["meters"]["charged_kWh"].GetDouble(), 12.35);
    EXPECT_EQ(document["meters"]["full_cycles"].GetDouble(), 12.35);
    EXPECT_TRUE(isNull(document, "counter_soc_pct"));
}

TEST(BatteryDocument, ListsCellsWithUnknownOnesInTheirPlace) {
    made::Bank bank;
    bank.putCells(1, 3, 3.3214);
    bank.batteries[1].cells[1].value = Value();
    const auto document = parsed(batteryDocument(bank.view(), bank.member("a")));
    ASSERT_EQ(document["cells"].Size(), 3U);
    EXPECT_EQ(document["cells"][0].GetDouble(), 3.321);
    EXPECT_TRUE(document["cells"][1].IsNull());
}

TEST(BatteryDocument, SurvivesABatteryThatTheGxDoesNotHave) {
    made::Bank bank;
    bank.batteries.clear();
    const auto document = parsed(batteryDocument(bank.view(), bank.member("a")));
    EXPECT_EQ(document["cells"].Size(), 0U);
    EXPECT_TRUE(isNull(document, "energy_kWh"));
}

TEST(BatteryDocument, OfThirtyTwoCellsAndAllRowsStaysBelowTenKilobytes) {
    made::Bank bank;
    for (RowIndex i = 0; i < kRowCount; ++i)
        bank.put(1, i,
                 kRows.at(i).quantity == Quantity::Text ? Value("some text of usual length")
                                                        : Value(-12345.678));
    bank.putCells(1, 32, 3.456);
    const std::string text = batteryDocument(bank.view(), bank.member("a"));
    RecordProperty("bytes", static_cast<int>(text.size()));
    EXPECT_LT(text.size(), 10000U);
}

TEST(BatteryTopics, BelongToBatteriesThatTheBankConsiders) {
    MemberReport member;
    member.instance = 3;
    for (std::size_t i = 0; i < kOutReasonCount; ++i) {
        member.reason = static_cast<OutReason>(i);
        const bool isForeign =
            member.reason == OutReason::Excluded || member.reason == OutReason::Shunt ||
            member.reason == OutReason::Aggregate || member.reason == OutReason::OwnOutput;
        EXPECT_EQ(hasDocument(member), !isForeign) << toText(member.reason);
    }
    member.reason = OutReason::PartOf;
    EXPECT_FALSE(isAvailable(member));
    member.isHeard = true;
    EXPECT_TRUE(isAvailable(member)) << "a block of a string speaks for itself";
    member.reason = OutReason::Missing;
    member.instance = -1;
    EXPECT_FALSE(hasDocument(member));
}

TEST(BatteryTopics, AreOnlineWhileValuesAreFreshOrHeld) {
    MemberReport member;
    member.instance = 3;
    const std::array fresh = {OutReason::None, OutReason::Joining, OutReason::OutOfService,
                              OutReason::Pending, OutReason::VoltageMismatch};
    for (std::size_t i = 0; i < kOutReasonCount; ++i) {
        member.reason = static_cast<OutReason>(i);
        const bool isFresh = std::ranges::find(fresh, member.reason) != fresh.end();
        EXPECT_EQ(isAvailable(member), isFresh) << toText(member.reason);
    }
    member.reason = OutReason::Stale;
    member.held = true;
    EXPECT_TRUE(isAvailable(member));
}

TEST(EventDocument, SaysWhatHappenedToWhom) {
    const made::Bank bank;
    const Event event{EventKind::MemberOut, "Pack b", "stale: \"x\"", 0.0, true};
    const auto document = parsed(eventDocument(bank.view(), event, kNow));
    EXPECT_STREQ(document["time"].GetString(), "2027-01-15T08:00:00Z");
    EXPECT_STREQ(document["type"].GetString(), "battery_lost");
    EXPECT_STREQ(document["bank"].GetString(), "main");
    EXPECT_STREQ(document["battery"].GetString(), "Pack b");
    EXPECT_STREQ(document["battery_id"].GetString(), "b");
    EXPECT_STREQ(document["text"].GetString(), "stale: \"x\"");
    EXPECT_TRUE(isNull(document, "value"));
    EXPECT_TRUE(document["problem"].GetBool());
}

TEST(EventDocument, HasAValueForLimitsAndAlarms) {
    const made::Bank bank;
    const auto valueOf = [&](EventKind kind) {
        return parsed(eventDocument(bank.view(), {kind, "", "x", 2.0, false}, kNow))["value"]
            .IsNumber();
    };
    EXPECT_TRUE(valueOf(EventKind::ChargeCause));
    EXPECT_TRUE(valueOf(EventKind::Alarm));
    EXPECT_FALSE(valueOf(EventKind::StageChanged));
}

TEST(HealthDocument, HoldsTheCountersOfBothSessions) {
    Health health;
    health.version = "1.2.3";
    health.source.messages = 12345678901ULL;
    health.gxSession.connects = 3;
    const auto one = parsed(healthDocument(health, {}, kNow));
    EXPECT_STREQ(one["version"].GetString(), "1.2.3");
    EXPECT_EQ(one["source"]["messages"].GetUint64(), 12345678901ULL);
    EXPECT_EQ(one["gx_session"]["connects"].GetInt(), 3);
    EXPECT_FALSE(one.HasMember("output_session"));
    health.outputSession.emplace().losses = 2;
    EXPECT_EQ(parsed(healthDocument(health, {}, kNow))["output_session"]["losses"].GetInt(), 2);
}

} // namespace
} // namespace busbar::mqtt
