// SPDX-License-Identifier: MIT
// What dbus-mqtt-battery is fed with, and when it is not.
#include "core/table/path_table.hpp"
#include "made_bank.hpp"
#include "mqtt/results/driver_json.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace busbar::mqtt {
namespace {

using namespace std::chrono_literals;
using made::isNull;
using made::parsed;

struct DriverTest : testing::Test {
    made::Bank bank;
    RowsSent sent{};
    std::vector<std::string> payloads;
    bool isTaken = true;
    Now now{SteadyTime(1000h), WallTime(500000h)};
    DriverJson driver = make("driver/battery");

    DriverJson make(const std::string& topic, std::chrono::milliseconds interval = 5s) {
        DriverJsonSettings settings;
        settings.topic = topic;
        settings.interval = interval;
        return {settings,
                {[this](const std::string& t, const std::string& payload, int qos, bool retain) {
                    EXPECT_EQ(t, "driver/battery");
                    EXPECT_EQ(qos, 0);
                    EXPECT_FALSE(retain);
                    if (isTaken)
                        payloads.push_back(payload);
                    return isTaken;
                }}};
    }
    void offer() { driver.offer(bank.view(), now); }
    void offerAfter(std::chrono::milliseconds span) {
        now = now + span;
        offer();
    }
    void current(double current_A) { bank.snapshot[row("/Dc/0/Current")] = current_A; }
    [[nodiscard]] rapidjson::Document last() const { return parsed(payloads.back()); }
    /// As the bank does: nothing measured, the charge voltage and the SoC as they were.
    void lose(const Limit& discharge) {
        bank.report.stage = Stage::NoData;
        bank.report.charge = {0.0, Cause::NoData, "", ""};
        bank.report.discharge = discharge;
        bank.snapshot.rows = {};
        bank.snapshot[row("/Soc")] = 71.5;
        bank.snapshot[row("/Info/ChargeLimitation")] = "no_data";
        bank.showLimits();
    }
    void find() { bank = {}; }
    void startAndLose(const Limit& discharge) {
        driver.connected();
        offer();
        lose(discharge);
        offerAfter(20ms);
    }
    const Limit kNothing{0.0, Cause::NoData, "", ""};
};

TEST_F(DriverTest, SpeaksTheDriversLanguage) {
    bank.snapshot[row("/Alarms/LowSoc")] = 1.0;
    bank.snapshot[row("/Info/ChargeLimitation")] = "member \"A\"";
    bank.snapshot[row("/Dc/0/Voltage")] = 52.0;
    const auto text = driverDocument(bank.view(), sent);
    ASSERT_TRUE(text);
    const auto document = parsed(*text);
    EXPECT_EQ(document["Soc"].GetDouble(), 71.5);
    EXPECT_TRUE(document["Dc"]["Voltage"].IsDouble()); // 52 would be an integer on the GX's bus
    EXPECT_EQ(document["Dc"]["Power"].GetDouble(), -554.0);
    EXPECT_EQ(document["Info"]["MaxChargeCurrent"].GetDouble(), 120.0);
    EXPECT_STREQ(document["Info"]["ChargeLimitation"].GetString(), "member \"A\"");
    EXPECT_TRUE(document["Alarms"]["LowSoc"].IsInt());
}

TEST_F(DriverTest, LeavesUnknownRowsOutUntilTheyWereThereOnce) {
    EXPECT_FALSE(parsed(*driverDocument(bank.view(), sent)).HasMember("Alarms"));
    bank.snapshot[row("/Alarms/LowSoc")] = 2.0;
    EXPECT_EQ(parsed(*driverDocument(bank.view(), sent))["Alarms"]["LowSoc"].GetInt(), 2);
    bank.snapshot[row("/Alarms/LowSoc")] = Value();
    EXPECT_TRUE(isNull(parsed(*driverDocument(bank.view(), sent))["Alarms"], "LowSoc"));
}

TEST_F(DriverTest, HasNoTimeToGoWhileItIsCharged) {
    EXPECT_TRUE(isNull(parsed(*driverDocument(bank.view(), sent)), "TimeToGo"))
        << "an earlier run may have sent one";
    bank.snapshot[row("/TimeToGo")] = 3600.0;
    EXPECT_EQ(parsed(*driverDocument(bank.view(), sent))["TimeToGo"].GetInt(), 3600);
}

TEST_F(DriverTest, ClosesBothWhenTheProgramEnds) {
    driver.connected();
    driver.end();
    EXPECT_TRUE(payloads.empty()) << "the driver knows nothing yet";
    offer();
    driver.end();
    ASSERT_EQ(payloads.size(), 2U);
    EXPECT_EQ(last()["Info"]["MaxChargeCurrent"].GetDouble(), 0.0);
    EXPECT_EQ(last()["Info"]["MaxDischargeCurrent"].GetDouble(), 0.0);
    EXPECT_EQ(last()["Dc"]["Voltage"].GetDouble(), 52.8);
    driver.end();
    EXPECT_EQ(payloads.size(), 2U) << "once";
}

TEST_F(DriverTest, EndsSilentlyWithoutASession) {
    driver.connected();
    offer();
    driver.disconnected();
    driver.end();
    EXPECT_EQ(payloads.size(), 1U);
}

TEST_F(DriverTest, IsSilentWithoutWhatTheDriverNeeds) {
    for (const RowIndex needed : {row("/Dc/0/Power"), row("/Dc/0/Voltage"), row("/Soc")}) {
        made::Bank poor;
        poor.snapshot[needed] = Value();
        EXPECT_FALSE(driverDocument(poor.view(), sent)) << kRows.at(needed).path;
    }
}

TEST_F(DriverTest, IsSilentInEveryStageButNormal) {
    for (const Stage stage : {Stage::Starting, Stage::NoData, Stage::Left}) {
        bank.report.stage = stage;
        EXPECT_FALSE(driverDocument(bank.view(), sent)) << toText(stage);
    }
}

TEST_F(DriverTest, HasNoNumberThatIsNone) {
    bank.snapshot[row("/Dc/0/Current")] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(isNull(parsed(*driverDocument(bank.view(), sent))["Dc"], "Current"));
}

TEST_F(DriverTest, ClosesOnceWhenDataIsLostAndSpeaksAgainWhenItIsBack) {
    startAndLose(kNothing);
    ASSERT_EQ(payloads.size(), 2U) << "at once";
    const auto document = last();
    EXPECT_EQ(document["Info"]["MaxChargeCurrent"].GetDouble(), 0.0);
    EXPECT_EQ(document["Info"]["MaxDischargeCurrent"].GetDouble(), 0.0);
    EXPECT_EQ(document["Info"]["MaxChargeVoltage"].GetDouble(), 55.2);
    EXPECT_STREQ(document["Info"]["ChargeLimitation"].GetString(), "no_data");
    EXPECT_EQ(document["Dc"]["Voltage"].GetDouble(), 52.8);
    EXPECT_EQ(document["Dc"]["Power"].GetDouble(), -554.0);
    EXPECT_EQ(document["Dc"]["Current"].GetDouble(), -10.5);
    EXPECT_EQ(document["Soc"].GetDouble(), 71.5);
    EXPECT_TRUE(isNull(document, "Capacity")) << "the driver would keep it for ever";
    for (int i = 0; i < 120; ++i)
        offerAfter(1s);
    EXPECT_EQ(payloads.size(), 2U);
    find();
    offerAfter(1s);
    ASSERT_EQ(payloads.size(), 3U);
    EXPECT_EQ(last()["Info"]["MaxChargeCurrent"].GetDouble(), 120.0);
}

TEST_F(DriverTest, LeavesTheDischargeLimitWhileTheBankRidesThrough) {
    bank.snapshot[row("/Io/AllowToCharge")] = 1.0;
    bank.snapshot[row("/Io/AllowToDischarge")] = 1.0;
    driver.connected();
    offer();
    lose({150.0, Cause::RideThrough, "", ""});
    bank.snapshot[row("/Io/AllowToCharge")] = 1.0; // with loss.safe_charge_A
    bank.snapshot[row("/Io/AllowToDischarge")] = 1.0;
    offerAfter(20ms);
    ASSERT_EQ(payloads.size(), 2U);
    EXPECT_EQ(last()["Info"]["MaxChargeCurrent"].GetDouble(), 0.0);
    EXPECT_EQ(last()["Info"]["MaxDischargeCurrent"].GetDouble(), 150.0);
    EXPECT_EQ(last()["Io"]["AllowToCharge"].GetInt(), 0);
    EXPECT_EQ(last()["Io"]["AllowToDischarge"].GetInt(), 1);
}

TEST_F(DriverTest, ClosesBelowWhatTheBankAllowsWithoutData) {
    driver.connected();
    offer();
    lose({30.0, Cause::NoData, "", ""});
    bank.report.charge.value = 20.0;
    bank.showLimits();
    offerAfter(20ms);
    EXPECT_EQ(last()["Info"]["MaxChargeCurrent"].GetDouble(), 0.0);
    EXPECT_EQ(last()["Info"]["MaxDischargeCurrent"].GetDouble(), 0.0);
}

TEST_F(DriverTest, ClosesChargingWithoutWhatTheDriverNeeds) {
    driver.connected();
    offer();
    bank.snapshot[row("/Soc")] = Value();
    offerAfter(20ms);
    ASSERT_EQ(payloads.size(), 2U);
    EXPECT_EQ(last()["Soc"].GetDouble(), 71.5);
    EXPECT_EQ(last()["Info"]["MaxChargeCurrent"].GetDouble(), 0.0);
    EXPECT_EQ(last()["Info"]["MaxDischargeCurrent"].GetDouble(), 200.0) << "it is still measured";
}

TEST_F(DriverTest, ABankThatFlickersIsSentNoMoreThanTwicePerInterval) {
    driver.connected();
    for (int i = 0; i < 100; ++i) {
        find();
        offerAfter(50ms);
        lose(kNothing);
        offerAfter(50ms);
    }
    EXPECT_LE(payloads.size(), 6U);
    EXPECT_EQ(last()["Info"]["MaxChargeCurrent"].GetDouble(), 0.0);
}

TEST_F(DriverTest, RepeatsAClosingMessageThatWasNotTaken) {
    driver.connected();
    offer();
    lose(kNothing);
    isTaken = false;
    offerAfter(20ms);
    isTaken = true;
    offerAfter(20ms);
    ASSERT_EQ(payloads.size(), 2U);
    EXPECT_EQ(last()["Info"]["MaxChargeCurrent"].GetDouble(), 0.0);
}

TEST_F(DriverTest, ClosesInANewSessionAsLongAsTheDriverWaits) {
    driver.connected();
    offer();
    driver.disconnected();
    lose(kNothing);
    offerAfter(59s);
    EXPECT_EQ(payloads.size(), 1U);
    driver.connected();
    offer();
    EXPECT_EQ(payloads.size(), 2U);
    EXPECT_EQ(last()["Info"]["MaxChargeCurrent"].GetDouble(), 0.0);
}

TEST_F(DriverTest, SaysAgainThatItIsClosedIfThatMayHaveBeenLostWithTheSession) {
    startAndLose(kNothing);
    ASSERT_EQ(payloads.size(), 2U);
    offerAfter(1s);
    EXPECT_EQ(payloads.size(), 2U);
    driver.disconnected();
    offerAfter(10s);
    driver.connected();
    offer();
    ASSERT_EQ(payloads.size(), 3U);
    EXPECT_EQ(last()["Info"]["MaxChargeCurrent"].GetDouble(), 0.0);
    driver.disconnected();
    offerAfter(60s);
    driver.connected();
    offer();
    EXPECT_EQ(payloads.size(), 3U) << "the driver has given up meanwhile";
}

TEST_F(DriverTest, BringsNoBatteryBackThatHasLeftTheGx) {
    driver.connected();
    offer();
    driver.disconnected();
    lose(kNothing);
    offerAfter(60s);
    driver.connected();
    offer();
    EXPECT_EQ(payloads.size(), 1U);
}

TEST_F(DriverTest, HasNothingToCloseWithoutADocumentBefore) {
    driver.connected();
    lose(kNothing);
    offer();
    EXPECT_TRUE(payloads.empty());
}

TEST_F(DriverTest, TellsNoLimitThatItHasNeverTold) {
    driver.connected();
    for (const RowIndex limit : {row("/Info/MaxChargeVoltage"), row("/Info/MaxChargeCurrent"),
                                 row("/Info/MaxDischargeCurrent")})
        bank.snapshot[limit] = Value();
    offer();
    bank.report.stage = Stage::NoData;
    offerAfter(20ms);
    ASSERT_EQ(payloads.size(), 2U);
    EXPECT_FALSE(last().HasMember("Info")) << "0 A without a voltage would be no BMS";
}

TEST_F(DriverTest, SendsAChangeAfterTheIntervalAndNothingNewAfterTenSeconds) {
    driver.connected();
    offer();
    current(-11.0);
    offerAfter(4700ms);
    EXPECT_EQ(payloads.size(), 1U);
    offerAfter(300ms);
    EXPECT_EQ(payloads.size(), 2U);
    offerAfter(9900ms);
    EXPECT_EQ(payloads.size(), 2U);
    offerAfter(100ms);
    EXPECT_EQ(payloads.size(), 3U);
    EXPECT_EQ(payloads[1], payloads[2]);
}

TEST_F(DriverTest, MissesNoTurnOfATimerThatFiresALittleEarly) {
    driver = make("driver/battery", 1s);
    driver.connected();
    for (int i = 0; i < 10; ++i) {
        current(i);
        offerAfter(i % 2 == 0 ? 997ms : 1002ms);
    }
    EXPECT_EQ(payloads.size(), 10U);
}

TEST_F(DriverTest, SendsACutAtOnce) {
    driver.connected();
    offer();
    bank.report.discharge.value = 0.0;
    bank.showLimits();
    offerAfter(20ms);
    ASSERT_EQ(payloads.size(), 2U);
    EXPECT_EQ(parsed(payloads[1])["Info"]["MaxDischargeCurrent"].GetDouble(), 0.0);
    bank.report.discharge.value = 100.0;
    bank.showLimits();
    offerAfter(20ms);
    EXPECT_EQ(payloads.size(), 2U);
}

TEST_F(DriverTest, RepeatsWhatWasNotTaken) {
    driver.connected();
    isTaken = false;
    offer();
    isTaken = true;
    offerAfter(200ms);
    EXPECT_EQ(payloads.size(), 1U);
}

TEST_F(DriverTest, IsSilentWithoutSessionAndWithoutTopic) {
    offer();
    EXPECT_TRUE(payloads.empty());
    driver = make("");
    driver.connected();
    offer();
    EXPECT_TRUE(payloads.empty());
}

TEST_F(DriverTest, SendsEverythingAgainInANewSession) {
    driver.connected();
    offer();
    driver.disconnected();
    offerAfter(60s);
    EXPECT_EQ(payloads.size(), 1U);
    driver.connected();
    offer();
    EXPECT_EQ(payloads.size(), 2U);
}

} // namespace
} // namespace busbar::mqtt
