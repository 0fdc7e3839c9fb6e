// SPDX-License-Identifier: MIT
// The bank's limits in the owner's DVCC settings of a GX, and the owner's values back in them, over
// a real broker.
#include "owned_settings.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace busbar::test {
namespace {

using std::chrono::seconds;

constexpr const char* kCurrent = "/Settings/SystemSetup/MaxChargeCurrent";
constexpr const char* kVoltage = "/Settings/SystemSetup/MaxChargeVoltage";
constexpr double kOwners_A = 70.0;
constexpr double kOwners_V = 57.6;
constexpr double kNone_A = -1.0;
/// Shortest pauses, so that nothing but the rules themselves is waited for.
const Options kAllowed = {{"control", R"("dvcc")"}, {"dvcc.interval_s", "3"}, {"hold_s", "0"}};

/// The owner's limits are above pack A's.
class DvccSetting : public OwnedSettings {
protected:
    DvccSetting() : OwnedSettings(kAllowed, {{"hold_s", "0"}}) {
        plant.gx.setSystem("/Control/Dvcc", 1.0);
        plant.gx.setSetting(kCurrent, kOwners_A);
        plant.gx.setSetting(kVoltage, kOwners_V);
    }
    [[nodiscard]] double current() const { return plant.gx.setting(kCurrent); }
    [[nodiscard]] double voltage() const { return plant.gx.setting(kVoltage); }
    [[nodiscard]] bool are(double current_A, double voltage_V) const {
        return current() == current_A && voltage() == voltage_V;
    }
    std::function<bool()> become(double current_A, double voltage_V) {
        return [this, current_A, voltage_V] { return are(current_A, voltage_V); };
    }
    void packTakes(double current_A, double voltage_V) {
        OwnedSettings::packTakes(current_A);
        plant.gx.set(1, "/Info/MaxChargeVoltage", voltage_V);
    }
    /// Until the bank's limits are in force and a crash is provided for.
    void follow() {
        start();
        ASSERT_TRUE(plant.until(become(50.0, 56.0))) << plant.log();
        ASSERT_TRUE(plant.until(plant.says("mqtt_connected session=2"))) << plant.log();
        ASSERT_TRUE(plant.until([this] {
            return plant.busbar->logged("dvcc status=following") == 2;
        })) << plant.log();
    }
    /// Ends in order, and waits for its last writes: they come over another connection than ours.
    void stopAndPutBack(double current_A = kOwners_A, double voltage_V = kOwners_V) {
        stop();
        ASSERT_TRUE(plant.until(become(current_A, voltage_V))) << current() << " " << voltage();
    }
    /// Ends with 0 A in force, which the last will has written.
    void kill() {
        writes.pump();
        const std::size_t before = writes.count(writeTopic(kCurrent));
        stop(SIGKILL);
        ASSERT_TRUE(plant.until([this] { return current() == 0.0; })) << "no last will";
        ASSERT_TRUE(plant.until([&] { return writes.count(writeTopic(kCurrent)) == before + 1; }));
        EXPECT_EQ(written(kCurrent).back(), 0.0);
    }
    void expectNothingAbove(const char* path, double highest) {
        for (const double value : written(path)) {
            EXPECT_GE(value, 0.0) << path;
            EXPECT_LE(value, highest) << path;
        }
    }
};

TEST_F(DvccSetting, IsTheBanksRoundedDownAndNeverAboveTheOwners) {
    packTakes(33.7, 55.57);
    start();
    ASSERT_TRUE(plant.until(become(33.0, 55.5))) << current() << " " << voltage() << plant.log();
    packTakes(90.0, 58.4);
    ASSERT_TRUE(plant.until(become(kOwners_A, kOwners_V)))
        << current() << " " << voltage() << plant.log();
    expectNothingAbove(kCurrent, kOwners_A);
    expectNothingAbove(kVoltage, kOwners_V);
}

TEST_F(DvccSetting, IsTheOwnersAgainAfterAnOrderlyEnd) {
    follow();
    stopAndPutBack();
    plant.goOn(seconds(2));
    EXPECT_TRUE(are(kOwners_A, kOwners_V)) << "the last will came after all";
}

TEST_F(DvccSetting, OfAnOwnerWithoutLimitsIsWithoutLimitsAgain) {
    plant.gx.setSetting(kCurrent, kNone_A);
    plant.gx.setSetting(kVoltage, 0.0);
    follow();
    stopAndPutBack(kNone_A, 0.0);
    EXPECT_TRUE(are(kNone_A, 0.0)) << current() << " " << voltage();
}

TEST_F(DvccSetting, ThatTheOwnerLowersWhileBusbarIsOffIsTheOwnersAfterTheNextStart) {
    follow();
    stopAndPutBack();
    plant.gx.setSetting(kCurrent, 30.0);
    start();
    ASSERT_TRUE(plant.until([this] { return voltage() == 56.0; })) << plant.log();
    plant.goOn(seconds(4));
    EXPECT_EQ(current(), 30.0) << plant.log();
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 30.0);
}

TEST_F(DvccSetting, IsNotTouchedAfterAnOrderlyEndIfTheNextStartMayNotFollow) {
    follow();
    stopAndPutBack();
    const int writesSoFar = plant.gx.settingWrites();
    plant.gx.setSetting(kCurrent, 30.0);
    start({{"control", R"("none")"}});
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 30.0))) << plant.log();
    plant.goOn(seconds(5));
    expectUntouchedSince(writesSoFar);
    EXPECT_EQ(current(), 30.0) << plant.log();
}

/// What may not have arrived would be written again at the next start, over the owner's 30 A.
TEST_F(DvccSetting, IsNotTouchedEitherIfTheGxTookALongSecondToTakeTheOwnersBack) {
    follow();
    plant.broker.freeze();
    plant.busbar->signal(SIGTERM);
    ASSERT_TRUE(plant.until([this] { return !plant.isOnBus(); })) << plant.log();
    plant.goOn(seconds(1));
    plant.broker.thaw();
    ASSERT_TRUE(plant.until([this] { return plant.busbar->hasEnded(); })) << plant.log();
    ASSERT_TRUE(plant.until(become(kOwners_A, kOwners_V))) << current() << " " << voltage();
    const int writesSoFar = plant.gx.settingWrites();
    plant.gx.setSetting(kCurrent, 30.0);
    start({{"control", R"("none")"}});
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 30.0))) << plant.log();
    plant.goOn(seconds(5));
    expectUntouchedSince(writesSoFar);
}

TEST_F(DvccSetting, IsClosedByTheBrokerWhenTheProgramIsKilledAndFollowsAfterTheNextStart) {
    follow();
    kill();
    start();
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 50.0)))
        << "the 0 A is not the owner's" << plant.log();
    EXPECT_TRUE(plant.until(become(50.0, 56.0))) << plant.log();
    stop();
    EXPECT_TRUE(are(kOwners_A, kOwners_V)) << current() << " " << voltage();
}

TEST_F(DvccSetting, IsRestoredAfterAKillEvenIfTheNextStartMayNotFollow) {
    follow();
    kill();
    start({{"control", R"("none")"}});
    EXPECT_TRUE(plant.until(become(kOwners_A, kOwners_V))) << plant.log();
    const int writesSoFar = plant.gx.settingWrites();
    plant.gx.setSetting(kCurrent, 20.0);
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 20.0)))
        << "what the GX shows is the owner's again" << plant.log();
    stop();
    expectUntouchedSince(writesSoFar);
}

TEST_F(DvccSetting, OfTheOwnerIsKnownAfterAKillWhateverTheBankIsCalled) {
    follow();
    kill();
    Options options = kAllowed;
    options["id"] = R"("other")";
    start(options);
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 50.0)))
        << "the 0 A is not the owner's" << plant.log();
    EXPECT_TRUE(plant.until(become(50.0, 56.0))) << plant.log();
    stop();
    EXPECT_TRUE(are(kOwners_A, kOwners_V)) << current() << " " << voltage();
}

TEST_F(DvccSetting, IsGivenBackWhenThePermissionIsWithdrawnWhileTheBatteryStaysOnTheBus) {
    follow();
    const std::string owner = plant.view->owner(kService);
    reload(forbidden);
    EXPECT_TRUE(plant.until(become(kOwners_A, kOwners_V))) << plant.log();
    EXPECT_EQ(plant.view->owner(kService), owner);
    ASSERT_TRUE(plant.settle());
    stop(SIGKILL);
    plant.goOn(seconds(2));
    EXPECT_TRUE(are(kOwners_A, kOwners_V)) << "the last will came after all";
}

TEST_F(DvccSetting, ThatTheOwnerChangesMeanwhileIsTheOwners) {
    follow();
    plant.gx.setSetting(kCurrent, 30.0);
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 30.0))) << plant.log();
    packTakes(60.0, 56.0);
    plant.goOn(seconds(5));
    EXPECT_EQ(current(), 30.0);
    stop();
    EXPECT_TRUE(are(30.0, kOwners_V)) << current() << " " << voltage();
}

TEST_F(DvccSetting, ThatTheGxRefusesIsSaidOnceAndTriedAgain) {
    plant.gx.setRefusing(true);
    start();
    ASSERT_TRUE(plant.until([this] {
        return plant.busbar->logged("dvcc status=refused the GX's charge current limit") == 1 &&
               plant.busbar->logged("dvcc status=refused the GX's charge voltage limit") == 1;
    })) << plant.log();
    EXPECT_TRUE(are(kOwners_A, kOwners_V));
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 50.0);
    EXPECT_EQ(plant.number("/Info/MaxChargeVoltage"), 56.0);
    plant.gx.set(1, "/Dc/0/Current", 13.0);
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 13.0))) << plant.log();
    plant.gx.setRefusing(false);
    EXPECT_TRUE(plant.until(become(50.0, 56.0))) << plant.log();
    EXPECT_EQ(plant.busbar->logged("dvcc status=refused"), 2U) << plant.log();
}

TEST_F(DvccSetting, IsNotTouchedWithoutPermission) {
    start(forbidden);
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 50.0))) << plant.log();
    packTakes(10.0, 54.0);
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 10.0))) << plant.log();
    plant.gx.vanish(1);
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 0.0))) << plant.log();
    plant.goOn(seconds(4));
    stop(SIGKILL);
    plant.goOn(seconds(1));
    expectUntouchedSince(0);
    EXPECT_TRUE(writes.topics("W/").empty());
    EXPECT_TRUE(are(kOwners_A, kOwners_V));
}

/// The interval is long, so what is written before it is over did not wait for it.
TEST_F(DvccSetting, IsZeroAtOnceWhenDataIsLostAndTheVoltageStays) {
    start({{"control", R"("dvcc")"}, {"dvcc.interval_s", "20"}, {"hold_s", "0"}});
    ASSERT_TRUE(plant.until(become(50.0, 56.0))) << plant.log();
    const auto written = std::chrono::steady_clock::now();
    plant.gx.vanish(1);
    ASSERT_TRUE(plant.until(become(0.0, 56.0))) << plant.log();
    EXPECT_LT(std::chrono::steady_clock::now() - written, seconds(20)) << "the interval";
    plant.gx.add(kPackA);
    EXPECT_TRUE(plant.until(become(50.0, 56.0))) << plant.log();
}

TEST_F(DvccSetting, ThatBusbarHasWrittenIsNotReadBackAsTheOwners) {
    follow();
    packTakes(20.0, 54.0);
    ASSERT_TRUE(plant.until(become(20.0, 54.0))) << plant.log();
    packTakes(50.0, 56.0);
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 50.0))) << plant.log();
    EXPECT_TRUE(plant.until(become(50.0, 56.0))) << plant.log();
    EXPECT_EQ(plant.number("/Info/MaxChargeVoltage"), 56.0);
}

/// A broker that restarts gives no last will away, and Busbar provides for the next crash anew.
TEST_F(DvccSetting, HasItsLastWillAgainAfterTheBrokerWasAway) {
    follow();
    plant.broker.stop();
    ASSERT_TRUE(plant.until([this] { return !plant.gx.isConnected(); }));
    plant.broker.start();
    plant.gx.connectNow();
    ASSERT_TRUE(plant.until([this] {
        return plant.busbar->logged("mqtt_connected session=2") == 2;
    })) << plant.log();
    ASSERT_TRUE(plant.settle());
    EXPECT_EQ(current(), 50.0);
    stop(SIGKILL);
    EXPECT_TRUE(plant.until([this] { return current() == 0.0; })) << "no last will";
}

} // namespace
} // namespace busbar::test
