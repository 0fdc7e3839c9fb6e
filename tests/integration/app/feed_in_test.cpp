// SPDX-License-Identifier: MIT
// The DC feed-in setting of a GX, switched off and back on over a real broker.
#include "plant.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace busbar::test::feed_in_test {
namespace {

using std::chrono::seconds;

constexpr const char* kSetting = "/Settings/CGwacs/OvervoltageFeedIn";
const Options kAllowed = {{"feed_in.control", "true"}};

class FeedInSetting : public ::testing::Test {
protected:
    FeedInSetting() {
        plant.gx.add(kPackA);
        plant.gx.setSetting(kSetting, 1.0);
    }
    [[nodiscard]] double setting() const { return plant.gx.setting(kSetting); }
    std::function<bool()> becomes(double value) {
        return [this, value] { return setting() == value; };
    }
    void blockCharging() { plant.gx.set(1, "/Info/MaxChargeCurrent", 0.0); }
    void allowCharging() { plant.gx.set(1, "/Info/MaxChargeCurrent", 50.0); }
    void startAllowed() { ASSERT_TRUE(plant.startAndWait(kAllowed)) << plant.log(); }
    void switchOff() {
        startAllowed();
        blockCharging();
        ASSERT_TRUE(plant.until(becomes(0.0))) << plant.log();
        ASSERT_TRUE(plant.until(plant.says("feed_in status=off"))) << plant.log();
    }
    void stop() {
        plant.busbar->signal(SIGTERM);
        ASSERT_TRUE(plant.until([this] { return plant.busbar->hasEnded(); })) << plant.log();
        ASSERT_TRUE(plant.settle());
    }

    Plant plant;
};

TEST_F(FeedInSetting, GoesOffWithBlockedChargingAndReturnsWhenTheProgramEnds) {
    switchOff();
    EXPECT_EQ(plant.gx.settingWrites(), 1);
    stop();
    EXPECT_EQ(setting(), 1.0);
    EXPECT_EQ(plant.gx.settingWrites(), 2);
}

TEST_F(FeedInSetting, IsNotTouchedWithoutPermission) {
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    blockCharging();
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 0.0))) << plant.log();
    plant.goOn(seconds(2));
    stop();
    EXPECT_EQ(plant.gx.settingWrites(), 0);
    EXPECT_EQ(setting(), 1.0);
}

TEST_F(FeedInSetting, OfAnOwnerWhoHasItOffStaysOff) {
    plant.gx.setSetting(kSetting, 0.0);
    startAllowed();
    blockCharging();
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 0.0))) << plant.log();
    plant.goOn(seconds(2));
    stop();
    EXPECT_EQ(plant.gx.settingWrites(), 0);
}

TEST_F(FeedInSetting, IsLeftToAnOwnerWhoSwitchesItOnMeanwhile) {
    switchOff();
    plant.gx.setSetting(kSetting, 1.0);
    ASSERT_TRUE(plant.until(plant.says("feed_in status=left_to_owner"))) << plant.log();
    plant.goOn(seconds(2));
    stop();
    EXPECT_EQ(plant.gx.settingWrites(), 1);
    EXPECT_EQ(setting(), 1.0);
}

TEST_F(FeedInSetting, IsTriedAgainWhenTheGxRefusesIt) {
    plant.gx.setRefusing(true);
    startAllowed();
    blockCharging();
    ASSERT_TRUE(plant.until(plant.says("feed_in status=refused"))) << plant.log();
    EXPECT_TRUE(plant.until([this] { return plant.gx.settingWrites() == 2; })) << plant.log();
}

TEST_F(FeedInSetting, IsGivenBackWhenThePermissionIsWithdrawn) {
    switchOff();
    plant.writeConfig();
    plant.busbar->signal(SIGHUP);
    EXPECT_TRUE(plant.until(becomes(1.0))) << plant.log();
    plant.goOn(seconds(2));
    stop();
    EXPECT_EQ(setting(), 1.0);
    EXPECT_EQ(plant.gx.settingWrites(), 2);
}

TEST_F(FeedInSetting, IsGivenBackBeforeAnotherSessionWithTheGx) {
    switchOff();
    Options options = kAllowed;
    options["gx.keepalive_s"] = "26";
    plant.writeConfig(options);
    allowCharging();
    plant.busbar->signal(SIGHUP);
    EXPECT_TRUE(plant.until(plant.says("reload_restart"))) << plant.log();
    EXPECT_TRUE(plant.until(becomes(1.0))) << plant.log();
}

TEST_F(FeedInSetting, ThatTheOwnerSwitchesOffAfterAnOrderlyEndIsTheOwners) {
    switchOff();
    stop();
    ASSERT_EQ(setting(), 1.0);
    plant.gx.setSetting(kSetting, 0.0);
    const int writesSoFar = plant.gx.settingWrites();
    startAllowed();
    plant.goOn(seconds(4));
    EXPECT_EQ(plant.busbar->logged("feed_in status=off"), 0U) << "it is not taken for ours";
    stop();
    EXPECT_EQ(plant.gx.settingWrites(), writesSoFar);
    EXPECT_EQ(setting(), 0.0);
}

TEST_F(FeedInSetting, ThatAnEarlierRunSwitchedOffIsGivenBackWhateverTheBankIsCalled) {
    switchOff();
    plant.busbar->signal(SIGKILL);
    ASSERT_TRUE(plant.until([this] { return plant.busbar->hasEnded(); }));
    ASSERT_EQ(setting(), 0.0);
    ASSERT_TRUE(plant.startAndWait({{"id", R"("other")"}})) << plant.log();
    EXPECT_TRUE(plant.until(becomes(1.0))) << plant.log();
}

/// Takes the shortest time that feed-in stays off, a minute.
TEST_F(FeedInSetting, SurvivesAKilledProgram) {
    switchOff();
    plant.busbar->signal(SIGKILL);
    ASSERT_TRUE(plant.until([this] { return plant.busbar->hasEnded(); }));
    ASSERT_EQ(setting(), 0.0);
    allowCharging();
    startAllowed();
    ASSERT_TRUE(plant.until(becomes(1.0))) << plant.log();
    ASSERT_TRUE(plant.until(plant.says("feed_in status=idle"))) << plant.log();
    EXPECT_EQ(plant.gx.settingWrites(), 2);
    stop();
    EXPECT_EQ(plant.gx.settingWrites(), 2) << "nothing left to restore";
}

} // namespace
} // namespace busbar::test::feed_in_test
