// SPDX-License-Identifier: MIT
#include "core/limits/unheard.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace busbar::unheard_test {
namespace {

using namespace std::chrono_literals;

constexpr double kCells = 16.0;
constexpr double kPlateau_V = 3.315; ///< of the preset for LFP
constexpr double kKnee_V = 3.57;     ///< where its curve of the highest cell begins

/// A pack of 100 Ah or so that took a quarter of the bank's current.
LastWord word() {
    LastWord word;
    word.name = "A";
    word.charge_A = 50.0;
    word.discharge_A = 100.0;
    word.bankCharge_A = 150.0;
    word.bankDischarge_A = 300.0;
    word.bank_V = 55.2;
    word.share = 0.25;
    word.cells = kCells;
    word.lowBelow_V = 0.05;
    word.highAbove_V = 0.03;
    return word;
}

/// Of what a lost one's word allowed.
constexpr double kHeld = 1.0 / kShareGrows;

class UnheardTest : public ::testing::Test {
protected:
    void lose(const LastWord& last, const std::string& id = "a") {
        noteWord(state, id, last);
        noteLost(state, id);
    }
    std::optional<Limit> at(Direction direction, double cell_V) {
        bank_V = cell_V * kCells;
        estimate(state, input(), now);
        return unheardLimit(direction, state, input());
    }
    /// LFP cells of which all but one are on the plateau take the rest of it there.
    [[nodiscard]] double blind_V(double inSeries) const {
        return (inSeries - 1.0) * kPlateau_V + kKnee_V;
    }
    [[nodiscard]] UnheardInput input() const {
        return {settings, limits, preset, bank_V, bank_A, cells, soc_pct, among_A};
    }
    /// Of a battery that gives no cells, in a bank where nobody does.
    [[nodiscard]] LastWord wordWithoutCells() {
        LastWord blind = word();
        blind.cells.reset();
        blind.lowBelow_V.reset();
        blind.highAbove_V.reset();
        cells.reset();
        return blind;
    }
    std::optional<Limit> discharge(double ofOthers_pct) {
        soc_pct = ofOthers_pct;
        return at(Direction::Discharge, 3.3);
    }

    UnheardSettings settings;
    LimitSettings limits;
    PresetValues preset = presetValues(Preset::Lfp);
    std::optional<double> bank_V;
    std::optional<double> bank_A = -50.0;
    std::optional<double> cells = kCells;
    std::optional<double> soc_pct;
    double among_A = 0.0;
    UnheardState state;
    Now now = made::start();
};

TEST_F(UnheardTest, NobodyLostLimitsNothing) {
    EXPECT_FALSE(at(Direction::Charge, 3.3));
    noteWord(state, "a", word());
    EXPECT_FALSE(at(Direction::Charge, 3.3)) << "it is heard";
    EXPECT_EQ(unheardVoltage({57.0, Cause::Member, "B", ""}, state, input()).value, 57.0);
}

TEST_F(UnheardTest, LimitsStayBelowWhatTheyWereAndSayWhy) {
    lose(word());
    const auto charge = at(Direction::Charge, 3.3);
    ASSERT_TRUE(charge);
    EXPECT_EQ(charge->value, kHeld * 150.0);
    EXPECT_EQ(charge->cause, Cause::LostMember);
    EXPECT_EQ(charge->member, "A");
    EXPECT_EQ(at(Direction::Discharge, 3.3)->value, kHeld * 300.0);
}

TEST_F(UnheardTest, ItsOwnLimitHoldsByItsLastShare) {
    LastWord small = word();
    small.charge_A = 10.0;
    small.discharge_A = 20.0;
    lose(small);
    EXPECT_EQ(at(Direction::Charge, 3.3)->value, kHeld * 40.0);
    EXPECT_EQ(at(Direction::Discharge, 3.3)->value, kHeld * 80.0);
}

/// Of three alike two are lost. If one of these is really off, the other takes half, not a third.
TEST_F(UnheardTest, OthersThatAreLostMayBeOffAndTheirPartItsOwn) {
    LastWord small = word();
    small.charge_A = 10.0;
    small.share = 1.0 / 3.0;
    lose(small);
    EXPECT_NEAR(at(Direction::Charge, 3.3)->value, kHeld * 30.0, 1e-9);
    LastWord later = small;
    later.name = "B";
    later.charge_A = 12.0;
    later.share = 0.5; // among two, when the first was counted no more
    lose(later, "b");
    EXPECT_NEAR(at(Direction::Charge, 3.3)->value, kHeld * 20.0, 1e-9);
    EXPECT_EQ(at(Direction::Charge, 3.3)->member, "A");
    state.lost.at("b").isOff = true;
    EXPECT_NEAR(at(Direction::Charge, 3.3)->value, kHeld * 20.0, 1e-9) << "proven to be so";
    state.lost.at("b").isOff = false;
    state.lost.at("a").isOff = true;
    EXPECT_NEAR(at(Direction::Charge, 3.3)->value, kHeld * 24.0, 1e-9)
        << "the share of the other was among two already";
}

TEST_F(UnheardTest, InWhichOrderTheyWereLostBeforeThisRunIsUnknown) {
    LastWord small = word();
    small.charge_A = 10.0;
    small.share = 0.4;
    state.lost["a"].word = small;
    state.lost["b"].word = small;
    EXPECT_NEAR(at(Direction::Charge, 3.3)->value, kHeld * 15.0, 1e-9) << "10 A by 0.4 of 0.6";
    state.lost["c"].word = small;
    EXPECT_NEAR(at(Direction::Charge, 3.3)->value, kHeld * 10.0, 1e-9) << "all of it, no more";
}

TEST_F(UnheardTest, WhileOneIsHeldItsShareGrowsWithTheLossOfOthers) {
    LastWord small = word();
    small.charge_A = 10.0;
    noteWord(state, "a", small);
    growShare(state, "a", 0.5);
    growShare(state, "a", 0.1);
    growShare(state, "b", 0.5);
    noteLost(state, "a");
    noteLost(state, "b");
    EXPECT_NEAR(at(Direction::Charge, 3.3)->value, kHeld * 20.0, 1e-9);
}

/// One joined that is emptier or fuller than the others: it lives on them, or feeds them.
TEST_F(UnheardTest, WhatFlowsAmongTheOthersMayFlowInItToo) {
    lose(word());
    among_A = 20.0;
    EXPECT_NEAR(at(Direction::Charge, 3.3)->value, kHeld * 150.0 - 20.0, 1e-9);
    among_A = 1000.0;
    EXPECT_EQ(at(Direction::Discharge, 3.3)->value, 0.0);
}

TEST_F(UnheardTest, OneThatBlockedClosesAndOneOfWhichNothingIsKnownToo) {
    LastWord blocked = word();
    blocked.charge_A = 0.0;
    lose(blocked);
    EXPECT_EQ(at(Direction::Charge, 3.3)->value, 0.0);
    lose(LastWord{}, "b");
    EXPECT_EQ(at(Direction::Discharge, 3.3)->value, 0.0);
}

TEST_F(UnheardTest, OneBehindAnOpenSwitchLeavesWhatItBearsShouldItHaveClosed) {
    LastWord blocked = word();
    blocked.charge_A = 0.0;
    blocked.againCharge_A = 15.0;
    lose(blocked);
    EXPECT_EQ(at(Direction::Charge, 3.3)->value, kHeld * 15.0);
    EXPECT_EQ(at(Direction::Charge, 3.60)->value, 0.0) << "its cells, as estimated";
    EXPECT_EQ(at(Direction::Discharge, 3.3)->value, kHeld * 300.0);
    LastWord allowed = blocked;
    allowed.charge_A = 50.0;
    lose(allowed, "b");
    state.lost.erase("a");
    EXPECT_EQ(at(Direction::Charge, 3.3)->value, kHeld * 150.0) << "it did not block";
}

TEST_F(UnheardTest, TheSmallestOfSeveralCounts) {
    lose(word());
    LastWord other = word();
    other.name = "B";
    other.bankCharge_A = 120.0;
    lose(other, "b");
    EXPECT_EQ(at(Direction::Charge, 3.3)->member, "B");
}

TEST_F(UnheardTest, ItsLowestCellGoesOnBeingEstimated) {
    LastWord even = word();
    even.lowBelow_V = 0.01;
    lose(even);
    EXPECT_EQ(at(Direction::Discharge, 3.20)->value, kHeld * 300.0);
    EXPECT_NEAR(at(Direction::Discharge, 3.1275)->value, 0.2 * kHeld * 300.0, 1e-9)
        << "2.90 V estimated: 0.01 V below the mean, and three times what that lacks to 3.20 V";
    EXPECT_EQ(at(Direction::Charge, 3.1275)->value, kHeld * 150.0) << "a word of discharge only";
}

/// So the twin lost one at 2.60 V while the mean cell had 3.14 V (tests/bench, losses: seed 155).
TEST_F(UnheardTest, ACellThatHasLeftThePlateauTakesAllThatTheStringLoses) {
    LastWord weak = word();
    weak.lowBelow_V = 0.034;
    lose(weak);
    EXPECT_EQ(at(Direction::Discharge, 3.20)->value, kHeld * 300.0);
    EXPECT_NEAR(*lowestUnheard_V(state, input()), 3.166, 1e-9);
    EXPECT_LT(at(Direction::Discharge, 3.185)->value, kHeld * 300.0);
    EXPECT_EQ(at(Direction::Discharge, 3.175)->value, 0.0) << "the others may be at 3.20 V yet";
}

TEST_F(UnheardTest, CellsThatNobodyHasSeenAreTakenForAsFarApartAsEqualOnesAre) {
    LastWord blind = word();
    blind.lowBelow_V.reset();
    blind.highAbove_V.reset();
    lose(blind);
    EXPECT_NEAR(at(Direction::Discharge, 3.1375)->value, 0.2 * kHeld * 300.0, 1e-9) << "0.05 V";
    EXPECT_NEAR(at(Direction::Charge, 3.55)->value, 0.2 * kHeld * 150.0, 1e-9) << "0.05 V";
}

TEST_F(UnheardTest, WithoutCellsItGoesOnByTheStateOfChargeOfTheOthers) {
    LastWord blind = wordWithoutCells();
    blind.aheadSoc_pct = -5.0;
    lose(blind);
    EXPECT_EQ(discharge(60.0)->value, kHeld * 300.0);
    EXPECT_EQ(discharge(25.0)->value, kHeld * 300.0) << "it has 20 %";
    EXPECT_NEAR(discharge(20.0)->value, kHeld * 150.0, 1e-9) << "15 %";
    EXPECT_EQ(discharge(15.0)->value, 0.0) << "10 %";
    EXPECT_EQ(discharge(40.0)->value, 0.0) << "a stop stays for a while";
    for (auto passed = 0s; passed < 600s; passed += 1s) {
        now = now + 1s;
        (void)discharge(40.0);
    }
    EXPECT_EQ(discharge(40.0)->value, kHeld * 300.0);
}

TEST_F(UnheardTest, OneWhoseChargeNobodyCanTellIsNotDischarged) {
    LastWord blind = wordWithoutCells();
    lose(blind);
    EXPECT_EQ(discharge(60.0)->value, 0.0) << "its own was never known";
    blind.aheadSoc_pct = 0.0;
    forget(state, "a");
    lose(blind);
    soc_pct.reset();
    EXPECT_EQ(at(Direction::Discharge, 3.3)->value, 0.0) << "nobody says any";
    EXPECT_EQ(at(Direction::Charge, 3.3)->value, kHeld * 150.0)
        << "charging is held by the voltage";
}

TEST_F(UnheardTest, AnUnknownCellIsNotComfortable) {
    LastWord blind = wordWithoutCells();
    blind.aheadSoc_pct = 0.0;
    lose(blind);
    (void)discharge(80.0);
    EXPECT_EQ(lowestUnheard_V(state, input()), 0.0);
}

TEST_F(UnheardTest, WithoutCellsTheChargeVoltageSaysHowManyThereAreAtLeast) {
    LastWord blind = wordWithoutCells();
    blind.bank_V = 3.55 * kCells;
    lose(blind);
    const Limit wanted{58.0, Cause::Member, "B", ""};
    EXPECT_NEAR(unheardVoltage(wanted, state, input()).value, blind_V(kCells), 1e-9);
    state.lost.at("a").word.bank_V = 3.45 * kCells;
    EXPECT_LT(unheardVoltage(wanted, state, input()).value, blind_V(kCells));
}

TEST_F(UnheardTest, ItsHighestCellToo) {
    lose(word());
    EXPECT_NEAR(at(Direction::Charge, 3.57)->value, 0.2 * kHeld * 150.0, 1e-9)
        << "3.60 V estimated";
    EXPECT_EQ(at(Direction::Discharge, 3.57)->value, kHeld * 300.0);
}

TEST_F(UnheardTest, CellsThatItStillShowsCountBeyondWhatIsEstimated) {
    lose(word());
    StillSaid& still = state.lost.begin()->second.still;
    still.highestCell_V = 3.66;
    EXPECT_EQ(at(Direction::Charge, 3.30)->value, 0.0);
    EXPECT_EQ(at(Direction::Discharge, 3.30)->value, kHeld * 300.0);
    still = {};
    still.lowestCell_V = 2.6;
    EXPECT_EQ(at(Direction::Discharge, 3.30)->value, 0.0);
    still.lowestCell_V = 3.40;
    EXPECT_NEAR(at(Direction::Charge, 3.57)->value, 0.2 * kHeld * 150.0, 1e-9);
}

TEST_F(UnheardTest, AStopStaysUntilTheBankHasBeenComfortableForLong) {
    lose(word());
    EXPECT_EQ(at(Direction::Discharge, 2.84)->value, 0.0) << "far below the stop";
    bank_A = 0.0;
    now = now + 1min;
    EXPECT_EQ(at(Direction::Discharge, 3.1)->value, 0.0) << "it only rebounds";
    bank_A = 60.0;
    now = now + 1h;
    EXPECT_EQ(at(Direction::Discharge, 3.35)->value, 0.0) << "charging lifts every cell";
    bank_A = -1.0;
    EXPECT_EQ(at(Direction::Discharge, 3.3)->value, 0.0);
    now = now + 1h;
    EXPECT_EQ(at(Direction::Discharge, 3.3)->value, 0.0) << "nobody looked meanwhile";
    for (auto passed = 0s; passed < 599s; passed += 1s) {
        now = now + 1s;
        ASSERT_EQ(at(Direction::Discharge, 3.3)->value, 0.0);
    }
    now = now + 2s;
    EXPECT_EQ(at(Direction::Discharge, 3.3)->value, kHeld * 300.0);
}

TEST_F(UnheardTest, TheOwnersCurveGoesBeforeThePresets) {
    lose(word());
    limits.curves.at(static_cast<std::size_t>(CurveKind::LowCell)).points = {{3.2, 0.0},
                                                                             {3.4, 1.0}};
    EXPECT_NEAR(at(Direction::Discharge, 3.35)->value, kHeld * 150.0, 1e-6) << "3.30 V estimated";
}

TEST_F(UnheardTest, ChargeVoltageIsWhatCellsBearThatNobodyLooksAt) {
    lose(word());
    const Limit cvl = unheardVoltage({56.0, Cause::Member, "B", ""}, state, input());
    EXPECT_NEAR(cvl.value, blind_V(kCells), 1e-9);
    EXPECT_EQ(cvl.cause, Cause::LostMember);
    EXPECT_EQ(cvl.member, "A");
    EXPECT_EQ(unheardVoltage({53.0, Cause::PeakControl, "B", "C1"}, state, input()).value, 53.0);
    settings.cell_V = 3.32;
    EXPECT_NEAR(unheardVoltage({56.0, Cause::Member, "B", ""}, state, input()).value, 3.32 * kCells,
                1e-9);
}

/// What the others leave of the string's voltage, the one cell that is full first gets: tripped
/// packs of the twin at 3.35 V a cell (tests/bench, losses: seeds 140 and 155).
TEST_F(UnheardTest, OneFullCellAmongFlatOnesStaysBelowItsTrip) {
    constexpr double kFlat_V = 3.3131; // LFP of the twin at 80 %, at rest
    constexpr double kTrip_V = 3.65;
    constexpr double kRoom_V = 0.02;
    for (const double inSeries : {4.0, 8.0, 15.0, 16.0, 24.0}) {
        forget(state, "a");
        LastWord lost = word();
        lost.cells = inSeries;
        lost.bank_V = 3.55 * inSeries;
        lose(lost);
        const double cvl_V =
            unheardVoltage({4.0 * inSeries, Cause::Member, "B", ""}, state, input()).value;
        EXPECT_LE(cvl_V - (inSeries - 1.0) * kFlat_V, kTrip_V - kRoom_V) << inSeries;
        EXPECT_GE(cvl_V / inSeries, 3.325) << inSeries << ": and the others get full";
    }
}

TEST_F(UnheardTest, WithoutAFlatCurveAllCellsGetTheSame) {
    preset = presetValues(Preset::Nmc);
    lose(word());
    EXPECT_NEAR(unheardVoltage({70.0, Cause::Member, "B", ""}, state, input()).value,
                std::min(55.2, 4.05 * kCells), 1e-9);
    state.lost.at("a").word.bank_V = 70.0;
    EXPECT_NEAR(unheardVoltage({70.0, Cause::Member, "B", ""}, state, input()).value, 4.05 * kCells,
                1e-9);
}

TEST_F(UnheardTest, ACellThatRanAheadGetsSoMuchLess) {
    LastWord full = word();
    full.highAbove_V = 0.12;
    lose(full);
    EXPECT_NEAR(unheardVoltage({56.0, Cause::Member, "B", ""}, state, input()).value,
                blind_V(kCells) - 0.08 * kCells, 1e-9);
}

TEST_F(UnheardTest, ChargeVoltageIsNotAboveWhatItWas) {
    LastWord held = word();
    held.bank_V = 53.2;
    lose(held);
    EXPECT_EQ(unheardVoltage({56.0, Cause::Member, "B", ""}, state, input()).value, 53.2);
    preset = presetValues(Preset::None);
    EXPECT_EQ(unheardVoltage({56.0, Cause::Member, "B", ""}, state, input()).value, 53.2)
        << "also without a preset";
}

TEST_F(UnheardTest, HeardAgainProvenOffOrIgnoredItHasNoSay) {
    lose(word());
    state.lost.at("a").isOff = true;
    EXPECT_FALSE(at(Direction::Charge, 3.3));
    state.lost.at("a").isOff = false;
    EXPECT_TRUE(at(Direction::Charge, 3.3));
    settings.rule = UnheardRule::Ignore;
    EXPECT_FALSE(at(Direction::Charge, 3.3));
    EXPECT_EQ(unheardVoltage({56.0, Cause::Member, "B", ""}, state, input()).value, 56.0);
    settings.rule = UnheardRule::Hold;
    forget(state, "a");
    EXPECT_FALSE(at(Direction::Charge, 3.3));
    noteLost(state, "a");
    EXPECT_FALSE(at(Direction::Charge, 3.3)) << "nothing is known of it any more";
}

} // namespace
} // namespace busbar::unheard_test
