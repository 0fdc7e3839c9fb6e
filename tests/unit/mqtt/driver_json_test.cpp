// SPDX-License-Identifier: MIT
// What dbus-mqtt-battery is fed with, and when it is not.
#include "made_bank.hpp"
#include "mqtt/driver_json.hpp"

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

    DriverJson make(const std::string& topic) {
        DriverJsonSettings settings;
        settings.topic = topic;
        settings.interval = 5s;
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

TEST_F(DriverTest, GoesSilentWhenDataIsLostAndSpeaksAgainAtOnce) {
    driver.connected();
    offer();
    EXPECT_EQ(payloads.size(), 1U);
    bank.report.stage = Stage::NoData;
    for (int i = 0; i < 120; ++i)
        offerAfter(1s);
    EXPECT_EQ(payloads.size(), 1U);
    bank.report.stage = Stage::Normal;
    offerAfter(1s);
    EXPECT_EQ(payloads.size(), 2U);
}

TEST_F(DriverTest, SendsAChangeAfterTheIntervalAndNothingNewAfterTenSeconds) {
    driver.connected();
    offer();
    current(-11.0);
    offerAfter(4900ms);
    EXPECT_EQ(payloads.size(), 1U);
    offerAfter(100ms);
    EXPECT_EQ(payloads.size(), 2U);
    offerAfter(9900ms);
    EXPECT_EQ(payloads.size(), 2U);
    offerAfter(100ms);
    EXPECT_EQ(payloads.size(), 3U);
    EXPECT_EQ(payloads[1], payloads[2]);
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
