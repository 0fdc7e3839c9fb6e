// SPDX-License-Identifier: MIT
// The DC feed-in setting of a GX, switched off and back on over a real broker.
#include "owned_settings.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace busbar::test::feed_in_test {
namespace {

using std::chrono::seconds;

constexpr const char* kSetting = "/Settings/CGwacs/OvervoltageFeedIn";
const Options kAllowed = {{"feed_in.control", "true"}};

class FeedInSetting : public OwnedSettings {
protected:
    FeedInSetting() : OwnedSettings(kAllowed) { plant.gx.setSetting(kSetting, 1.0); }
    [[nodiscard]] double setting() const { return plant.gx.setting(kSetting); }
    std::function<bool()> becomes(double value) {
        return [this, value] { return setting() == value; };
    }
    void blockCharging() { packTakes(0.0); }
    void allowCharging() { packTakes(50.0); }
    void switchOff() {
        start();
        blockCharging();
        ASSERT_TRUE(plant.until(becomes(0.0))) << plant.log();
        ASSERT_TRUE(plant.until(plant.says("feed_in status=off"))) << plant.log();
    }
    /// With the 0 in force.
    void kill() {
        stop(SIGKILL);
        ASSERT_EQ(setting(), 0.0);
    }
};

TEST_F(FeedInSetting, GoesOffWithBlockedChargingAndReturnsWhenTheProgramEnds) {
    switchOff();
    EXPECT_EQ(plant.gx.settingWrites(), 1);
    stop();
    EXPECT_EQ(setting(), 1.0);
    EXPECT_EQ(plant.gx.settingWrites(), 2);
}

TEST_F(FeedInSetting, IsNotTouchedWithoutPermission) {
    start(forbidden);
    blockCharging();
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 0.0))) << plant.log();
    plant.goOn(seconds(2));
    stop();
    expectUntouchedSince(0);
    EXPECT_EQ(setting(), 1.0);
}

TEST_F(FeedInSetting, OfAnOwnerWhoHasItOffStaysOff) {
    plant.gx.setSetting(kSetting, 0.0);
    start();
    blockCharging();
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 0.0))) << plant.log();
    plant.goOn(seconds(2));
    stop();
    expectUntouchedSince(0);
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
    start();
    blockCharging();
    ASSERT_TRUE(plant.until(plant.says("feed_in status=refused"))) << plant.log();
    EXPECT_TRUE(plant.until([this] { return plant.gx.settingWrites() == 2; })) << plant.log();
}

TEST_F(FeedInSetting, IsGivenBackWhenThePermissionIsWithdrawn) {
    switchOff();
    reload(forbidden);
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
    allowCharging();
    reload(options);
    EXPECT_TRUE(plant.until(plant.says("reload_restart"))) << plant.log();
    EXPECT_TRUE(plant.until(becomes(1.0))) << plant.log();
}

TEST_F(FeedInSetting, ThatTheOwnerSwitchesOffAfterAnOrderlyEndIsTheOwners) {
    switchOff();
    stop();
    ASSERT_EQ(setting(), 1.0);
    plant.gx.setSetting(kSetting, 0.0);
    const int writesSoFar = plant.gx.settingWrites();
    start();
    plant.goOn(seconds(4));
    EXPECT_EQ(plant.busbar->logged("feed_in status=off"), 0U) << "it is not taken for ours";
    stop();
    expectUntouchedSince(writesSoFar);
    EXPECT_EQ(setting(), 0.0);
}

TEST_F(FeedInSetting, ThatAnEarlierRunSwitchedOffIsGivenBackWhateverTheBankIsCalled) {
    switchOff();
    kill();
    start({{"id", R"("other")"}});
    EXPECT_TRUE(plant.until(becomes(1.0))) << plant.log();
}

/// Takes the shortest time that feed-in stays off, a minute.
TEST_F(FeedInSetting, SurvivesAKilledProgram) {
    switchOff();
    kill();
    allowCharging();
    start();
    ASSERT_TRUE(plant.until(becomes(1.0))) << plant.log();
    ASSERT_TRUE(plant.until(plant.says("feed_in status=idle"))) << plant.log();
    EXPECT_EQ(plant.gx.settingWrites(), 2);
    stop();
    EXPECT_EQ(plant.gx.settingWrites(), 2) << "nothing left to restore";
}

} // namespace
} // namespace busbar::test::feed_in_test
