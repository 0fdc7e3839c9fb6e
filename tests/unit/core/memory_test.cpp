// SPDX-License-Identifier: MIT
#include "core/memory.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace busbar::memory_test {
namespace {

using namespace std::chrono_literals;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

BankMemory someMemory() {
    BankMemory memory;
    memory.members["a"].counter = {50.0, 100.0, false};
    memory.members["b"].counter = {100.0, 100.0, true};
    memory.meters = {1.0, 2.0, 3.0, 4.0};
    return memory;
}

bool isWorth(const BankMemory& current, std::chrono::milliseconds since = 1s) {
    return isWorthSaving(someMemory(), current, SavePace{}, since);
}

TEST(WorthSaving, NothingChangedIsNever) {
    EXPECT_FALSE(isWorth(someMemory(), 1000h));
    const SavePace eager{0.0, 0s};
    EXPECT_FALSE(isWorthSaving(someMemory(), someMemory(), eager, 1000h));
}

TEST(WorthSaving, WhatMattersIsAtOnce) {
    const auto changes = std::to_array<void (*)(BankMemory&)>({
        [](BankMemory& m) { m.balancing.stage = BalancingStage::Raised; },
        [](BankMemory& m) { m.balancing.lastSuccess = made::start().wall; },
        [](BankMemory& m) { m.lastFull = made::start().wall; },
        [](BankMemory& m) { m.members["b"].counter.isFull = false; },
        [](BankMemory& m) { m.members.erase("b"); },
        [](BankMemory& m) { m.members["c"]; },
        [](BankMemory& m) { m.members["a"].counter.charge_Ah.reset(); },
        [](BankMemory& m) { m.book["a"].serial = "SA"; },
        [](BankMemory& m) { m.book["a"].givenName = "Pack 2"; },
    });
    for (std::size_t i = 0; i < changes.size(); ++i) {
        BankMemory memory = someMemory();
        changes[i](memory);
        EXPECT_TRUE(isWorth(memory, 0s)) << i;
    }
}

TEST(WorthSaving, ACounterIsWhenItMovedByAStep) {
    BankMemory memory = someMemory();
    memory.members["a"].counter.charge_Ah = 49.01;
    EXPECT_FALSE(isWorth(memory));
    memory.members["a"].counter.charge_Ah = 49.0;
    EXPECT_TRUE(isWorth(memory));
    memory.members["a"].counter.charge_Ah = 51.0;
    EXPECT_TRUE(isWorth(memory));
}

TEST(WorthSaving, MetersAndStatisticsAreOnceAnHour) {
    const auto changes = std::to_array<void (*)(BankMemory&)>({
        [](BankMemory& m) { m.meters.charged_Ah += 1000.0; },
        [](BankMemory& m) { m.members["a"].meters.discharged_Wh += 1000.0; },
        [](BankMemory& m) { m.members["a"].stats.share = 0.5; },
        [](BankMemory& m) { m.members["a"].resistance_Ohm = 0.01; },
        [](BankMemory& m) { m.members["a"].learnedShare = 0.4; },
        [](BankMemory& m) { m.members["a"].counter.charge_Ah = 50.5; },
    });
    for (std::size_t i = 0; i < changes.size(); ++i) {
        BankMemory memory = someMemory();
        changes[i](memory);
        EXPECT_FALSE(isWorth(memory, 1h - 1ms)) << i;
        EXPECT_TRUE(isWorth(memory, 1h)) << i;
    }
}

TEST(NoteMembers, DropsTheLongestUnseen) {
    BankMemory memory;
    Now now = made::start();
    for (std::size_t i = 0; i < kMostRemembered; ++i) {
        noteMembers(memory, {"m" + std::to_string(i)}, now);
        now = now + 24h;
    }
    noteMembers(memory, {"m0"}, now);
    EXPECT_EQ(memory.members.size(), kMostRemembered);
    noteMembers(memory, {"new"}, now);
    EXPECT_EQ(memory.members.size(), kMostRemembered);
    EXPECT_TRUE(memory.members.contains("m0"));
    EXPECT_TRUE(memory.members.contains("new"));
    EXPECT_FALSE(memory.members.contains("m1"));
}

TEST(NoteMembers, AnUnsetClockStampsNothingAndDropsNobodyWhoIsThere) {
    BankMemory memory;
    const Now now = made::start();
    for (std::size_t i = 0; i < kMostRemembered; ++i)
        noteMembers(memory, {"m" + std::to_string(i)}, now);
    Now unset = now + 1h;
    unset.wall = WallTime{};
    noteMembers(memory, {"new"}, unset);
    EXPECT_TRUE(memory.members.contains("new"));
    EXPECT_EQ(memory.members["new"].lastSeen, std::nullopt);
    EXPECT_EQ(memory.members.size(), kMostRemembered);
}

TEST(NoteMembers, ChangesNothingWithinADay) {
    BankMemory memory;
    const Now now = made::start();
    noteMembers(memory, {"a"}, now);
    const BankMemory before = memory;
    noteMembers(memory, {"a"}, now + 1h);
    EXPECT_EQ(memory, before);
}

TEST(WorthSaving, ADayOfABatteryIsOnceAnHour) {
    BankMemory saved;
    saved.book["a"] = {"SA", "", "Pack", "", 1, made::start().wall};
    BankMemory current = saved;
    current.book["a"].lastSeen = made::start().wall + 24h;
    EXPECT_FALSE(isWorthSaving(saved, current, SavePace{}, 1h - 1ms));
    EXPECT_TRUE(isWorthSaving(saved, current, SavePace{}, 1h));
    current.book["a"].name = "Renamed";
    EXPECT_TRUE(isWorthSaving(saved, current, SavePace{}, 0s));
}

TEST(SaneMemory, DropsBadTextsOfTheBookAndWhoSaysNothing) {
    BankMemory memory;
    memory.book["a"] = {"SA", "\xff", "Pack", std::string(kLongestRemembered + 1, 'x'), 1, {}};
    memory.book["b"] = {"\xff", "", "", "", 2, {}};
    memory.book["c"] = {"SC", "", "", "", 200000, {}};
    const SaneMemory result = sane(memory);
    ASSERT_EQ(result.dropped.size(), 4U);
    EXPECT_TRUE(result.dropped[0].starts_with("book.a.connection: ")) << result.dropped[0];
    EXPECT_TRUE(result.dropped[1].starts_with("book.a.product: ")) << result.dropped[1];
    EXPECT_TRUE(result.dropped[2].starts_with("book.b.serial: ")) << result.dropped[2];
    EXPECT_TRUE(result.dropped[3].starts_with("book.c.instance: 200000 ")) << result.dropped[3];
    EXPECT_EQ(result.memory.book, (IdentityBook{{"a", {"SA", "", "Pack", "", 1, {}}},
                                                {"c", {"SC", "", "", "", {}, {}}}}));
}

TEST(SaneMemory, LeavesWhatIsGood) {
    const SaneMemory result = sane(someMemory());
    EXPECT_EQ(result.memory, someMemory());
    EXPECT_TRUE(result.dropped.empty());
}

TEST(SaneMemory, DropsEachBadNumberAloneAndNamesIt) {
    for (const double bad : {kNan, kInfinity, -kInfinity, 1e300, -700.0}) {
        for (const auto& field : memberNumbers()) {
            const bool mayBeNegative = field.key.find("_base_") != std::string_view::npos;
            const bool isStamp = field.key == "last_seen" || field.key == "measured_at";
            if (isStamp || (mayBeNegative && bad == -700.0))
                continue;
            BankMemory memory = someMemory();
            field.set(memory.members["a"], bad);
            const SaneMemory result = sane(memory);
            ASSERT_EQ(result.dropped.size(), field.key == "capacity_Ah" ? 2U : 1U)
                << field.key << " " << bad;
            EXPECT_TRUE(result.dropped[0].starts_with("members.a." + std::string(field.key) + ": "))
                << result.dropped[0];
            EXPECT_EQ(result.memory.members.at("b"), someMemory().members.at("b"));
            EXPECT_EQ(result.memory.meters, someMemory().meters);
        }
    }
}

TEST(SaneMemory, SaysWhatIsAllowed) {
    BankMemory memory = someMemory();
    memory.members["a"].counter.charge_Ah = -3.0;
    EXPECT_EQ(
        sane(memory).dropped,
        std::vector<std::string>{"members.a.charge_Ah: -3 is not taken, allowed is 0 … 100000"});
    memory.members["a"].counter.charge_Ah = 120.0;
    EXPECT_EQ(
        sane(memory).dropped,
        std::vector<std::string>{"members.a.charge_Ah: 120 is not taken, allowed is 0 … 100"});
}

TEST(SaneMemory, DropsStampsOfAnotherAge) {
    BankMemory memory;
    memory.balancing.lastSuccess = WallTime(std::chrono::hours(10));
    memory.balancing.firstSeen = made::start().wall;
    const SaneMemory result = sane(memory);
    EXPECT_EQ(result.memory.balancing.lastSuccess, std::nullopt);
    EXPECT_EQ(result.memory.balancing.firstSeen, made::start().wall);
    EXPECT_EQ(result.dropped.size(), 1U);
}

TEST(SaneMemory, ChargeGoesWithItsCapacityAndFullWithItsCharge) {
    BankMemory memory = someMemory();
    memory.members["b"].counter.capacity_Ah.reset();
    const Counter counter = sane(memory).memory.members.at("b").counter;
    EXPECT_EQ(counter, Counter{});
}

TEST(SaneMemory, CellsThatCannotBeAreDropped) {
    BankMemory memory;
    auto& cells = memory.members["a"].stats.lowest;
    cells.tallies = {{"C1", 10.0}, {"C2", kNan}, {"", 5.0}, {"\xff", 5.0}, {"C3", -1.0}};
    cells.named = "C2";
    const SaneMemory result = sane(memory);
    EXPECT_EQ(result.memory.members.at("a").stats.lowest.tallies,
              (std::vector<CellTally>{{"C1", 10.0}}));
    EXPECT_EQ(result.memory.members.at("a").stats.lowest.named, "");
    EXPECT_EQ(result.dropped.size(), 4U);
}

TEST(SaneMemory, HoldsNoMoreThanTheMostMembers) {
    BankMemory memory;
    for (int i = 0; i < 100; ++i)
        memory.members["m" + std::to_string(i)].lastSeen = made::start().wall + 24h * i;
    const BankMemory kept = sane(memory).memory;
    EXPECT_EQ(kept.members.size(), kMostRemembered);
    EXPECT_TRUE(kept.members.contains("m99"));
    EXPECT_FALSE(kept.members.contains("m0"));
}

} // namespace
} // namespace busbar::memory_test
