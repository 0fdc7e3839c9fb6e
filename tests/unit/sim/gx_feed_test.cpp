// SPDX-License-Identifier: MIT
#include "core/table/path_table.hpp"
#include "sim/closed_loop.hpp"
#include "sim/gx_feed.hpp"
#include "sim/random_bank.hpp"

#include <gtest/gtest.h>

#include <map>

namespace busbar::sim::gx_feed_test {

namespace {

constexpr Limits kLimits = {56.0, 100.0, 200.0};

struct Rig {
    explicit Rig(const TwinSpec& spec) : twin(spec) { feed.feed(twin, readings, nowOf(twin)); }
    void run(int seconds) {
        for (int i = 0; i < seconds; ++i) {
            twin.step(kLimits);
            feed.feed(twin, readings, nowOf(twin));
        }
    }
    [[nodiscard]] const Battery& battery(int instance) const {
        return readings.batteries().at(instance);
    }
    [[nodiscard]] Value value(int instance, RowIndex index) const {
        return battery(instance).slot(index).value;
    }

    Twin twin;
    Readings readings;
    GxFeed feed;
};

TwinSpec bankWith(Fault::Kind kind) {
    TwinSpec spec = makeEqualBank(Chemistry::Lfp, 2, 100.0);
    spec.packs[0].bms.faults = {{kind, Seconds(100.0), Seconds(1000.0)}};
    return spec;
}

TEST(GxFeed, BringsEveryBatteryWithItsCellsAndNames) {
    Rig rig(makeEqualBank(Chemistry::Lfp, 2, 100.0));
    rig.run(5);
    ASSERT_EQ(rig.readings.batteries().size(), 2U);
    EXPECT_FALSE(rig.battery(1).lost);
    EXPECT_EQ(identityOf(rig.battery(1)), "serial TWIN1");
    EXPECT_EQ(rig.battery(2).cells.size(), 16U);
    EXPECT_EQ(rig.value(2, row("/CustomName")), Value("Pack B"));
    EXPECT_EQ(rig.value(2, row("/Info/MaxChargeVoltage")), Value(56.0));
    EXPECT_EQ(rig.value(2, row("/Io/AllowToCharge")), Value(1.0));
    EXPECT_EQ(rig.value(2, row("/Dc/0/Voltage")), Value(rig.twin.bms(1).published().voltage_V));
}

TEST(GxFeed, WhatItSendsIsPlausible) {
    Rig rig(makeRandomBank(3));
    rig.run(1000);
    for (const auto& [instance, battery] : rig.readings.batteries())
        for (std::size_t i = 0; i < kRowCount; ++i)
            EXPECT_EQ(plausible(kRows[i], battery.slots[i].value), battery.slots[i].value)
                << kRows[i].path;
}

TEST(GxFeed, ReadingsFollowWhatIsPublished) {
    Rig rig(makeRandomBank(7));
    for (int round = 0; round < 50; ++round) {
        rig.run(37);
        for (std::size_t i = 0; i < rig.twin.size(); ++i) {
            const PackReport& said = rig.twin.bms(i).published();
            const int instance = rig.twin.pack(i).instance;
            ASSERT_EQ(rig.value(instance, row("/Dc/0/Current")), Value(said.current_A));
            ASSERT_EQ(rig.battery(instance).cells[3].value, Value(said.cells_V[3]));
        }
    }
}

TEST(GxFeed, PublishesAllOnceWhenTheReadingsWishIt) {
    Rig rig(makeEqualBank(Chemistry::Lfp, 2, 100.0));
    rig.run(5);
    const Sweep before = rig.readings.sweep();
    rig.readings.doubt();
    ASSERT_TRUE(rig.readings.inDoubt());
    rig.run(1);
    EXPECT_FALSE(rig.readings.inDoubt());
    rig.run(60);
    EXPECT_EQ(rig.readings.sweep(), before + 1);
}

TEST(GxFeed, ABrokerOutOfReachAnswersNoWish) {
    Rig rig(makeEqualBank(Chemistry::Lfp, 2, 100.0));
    rig.run(5);
    rig.readings.setLink(false, nowOf(rig.twin));
    rig.run(60);
    EXPECT_FALSE(rig.readings.linkUp());
    rig.run(180);
    EXPECT_FALSE(rig.readings.inDoubt());
}

TEST(GxFeed, ASilentBatteryIsProvenGoneByTheNextFullPublish) {
    Rig rig(bankWith(Fault::Kind::Silent));
    rig.run(150);
    EXPECT_FALSE(rig.battery(1).left); // nothing was said, nothing was asked yet
    rig.run(100);
    EXPECT_TRUE(rig.battery(1).left);
    EXPECT_FALSE(rig.battery(2).left);
    rig.run(800);
    EXPECT_FALSE(rig.battery(1).lost);
}

TEST(GxFeed, AFrozenBatteryStaysWithItsOldValues) {
    Rig rig(bankWith(Fault::Kind::Frozen));
    rig.run(500);
    EXPECT_FALSE(rig.battery(1).left);
    EXPECT_GT(nowOf(rig.twin).steady - rig.battery(1).moved, std::chrono::seconds(390));
}

TEST(GxFeed, ABatteryThatLeavesIsGoneAtOnce) {
    Rig rig(bankWith(Fault::Kind::Left));
    rig.run(101);
    EXPECT_TRUE(rig.battery(1).left);
    rig.run(1000);
    EXPECT_FALSE(rig.battery(1).lost);
}

TEST(GxFeed, ALostBmsGivesNoVoltage) {
    Rig rig(bankWith(Fault::Kind::BmsLost));
    rig.run(120);
    EXPECT_FALSE(rig.value(1, row("/Dc/0/Voltage")).isKnown());
    EXPECT_TRUE(rig.value(1, row("/Info/MaxChargeCurrent")).isKnown());
    EXPECT_TRUE(rig.battery(1).lost);
}

TEST(GxFeed, BringsTheOwnersSettings) {
    Rig rig(makeEqualBank(Chemistry::Lfp, 2, 100.0));
    EXPECT_EQ(rig.readings.gx().dvcc, true);
    EXPECT_FALSE(rig.readings.gx().maxCharge_A) << "-1 means none";
    EXPECT_FALSE(rig.readings.gx().maxCharge_V) << "0 means none";
    EXPECT_EQ(rig.readings.gx().overvoltageFeedIn, 0.0);
    rig.twin.setFeedIn(true);
    rig.run(1);
    EXPECT_EQ(rig.readings.gx().overvoltageFeedIn, 1.0);
}

TEST(DriverFeed, EveryBlockOfAStringIsAServiceWithItsPartOfTheVoltage) {
    Twin twin(makeEqualStrings(Chemistry::Lfp, {2, 2}, 100.0));
    std::map<int, Value> names;
    std::map<int, Value> voltages;
    DriverFeed drivers;
    drivers.feed(twin, true,
                 {[&](int instance, Place place, Value value) {
                      if (place.kind == Place::Kind::Row && place.index == row("/CustomName"))
                          names[instance] = value;
                      if (place.kind == Place::Kind::Row && place.index == row("/Dc/0/Voltage"))
                          voltages[instance] = value;
                  },
                  [](int) {}});
    ASSERT_EQ(names.size(), 4U);
    EXPECT_EQ(names[1], Value("String 1 Block A"));
    EXPECT_EQ(names[2], Value("String 1 Block B"));
    EXPECT_EQ(names[4], Value("String 2 Block B"));
    for (const auto& [instance, voltage] : voltages)
        EXPECT_NEAR(voltage.number().value(), twin.bus().voltage_V / 2.0, 0.01) << instance;
}

} // namespace

} // namespace busbar::sim::gx_feed_test
