// SPDX-License-Identifier: MIT
#include "core/limits/charge_voltage.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/peak.hpp"
#include "core/limits/preset.hpp"
#include "core/limits/share.hpp"
#include "core/members/member.hpp"
#include "core/table/path_table.hpp"
#include "unit/core/made.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

namespace busbar::charge_voltage_test {
namespace {

using namespace std::chrono_literals;

constexpr RowIndex kCvl = row("/Info/MaxChargeVoltage");
constexpr RowIndex kMode = row("/Info/ChargeMode");
constexpr RowIndex kVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kCells = row("/System/NrOfCellsPerBattery");
constexpr RowIndex kHighest = row("/System/MaxCellVoltage");
constexpr RowIndex kCurrent = row("/Dc/0/Current");
constexpr RowIndex kCapacity = row("/InstalledCapacity");
constexpr RowIndex kBalancing = row("/Balancing");

class VoltageTest : public ::testing::Test {
protected:
    VoltageTest() {
        packs.emplace_back("A", made::Values{{kCvl, 56.0}, {kVoltage, 53.0}, {kCells, 16.0}});
        packs.emplace_back("B", made::Values{{kCvl, 55.0}, {kVoltage, 53.0}, {kCells, 16.0}});
    }
    ChargeVoltageInput input() {
        members.clear();
        for (const made::Pack& pack : packs)
            made::addTo(members, pack);
        return {members, settings, limitMode, preset, share, gx_V, cell_V};
    }
    double base(CvlMode mode) {
        settings.mode = mode;
        return baseVoltage(input()).value_or(Limit{-1.0, {}, {}, {}}).value;
    }

    std::deque<made::Pack> packs;
    Members members;
    CvlSettings settings;
    LimitMode limitMode = LimitMode::Both;
    PresetValues preset = presetValues(Preset::Lfp);
    ShareState share;
    std::optional<double> gx_V;
    std::optional<double> cell_V = 3.45;
};

TEST_F(VoltageTest, SmallestAndLargest) {
    EXPECT_EQ(base(CvlMode::Min), 55.0);
    EXPECT_EQ(base(CvlMode::Max), 56.0);
    packs[1].set(kCvl, {});
    EXPECT_EQ(base(CvlMode::Min), 56.0) << "unknown does not vote";
    packs[0].set(kCvl, {});
    EXPECT_EQ(base(CvlMode::Min), -1.0);
}

TEST_F(VoltageTest, TheLastWordOfOneThatFellSilentLowersAndNeverRaises) {
    packs[1].set(kCvl, {});
    EXPECT_EQ(base(CvlMode::Min), 56.0) << "it never gave one";
    packs[1].battery.unsaid.push_back({kCvl, 55.0});
    EXPECT_EQ(base(CvlMode::Min), 55.0);
    EXPECT_EQ(base(CvlMode::Max), 56.0);
    packs[1].battery.unsaid.front().number = 57.0;
    EXPECT_EQ(base(CvlMode::Max), 56.0);
    limitMode = LimitMode::Both;
    cell_V = 3.65;
    EXPECT_EQ(base(CvlMode::Own), 56.0);
    packs[1].battery.unsaid.front().number = 55.0;
    EXPECT_EQ(base(CvlMode::Own), 55.0);
    EXPECT_TRUE(isVoltageGiven(members));
}

TEST_F(VoltageTest, AHighestCellThatIsGivenNoMoreIsMissed) {
    packs[0].set(kHighest, 3.4);
    EXPECT_FALSE(isPeakUnseen(input()));
    packs[1].battery.unsaid.push_back({kHighest, 3.5});
    EXPECT_TRUE(isPeakUnseen(input()));
    settings.cellMax_V = 0.0;
    EXPECT_FALSE(isPeakUnseen(input())) << "no peak control";
}

TEST_F(VoltageTest, OnlyAMemberThatBalancesMayAskForMore) {
    EXPECT_EQ(base(CvlMode::MaxWhenBalancing), 55.0);
    packs[1].set(kBalancing, 1.0);
    EXPECT_EQ(base(CvlMode::MaxWhenBalancing), 55.0) << "it asks for less";
    packs[0].set(kBalancing, 1.0);
    EXPECT_EQ(base(CvlMode::MaxWhenBalancing), 56.0);
}

TEST_F(VoltageTest, OneThatFloatsDoesNotHoldTheOthersBelowFull) {
    packs[1].set(kHighest, 3.45);
    packs[1].set(kMode, "Float");
    EXPECT_EQ(base(CvlMode::Min), 55.0) << "A has no charge mode";
    packs[0].set(kMode, "Absorption");
    EXPECT_EQ(base(CvlMode::Min), 56.0);
    EXPECT_EQ(base(CvlMode::Gx), 56.0);
    packs[1].set(kBalancing, 1.0);
    EXPECT_EQ(base(CvlMode::Min), 55.0) << "it is not done yet";
    packs[1].set(kBalancing, 0.0);
    packs[0].set(kMode, "Float");
    EXPECT_EQ(base(CvlMode::Min), 55.0) << "all are full";
    packs[0].set(kBalancing, 1.0);
    EXPECT_EQ(base(CvlMode::Min), 56.0);
}

TEST_F(VoltageTest, OneThatFloatsVotesWherePeakControlDoesNotLookAfterIt) {
    packs[0].set(kMode, "Bulk");
    packs[1].set(kMode, "Float");
    EXPECT_EQ(base(CvlMode::Min), 55.0) << "its cells are not known";
    packs[1].set(kHighest, 3.45);
    settings.cellMax_V = 0.0;
    EXPECT_EQ(base(CvlMode::Min), 55.0) << "off";
    settings.cellMax_V.reset();
    packs[0].set(kCells, {});
    packs[1].set(kCells, {});
    EXPECT_EQ(base(CvlMode::Min), 55.0) << "nobody knows how many cells there are";
}

TEST_F(VoltageTest, LargestUntilAllFloat) {
    EXPECT_EQ(base(CvlMode::MaxUntilAllFloat), 55.0) << "nobody says";
    packs[0].set(kMode, "Bulk");
    EXPECT_EQ(base(CvlMode::MaxUntilAllFloat), 56.0);
    packs[0].set(kMode, "Float Transition");
    EXPECT_EQ(base(CvlMode::MaxUntilAllFloat), 55.0) << "B has no charge mode and no say";
    packs[1].set(kMode, "Absorption");
    EXPECT_EQ(base(CvlMode::MaxUntilAllFloat), 56.0);
    packs[1].set(kMode, "FLOAT");
    EXPECT_EQ(base(CvlMode::MaxUntilAllFloat), 55.0);
}

TEST_F(VoltageTest, LargestOnceAllFloat) {
    EXPECT_EQ(base(CvlMode::MaxWhenFloating), 55.0) << "nobody says";
    packs[0].set(kMode, "Float");
    EXPECT_EQ(base(CvlMode::MaxWhenFloating), 56.0) << "B has no charge mode and no say";
    packs[1].set(kMode, "Absorption");
    EXPECT_EQ(base(CvlMode::MaxWhenFloating), 55.0);
    packs[1].set(kMode, "Float");
    EXPECT_EQ(base(CvlMode::MaxWhenFloating), 56.0);
}

TEST_F(VoltageTest, TheGxsOwnLimitOrTheSmallest) {
    EXPECT_EQ(base(CvlMode::Gx), 55.0);
    gx_V = 54.0;
    EXPECT_EQ(base(CvlMode::Gx), 54.0);
    EXPECT_EQ(baseVoltage(input())->cause, Cause::GxLimit);
}

TEST_F(VoltageTest, TheGxsLimitIsNeverAboveTheMembers) {
    gx_V = 57.6;
    EXPECT_EQ(base(CvlMode::Gx), 55.0);
    EXPECT_EQ(baseVoltage(input())->cause, Cause::Member);
    EXPECT_EQ(baseVoltage(input())->member, "B");
    packs[1].set(kCvl, {});
    EXPECT_EQ(base(CvlMode::Gx), 56.0) << "unknown does not vote";
    limitMode = LimitMode::Own;
    EXPECT_EQ(base(CvlMode::Gx), 57.6) << "the owner alone decides";
}

TEST_F(VoltageTest, OwnIsCellsTimesVoltageAndNeverAboveTheMembers) {
    EXPECT_EQ(base(CvlMode::Own), 55.0) << "3.45 · 16 = 55.2 is more than B wants";
    cell_V = 3.40;
    EXPECT_NEAR(base(CvlMode::Own), 54.4, 1e-9);
    cell_V = 3.50;
    limitMode = LimitMode::Own;
    EXPECT_NEAR(base(CvlMode::Own), 56.0, 1e-9) << "the owner alone decides";
    packs[0].set(kCells, {});
    packs[1].set(kCells, {});
    EXPECT_EQ(base(CvlMode::Own), 55.0) << "cells unknown";
}

TEST_F(VoltageTest, TheMonthsListIsUsedWhereThereIsOne) {
    const PresetValues lfp = presetValues(Preset::Lfp);
    EXPECT_EQ(regularCellVoltage(settings, lfp, 6), 3.45);
    settings.cell_V = {3.40};
    EXPECT_EQ(regularCellVoltage(settings, lfp, 12), 3.40);
    settings.cell_V = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    EXPECT_EQ(regularCellVoltage(settings, lfp, 12), 12.0);
    EXPECT_EQ(regularCellVoltage(settings, lfp, std::nullopt), 1.0) << "the smallest";
    settings.cell_V = {12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
    EXPECT_EQ(regularCellVoltage(settings, lfp, std::nullopt), 1.0) << "not January's";
}

TEST_F(VoltageTest, WithoutCellDataThereIsNoPeakControl) {
    PeakState state;
    const Limit base{56.0, Cause::Member, "A", ""};
    EXPECT_EQ(withPeakControl(base, input(), state, made::start()).value, 56.0);
}

TEST_F(VoltageTest, ACellOverItsMaximumLowersAtLeastByTheExcess) {
    PeakState state;
    packs[0].set(kVoltage, 55.5);
    packs[1].set(kVoltage, 55.5);
    packs[0].set(kHighest, 3.62);
    const Limit base{56.0, Cause::Member, "A", ""};
    const Limit held = withPeakControl(base, input(), state, made::start());
    EXPECT_LE(held.value, 55.5 - 0.07);
    EXPECT_EQ(held.cause, Cause::PeakControl);
    EXPECT_EQ(held.member, "A");
    settings.cellMax_V = 0.0;
    EXPECT_EQ(withPeakControl(base, input(), state, made::start()).value, 56.0) << "switched off";
}

TEST_F(VoltageTest, RoomIsKeptForWhatTheOthersStillPushIntoAPack) {
    const auto heldAt = [this](double highest_V, double pushed_A) {
        packs[0].set(kHighest, highest_V);
        packs[0].set(kCurrent, 10.0 + pushed_A);
        packs[1].set(kCurrent, 10.0 - pushed_A);
        members.clear();
        for (made::Pack& pack : packs) {
            pack.set(kCapacity, 100.0);
            made::addTo(members, pack);
        }
        share = {};
        learn(share, members, made::start());
        PeakState state;
        const Limit base{56.0, Cause::Member, "A", ""};
        return withPeakControl(base, input(), state, made::start());
    };
    EXPECT_EQ(heldAt(3.50, 0.0).value, 56.0) << "both take the same";
    EXPECT_EQ(heldAt(3.50, -20.0).value, 56.0) << "it feeds the other";
    EXPECT_EQ(heldAt(3.50, 20.0).cause, Cause::PeakControl);
    EXPECT_EQ(heldAt(3.50, 20.0).member, "A");
    EXPECT_LT(heldAt(3.50, 20.0).value, 53.5);
    EXPECT_EQ(heldAt(3.40, 40.0).value, 56.0) << "far from its knee";
    EXPECT_EQ(heldAt(3.50, 5.0).value, 56.0) << "too little to matter";
    preset.hasKnee = false;
    EXPECT_EQ(heldAt(3.50, 20.0).value, 56.0) << "its voltage rises evenly";
    preset.hasKnee = true;
    packs[0].set(kVoltage, 56.0);
    EXPECT_EQ(heldAt(3.50, 20.0).value, 56.0) << "all its cells are that high: it soon takes none";
}

TEST_F(VoltageTest, CellsThatReadZeroAddUpToNoVoltage) {
    packs[0].setCells({0.0, 0.0});
    packs[1].set(kHighest, 3.5);
    PeakState state;
    const Limit limit =
        withPeakControl({55.0, Cause::Member, "B", ""}, input(), state, made::start());
    EXPECT_GT(limit.value, 50.0);
}

TEST_F(VoltageTest, ExcessOfEveryCellIsTakenOff) {
    PeakState state;
    packs.clear();
    packs.emplace_back("A", made::Values{{kCvl, 14.4}, {kVoltage, 14.0}});
    packs[0].setCells({3.60, 3.60, 3.40, 3.40});
    const Limit base{14.4, Cause::Member, "A", ""};
    EXPECT_LE(withPeakControl(base, input(), state, made::start()).value, 14.0 - 0.10);
}

/// One weak cell in a pack on a charger with delay: the cell's voltage depends on the pack's
/// current and creeps up.
struct Plant {
    double bus_V = 54.0;
    double weak_V = 3.45;
    double creep_V = 0.0;

    void step(double cvl_V) {
        bus_V += (cvl_V - bus_V) / 4.0; // charger and GX follow within some seconds
        const double current = std::max(0.0, (bus_V - 53.6) / 0.024);
        creep_V += 1e-5 * current;
        weak_V = 3.37 + creep_V + 0.0015 * current;
    }
};

TEST(Peak, HoldsTheCellAtItsTargetWithoutSwinging) {
    Plant plant;
    PeakState state;
    Now now = made::start();
    double highest = 0.0;
    int turns = 0;
    double last = 56.8;
    double direction = 0.0;
    for (int second = 0; second < 3600; ++second, now = now + 1000ms) {
        const double cvl_V = holdPeak({56.8, plant.bus_V, 16.0, plant.weak_V, 3.55,
                                       plant.bus_V - std::max(0.0, plant.weak_V - 3.55)},
                                      state, now);
        plant.step(cvl_V);
        highest = std::max(highest, plant.weak_V);
        if (std::abs(cvl_V - last) > 0.02) {
            turns += (cvl_V - last) * direction < 0.0 ? 1 : 0;
            direction = cvl_V - last;
            last = cvl_V;
        }
    }
    EXPECT_LT(highest, 3.58);
    EXPECT_GT(plant.weak_V, 3.53) << "held at the target, not thrown off";
    EXPECT_LT(turns, 12);
}

TEST(Peak, LetsGoWhenTheCellIsCalmAgain) {
    PeakState state;
    Now now = made::start();
    EXPECT_LT(holdPeak({56.0, 55.0, 16.0, 3.60, 3.55, 54.95}, state, now), 55.0);
    double cvl_V = 0.0;
    for (int second = 0; second < 600; ++second) {
        now = now + 1000ms;
        cvl_V = holdPeak({56.0, std::max(54.0, cvl_V - 0.05), 16.0, 3.40, 3.55, 55.0}, state, now);
    }
    EXPECT_EQ(cvl_V, 56.0);
    EXPECT_FALSE(state.cvl_V);
}

TEST(Peak, DoesNotLetGoForALoadThatPullsAWeakCellDown) {
    PeakState state;
    Now now = made::start();
    EXPECT_LT(holdPeak({56.0, 55.0, 16.0, 3.60, 3.55, 54.95}, state, now), 55.0);
    constexpr double kLoaded_V = 52.8;
    constexpr double kAboveBank_V = 16 * 0.02;
    for (int second = 0; second < 1790; ++second) {
        now = now + 1000ms;
        ASSERT_LE(holdPeak({56.0, kLoaded_V, 16.0, 3.30, 3.55, 54.95}, state, now),
                  kLoaded_V + kAboveBank_V + 1e-9)
            << second;
    }
    now = now + 15s; // nobody has looked: not known to be calm since then
    EXPECT_LT(holdPeak({56.0, kLoaded_V, 16.0, 3.30, 3.55, 54.95}, state, now), 56.0);
    for (int second = 0; second < 1800; ++second) {
        now = now + 1000ms;
        (void)holdPeak({56.0, kLoaded_V, 16.0, 3.30, 3.55, 54.95}, state, now);
    }
    EXPECT_FALSE(state.cvl_V) << "discharged";
}

TEST(Peak, IsNeverAboveTheBoundWhileACellIsOver) {
    for (int start = 0; start < 20; ++start) {
        PeakState state;
        Now now = made::start();
        for (int second = 0; second < 60; ++second, now = now + 1000ms) {
            const double bound = 54.0 + 0.03 * start - 0.01 * second;
            EXPECT_LE(holdPeak({56.0, bound + 0.02, 16.0, 3.57, 3.55, bound}, state, now), bound);
        }
    }
}

} // namespace
} // namespace busbar::charge_voltage_test
