// SPDX-License-Identifier: MIT
#include "core/charge/take_over.hpp"
#include "core/charge/upkeep.hpp"
#include "core/members/member.hpp"
#include "core/memory.hpp"
#include "unit/core/made.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace busbar::take_over_test {
namespace {

RememberedBattery withSerial(const std::string& serial, const std::string& connection = "ttyUSB0") {
    RememberedBattery battery;
    battery.serial = serial;
    battery.connection = connection;
    battery.product = "JK";
    return battery;
}

RememberedBattery withoutSerial(const std::string& name, int instance) {
    RememberedBattery battery;
    battery.connection = "ttyUSB0";
    battery.name = name;
    battery.product = "JK";
    battery.instance = instance;
    return battery;
}

MemberMemory counted(double charged_Ah) {
    MemberMemory memory;
    memory.counter = {.charge_Ah = 40.0, .capacity_Ah = 100.0, .isFull = false};
    memory.meters.charged_Ah = charged_Ah;
    memory.meters.charged_Wh = 50.0 * charged_Ah;
    memory.measured.capacity_Ah = 91.0;
    memory.stats.share = 0.4;
    memory.resistance_Ohm = 0.012;
    memory.learnedShare = 0.7;
    return memory;
}

/// A bank that A comes into, and another one.
class TakeOverTest : public ::testing::Test {
protected:
    void come(const std::vector<std::string>& present) {
        std::deque<made::Pack> packs;
        Members members;
        for (const std::string& name : present)
            made::addTo(members, packs.emplace_back(name, made::Values{}));
        takeOver(upkeep, members, {&other});
    }
    void remember(BankMemory& bank, const std::string& id, const RememberedBattery& battery) {
        bank.book[id] = battery;
    }
    double charged_Ah() { return upkeep.members["A"].meters.totals.charged_Ah; }

    Upkeep upkeep;
    BankMemory other;
};

TEST_F(TakeOverTest, AllThatBelongsToTheBatteryComesAlong) {
    remember(upkeep.memory, "A", withSerial("1"));
    remember(other, "pack_a", withSerial("1"));
    other.members["pack_a"] = counted(33.5);
    come({"A"});
    EXPECT_EQ(charged_Ah(), 33.5);
    EXPECT_EQ(upkeep.members["A"].meters.totals.charged_Wh, 50.0 * 33.5);
    EXPECT_EQ(upkeep.members["A"].stats.stats.share, 0.4);
    EXPECT_EQ(upkeep.soc.members["A"].counter, other.members["pack_a"].counter);
    EXPECT_EQ(upkeep.soc.members["A"].measured.capacity_Ah, 91.0);
    EXPECT_EQ(upkeep.memory.members["A"].resistance_Ohm, 0.012);
    EXPECT_EQ(upkeep.memory.members["A"].learnedShare, std::nullopt) << "is the other bank's";
}

TEST_F(TakeOverTest, TheNewerMemoryIsTheOneThatHasCountedMore) {
    remember(upkeep.memory, "A", withSerial("1"));
    remember(other, "A", withSerial("1"));
    upkeep.members["A"].meters.totals.charged_Ah = 40.0;
    other.members["A"] = counted(33.5);
    come({"A"});
    EXPECT_EQ(charged_Ah(), 40.0) << "it was there before, and has gone on here";
}

TEST_F(TakeOverTest, ItIsLookedForOnlyWhenItComes) {
    remember(upkeep.memory, "A", withSerial("1"));
    remember(other, "A", withSerial("1"));
    come({"A"});
    other.members["A"] = counted(33.5);
    come({"A"});
    EXPECT_EQ(charged_Ah(), 0.0) << "both banks count it";
    come({});
    come({"A"});
    EXPECT_EQ(charged_Ah(), 33.5);
}

TEST_F(TakeOverTest, AnotherSerialIsAnotherBattery) {
    remember(upkeep.memory, "A", withSerial("1"));
    remember(other, "A", withSerial("2"));
    other.members["A"] = counted(33.5);
    come({"A"});
    EXPECT_EQ(charged_Ah(), 0.0);
}

TEST_F(TakeOverTest, OfOneThatIsReadTwiceTheSameReading) {
    remember(upkeep.memory, "A", withSerial("1", "can0"));
    remember(other, "A", withSerial("1", "ttyUSB0"));
    remember(other, "B", withSerial("1", "can0"));
    other.members["A"] = counted(11.0);
    other.members["B"] = counted(22.0);
    come({"A"});
    EXPECT_EQ(charged_Ah(), 22.0);
}

TEST_F(TakeOverTest, WhereTwoLookAlikeNoneIs) {
    remember(upkeep.memory, "A", withSerial("1", "can1"));
    remember(other, "A", withSerial("1", "ttyUSB0"));
    remember(other, "B", withSerial("1", "can0"));
    other.members["A"] = counted(11.0);
    other.members["B"] = counted(22.0);
    come({"A"});
    EXPECT_EQ(charged_Ah(), 0.0);
}

TEST_F(TakeOverTest, WithoutASerialEverythingMustAgree) {
    remember(upkeep.memory, "A", withoutSerial("Pack", 3));
    remember(other, "A", withoutSerial("Pack", 4));
    other.members["A"] = counted(33.5);
    come({"A"});
    EXPECT_EQ(charged_Ah(), 0.0) << "another instance";
    remember(other, "A", withoutSerial("Pack", 3));
    come({});
    come({"A"});
    EXPECT_EQ(charged_Ah(), 33.5);
}

TEST_F(TakeOverTest, OneThatSaysNothingOfItselfIsNobody) {
    remember(upkeep.memory, "A", {});
    remember(other, "A", {});
    other.members["A"] = counted(33.5);
    come({"A"});
    EXPECT_EQ(charged_Ah(), 0.0);
}

} // namespace
} // namespace busbar::take_over_test
