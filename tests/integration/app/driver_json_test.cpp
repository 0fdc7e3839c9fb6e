// SPDX-License-Identifier: MIT
// What the driver dbus-mqtt-battery hears, and when it hears nothing more.
#include "plant.hpp"
#include "topic_view.hpp"

#include <gtest/gtest.h>

namespace busbar::test {
namespace {

using std::chrono::seconds;

constexpr const char* kTopic = "driver/bank";
constexpr const char* kCharge = "/Info/MaxChargeCurrent";
constexpr const char* kDischarge = "/Info/MaxDischargeCurrent";

class DriverTopic : public ::testing::Test {
protected:
    DriverTopic() {
        plant.gx.add(kPackA);
        plant.gx.add(kPackB);
    }
    void start(const Options& more = {}) {
        Options options = {{"driver_json.topic", jsonText(kTopic)},
                           {"driver_json.interval_s", "1"},
                           {"hold_s", "1"}};
        options.insert(more.begin(), more.end());
        ASSERT_TRUE(plant.until([this] { return heard.isReady(); }));
        ASSERT_TRUE(plant.startAndWait(options)) << plant.log();
        ASSERT_TRUE(plant.until(becomes(kCharge, 80.0))) << heard.last(kTopic) << plant.log();
    }
    [[nodiscard]] std::optional<double> number(const char* pointer) {
        return jsonNumber(heard.last(kTopic), pointer);
    }
    std::function<bool()> becomes(const char* pointer, double expected) {
        return [this, pointer, expected] { return number(pointer) == expected; };
    }
    void loseAll() {
        plant.gx.vanish(1);
        plant.gx.vanish(2);
        ASSERT_TRUE(plant.until(plant.shows(kCharge, 0.0))) << plant.log();
        ASSERT_TRUE(plant.until(becomes(kCharge, 0.0))) << heard.last(kTopic) << plant.log();
    }

    Plant plant;
    TopicView heard{plant.broker.url(), {"driver/#"}};
};

TEST_F(DriverTopic, HasTheBankInTheDriversWords) {
    start();
    EXPECT_EQ(number("/Dc/Current"), 30.0);
    EXPECT_EQ(number("/Dc/Voltage"), 52.8);
    EXPECT_EQ(number("/Dc/Power"), 1584.0);
    EXPECT_EQ(number("/Soc"), 70.0);
    EXPECT_EQ(number("/Info/MaxChargeVoltage"), 55.5);
    EXPECT_EQ(number(kDischarge), 160.0);
    EXPECT_EQ(number("/InstalledCapacity"), 200.0);
    EXPECT_EQ(jsonTextAt(heard.last(kTopic), "/Info/ChargeLimitation"),
              plant.text("/Info/ChargeLimitation"));
    plant.gx.set(1, "/Io/AllowToCharge", 0.0);
    EXPECT_TRUE(plant.until(becomes(kCharge, 40.0))) << heard.last(kTopic) << plant.log();
}

TEST_F(DriverTopic, EndsWithZeroAmperesIsSilentWithoutBatteriesAndReturnsByItself) {
    start();
    loseAll();
    EXPECT_EQ(number("/Dc/Voltage"), 52.8) << "as it was last";
    EXPECT_EQ(number("/Soc"), 70.0);
    EXPECT_EQ(number(kDischarge), 160.0) << "the bank rides through";
    const std::size_t before = heard.count(kTopic);
    plant.goOn(seconds(13)); // longer than the longest pause, 10 s
    EXPECT_EQ(heard.count(kTopic), before) << heard.last(kTopic);
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    EXPECT_TRUE(plant.until(becomes(kCharge, 80.0))) << heard.last(kTopic) << plant.log();
    EXPECT_EQ(number("/Dc/Current"), 30.0);
}

TEST_F(DriverTopic, EndsWithoutDischargeIfTheBankDoesNotRideThrough) {
    start({{"loss.ride_through_s", "0"}});
    loseAll();
    EXPECT_EQ(number(kDischarge), 0.0) << heard.last(kTopic);
}

TEST_F(DriverTopic, IsNeverRetained) {
    start();
    loseAll(); // so that nothing more is published
    TopicView late(plant.broker.url(), {"driver/#"});
    ASSERT_TRUE(plant.until([&] { return late.isReady(); }));
    plant.goOn(seconds(2));
    EXPECT_EQ(late.count(kTopic), 0U) << "a driver that starts must not get an old one";
}

} // namespace
} // namespace busbar::test
