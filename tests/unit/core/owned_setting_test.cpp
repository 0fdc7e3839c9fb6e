// SPDX-License-Identifier: MIT
#include "core/gx/owned_setting.hpp"
#include "unit/core/owned_gx.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

namespace busbar::owned_setting_test {

using namespace std::chrono_literals;

constexpr OwnedRows kMadeRows = {{
    {OwnedStatus::Idle, "idle", false, 0s, "is the owner's"},
    {OwnedStatus::InForce, "in_force", false, 0s, "is as wanted"},
    {OwnedStatus::Writing, "writing", false, std::nullopt, "is written"},
    {OwnedStatus::Saving, "saving", true, 10s, "is saved"},
    {OwnedStatus::Restoring, "restoring", false, std::nullopt, "is given back"},
    {OwnedStatus::Contested, "contested", true, 0s, "is contested"},
    {OwnedStatus::Refused, "refused", true, 0s, "is refused"},
    {OwnedStatus::Unreadable, "unreadable", true, 10s, "is not read"},
}};
static_assert(areInOrder(kMadeRows));

/// A third setting: all that it takes.
OwnedPolicy madePolicy(OwnedTenure tenure) {
    return {.name = "made",
            .subject = "the made setting ",
            .rows = &kMadeRows,
            .tenure = tenure,
            .mayArrive = kUnseenWrite,
            .rhythm = 3s,
            .noLimit = std::nullopt};
}

/// For the fixture: a policy with its state and its wish.
struct MadeState {
    OwnedPolicy policy = madePolicy(OwnedTenure::Lasting);
    OwnedState setting;
};

OwnedOutput step(MadeState& state, const OwnedInput& input, const Now& now) {
    return busbar::step(state.setting, state.policy, input, now.steady);
}

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Status = OwnedStatus;

/// A GX with a setting of the owner's, 100, of which 40 is wanted.
class OwnedSetting : public OwnedGx<MadeState, OwnedInput, std::optional<double>> {
protected:
    OwnedSetting() {
        gx.value = 100.0;
        input.target = 40.0;
    }
    void show() override { input.shown = shown(gx); }
    void takeAll() override { take(out.write, gx, disk.has_value()); }
    void reach(Status status) {
        for (int i = 0; i < 700 && out.status != status; ++i)
            pass();
        ASSERT_EQ(out.status, status);
    }
    void crashKeepingPolicy() { state.setting = {}; }

    WrittenSetting gx;
};

class OwnedOfEachTenure : public OwnedSetting, public ::testing::WithParamInterface<OwnedTenure> {
protected:
    OwnedOfEachTenure() { state.policy = madePolicy(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(All, OwnedOfEachTenure,
                         ::testing::Values(OwnedTenure::Lasting, OwnedTenure::Episode));

TEST_P(OwnedOfEachTenure, IsSavedWrittenSeenRestoredAndForgotten) {
    EXPECT_EQ(pass(), Status::Idle);
    input.isWanted = true;
    EXPECT_EQ(pass(), Status::Saving);
    EXPECT_EQ(disk, 100.0);
    EXPECT_THAT(gx.writes, IsEmpty());
    EXPECT_EQ(pass(), Status::Writing);
    EXPECT_EQ(pass(), Status::InForce);
    EXPECT_EQ(gx.value, 40.0);
    input.isWanted = false;
    pass(2s);
    EXPECT_EQ(pass(2s), Status::Idle);
    EXPECT_THAT(gx.writes, ElementsAre(40.0, 100.0));
    EXPECT_EQ(disk, std::nullopt);
    EXPECT_THAT(words, ElementsAre("in_force", "idle"));
    EXPECT_EQ(events.front(), "the made setting is as wanted");
}

TEST_P(OwnedOfEachTenure, IsNeverSetAboveTheOwners) {
    input.isWanted = true;
    input.target = 150.0;
    pass(100s);
    EXPECT_THAT(gx.writes, IsEmpty());
}

TEST_P(OwnedOfEachTenure, ThatIsRefusedIsTriedAtOnceWhenSomethingElseIsWanted) {
    input.isWanted = true;
    isRefusing = true;
    reach(Status::Refused);
    pass(80s);
    gx.writes.clear();
    input.isWanted = false;
    isRefusing = false;
    gx.value = 40.0; // the last write came after all
    pass(3s);
    EXPECT_THAT(gx.writes, ElementsAre(100.0));
    reach(Status::Idle);
    EXPECT_EQ(gx.value, 100.0);
}

/// A write that is under way behind one that shows nothing new.
TEST_P(OwnedOfEachTenure, ThatTurnsRoundWithASlowGxIsTheOwnersInTheEnd) {
    input.isWanted = true;
    delay = 7s;
    pass(3s);
    ASSERT_THAT(gx.writes, ElementsAre(40.0));
    input.isWanted = false;
    pass(5s);
    ASSERT_THAT(gx.writes, ElementsAre(40.0, 100.0));
    EXPECT_EQ(disk, 100.0) << "40 may still arrive";
    pass(30s);
    EXPECT_EQ(gx.value, 100.0);
    EXPECT_EQ(out.status, Status::Idle);
    EXPECT_EQ(disk, std::nullopt);
}

TEST_P(OwnedOfEachTenure, ThatIsUnreadableIsLeftAlone) {
    input.isWanted = true;
    isReadable = false;
    EXPECT_EQ(pass(100s), Status::Unreadable);
    EXPECT_THAT(gx.writes, IsEmpty());
    EXPECT_THAT(words, ElementsAre("! unreadable"));
}

TEST_P(OwnedOfEachTenure, ThatACrashLeftBehindIsPutRight) {
    input.isWanted = true;
    reach(Status::InForce);
    crashKeepingPolicy();
    input.isWanted = false;
    reach(Status::Idle);
    EXPECT_EQ(gx.value, 100.0);
    EXPECT_EQ(disk, std::nullopt);
}

TEST_P(OwnedOfEachTenure, IsGivenBackAtTheEndAlsoIfItsWriteWasNeverSeen) {
    EXPECT_EQ(finalWrite(state.setting), std::nullopt);
    input.isWanted = true;
    pass();
    EXPECT_EQ(finalWrite(state.setting), std::nullopt) << "only saved so far";
    isRefusing = true;
    reach(Status::Refused);
    pass(20s);
    EXPECT_EQ(finalWrite(state.setting), 100.0);
}

TEST_P(OwnedOfEachTenure, WhoseWriteIsTakenVeryLateIsStillOurs) {
    input.isWanted = true;
    isRefusing = true;
    reach(Status::Refused);
    pass(25s);
    gx.value = 40.0;
    EXPECT_EQ(pass(), Status::InForce);
    EXPECT_EQ(disk, 100.0);
}

TEST_F(OwnedSetting, OfALastingTenureTakesAChangeForTheOwners) {
    input.isWanted = true;
    reach(Status::InForce);
    gx.value = 30.0;
    pass(2s);
    EXPECT_EQ(disk, 30.0);
    EXPECT_EQ(out.status, Status::InForce) << "lower than what is wanted";
    input.isWanted = false;
    pass(2s);
    EXPECT_EQ(gx.value, 30.0);
}

TEST_F(OwnedSetting, OfALastingTenureIsWrittenOnceAMinuteAgainstAnotherProgram) {
    input.isWanted = true;
    for (int i = 0; i < 300; ++i) {
        pass();
        if (gx.value == 40.0)
            gx.value = 100.0;
    }
    EXPECT_EQ(out.status, Status::Contested);
    gx.writtenAt.clear();
    pass(200s);
    EXPECT_LE(gx.writtenAt.size(), 4U);
}

TEST_F(OwnedSetting, OfAnEpisodeIsLeftToAnOwnerWhoChangesItUntilThatIsOver) {
    state.policy = madePolicy(OwnedTenure::Episode);
    input.isWanted = true;
    reach(Status::InForce);
    gx.writes.clear();
    gx.value = 70.0;
    EXPECT_EQ(pass(), Status::Contested);
    EXPECT_EQ(disk, std::nullopt) << "what is in force needs no restoring";
    EXPECT_EQ(pass(1000s), Status::Contested);
    EXPECT_THAT(gx.writes, IsEmpty());
    input.isOver = true;
    pass(4s);
    EXPECT_EQ(gx.value, 40.0);
    EXPECT_EQ(disk, 70.0);
}

TEST_F(OwnedSetting, OfAnEpisodeIsNotKeptWhileTheOwnerHasItAsWanted) {
    state.policy = madePolicy(OwnedTenure::Episode);
    gx.value = 40.0;
    input.isWanted = true;
    EXPECT_EQ(pass(100s), Status::Idle);
    EXPECT_EQ(disk, std::nullopt);
}

TEST_F(OwnedSetting, OfWhichTheSecondOfTwoWritesIsLostIsTriedAgain) {
    input.isWanted = true;
    delay = 5s;
    pass(2s);
    ASSERT_THAT(gx.writes, ElementsAre(40.0));
    input.target = 10.0;
    pass(3s);
    ASSERT_THAT(gx.writes, ElementsAre(40.0, 10.0));
    gx.underWay.pop_back();
    pass(20s);
    EXPECT_EQ(gx.value, 10.0);
}

/// A stray value is neither the owner's nor left as it is.
TEST_F(OwnedSetting, ThatALastWillHasClosedIsWrittenAgain) {
    input.isWanted = true;
    reach(Status::InForce);
    pass(60s);
    input.stray = 0.0;
    gx.value = 0.0;
    pass(3s);
    EXPECT_EQ(disk, 100.0);
    EXPECT_EQ(gx.value, 40.0);
}

/// Whatever happens: the owner's value is never lost, and nothing is written unsaved (checked in
/// `take`) or above it.
TEST_P(OwnedOfEachTenure, NoSequenceOfMishapsLosesTheOwnersValue) {
    std::uint32_t random = 7;
    const auto chance = [&](std::uint32_t oneIn) {
        random = random * 1664525U + 1013904223U; // Numerical Recipes' generator
        return (random >> 16U) % oneIn == 0;
    };
    for (int round = 0; round < 200; ++round) {
        for (int i = 0; i < 200; ++i) {
            input.isWanted = chance(25) ? !input.isWanted : input.isWanted;
            isReadable = chance(40) ? !isReadable : isReadable;
            isDiskGood = chance(40) ? !isDiskGood : isDiskGood;
            delay = chance(30) ? (chance(2) ? 1s : 5s) : delay;
            pass();
        }
        input.isWanted = false;
        isReadable = true;
        isDiskGood = true;
        delay = 1s;
        pass(100s);
        ASSERT_EQ(gx.value, 100.0) << "round " << round;
        ASSERT_EQ(disk, std::nullopt) << "round " << round;
        for (const double value : std::exchange(gx.writes, {}))
            ASSERT_TRUE(value == 40.0 || value == 100.0) << value;
    }
}

} // namespace
} // namespace busbar::owned_setting_test
