// SPDX-License-Identifier: MIT
// Made batteries that are published by themselves: what they say, and what is left of it when a
// part is lost.
#include "core/bank.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/made/composition.hpp"
#include "core/made/made_key.hpp"
#include "core/made/published.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"
#include "unit/core/made_readings.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace busbar::published_test {
namespace {

using namespace std::chrono_literals;

constexpr RowIndex kVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kCharge = row("/Info/MaxChargeCurrent");
constexpr RowIndex kDischarge = row("/Info/MaxDischargeCurrent");
constexpr RowIndex kCvl = row("/Info/MaxChargeVoltage");
constexpr RowIndex kCable = row("/Alarms/BmsCable");

MadeSettings stringOf(const char* first, const char* second) {
    MadeSettings made{.id = "s1", .name = "String 1"};
    made.parts = {*parseSelector(first), *parseSelector(second)};
    return made;
}

class PublishedTest : public ::testing::Test {
protected:
    PublishedTest() {
        identity.productName = "String 1";
        identity.serial = "own";
    }
    void connectWith(std::initializer_list<int> instances) {
        readings.setLink(true, now);
        (void)readings.beginSweep();
        for (const int instance : instances)
            made::putBasics(readings, instance, now);
        readings.completeSweep(now);
    }
    void make(MadeSettings settings) { composition.setSettings({std::move(settings)}); }
    /// As a site without a bank does it.
    void goOn(std::chrono::seconds time) {
        for (auto left = time; left > 0s; left -= 1s) {
            now = now + 1s;
            readings.noteSign(now);
            readings.settle(now);
            composition.work(readings, banks, now, Pace::Cycle);
            shown = publishedSnapshot(state, readings.batteries().at(kMadeFrom), identity, now);
        }
    }
    [[nodiscard]] std::optional<double> number(RowIndex index) const {
        return shown[index].number();
    }

    Readings readings;
    Composition composition{{}};
    std::vector<Bank> banks;
    Identity identity;
    PublishedState state;
    Snapshot shown;
    Now now = made::start();
};

TEST_F(PublishedTest, AStringSaysWhatItIsWithoutABank) {
    connectWith({1, 2});
    made::put(readings, 2, kCharge, 30.0, now);
    make(stringOf("name:B1", "name:B2"));
    goOn(2s);
    EXPECT_TRUE(wantsBus(state.loss));
    EXPECT_DOUBLE_EQ(*number(kVoltage), 52.8);
    EXPECT_DOUBLE_EQ(*number(kCvl), 56.8);
    EXPECT_DOUBLE_EQ(*number(kCharge), 30.0);
    EXPECT_DOUBLE_EQ(*number(kDischarge), 80.0);
    EXPECT_EQ(shown[row("/Info/ChargeLimitation")], Value("member B2"));
    EXPECT_DOUBLE_EQ(*number(row("/System/BatteriesSeries")), 2.0);
    EXPECT_DOUBLE_EQ(*number(row("/State")), 9.0);
    EXPECT_DOUBLE_EQ(*number(kCable), 0.0);
    EXPECT_EQ(shown[row("/Serial")], Value("own"));
    EXPECT_EQ(shown[row("/Mgmt/ProcessName")], Value("busbar"));
    EXPECT_EQ(shown[row("/ProductName")], Value("String 1"));
}

TEST_F(PublishedTest, WaitsForItsParts) {
    connectWith({1});
    make(stringOf("name:B1", "name:B2"));
    goOn(120s);
    EXPECT_FALSE(wantsBus(state.loss)) << "nobody has ever seen it";
    EXPECT_FALSE(number(kVoltage));
    EXPECT_FALSE(number(kCharge).value_or(0.0) > 0.0);
}

TEST_F(PublishedTest, IsHeldThenClosedThenGoneWithOneOfItsBlocks) {
    connectWith({1, 2});
    make(stringOf("name:B1", "name:B2"));
    goOn(2s);
    readings.leave(2, now);
    goOn(20s);
    EXPECT_DOUBLE_EQ(*number(kCharge), 50.0) << "held";
    goOn(20s);
    EXPECT_TRUE(wantsBus(state.loss));
    EXPECT_DOUBLE_EQ(*number(kCharge), 0.0);
    EXPECT_DOUBLE_EQ(*number(kDischarge), 0.0);
    EXPECT_DOUBLE_EQ(*number(row("/Io/AllowToCharge")), 0.0);
    EXPECT_DOUBLE_EQ(*number(kCvl), 56.8) << "or the GX takes it for one without BMS";
    EXPECT_FALSE(number(kVoltage));
    EXPECT_FALSE(number(row("/Dc/0/Current")));
    EXPECT_DOUBLE_EQ(*number(kCable), 2.0);
    goOn(900s);
    EXPECT_FALSE(wantsBus(state.loss)) << "the GX raises its own alarm";
    made::putBasics(readings, 2, now);
    readings.completeBattery(2, now);
    goOn(2s);
    EXPECT_TRUE(wantsBus(state.loss));
    EXPECT_DOUBLE_EQ(*number(kCharge), 50.0);
}

TEST_F(PublishedTest, ABlockThatForbidsClosesItsString) {
    connectWith({1, 2});
    made::put(readings, 2, row("/Io/AllowToCharge"), 0.0, now);
    make(stringOf("name:B1", "name:B2"));
    goOn(2s);
    EXPECT_DOUBLE_EQ(*number(kCharge), 0.0);
    EXPECT_DOUBLE_EQ(*number(row("/Io/AllowToCharge")), 0.0);
    EXPECT_DOUBLE_EQ(*number(kDischarge), 80.0);
    EXPECT_EQ(shown[row("/Info/ChargeLimitation")], Value("blocked B2"));
}

TEST_F(PublishedTest, ALimitThatIsNotKnownIsClosed) {
    connectWith({1, 2});
    made::put(readings, 2, kCharge, Value(), now);
    make(stringOf("name:B1", "name:B2"));
    goOn(2s);
    EXPECT_DOUBLE_EQ(*number(kCharge), 0.0);
    EXPECT_EQ(shown[row("/Info/ChargeLimitation")], Value("unknown_limit"));
}

/// All three unknown, and the GX would take it for a battery without BMS.
TEST_F(PublishedTest, AVoltageLimitThatFallsSilentClosesChargingAndStays) {
    connectWith({1, 2});
    make(stringOf("name:B1", "name:B2"));
    goOn(2s);
    made::put(readings, 2, kCvl, Value(), now);
    goOn(2s);
    EXPECT_DOUBLE_EQ(*number(kCvl), 56.8);
    EXPECT_DOUBLE_EQ(*number(kCharge), 0.0);
    EXPECT_DOUBLE_EQ(*number(kDischarge), 80.0);
}

/// What a shunt measures behind others is no battery with a limit of 0 A.
TEST_F(PublishedTest, WhatHasNoBmsHasNoLimits) {
    connectWith({1});
    for (const auto& [index, value] : {std::pair{row("/CustomName"), Value("SmartShunt")},
                                       {kVoltage, 26.4},
                                       {row("/Dc/0/Current"), 25.0},
                                       {row("/DeviceInstance"), 7.0},
                                       {row("/Serial"), "S7"}})
        made::put(readings, 7, index, value, now);
    readings.completeBattery(7, now);
    MadeSettings rest{.id = "rest", .kind = MadeKind::Remainder, .subtractsAll = false};
    rest.shunt = parseSelector("name:SmartShunt");
    rest.parts = {*parseSelector("name:B1")};
    make(rest);
    goOn(2s);
    EXPECT_TRUE(wantsBus(state.loss));
    EXPECT_DOUBLE_EQ(*number(row("/Dc/0/Current")), 15.0);
    for (const RowIndex index : {kCvl, kCharge, kDischarge, row("/Io/AllowToCharge"),
                                 row("/Io/AllowToDischarge"), row("/Info/ChargeLimitation")})
        EXPECT_FALSE(shown[index].isKnown()) << kRows.at(index).path;
}

} // namespace
} // namespace busbar::published_test
