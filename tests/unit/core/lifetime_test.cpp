// SPDX-License-Identifier: MIT
#include "core/charge/lifetime.hpp"
#include "core/memory.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "unit/core/made.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

namespace busbar::lifetime_test {
namespace {

using namespace std::chrono_literals;

constexpr RowIndex kCharged = row("/History/ChargedEnergy");
constexpr RowIndex kDrawn = row("/History/TotalAhDrawn");
constexpr RowIndex kCycles = row("/History/ChargeCycles");

class LifetimeTest : public ::testing::Test {
protected:
    LifetimeTest() {
        for (const char* id : {"A", "B"})
            memory.members[id] = {};
    }
    std::optional<double> charged(bool withB = true) {
        Members members;
        made::addTo(members, a);
        if (withB)
            made::addTo(members, b);
        now = now + 1s;
        foldLifetime(memory, shown, members, snapshot, now);
        return snapshot[kCharged].number();
    }

    made::Pack a{"A", {{kCharged, 812.3}}};
    made::Pack b{"B", {{kCharged, 455.1}}};
    BankMemory memory;
    LifetimeShown shown;
    Snapshot snapshot;
    Now now = made::start();
};

TEST_F(LifetimeTest, OneThatIsAwayKeepsItsPart) {
    EXPECT_DOUBLE_EQ(charged().value_or(-1), 1267.4);
    EXPECT_DOUBLE_EQ(charged(false).value_or(-1), 1267.4);
    b.set(kCharged, 455.2);
    EXPECT_DOUBLE_EQ(charged().value_or(-1), 1267.5);
}

TEST_F(LifetimeTest, ARestartOfBusbarLosesNothing) {
    charged();
    shown = {};
    EXPECT_DOUBLE_EQ(charged(false).value_or(-1), 1267.4);
}

TEST_F(LifetimeTest, ACounterThatBeginsAgainIsANewBase) {
    charged();
    b.set(kCharged, 0.0);
    EXPECT_DOUBLE_EQ(charged().value_or(-1), 1267.4) << "a driver that starts";
    b.set(kCharged, 3.0);
    EXPECT_DOUBLE_EQ(charged().value_or(-1), 1267.4);
    b.set(kCharged, 4.0);
    EXPECT_DOUBLE_EQ(charged().value_or(-1), 1268.4);
    b.set(kCharged, 3.99);
    EXPECT_DOUBLE_EQ(charged().value_or(-1), 1268.4) << "rounding";
}

TEST_F(LifetimeTest, AWrongReadingIsTakenBack) {
    charged();
    b.set(kCharged, 100.0);
    EXPECT_DOUBLE_EQ(charged().value_or(-1), 1267.4);
    b.set(kCharged, 455.2);
    EXPECT_DOUBLE_EQ(charged().value_or(-1), 1267.5);
}

TEST_F(LifetimeTest, NoMoreIsCountedThanCanHaveFlowed) {
    a.set(row("/InstalledCapacity"), 280.0);
    a.set(row("/Dc/0/Voltage"), 52.0);
    charged();
    a.set(kCharged, 2000.0);
    EXPECT_DOUBLE_EQ(charged().value_or(-1), 1267.4);
    a.set(kCharged, 2000.5);
    EXPECT_DOUBLE_EQ(charged().value_or(-1), 1267.9) << "it goes on from there";
    now = now + 1h;
    a.set(kCharged, 2013.5);
    EXPECT_DOUBLE_EQ(charged().value_or(-1), 1280.9) << "told seldom";
}

TEST_F(LifetimeTest, AReadingThatIsTooHighIsTakenBack) {
    charged();
    a.set(kCharged, 2000.0);
    charged();
    a.set(kCharged, 812.5);
    EXPECT_DOUBLE_EQ(charged().value_or(-1), 1267.6);
    a.set(kCharged, 813.0);
    EXPECT_DOUBLE_EQ(charged().value_or(-1), 1268.1);
}

TEST_F(LifetimeTest, TwoThatChangePlacesAddNothing) {
    charged();
    a.set(kCharged, 455.1);
    b.set(kCharged, 812.3);
    EXPECT_DOUBLE_EQ(charged().value_or(-1), 1267.4);
    a.set(kCharged, 455.2);
    b.set(kCharged, 812.4);
    EXPECT_NEAR(charged().value_or(-1), 1267.6, 1e-9);
}

TEST_F(LifetimeTest, TwoThatChangePlacesWhileBusbarRestartsAddNothing) {
    charged();
    memory.members["B"].lastSeen = made::start().wall;
    memory.members["B"].lifetime.energyIn.movedAt.reset();
    b.set(row("/InstalledCapacity"), 100.0);
    b.set(row("/Dc/0/Voltage"), 26.0);
    shown = {};
    startLifetime(shown, memory);
    b.set(kCharged, 812.3);
    EXPECT_DOUBLE_EQ(charged().value_or(-1), 1267.4);
}

TEST_F(LifetimeTest, OneWithoutASerialMayBeTheOneThatIsAway) {
    charged();
    memory.members["C"] = {};
    made::Pack c{"C", {{kCharged, 455.1}}};
    const auto withC = [&] {
        Members members;
        made::addTo(members, a);
        made::addTo(members, c);
        foldLifetime(memory, shown, members, snapshot, now);
        return snapshot[kCharged].number();
    };
    EXPECT_DOUBLE_EQ(withC().value_or(-1), 1267.4);
    c.set(kCharged, 455.3);
    EXPECT_NEAR(withC().value_or(-1), 1267.6, 1e-9);
    memory.members["C"] = {};
    c.set(row("/Serial"), "123");
    EXPECT_NEAR(withC().value_or(-1), 1267.4 + 455.3, 1e-9) << "another one, with its own past";
}

TEST_F(LifetimeTest, OneThatWrites0ForEverIsMeteredHere) {
    b.set(kCharged, 0.0);
    memory.members["B"].meters.charged_Wh = 5000.0;
    EXPECT_DOUBLE_EQ(charged().value_or(-1), 817.3);
    a.set(kCharged, 0.0);
    memory.members["A"] = {};
    EXPECT_FALSE(charged()) << "nobody has ever told: the bank's own meter is better";
}

TEST_F(LifetimeTest, ABatteryThatIsForgottenLeavesWhatItCounted) {
    charged();
    memory.members.erase("B");
    EXPECT_DOUBLE_EQ(charged(false).value_or(-1), 1267.4);
    EXPECT_DOUBLE_EQ(memory.lifetimeRest.energyIn, 455.1);
}

TEST_F(LifetimeTest, ChargeDrawnIsNegativeAndCountsDoNotFall) {
    a.set(kDrawn, -100.0);
    b.set(kDrawn, -50.0);
    snapshot[kCycles] = 300.0;
    charged();
    EXPECT_DOUBLE_EQ(snapshot[kDrawn].number().value_or(0), -150.0);
    snapshot[kCycles] = 120.0;
    charged(false);
    EXPECT_DOUBLE_EQ(snapshot[kDrawn].number().value_or(0), -150.0);
    EXPECT_EQ(snapshot[kCycles].number(), 300.0);
}

} // namespace
} // namespace busbar::lifetime_test
