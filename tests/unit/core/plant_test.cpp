// SPDX-License-Identifier: MIT
#include "core/gx/gx_state.hpp"
#include "core/gx/plant.hpp"
#include "core/settings.hpp"
#include "core/table/path_table.hpp"
#include "core/table/plant_rows.hpp"
#include "core/units/readings.hpp"
#include "core/units/selector_match.hpp"
#include "unit/core/made_readings.hpp"

#include <gtest/gtest.h>

namespace busbar::plant_test {
namespace {

using namespace std::chrono_literals;

constexpr PlantKey kSolar{PlantClass::SolarCharger, 288};
constexpr PlantKey kVebus{PlantClass::Vebus, 276};

class PlantTest : public ::testing::Test {
protected:
    void put(const PlantKey& key, std::string_view path, Value value) {
        readings.putPlant(key, findPlantPath(path).value(), std::move(value));
    }
    void putBasics(const PlantKey& key, double current_A) {
        put(key, "/ProductName", "P" + std::to_string(key.instance));
        put(key, "/Connected", 1.0);
        put(key, "/Dc/0/Voltage", 52.0);
        put(key, "/Dc/0/Current", current_A);
    }
    /// Both devices arrive in a full publish.
    void connect() {
        readings.setLink(true, now);
        sweepWith({kSolar, kVebus});
    }
    void sweepWith(std::initializer_list<PlantKey> keys) {
        (void)readings.beginSweep();
        for (const PlantKey& key : keys)
            putBasics(key, 10.0);
        readings.completeSweep(now);
        readings.settle(now);
    }
    std::optional<double> current_A(const PlantKey& key) {
        readings.settle(now);
        return intoBusbar_A(readings.plant().at(key));
    }
    bool isThere(const PlantKey& key) { return readings.plant().contains(key); }

    Readings readings;
    Now now = made::start();
};

TEST(PlantTables, FindsEveryClassAndPathAndNothingElse) {
    for (const PlantClassRow& kind : kPlantClasses)
        EXPECT_EQ(findPlantClass(kind.type), kind.kind) << kind.type;
    for (std::size_t i = 0; i < kPlantRows.size(); ++i)
        EXPECT_EQ(findPlantPath(kRows.at(kPlantRows[i]).path), i) << i;
    EXPECT_EQ(findPlantClass("battery"), std::nullopt);
    EXPECT_EQ(findPlantClass("acsystem"), std::nullopt);
    EXPECT_EQ(findPlantPath("/Soc"), std::nullopt);
}

TEST_F(PlantTest, OnlyMetersTakeFromTheBusbarWhenTheyArePositive) {
    readings.setLink(true, now);
    (void)readings.beginSweep();
    for (const PlantClassRow& kind : kPlantClasses)
        putBasics({kind.kind, 1}, 10.0);
    readings.completeSweep(now);
    for (const PlantClassRow& kind : kPlantClasses) {
        const bool isMeter = kind.type == "dcload" || kind.type == "dcsystem";
        EXPECT_EQ(current_A({kind.kind, 1}), isMeter ? -10.0 : 10.0) << kind.type;
    }
}

TEST_F(PlantTest, IsUnknownUntilTheFirstFullPublishHasEnded) {
    readings.setLink(true, now);
    (void)readings.beginSweep();
    putBasics(kSolar, 10.0);
    EXPECT_EQ(current_A(kSolar), std::nullopt);
    readings.completeSweep(now);
    EXPECT_EQ(current_A(kSolar), 10.0);
}

TEST_F(PlantTest, UnchangedIsNotStale) {
    connect();
    now = now + 170s;
    EXPECT_EQ(current_A(kSolar), 10.0);
}

TEST_F(PlantTest, CountsAtOnceWhenItAppearsBetweenFullPublishes) {
    connect();
    putBasics({PlantClass::SolarCharger, 289}, 3.0);
    EXPECT_EQ(current_A({PlantClass::SolarCharger, 289}), 3.0);
}

TEST_F(PlantTest, WhatAFullPublishDoesNotBringIsGone) {
    connect();
    sweepWith({kVebus});
    EXPECT_FALSE(isThere(kSolar));
    EXPECT_TRUE(isThere(kVebus));
}

TEST_F(PlantTest, APathThatAFullPublishDoesNotBringIsUnknown) {
    connect();
    (void)readings.beginSweep();
    put(kSolar, "/ProductName", "P288");
    readings.completeSweep(now);
    EXPECT_EQ(current_A(kSolar), std::nullopt);
}

TEST_F(PlantTest, LeavesWithAnEmptyPayload) {
    connect();
    (void)readings.takeChanged();
    readings.leavePlant(kSolar);
    EXPECT_FALSE(isThere(kSolar));
    EXPECT_TRUE(readings.takeChanged());
    readings.leavePlant(kSolar);
    EXPECT_FALSE(readings.takeChanged()) << "every topic of it is emptied";
}

TEST_F(PlantTest, IsUnknownWhileTheLinkIsLostAndUntilItIsProvenAgain) {
    connect();
    readings.setLink(false, now);
    EXPECT_EQ(current_A(kSolar), std::nullopt);
    readings.setLink(true, now);
    EXPECT_EQ(current_A(kSolar), std::nullopt);
    sweepWith({kSolar});
    EXPECT_EQ(current_A(kSolar), 10.0);
}

TEST_F(PlantTest, IsUnknownAfterADoubtUntilItIsProvenAgain) {
    connect();
    readings.doubt();
    EXPECT_EQ(current_A(kSolar), std::nullopt);
    sweepWith({kSolar, kVebus});
    EXPECT_EQ(current_A(kSolar), 10.0);
}

TEST_F(PlantTest, OneThatIsReadAloneIsProvenWhileTheOthersAreNot) {
    connect();
    (void)readings.beginSweep();
    putBasics(kSolar, 7.0);
    EXPECT_TRUE(readings.wasRepublished(kSolar));
    EXPECT_FALSE(readings.wasRepublished(kVebus));
    readings.completePlant(kSolar);
    readings.abandonSweep(true);
    EXPECT_EQ(current_A(kSolar), 7.0);
    EXPECT_EQ(current_A(kVebus), std::nullopt);
}

TEST_F(PlantTest, TwoServicesOfOneInstanceAreUnknownUntilOneIsAlone) {
    connect();
    (void)readings.beginSweep();
    putBasics(kSolar, 10.0);
    put(kSolar, "/ProductName", "another");
    readings.completeSweep(now);
    EXPECT_EQ(current_A(kSolar), std::nullopt);
    EXPECT_TRUE(readings.takeWantsSweep());
    for (int i = 0; i < 3; ++i) {
        (void)readings.beginSweep();
        put(kSolar, "/ProductName", "another");
        put(kSolar, "/Dc/0/Current", 4.0);
        readings.completeSweep(now);
    }
    EXPECT_EQ(current_A(kSolar), 4.0);
}

TEST_F(PlantTest, AnotherGxHasAnotherPlant) {
    connect();
    readings.startOver(now);
    EXPECT_TRUE(readings.plant().empty());
}

TEST_F(PlantTest, HostileInstancesFillNoMemory) {
    connect();
    for (int i = 0; i < 10000; ++i)
        put({PlantClass::Dcdc, i}, "/Dc/0/Current", 1.0);
    EXPECT_LE(readings.plant().size(), 256U);
}

TEST_F(PlantTest, ADisconnectedDeviceIsOffButADisconnectedMeterIsUnknown) {
    connect();
    put(kVebus, "/Connected", 0.0);
    put(kVebus, "/Dc/0/Current", Value());
    EXPECT_EQ(current_A(kVebus), 0.0);
    const PlantKey meter{PlantClass::DcLoad, 5};
    putBasics(meter, 3.0);
    put(meter, "/Connected", 0.0);
    EXPECT_EQ(current_A(meter), std::nullopt);
}

TEST_F(PlantTest, CurrentFollowsFromPowerAndVoltage) {
    const PlantKey alternator{PlantClass::Alternator, 1};
    connect();
    put(alternator, "/Dc/0/Power", 260.0);
    EXPECT_EQ(current_A(alternator), std::nullopt);
    put(alternator, "/Dc/0/Voltage", 0.0);
    EXPECT_EQ(current_A(alternator), std::nullopt);
    put(alternator, "/Dc/0/Voltage", 26.0);
    EXPECT_EQ(current_A(alternator), 10.0);
}

TEST_F(PlantTest, IsNamedAndSelectedLikeABattery) {
    connect();
    put(kSolar, "/Mgmt/Connection", "VE.Direct ttyS1");
    put(kSolar, "/Serial", "HQ1");
    const auto isPicked = [&](std::string_view selector) {
        return matches(parseSelector(selector).value(), readings.plant().at(kSolar));
    };
    EXPECT_EQ(describe(readings.plant().at(kSolar)), "solarcharger/288 (P288)");
    put(kSolar, "/CustomName", "Roof");
    EXPECT_EQ(describe(readings.plant().at(kSolar)), "solarcharger/288 (Roof)");
    for (const char* selector :
         {"instance:288", "name:Roof", "serial:HQ1", "product:P2*", "connection:ttyS1"})
        EXPECT_TRUE(isPicked(selector)) << selector;
    for (const char* selector :
         {"instance:28", "name:roof", "serial:HQ", "product:P3*", "connection:ttyS10"})
        EXPECT_FALSE(isPicked(selector)) << selector;
}

TEST_F(PlantTest, TwoThatShareAnInstanceAreLookedAtUntilItIsClear) {
    const auto publish = [&](std::initializer_list<const char*> serials) {
        (void)readings.beginSweep();
        put(kSolar, "/Dc/0/Current", 5.0);
        for (const char* serial : serials)
            put(kSolar, "/Serial", serial);
        readings.completeSweep(now);
        return readings.plant().at(kSolar).duplicateSeen.has_value();
    };
    connect();
    ASSERT_TRUE(publish({"HQ2", "HQ1"}));
    EXPECT_TRUE(readings.takeWantsSweep()) << "a word has changed";
    ASSERT_TRUE(publish({"HQ1"}));
    EXPECT_TRUE(readings.takeWantsSweep()) << "one clean sweep is no proof";
    ASSERT_FALSE(publish({"HQ1"}));
    EXPECT_FALSE(readings.takeWantsSweep());
}

class GxStateTest : public ::testing::Test {
protected:
    bool put(GxItem item, const Value& value) { return readings.putGx(item, value); }
    const GxState& gx() { return readings.gx(); }

    Readings readings;
    Now now = made::start();
};

TEST_F(GxStateTest, MinusOneAmpereIsNoLimitAndZeroIsZero) {
    EXPECT_TRUE(put(GxItem::MaxChargeCurrent, 0.0));
    EXPECT_EQ(gx().maxCharge_A, 0.0);
    EXPECT_TRUE(put(GxItem::MaxChargeCurrent, 120.0));
    EXPECT_EQ(gx().maxCharge_A, 120.0);
    EXPECT_TRUE(put(GxItem::MaxChargeCurrent, -1.0));
    EXPECT_EQ(gx().maxCharge_A, std::nullopt);
}

TEST_F(GxStateTest, ZeroVoltIsNoLimit) {
    EXPECT_TRUE(put(GxItem::MaxChargeVoltage, 55.2));
    EXPECT_EQ(gx().maxCharge_V, 55.2);
    EXPECT_TRUE(put(GxItem::MaxChargeVoltage, 0.0));
    EXPECT_EQ(gx().maxCharge_V, std::nullopt);
}

TEST_F(GxStateTest, UnknownAndImpossibleNeverRaiseALimit) {
    put(GxItem::MaxChargeCurrent, 50.0);
    put(GxItem::MaxChargeVoltage, 55.0);
    EXPECT_TRUE(put(GxItem::MaxChargeCurrent, Value()));
    EXPECT_TRUE(put(GxItem::MaxChargeVoltage, Value()));
    EXPECT_FALSE(put(GxItem::MaxChargeCurrent, -2.0));
    EXPECT_FALSE(put(GxItem::MaxChargeCurrent, 1e6));
    EXPECT_FALSE(put(GxItem::MaxChargeCurrent, "x"));
    EXPECT_FALSE(put(GxItem::MaxChargeVoltage, -1.0));
    readings.setLink(true, now);
    readings.setLink(false, now);
    (void)readings.beginSweep();
    readings.completeSweep(now);
    EXPECT_EQ(gx().maxCharge_A, 50.0);
    EXPECT_EQ(gx().maxCharge_V, 55.0);
}

TEST_F(GxStateTest, AnotherGxHasOtherLimits) {
    put(GxItem::MaxChargeCurrent, 50.0);
    readings.startOver(now);
    EXPECT_EQ(gx(), GxState());
}

TEST_F(GxStateTest, DvccIsOnOffOrUnknown) {
    EXPECT_EQ(gx().dvcc, std::nullopt);
    EXPECT_TRUE(put(GxItem::Dvcc, 1.0));
    EXPECT_EQ(gx().dvcc, true);
    EXPECT_TRUE(put(GxItem::Dvcc, 0.0));
    EXPECT_EQ(gx().dvcc, false);
    EXPECT_FALSE(put(GxItem::Dvcc, 7.0));
    EXPECT_EQ(gx().dvcc, std::nullopt);
}

TEST_F(GxStateTest, ItsOwnTotalsAreThoseOfNow) {
    readings.setLink(true, now);
    EXPECT_TRUE(put(GxItem::TotalVoltage, 52.8));
    EXPECT_TRUE(put(GxItem::TotalCurrent, -10.0));
    EXPECT_TRUE(put(GxItem::TotalPower, -528.0));
    EXPECT_TRUE(put(GxItem::TotalSoc, 60.0));
    EXPECT_TRUE(put(GxItem::TotalTemperature, 21.0));
    EXPECT_TRUE(put(GxItem::TotalChargeVoltage, 56.0));
    EXPECT_EQ(gx().totals, (GxTotals{52.8, -10.0, -528.0, 60.0, 21.0, 56.0}));
    EXPECT_FALSE(put(GxItem::TotalSoc, 150.0)) << "no percentage";
    EXPECT_EQ(gx().totals.soc_pct, std::nullopt);
    EXPECT_TRUE(put(GxItem::TotalVoltage, Value()));
    EXPECT_EQ(gx().totals.voltage_V, std::nullopt);
    (void)readings.beginSweep();
    readings.completeSweep(now);
    EXPECT_EQ(gx().totals, GxTotals()) << "nobody says them any more";
}

TEST_F(GxStateTest, FeedInIsNeverGuessed) {
    const auto isForgottenBy = [&](auto action) {
        EXPECT_TRUE(put(GxItem::FeedIn, 1.0));
        EXPECT_EQ(gx().overvoltageFeedIn, 1.0);
        action();
        return !gx().overvoltageFeedIn.has_value();
    };
    readings.setLink(true, now);
    EXPECT_TRUE(isForgottenBy([&] { put(GxItem::FeedIn, 2.0); }));
    EXPECT_TRUE(isForgottenBy([&] { put(GxItem::FeedIn, Value()); }));
    EXPECT_TRUE(isForgottenBy([&] { readings.doubt(); }));
    EXPECT_TRUE(isForgottenBy([&] { readings.setLink(false, now); }));
    EXPECT_TRUE(isForgottenBy([&] {
        (void)readings.beginSweep();
        readings.completeSweep(now);
    })) << "a full publish without it";
    EXPECT_TRUE(isForgottenBy([&] {
        (void)readings.beginSweep();
        readings.abandonSweep(true);
    })) << "a failed full publish without it";
    EXPECT_FALSE(isForgottenBy([&] {
        (void)readings.beginSweep();
        put(GxItem::FeedIn, 1.0);
        readings.completeSweep(now);
    }));
}

TEST_F(GxStateTest, WhatIsSelectedIsNeverGuessed) {
    const auto fill = [&] {
        EXPECT_TRUE(put(GxItem::DvccSetting, 1.0));
        EXPECT_TRUE(put(GxItem::ActiveMonitor, "com.victronenergy.battery/0"));
        EXPECT_TRUE(put(GxItem::SelectedMonitor, "default"));
        EXPECT_TRUE(put(GxItem::ActiveBms, 0.0));
        EXPECT_TRUE(put(GxItem::SelectedBms, kAutoBms));
        EXPECT_TRUE(put(GxItem::MaxChargeCurrent, 50.0));
        EXPECT_TRUE(put(GxItem::MaxChargeVoltage, 0.0));
        EXPECT_EQ(gx().shown, (DvccValues{50.0, 0.0}));
        EXPECT_EQ(gx().activeBms, 0);
    };
    GxState forgotten;
    forgotten.maxCharge_A = 50.0;
    readings.setLink(true, now);
    fill();
    readings.doubt();
    EXPECT_EQ(gx(), forgotten);
    fill();
    readings.setLink(false, now);
    EXPECT_EQ(gx(), forgotten);
    fill();
    (void)readings.beginSweep();
    readings.completeSweep(now);
    EXPECT_EQ(gx(), forgotten);
}

TEST_F(GxStateTest, WhatIsShownOfALimitIsUnknownWhenItIsImpossible) {
    put(GxItem::MaxChargeCurrent, kNoCurrentLimit_A);
    EXPECT_EQ(gx().shown.maxCharge_A, kNoCurrentLimit_A);
    put(GxItem::MaxChargeCurrent, -2.0);
    EXPECT_EQ(gx().shown.maxCharge_A, std::nullopt);
    put(GxItem::MaxChargeVoltage, 55.2);
    put(GxItem::MaxChargeVoltage, "x");
    EXPECT_EQ(gx().shown.maxCharge_V, std::nullopt);
    EXPECT_EQ(gx().maxCharge_V, 55.2);
}

TEST_F(GxStateTest, SelectionsAreTakenOnlyIfTheyCanBe) {
    for (const double bad : {-1.0, 8.0, 0.5})
        EXPECT_FALSE(put(GxItem::DvccSetting, bad)) << bad;
    EXPECT_TRUE(put(GxItem::DvccSetting, 2.0));
    EXPECT_EQ(gx().dvccSetting, false) << "forced, but the bit that counts is not set";
    for (const double bad : {-1.0, 1e10, 2.5})
        EXPECT_FALSE(put(GxItem::ActiveBms, bad)) << bad;
    EXPECT_FALSE(put(GxItem::SelectedBms, -256.0));
    EXPECT_FALSE(put(GxItem::SelectedBms, "0"));
    EXPECT_FALSE(put(GxItem::ActiveMonitor, 3.0));
    EXPECT_FALSE(put(GxItem::ActiveMonitor, ""));
    EXPECT_FALSE(put(GxItem::SelectedMonitor, std::string(256, 'x')));
}

TEST_F(GxStateTest, SelectionsAreNotUrgent) {
    (void)readings.takeUrgent();
    put(GxItem::ActiveBms, 3.0);
    put(GxItem::ActiveMonitor, "com.victronenergy.battery/3");
    EXPECT_FALSE(readings.takeUrgent());
    EXPECT_TRUE(readings.takeChanged());
}

TEST_F(GxStateTest, OnlyALowerLimitIsUrgent) {
    put(GxItem::MaxChargeCurrent, 50.0);
    EXPECT_TRUE(readings.takeUrgent());
    EXPECT_TRUE(readings.takeChanged());
    put(GxItem::MaxChargeCurrent, 50.0);
    EXPECT_FALSE(readings.takeUrgent());
    EXPECT_FALSE(readings.takeChanged());
    put(GxItem::MaxChargeCurrent, 60.0);
    EXPECT_FALSE(readings.takeUrgent()) << "the cycle raises it";
    EXPECT_TRUE(readings.takeChanged());
    put(GxItem::MaxChargeVoltage, 56.0);
    EXPECT_TRUE(readings.takeUrgent());
}

TEST(SourceNeeds, FollowFromTheBanks) {
    BankSettings bank;
    EXPECT_EQ(needsOf(bank), (SourceNeeds{true, true, true, true}));
    bank.limits.share = Share::Capacity;
    EXPECT_EQ(needsOf(bank), (SourceNeeds{true, true, true, true})) << "its voltage is a witness";
    bank.advice.isEnabled = false;
    EXPECT_EQ(needsOf(bank), (SourceNeeds{true, true, false, false}));
    bank.feedIn.mayWrite = true;
    EXPECT_EQ(needsOf(bank), (SourceNeeds{true, true, true, false}));
    EXPECT_FALSE(needsOf(bank).totals) << "of no bank";
    EXPECT_TRUE((needsOf(bank) | SourceNeeds{.totals = true}).totals);
    EXPECT_EQ(needsOf({}) | needsOf(bank), (SourceNeeds{true, true, true, true}));
}

} // namespace
} // namespace busbar::plant_test
