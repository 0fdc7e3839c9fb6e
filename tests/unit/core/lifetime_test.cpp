// SPDX-License-Identifier: MIT
#include "core/lifetime.hpp"
#include "core/memory.hpp"
#include "core/path_table.hpp"
#include "core/snapshot.hpp"
#include "unit/core/made.hpp"

#include <gtest/gtest.h>

namespace busbar::lifetime_test {
namespace {

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
        foldLifetime(memory, shown, members, snapshot);
        return snapshot[kCharged].number();
    }

    made::Pack a{"A", {{kCharged, 812.3}}};
    made::Pack b{"B", {{kCharged, 455.1}}};
    BankMemory memory;
    LifetimeShown shown;
    Snapshot snapshot;
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
