// SPDX-License-Identifier: MIT
#include "core/gx/dvcc.hpp"
#include "unit/core/owned_gx.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace busbar::dvcc_test {
namespace {

using namespace std::chrono_literals;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Status = OwnedStatus;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// A GX with both settings.
class Dvcc : public OwnedGx<DvccState, DvccInput, DvccValues> {
protected:
    Dvcc() {
        current.value = 100.0;
        voltage.value = kNoVoltageLimit_V;
        input.settings.isEnabled = true;
        input.limit_A = 100.0;
        input.limit_V = 55.2;
    }
    void show() override { input.shown = {shown(current), shown(voltage)}; }
    void takeAll() override {
        take(out.write.maxCharge_A, current, disk.maxCharge_A.has_value());
        take(out.write.maxCharge_V, voltage, disk.maxCharge_V.has_value());
    }
    void becomeFollowing() {
        pass(5s);
        ASSERT_EQ(out.status, Status::InForce);
        pass(60s);
        ASSERT_EQ(out.status, Status::InForce);
        (void)takeAmperes();
        (void)takeEvents();
        writtenAt.clear();
        volts.clear();
    }
    std::vector<double> takeAmperes() { return std::exchange(amperes, {}); }

    WrittenSetting current;
    WrittenSetting voltage;
    std::vector<double>& amperes = current.writes;
    std::vector<double>& volts = voltage.writes;
    std::vector<SteadyTime>& writtenAt = current.writtenAt;
};

TEST_F(Dvcc, SwitchedOffItWritesAndKeepsNothing) {
    input.settings.isEnabled = false;
    EXPECT_EQ(pass(100s), Status::Idle);
    EXPECT_THAT(amperes, IsEmpty());
    EXPECT_THAT(volts, IsEmpty());
    EXPECT_THAT(events, IsEmpty());
    EXPECT_EQ(disk, DvccValues());
    EXPECT_FALSE(out.owners);
    EXPECT_FALSE(out.willCurrent_A);
}

TEST_F(Dvcc, SavesThenFollows) {
    input.limit_A = 60.9;
    input.limit_V = 55.29;
    EXPECT_EQ(pass(), Status::Saving);
    EXPECT_EQ(disk, (DvccValues{100.0, 0.0}));
    EXPECT_THAT(amperes, IsEmpty());
    EXPECT_FALSE(out.willCurrent_A) << "a will without the owner's value on disk would lose it";
    EXPECT_EQ(pass(), Status::Writing);
    EXPECT_THAT(amperes, ElementsAre(60.0)) << "whole amperes, rounded down";
    ASSERT_THAT(volts, SizeIs(1));
    EXPECT_NEAR(volts[0], 55.2, 1e-9);
    EXPECT_EQ(out.willCurrent_A, 0.0);
    EXPECT_EQ(pass(), Status::InForce);
    EXPECT_EQ(out.owners, (DvccValues{100.0, 0.0}));
    pass(1000s);
    EXPECT_THAT(amperes, SizeIs(1));
    EXPECT_THAT(volts, SizeIs(1));
    EXPECT_THAT(events, ElementsAre("the GX's charge current limit follows the bank",
                                    "the GX's charge voltage limit follows the bank"));
}

TEST_F(Dvcc, WritesNothingBeforeTheOwnersValueIsOnDisk) {
    isDiskGood = false;
    input.limit_A = 0.0;
    EXPECT_EQ(pass(100s), Status::Saving);
    EXPECT_THAT(amperes, IsEmpty());
    EXPECT_THAT(events, ElementsAre(HasSubstr("! the GX's charge current limit is not changed"),
                                    HasSubstr("! the GX's charge voltage limit is not changed")));
    isDiskGood = true;
    pass(2s);
    EXPECT_THAT(amperes, ElementsAre(0.0));
}

TEST_F(Dvcc, IsNeverAboveTheOwnersValue) {
    voltage.value = 54.0;
    input.limit_A = 300.0;
    pass(200s);
    EXPECT_THAT(amperes, IsEmpty()) << "100 A are in force";
    EXPECT_THAT(volts, IsEmpty());
    input.limit_A = 80.0;
    pass(5s);
    input.limit_A = 300.0;
    pass(200s);
    EXPECT_THAT(amperes, ElementsAre(80.0, 100.0));
}

TEST_F(Dvcc, WithoutALimitOfTheOwnerTheBankDecides) {
    current.value = kNoCurrentLimit_A;
    input.limit_A = 230.0;
    pass(5s);
    EXPECT_THAT(amperes, ElementsAre(230.0));
    EXPECT_EQ(disk.maxCharge_A, kNoCurrentLimit_A);
    input.limit_A = 99999.0;
    pass(100s);
    EXPECT_EQ(current.value, 10000.0) << "more the setting does not take";
}

TEST_F(Dvcc, AnOwnersZeroIsKept) {
    current.value = 0.0;
    pass(200s);
    EXPECT_THAT(amperes, IsEmpty());
    EXPECT_EQ(out.owners.value_or(DvccValues()).maxCharge_A, 0.0);
}

TEST_F(Dvcc, ALargeCutGoesAtOnceAndASmallOneWaits) {
    becomeFollowing();
    input.limit_A = 90.0;
    pass(1s);
    EXPECT_THAT(takeAmperes(), ElementsAre(90.0));
    input.limit_A = 88.0;
    pass(29s);
    EXPECT_THAT(amperes, IsEmpty()) << "2 A are within the dead band";
    pass(1s);
    EXPECT_THAT(takeAmperes(), ElementsAre(88.0)) << "but they are not forgotten";
    pass(100s);
    input.limit_A = 85.9;
    pass(1s);
    EXPECT_THAT(takeAmperes(), ElementsAre(85.0));
}

TEST_F(Dvcc, CutsKeepDvccsRhythm) {
    becomeFollowing();
    for (int i = 1; i <= 20; ++i) {
        input.limit_A = 100.0 - 5.0 * i;
        pass(1s);
    }
    for (std::size_t i = 1; i < writtenAt.size(); ++i)
        EXPECT_GE(writtenAt[i] - writtenAt[i - 1], 3s);
    EXPECT_LE(amperes.size(), 7U);
    pass(3s);
    EXPECT_EQ(amperes.back(), 0.0);
}

TEST_F(Dvcc, ACutToZeroIsNeverSmall) {
    becomeFollowing();
    input.limit_A = 1.0;
    pass(60s);
    (void)takeAmperes();
    input.limit_A = 0.9;
    pass(1s);
    EXPECT_THAT(takeAmperes(), ElementsAre(0.0));
}

TEST_F(Dvcc, IncreasesAreSeldomAndWorthIt) {
    becomeFollowing();
    input.limit_A = 50.0;
    pass(1s);
    (void)takeAmperes();
    input.limit_A = 70.0;
    pass(29s);
    EXPECT_THAT(amperes, IsEmpty());
    pass(1s);
    EXPECT_THAT(takeAmperes(), ElementsAre(70.0));
    input.limit_A = 71.9;
    pass(300s);
    EXPECT_THAT(amperes, IsEmpty()) << "below the dead band";
    input.limit_A = 72.0;
    pass(1s);
    EXPECT_THAT(takeAmperes(), ElementsAre(72.0));
}

TEST_F(Dvcc, TheFirstAmpereAfterZeroIsWorthIt) {
    becomeFollowing();
    input.limit_A = 0.0;
    pass(60s);
    input.limit_A = 1.0;
    pass(1s);
    EXPECT_THAT(amperes, ElementsAre(0.0, 1.0));
}

TEST_F(Dvcc, FlashIsSparedWhenTheLimitIsRestless) {
    becomeFollowing();
    std::mt19937 random(3);
    std::uniform_real_distribution<double> noise(-1.0, 1.0);
    for (int i = 0; i < 3600; ++i) {
        input.limit_A = 60.0 + noise(random);
        input.limit_V = 55.25 + 0.04 * noise(random);
        pass(1s);
        EXPECT_LE(current.value, 100.0);
    }
    EXPECT_LE(amperes.size(), 4U);
    EXPECT_LE(volts.size(), 1U);
}

TEST_F(Dvcc, NoDataIsZeroAndLeavesTheVoltage) {
    becomeFollowing();
    input.limit_A.reset();
    input.limit_V.reset();
    pass(1s);
    EXPECT_THAT(amperes, ElementsAre(0.0));
    EXPECT_THAT(volts, IsEmpty());
}

TEST_F(Dvcc, ImpossibleLimitsAreNoData) {
    for (const double bad : {kNan, -5.0, std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity()}) {
        state = {};
        disk = {};
        current.value = 100.0;
        current.underWay.clear();
        becomeFollowing();
        input.limit_A = bad;
        input.limit_V = bad;
        pass(1s);
        EXPECT_THAT(takeAmperes(), ElementsAre(0.0)) << bad;
        EXPECT_THAT(volts, IsEmpty()) << bad;
        input.limit_A = 100.0;
        input.limit_V = 55.2;
    }
}

TEST_F(Dvcc, ZeroVoltIsNeverWrittenBecauseItMeansNoLimit) {
    becomeFollowing();
    for (const double bad_V : {0.0, 0.04, 0.099}) {
        input.limit_V = bad_V;
        pass(100s);
    }
    EXPECT_THAT(volts, IsEmpty());
}

TEST_F(Dvcc, ABankThatStartsIsGivenAMinute) {
    input.isStarting = true;
    input.limit_A.reset();
    input.limit_V.reset();
    pass(60s);
    EXPECT_THAT(amperes, IsEmpty());
    EXPECT_EQ(disk.maxCharge_A, 100.0);
    pass(1s);
    EXPECT_THAT(amperes, ElementsAre(0.0));
}

TEST_F(Dvcc, AChangeByTheOwnerIsTheNewValue) {
    becomeFollowing();
    input.limit_A = 50.0;
    pass(200s);
    (void)takeAmperes();
    current.value = 30.0;
    pass(100s);
    EXPECT_THAT(amperes, IsEmpty()) << "lower than the bank's, so it stays";
    EXPECT_EQ(disk.maxCharge_A, 30.0);
    EXPECT_EQ(out.owners.value_or(DvccValues()).maxCharge_A, 30.0);
    current.value = kNoCurrentLimit_A;
    pass(1s);
    EXPECT_EQ(out.toPersist.maxCharge_A, kNoCurrentLimit_A);
    EXPECT_THAT(amperes, IsEmpty()) << "first on disk";
    pass(1s);
    EXPECT_THAT(takeAmperes(), ElementsAre(50.0));
    pass(5s);
    current.value = 0.0;
    pass(200s);
    EXPECT_THAT(amperes, IsEmpty())
        << "the owner stops charging, on a link that is up all the time";
    EXPECT_EQ(disk.maxCharge_A, 0.0);
}

TEST_F(Dvcc, WritesThatArriveLateAreNoChangeByTheOwner) {
    delay = 8s;
    input.limit_A = 90.0;
    pass(3s);
    for (int i = 0; i < 40; ++i) {
        input.limit_A = 90.0 - 2.0 * i;
        pass(1s);
        EXPECT_EQ(disk.maxCharge_A, 100.0);
    }
    pass(60s);
    EXPECT_EQ(disk.maxCharge_A, 100.0);
    EXPECT_EQ(current.value, 12.0);
}

/// Whatever the value that is shown was before: what has not arrived may still do so.
TEST_F(Dvcc, AWriteThatArrivesAfterItsWithdrawalIsNotTheOwners) {
    becomeFollowing();
    input.settings.interval = 3s;
    delay = 7s;
    input.limit_A = 50.0;
    pass(1s);
    input.limit_A = 100.0;
    for (int i = 0; i < 30; ++i) {
        pass(1s);
        EXPECT_EQ(disk.maxCharge_A, 100.0) << "after " << i << " s";
    }
    EXPECT_THAT(amperes, ElementsAre(50.0, 100.0));
    EXPECT_EQ(current.value, 100.0);
}

TEST_F(Dvcc, SwitchedOffBeforeItsWriteHasArrivedItForgetsNothing) {
    becomeFollowing();
    delay = 7s;
    input.limit_A = 50.0;
    pass(1s);
    input.settings.isEnabled = false;
    pass(5s);
    EXPECT_EQ(disk.maxCharge_A, 100.0) << "50 A may still arrive";
    pass(30s);
    EXPECT_EQ(current.value, 100.0);
    EXPECT_EQ(disk, DvccValues());
}

TEST_F(Dvcc, ACutThatIsLostBehindAnotherIsWrittenAgain) {
    becomeFollowing();
    delay = 4s;
    input.limit_A = 50.0;
    pass(1s);
    input.limit_A = 10.0;
    pass(3s);
    ASSERT_THAT(amperes, ElementsAre(50.0, 10.0));
    current.underWay.pop_back();
    pass(20s);
    EXPECT_EQ(current.value, 10.0);
}

TEST_F(Dvcc, ARefusedSettingIsSaidOnceAndTriedSeldom) {
    becomeFollowing();
    isRefusing = true;
    input.limit_A = 20.0;
    EXPECT_EQ(pass(15s), Status::Refused);
    EXPECT_THAT(takeEvents(),
                ElementsAre(HasSubstr("! the GX's charge current limit is not taken")));
    pass(4000s);
    EXPECT_THAT(events, IsEmpty());
    EXPECT_LE(amperes.size(), 18U);
    for (std::size_t i = 5; i < writtenAt.size(); ++i)
        EXPECT_GE(writtenAt[i] - writtenAt[i - 1], 300s);
    isRefusing = false;
    EXPECT_EQ(pass(302s), Status::InForce);
    EXPECT_EQ(current.value, 20.0);
    EXPECT_EQ(disk.maxCharge_A, 100.0);
    EXPECT_THAT(takeEvents(), ElementsAre(HasSubstr("current limit follows")));
}

TEST_F(Dvcc, ARefusalThatNoLongerMattersIsOver) {
    becomeFollowing();
    isRefusing = true;
    input.limit_A = 20.0;
    ASSERT_EQ(pass(15s), Status::Refused);
    input.limit_A = 100.0;
    EXPECT_EQ(pass(2000s), Status::InForce) << "100 A are in force";
}

TEST_F(Dvcc, AnotherProgramThatKeepsWritingIsNotOutdone) {
    becomeFollowing();
    input.limit_A = 20.0;
    for (int i = 0; i < 600; ++i) {
        pass(1s);
        if (current.value == 20.0)
            current.value = 100.0;
    }
    EXPECT_EQ(out.status, Status::Contested);
    EXPECT_LE(amperes.size(), 16U);
    EXPECT_THAT(takeEvents(),
                ElementsAre(HasSubstr("! the GX's charge current limit is changed by")));
    EXPECT_EQ(pass(700s), Status::InForce);
    EXPECT_EQ(current.value, 20.0);
}

TEST_F(Dvcc, AnUnreadableSettingIsLeftAloneAndSaidOnce) {
    becomeFollowing();
    isReadable = false;
    input.limit_A = 0.0;
    EXPECT_EQ(pass(300s), Status::Unreadable);
    EXPECT_THAT(amperes, IsEmpty());
    EXPECT_THAT(takeEvents(),
                ElementsAre(HasSubstr("! the GX's charge current limit cannot be read"),
                            HasSubstr("! the GX's charge voltage limit cannot")));
    EXPECT_EQ(disk, (DvccValues{100.0, 0.0}));
    isReadable = true;
    pass(5s);
    EXPECT_THAT(amperes, ElementsAre(0.0));
}

TEST_F(Dvcc, TheWillsZeroIsNotTheOwners) {
    input.isWillArmed = true;
    becomeFollowing();
    isReadable = false;
    pass(90s);
    current.value = 0.0; // executed by the broker
    isReadable = true;
    pass(2s);
    EXPECT_EQ(disk.maxCharge_A, 100.0);
    EXPECT_THAT(amperes, ElementsAre(100.0)) << "back at once, the last write is long ago";
}

TEST_F(Dvcc, AWillThatIsExecutedAfterItsSessionWasLostIsNotTheOwners) {
    input.isWillArmed = true;
    becomeFollowing();
    pass(500s);
    input.isWillArmed = false;
    pass(20s);
    input.isWillArmed = true;
    pass(70s);
    current.value = 0.0;
    pass(40s);
    EXPECT_EQ(disk.maxCharge_A, 100.0);
    EXPECT_EQ(current.value, 100.0);
    pass(200s);
    current.value = 0.0;
    pass(40s);
    EXPECT_EQ(disk.maxCharge_A, 0.0) << "now nobody but the owner can have written it";
}

TEST_F(Dvcc, AChangeByTheOwnerDuringALostLinkIsSeenAfterwards) {
    becomeFollowing();
    isReadable = false;
    pass(500s);
    current.value = 40.0;
    isReadable = true;
    pass(100s);
    EXPECT_EQ(disk.maxCharge_A, 40.0);
    EXPECT_THAT(amperes, IsEmpty());
}

TEST_F(Dvcc, AWriteThatArrivedBehindALostLinkIsNotTheOwners) {
    becomeFollowing();
    delay = 3s;
    input.limit_A = 50.0;
    pass(1s);
    isReadable = false;
    pass(2000s);
    isReadable = true;
    pass(5s);
    EXPECT_EQ(current.value, 50.0);
    EXPECT_EQ(disk.maxCharge_A, 100.0);
}

TEST_F(Dvcc, ARestartGoesOnWithTheOwnersValue) {
    becomeFollowing();
    input.limit_A = 50.0;
    pass(5s);
    crash();
    EXPECT_EQ(ownersAtStart(input.settings, disk), (DvccValues{100.0, 0.0}));
    input.limit_A = 70.0;
    pass(100s);
    EXPECT_EQ(disk, (DvccValues{100.0, 0.0}));
    EXPECT_EQ(out.owners, (DvccValues{100.0, 0.0}));
    EXPECT_EQ(current.value, 70.0);
}

TEST_F(Dvcc, ACrashBetweenSavingAndWritingLosesNothing) {
    input.limit_A = 50.0;
    pass(1s);
    ASSERT_EQ(disk.maxCharge_A, 100.0);
    crash();
    pass(5s);
    EXPECT_EQ(current.value, 50.0);
    EXPECT_EQ(disk.maxCharge_A, 100.0);
}

TEST_F(Dvcc, AfterARestartAHigherValueIsTheOwners) {
    becomeFollowing();
    input.limit_A = 50.0;
    pass(5s);
    crash();
    current.value = 150.0;
    voltage.value = kNoVoltageLimit_V;
    input.limit_A = 200.0;
    pass(100s);
    EXPECT_EQ(disk.maxCharge_A, 150.0);
    EXPECT_EQ(current.value, 150.0);
}

TEST_F(Dvcc, TheEarlierRunsWillMayComeAfterTheRestart) {
    becomeFollowing();
    input.limit_A = 50.0;
    pass(5s);
    crash();
    pass(60s);
    current.value = 0.0;
    pass(40s);
    EXPECT_EQ(disk.maxCharge_A, 100.0);
    EXPECT_EQ(current.value, 50.0);
}

TEST_F(Dvcc, SwitchedOffItPutsTheOwnersValuesBackAndForgetsThemWhenSeen) {
    becomeFollowing();
    input.limit_A = 50.0;
    pass(5s);
    (void)takeAmperes();
    input.settings.isEnabled = false;
    EXPECT_EQ(pass(), Status::Restoring);
    EXPECT_THAT(amperes, ElementsAre(100.0));
    EXPECT_THAT(volts, ElementsAre(0.0));
    EXPECT_EQ(disk, (DvccValues{100.0, 0.0}));
    pass(2s);
    EXPECT_EQ(out.status, Status::Idle);
    EXPECT_EQ(disk, DvccValues());
    EXPECT_FALSE(out.owners);
    pass(100s);
    EXPECT_THAT(amperes, SizeIs(1));
    input.settings.isEnabled = true;
    pass(5s);
    EXPECT_EQ(current.value, 50.0);
}

TEST_F(Dvcc, ACrashOfAModeThatIsSwitchedOffThenIsStillPutRight) {
    becomeFollowing();
    input.limit_A = 50.0;
    pass(5s);
    crash();
    input.settings.isEnabled = false;
    pass(5s);
    EXPECT_EQ(current.value, 100.0);
    EXPECT_EQ(voltage.value, 0.0);
    EXPECT_EQ(disk, DvccValues());
}

TEST_F(Dvcc, AtTheEndTheOwnersValuesGoBackAndStayOnDisk) {
    EXPECT_EQ(finalWrites(state), DvccValues());
    becomeFollowing();
    EXPECT_EQ(finalWrites(state), (DvccValues{std::nullopt, 0.0})) << "100 A are the owner's";
    input.limit_A = 50.0;
    pass(1s);
    EXPECT_EQ(finalWrites(state), (DvccValues{100.0, 0.0})) << "under way counts";
    pass(5s);
    const DvccValues last = finalWrites(state);
    ASSERT_EQ(last, (DvccValues{100.0, 0.0}));
    current.value = *last.maxCharge_A;
    current.underWay.clear();
    voltage.value = *last.maxCharge_V;
    voltage.underWay.clear();
    crash();
    input.settings.isEnabled = false;
    pass(1s);
    EXPECT_EQ(disk, DvccValues());
    EXPECT_THAT(finalWrites(state), DvccValues());
}

TEST_F(Dvcc, AClockOnTheWallThatJumpsChangesNothing) {
    becomeFollowing();
    input.limit_A = 50.0;
    pass(1s);
    now.wall += 10000h;
    input.limit_A = 90.0;
    pass(29s);
    EXPECT_EQ(current.value, 50.0);
    now.wall -= 20000h;
    pass(2s);
    EXPECT_EQ(current.value, 90.0);
}

TEST_F(Dvcc, EveryStatusHasItsText) {
    expectWords(dvccCurrentPolicy());
    expectWords(dvccVoltagePolicy());
}

TEST_F(Dvcc, NothingEverWrittenIsAboveTheLimitOrTheOwnersValue) {
    std::mt19937 random(17);
    const auto pick = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
    double owners_A = 100.0;
    for (int i = 0; i < 20000; ++i) {
        if (pick(40) == 0)
            input.limit_A = pick(9) == 0 ? std::nullopt : std::optional(0.1 * pick(1500));
        if (pick(300) == 0)
            isReadable = !isReadable;
        if (pick(900) == 0)
            crash();
        isRefusing = pick(900) == 0 ? !isRefusing : isRefusing;
        isDiskGood = pick(30) != 0;
        (void)takeAmperes();
        pass(1s);
        owners_A = disk.maxCharge_A.value_or(owners_A);
        EXPECT_EQ(owners_A, 100.0) << "nobody else writes";
        for (const double written_A : amperes) {
            EXPECT_LE(written_A, input.limit_A.value_or(0.0));
            EXPECT_LE(written_A, owners_A);
            EXPECT_EQ(written_A, std::floor(written_A));
        }
    }
}

} // namespace
} // namespace busbar::dvcc_test
