// SPDX-License-Identifier: MIT
#include "core/gx/feed_in.hpp"
#include "unit/core/owned_gx.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace busbar::feed_in_test {
namespace {

using namespace std::chrono_literals;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Status = OwnedStatus;

/// A GX with the one setting.
class FeedIn : public OwnedGx<FeedInState, FeedInInput, std::optional<double>> {
protected:
    FeedIn() {
        gx.value = 1.0;
        input.mayWrite = true;
        input.mayReturn = true;
    }
    void show() override { input.setting = shown(gx); }
    void takeAll() override { take(out.write, gx, out.write != 0.0 || disk); }
    /// Feed-in must be off.
    void block() {
        input.wantsOff = true;
        input.mayReturn = false;
    }
    void unblock() {
        input.wantsOff = false;
        input.mayReturn = true;
    }
    void becomeOff() {
        pass();
        block();
        ASSERT_EQ(pass(4s), Status::InForce);
        ASSERT_EQ(setting, 0.0);
    }
    std::vector<double> takeWrites() { return std::exchange(writes, {}); }

    WrittenSetting gx;
    double& setting = gx.value;
    std::vector<double>& writes = gx.writes;
    std::vector<SteadyTime>& writtenAt = gx.writtenAt;
};

TEST_F(FeedIn, LeavesTheSettingAloneWhileNothingIsWrong) {
    EXPECT_EQ(pass(100s), Status::Idle);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_THAT(words, IsEmpty());
    EXPECT_EQ(disk, std::nullopt);
}

TEST_F(FeedIn, SavesSwitchesOffAndRestores) {
    pass();
    block();
    EXPECT_EQ(pass(), Status::Saving);
    EXPECT_EQ(disk, 1.0);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_EQ(pass(), Status::Writing);
    EXPECT_THAT(takeWrites(), ElementsAre(0.0));
    EXPECT_EQ(pass(), Status::InForce);
    EXPECT_EQ(pass(100s), Status::InForce);
    unblock();
    EXPECT_EQ(pass(10s), Status::InForce);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_EQ(pass(), Status::Restoring);
    EXPECT_THAT(takeWrites(), ElementsAre(1.0));
    EXPECT_EQ(disk, 1.0) << "forgotten only when it is seen";
    EXPECT_EQ(pass(), Status::Idle);
    EXPECT_EQ(disk, std::nullopt);
    EXPECT_THAT(words, ElementsAre("off", "idle"));
    EXPECT_EQ(pass(100s), Status::Idle);
    EXPECT_THAT(writes, IsEmpty());
}

TEST_F(FeedIn, WritesNothingBeforeTheValueIsOnDisk) {
    pass();
    block();
    isDiskGood = false;
    EXPECT_EQ(pass(100s), Status::Saving);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_THAT(words, ElementsAre("! saving"));
    EXPECT_THAT(out.text, HasSubstr("has to be saved"));
    isDiskGood = true;
    EXPECT_EQ(pass(3s), Status::InForce);
    EXPECT_THAT(writes, ElementsAre(0.0));
}

TEST_F(FeedIn, AnEpisodeThatEndsWhileSavingChangesNothing) {
    pass();
    block();
    isDiskGood = false;
    pass();
    unblock();
    isDiskGood = true;
    EXPECT_EQ(pass(), Status::Idle);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_EQ(disk, std::nullopt);
}

TEST_F(FeedIn, WritesNothingWithoutPermission) {
    input.mayWrite = false;
    pass();
    block();
    EXPECT_EQ(pass(100s), Status::Idle);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_EQ(disk, std::nullopt);
}

TEST_F(FeedIn, OwnersZeroStaysZero) {
    setting = 0.0;
    pass();
    block();
    EXPECT_EQ(pass(100s), Status::Idle);
    unblock();
    EXPECT_EQ(pass(100s), Status::Idle);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_EQ(disk, std::nullopt);
}

TEST_F(FeedIn, WritesNothingWhileTheSettingIsUnreadable) {
    isReadable = false;
    block();
    EXPECT_EQ(pass(100s), Status::Unreadable);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_THAT(takeWords(), ElementsAre("! unreadable"));
    isReadable = true;
    EXPECT_EQ(pass(4s), Status::InForce);
    EXPECT_THAT(takeWrites(), ElementsAre(0.0));
    isReadable = false;
    unblock();
    EXPECT_EQ(pass(100s), Status::Unreadable);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_EQ(disk, 1.0) << "still to be restored";
    isReadable = true;
    EXPECT_EQ(pass(3s), Status::Idle);
    EXPECT_THAT(writes, ElementsAre(1.0));
}

TEST_F(FeedIn, AShortBlackoutIsNotWorthAWord) {
    becomeOff();
    (void)takeWords();
    isReadable = false;
    EXPECT_EQ(pass(9s), Status::Unreadable);
    isReadable = true;
    EXPECT_EQ(pass(30s), Status::InForce);
    EXPECT_THAT(words, IsEmpty());
}

TEST_F(FeedIn, UnreadableIsNoMatterWhileNothingIsWrong) {
    pass();
    isReadable = false;
    EXPECT_EQ(pass(100s), Status::Idle);
    EXPECT_THAT(words, IsEmpty());
}

TEST_F(FeedIn, ARefusedWriteIsRepeatedLessAndLessOften) {
    pass();
    block();
    isRefusing = true;
    EXPECT_EQ(pass(11s), Status::Writing);
    EXPECT_EQ(pass(1000s), Status::Refused);
    std::vector<SteadyTime::duration> gaps;
    for (std::size_t i = 1; i < writtenAt.size(); ++i)
        gaps.push_back(writtenAt[i] - writtenAt[i - 1]);
    EXPECT_THAT(gaps, ElementsAre(10s, 30s, 60s, 300s, 300s, 300s));
    EXPECT_THAT(takeWrites(), ::testing::Each(0.0));
    EXPECT_THAT(takeWords(), ElementsAre("! refused"));
    isRefusing = false;
    EXPECT_EQ(pass(301s), Status::InForce);
    EXPECT_THAT(takeWrites(), ElementsAre(0.0));
    EXPECT_THAT(takeWords(), ElementsAre("off"));
}

TEST_F(FeedIn, ARefusedRestoreIsRepeatedAndTheValueKept) {
    becomeOff();
    isRefusing = true;
    unblock();
    (void)takeWrites();
    pass(200s);
    EXPECT_EQ(out.status, Status::Refused);
    EXPECT_THAT(takeWrites(), ElementsAre(1.0, 1.0, 1.0, 1.0));
    EXPECT_EQ(disk, 1.0);
    isRefusing = false;
    EXPECT_EQ(pass(301s), Status::Idle);
    EXPECT_EQ(disk, std::nullopt);
    EXPECT_EQ(setting, 1.0);
}

TEST_F(FeedIn, ARefusedSwitchIsGivenUpWhenItIsNotNeededAnyMore) {
    pass();
    block();
    isRefusing = true;
    pass(30s);
    unblock();
    (void)takeWrites();
    EXPECT_EQ(pass(60s), Status::Idle);
    EXPECT_EQ(disk, std::nullopt);
    EXPECT_EQ(setting, 1.0);
}

TEST_F(FeedIn, OwnersChangeEndsTheEpisode) {
    becomeOff();
    (void)takeWrites();
    setting = 1.0;
    EXPECT_EQ(pass(), Status::Contested);
    EXPECT_EQ(disk, std::nullopt) << "what is in force needs no restoring";
    EXPECT_EQ(pass(1000s), Status::Contested);
    input.mayReturn = true;
    EXPECT_EQ(pass(100s), Status::Contested) << "charging is blocked by something else";
    EXPECT_THAT(writes, IsEmpty());
    unblock();
    EXPECT_EQ(pass(9s), Status::Contested);
    block();
    EXPECT_EQ(pass(100s), Status::Contested) << "a short pause ends no episode";
    EXPECT_THAT(writes, IsEmpty());
    unblock();
    EXPECT_EQ(pass(11s), Status::Idle);
    block();
    EXPECT_EQ(pass(4s), Status::InForce) << "the next episode is a new one";
    EXPECT_THAT(writes, ElementsAre(0.0));
}

TEST_F(FeedIn, OwnersZeroBeforeTheWriteIsRespected) {
    pass();
    block();
    pass();
    setting = 0.0;
    EXPECT_EQ(pass(), Status::Idle);
    unblock();
    EXPECT_EQ(pass(200s), Status::Idle);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_EQ(disk, std::nullopt);
}

TEST_F(FeedIn, ACrashBetweenSavingAndWritingLosesNothing) {
    pass();
    block();
    pass();
    ASSERT_EQ(disk, 1.0);
    crash();
    unblock();
    EXPECT_EQ(pass(100s), Status::Idle);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_EQ(disk, std::nullopt);
    EXPECT_EQ(setting, 1.0);
}

TEST_F(FeedIn, ACrashBetweenSavingAndWritingStartsTheEpisodeAnew) {
    pass();
    block();
    pass();
    crash();
    EXPECT_EQ(pass(5s), Status::InForce);
    EXPECT_EQ(disk, 1.0);
    EXPECT_THAT(writes, ElementsAre(0.0));
}

TEST_F(FeedIn, ACrashWhileOffIsCarriedOn) {
    becomeOff();
    crash();
    (void)takeWrites();
    EXPECT_EQ(pass(100s), Status::InForce);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_EQ(disk, 1.0);
    unblock();
    EXPECT_EQ(pass(20s), Status::Idle);
    EXPECT_EQ(setting, 1.0);
    EXPECT_EQ(disk, std::nullopt);
}

TEST_F(FeedIn, ACrashWhileOffIsRepairedAlsoIfAllIsWellSince) {
    becomeOff();
    crash();
    unblock();
    EXPECT_EQ(pass(70s), Status::Idle);
    EXPECT_EQ(setting, 1.0);
    EXPECT_EQ(disk, std::nullopt);
}

TEST_F(FeedIn, ACrashWhileTheZeroIsUnderWayIsRepaired) {
    pass();
    block();
    delay = 5s;
    pass(2s);
    ASSERT_THAT(writes, ElementsAre(0.0));
    crash();
    unblock();
    EXPECT_EQ(pass(100s), Status::Idle);
    EXPECT_EQ(setting, 1.0);
    EXPECT_EQ(disk, std::nullopt);
}

TEST_F(FeedIn, ACrashAfterRestoringForgets) {
    becomeOff();
    unblock();
    pass(61s);
    crash();
    disk = 1.0;
    ASSERT_EQ(setting, 1.0);
    (void)takeWrites();
    EXPECT_EQ(pass(12s), Status::Idle);
    EXPECT_EQ(disk, std::nullopt);
    EXPECT_THAT(writes, IsEmpty());
}

TEST_F(FeedIn, AfterARestartNothingIsForgottenBeforeTheSettingIsRead) {
    becomeOff();
    crash();
    isReadable = false;
    unblock();
    EXPECT_EQ(pass(100s), Status::Unreadable);
    EXPECT_EQ(disk, 1.0);
    isReadable = true;
    EXPECT_EQ(pass(70s), Status::Idle);
    EXPECT_EQ(setting, 1.0);
}

TEST_F(FeedIn, StaysOffForAMinute) {
    becomeOff();
    unblock();
    (void)takeWrites();
    EXPECT_EQ(pass(50s), Status::InForce);
    EXPECT_THAT(writes, IsEmpty());
    pass(20s);
    EXPECT_THAT(writes, ElementsAre(1.0));
}

TEST_F(FeedIn, ReturnsOnlyAfterTenCalmSeconds) {
    becomeOff();
    pass(100s);
    (void)takeWrites();
    for (int i = 0; i < 20; ++i) {
        unblock();
        pass(9s);
        block();
        pass(1s);
    }
    EXPECT_THAT(writes, IsEmpty());
    unblock();
    pass(12s);
    EXPECT_THAT(writes, ElementsAre(1.0));
}

TEST_F(FeedIn, ReturnsWheneverItMayAndNotOnlyAtTheEdge) {
    becomeOff();
    input.wantsOff = false; // the peak is over, but the cells are not equal yet
    EXPECT_EQ(pass(1000s), Status::InForce);
    input.mayReturn = true; // … long after
    EXPECT_EQ(pass(13s), Status::Idle);
    EXPECT_EQ(setting, 1.0);
}

TEST_F(FeedIn, DoesNotReturnWhileItIsWantedOffWithEqualCells) {
    becomeOff();
    input.mayReturn = true;
    (void)takeWrites();
    EXPECT_EQ(pass(1000s), Status::InForce);
    EXPECT_THAT(writes, IsEmpty());
}

TEST_F(FeedIn, TurnsRoundWhileARestoreIsUnderWay) {
    becomeOff();
    unblock();
    delay = 4s;
    while (out.status != Status::Restoring)
        pass();
    block();
    pass(30s);
    EXPECT_EQ(out.status, Status::InForce) << "the late 1 was its own, not the owner's";
    EXPECT_EQ(setting, 0.0);
    EXPECT_EQ(disk, 1.0);
    unblock();
    delay = 1s;
    EXPECT_EQ(pass(100s), Status::Idle);
    EXPECT_EQ(setting, 1.0);
}

TEST_F(FeedIn, AZeroThatIsStillUnderWayIsNotForgotten) {
    pass();
    block();
    isRefusing = true;
    pass(95s); // 0 was written three times in vain
    unblock();
    isRefusing = false;
    delay = 8s;
    (void)takeWrites();
    while (out.status != Status::Restoring)
        pass();
    EXPECT_THAT(takeWrites(), ElementsAre(0.0, 1.0));
    EXPECT_EQ(setting, 1.0) << "the 0 has not arrived";
    pass(20s);
    EXPECT_EQ(out.status, Status::Idle);
    EXPECT_EQ(setting, 1.0);
    EXPECT_EQ(disk, std::nullopt);
}

TEST_F(FeedIn, ClockStepsChangeNothing) {
    becomeOff();
    (void)takeWrites();
    now.wall += 24h;
    unblock();
    EXPECT_EQ(pass(5s), Status::InForce);
    now.wall -= 48h;
    EXPECT_EQ(pass(5s), Status::InForce);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_EQ(pass(60s), Status::Idle);
    EXPECT_THAT(writes, ElementsAre(1.0));
}

TEST_F(FeedIn, PermissionThatIsWithdrawnGivesTheOwnersValueBackAtOnce) {
    becomeOff();
    (void)takeWrites();
    input.mayWrite = false;
    EXPECT_EQ(finalWrite(state), 1.0) << "giving back needs no permission";
    EXPECT_EQ(pass(3s), Status::Idle) << "although charging is still blocked";
    EXPECT_THAT(writes, ElementsAre(1.0));
    EXPECT_EQ(setting, 1.0);
    EXPECT_EQ(disk, std::nullopt);
    EXPECT_EQ(pass(1000s), Status::Idle);
    EXPECT_THAT(writes, ElementsAre(1.0)) << "and nothing more is written";
}

TEST_F(FeedIn, PermissionThatIsWithdrawnWhileTheZeroIsUnderWayGivesBackToo) {
    pass();
    block();
    delay = 3s;
    pass(2s);
    EXPECT_THAT(writes, ElementsAre(0.0));
    input.mayWrite = false;
    pass(20s);
    EXPECT_EQ(setting, 1.0);
    EXPECT_EQ(disk, std::nullopt);
}

TEST_F(FeedIn, WhatAnEarlierRunHasLeftIsGivenBackWithoutPermission) {
    disk = 1.0;
    setting = 0.0;
    input.mayWrite = false;
    EXPECT_EQ(pass(3s), Status::Idle);
    EXPECT_THAT(writes, ElementsAre(1.0));
    EXPECT_EQ(setting, 1.0);
    EXPECT_EQ(disk, std::nullopt);
}

TEST_F(FeedIn, TheLastWriteRestoresWhatWasChanged) {
    EXPECT_EQ(finalWrite(state), std::nullopt);
    pass();
    EXPECT_EQ(finalWrite(state), std::nullopt);
    block();
    pass();
    EXPECT_EQ(finalWrite(state), std::nullopt) << "only saved so far";
    pass();
    EXPECT_EQ(finalWrite(state), 1.0) << "a 0 is under way";
    pass(2s);
    EXPECT_EQ(finalWrite(state), 1.0);
    unblock();
    pass(100s);
    EXPECT_EQ(finalWrite(state), std::nullopt);
    block();
    pass(4s);
    setting = 1.0;
    pass();
    EXPECT_EQ(finalWrite(state), std::nullopt) << "left to the owner";
}

TEST_F(FeedIn, AForeignZeroOnDiskRestoresNothing) {
    disk = 0.0;
    setting = 0.0;
    EXPECT_EQ(pass(100s), Status::Idle);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_EQ(disk, std::nullopt);
}

TEST_F(FeedIn, EveryStatusHasItsText) {
    expectWords(feedInPolicy());
}

/// Whatever happens: the owner's 1 is never lost, and 0 is never written unsaved (checked in
/// `cycle`).
TEST_F(FeedIn, NoSequenceOfMishapsLosesTheOwnersValue) {
    std::uint32_t random = 1;
    const auto chance = [&](std::uint32_t oneIn) {
        random = random * 1664525U + 1013904223U; // Numerical Recipes' generator
        return (random >> 16U) % oneIn == 0;
    };
    for (int round = 0; round < 300; ++round) {
        for (int i = 0; i < 200; ++i) {
            if (chance(25))
                input.wantsOff ? unblock() : block();
            if (chance(40))
                isReadable = !isReadable;
            if (chance(40))
                isRefusing = !isRefusing;
            if (chance(40))
                isDiskGood = !isDiskGood;
            if (chance(30))
                delay = chance(2) ? 1s : 5s;
            if (chance(60))
                crash();
            pass();
        }
        unblock();
        isReadable = true;
        isRefusing = false;
        isDiskGood = true;
        delay = 1s;
        pass(400s);
        ASSERT_EQ(setting, 1.0) << "round " << round;
        ASSERT_EQ(out.status, Status::Idle) << "round " << round;
        ASSERT_EQ(disk, std::nullopt) << "round " << round;
    }
}

} // namespace
} // namespace busbar::feed_in_test
