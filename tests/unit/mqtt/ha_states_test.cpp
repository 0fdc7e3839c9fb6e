// SPDX-License-Identifier: MIT
// When the states of Home Assistant's entities are published, and how calm they are.
#include "core/table/path_table.hpp"
#include "made_bank.hpp"
#include "mqtt/ha/ha_states.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace busbar::mqtt {
namespace {

using namespace std::chrono_literals;

class HaStatesTest : public ::testing::Test {
protected:
    HaStatesTest() { states.connected(); }

    void offer() {
        const std::vector<BankView> views{bank.view()};
        states.offer(views, now);
    }
    void offerAfter(std::chrono::milliseconds span) {
        now = now + span;
        offer();
    }
    /// The second documents, which are spread over an interval, are out.
    void settle() {
        for (int i = 0; i < 30; ++i)
            offerAfter(1s);
        sent.clear();
    }
    [[nodiscard]] std::size_t count(const std::string& device) const {
        return static_cast<std::size_t>(
            std::ranges::count(sent, "busbar/home/homeassistant/busbar_home_" + device,
                               &std::pair<std::string, std::string>::first));
    }
    [[nodiscard]] rapidjson::Document last() const {
        return made::parsed(sent.empty() ? "" : sent.back().second);
    }
    void put(const char* path, double value) { bank.snapshot[findRow(path).value()] = value; }

    made::Bank bank;
    Now now{SteadyTime(1000h), WallTime(500000h)};
    bool isFull{false};
    std::vector<std::pair<std::string, std::string>> sent;
    HaStates states{HaSettings{}, HaContext{.version = "1", .bankIds = {"main"}},
                    [this](const std::string& topic, const std::string& payload) {
                        if (isFull)
                            return false;
                        sent.emplace_back(topic, payload);
                        return true;
                    }};
};

TEST_F(HaStatesTest, AreOutAtOnceInANewSession) {
    offer();
    EXPECT_EQ(count("main"), 1U);
    EXPECT_EQ(count("a"), 1U);
    EXPECT_EQ(count("b"), 1U);
    states.disconnected();
    sent.clear();
    offerAfter(20s);
    EXPECT_TRUE(sent.empty());
    states.connected();
    offer();
    EXPECT_EQ(sent.size(), 3U);
}

TEST_F(HaStatesTest, GoAtMostOnceInTheInterval) {
    settle();
    for (int second = 0; second < 29; ++second) {
        put("/Dc/0/Power", 100.0 * second);
        offerAfter(1s);
    }
    EXPECT_GE(count("main"), 2U);
    EXPECT_LE(count("main"), 3U);
    EXPECT_EQ(count("a"), 0U) << "nothing has changed";
}

TEST_F(HaStatesTest, GoAtOnceWhenALimitIsCut) {
    settle();
    offerAfter(10s);
    sent.clear();
    bank.report.charge.value = 60.0;
    bank.showLimits();
    offerAfter(100ms);
    ASSERT_EQ(count("main"), 1U);
    EXPECT_EQ(last()["max_charge_current_A"].GetDouble(), 60.0);
    bank.report.charge.value = 90.0;
    bank.showLimits();
    offerAfter(100ms);
    EXPECT_EQ(count("main"), 1U) << "a rise waits";
}

TEST_F(HaStatesTest, MoveNothingElseWithACut) {
    settle();
    offerAfter(10s);
    sent.clear();
    put("/Dc/0/Power", 3000.0);
    bank.report.charge.value = 60.0;
    bank.showLimits();
    offerAfter(100ms);
    ASSERT_EQ(count("main"), 1U);
    EXPECT_EQ(last()["power_W"].GetInt(), -554) << "in its turn";
    offerAfter(10s);
    EXPECT_EQ(last()["power_W"].GetInt(), 3000);
}

TEST_F(HaStatesTest, AreRepeatedBeforeTheyExpire) {
    settle();
    for (int second = 0; second < 120; ++second)
        offerAfter(1s);
    EXPECT_EQ(count("main"), 2U);
    EXPECT_EQ(count("b"), 2U);
}

TEST_F(HaStatesTest, DoNotMoveWithTheNoiseOfSensors) {
    settle();
    for (int second = 0; second < 50; ++second) {
        put("/Dc/0/Voltage", 52.8 + 0.01 * (second % 3));
        put("/Dc/0/Current", -10.5 + 0.1 * (second % 4));
        put("/Dc/0/Power", -554.0 + 5.0 * (second % 4));
        offerAfter(1s);
    }
    EXPECT_LE(count("main"), 1U);
    put("/Dc/0/Voltage", 52.9);
    offerAfter(10s);
    EXPECT_EQ(last()["voltage_V"].GetDouble(), 52.9);
    EXPECT_EQ(last()["current_A"].GetDouble(), -10.5);
}

TEST_F(HaStatesTest, NeverShowALimitAboveWhatItIs) {
    settle();
    for (const double limit_A : {119.9, 120.0, 119.8, 120.3}) {
        bank.report.charge.value = limit_A;
        bank.showLimits();
        offerAfter(10s);
        if (!sent.empty() && last().HasMember("max_charge_current_A")) {
            EXPECT_LE(last()["max_charge_current_A"].GetDouble(), limit_A);
        }
    }
}

TEST_F(HaStatesTest, TakeACurrentAroundZeroForRest) {
    const auto isChargingAt = [this](double current_A) {
        put("/Dc/0/Current", current_A);
        put("/Dc/0/Power", current_A * 53.0 + 60.0 * static_cast<double>(sent.size()));
        offerAfter(20s);
        return last()["charging"].GetBool();
    };
    bank.report.members.clear();
    EXPECT_FALSE(isChargingAt(0.0));
    EXPECT_FALSE(isChargingAt(0.4));
    EXPECT_TRUE(isChargingAt(0.5));
    EXPECT_TRUE(isChargingAt(0.3));
    EXPECT_FALSE(isChargingAt(0.1));
    EXPECT_FALSE(isChargingAt(0.4));
    EXPECT_FALSE(isChargingAt(-5.0));
}

TEST_F(HaStatesTest, OfABatteryThatComesAreThereBeforeItIs) {
    settle();
    bank.member("b").takesPart = false;
    bank.member("b").reason = OutReason::Stale;
    offerAfter(10s);
    sent.clear();
    bank.member("b").takesPart = true;
    bank.member("b").reason = OutReason::None;
    offerAfter(100ms);
    ASSERT_EQ(count("b"), 1U);
    EXPECT_TRUE(last()["takes_part"].GetBool());
}

TEST_F(HaStatesTest, HaveWhatEntitiesShowAndNothingElse) {
    offer();
    const auto document = made::parsed(sent.front().second);
    EXPECT_EQ(document["soc_pct"].GetDouble(), 71.5);
    EXPECT_STREQ(document["limits"]["charge"]["cause"].GetString(), "member");
    EXPECT_TRUE(document["limits"]["charge"].HasMember("sentence"));
    for (const char* key : {"value", "power_W", "limiters"})
        EXPECT_FALSE(document["limits"]["charge"].HasMember(key)) << key;
    for (const char* key : {"id", "age_s", "time", "connected", "history_full_discharges"})
        EXPECT_FALSE(document.HasMember(key)) << key;
}

TEST_F(HaStatesTest, OfABatteryOfTwoBanksAreSaidOnce) {
    made::Bank second;
    second.settings.id = "second";
    const std::vector<BankView> views{bank.view(), second.view()};
    states.offer(views, now);
    EXPECT_EQ(count("a"), 1U);
    EXPECT_EQ(count("second"), 1U);
}

TEST_F(HaStatesTest, AreTriedAgainIfTheyWereNotTaken) {
    isFull = true;
    offer();
    isFull = false;
    offerAfter(100ms);
    EXPECT_EQ(sent.size(), 3U);
}

} // namespace
} // namespace busbar::mqtt
