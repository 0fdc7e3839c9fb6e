// SPDX-License-Identifier: MIT
// Several banks in one process, and their output back on the GX.
#include "plant.hpp"
#include "topic_view.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace busbar::test {
namespace {

constexpr const char* kShed = "com.victronenergy.battery.busbar_shed";
const Options kTwoBanks = {{"banks", R"([{"id": "house", "batteries": ["name:A"]},
                                         {"id": "shed", "batteries": ["name:B"]}])"}};

/// As the GX's bridge would publish what Busbar has on the bus.
void feedBack(Plant& plant, const std::string& service, int instance) {
    for (const auto& [path, value] : plant.view->items(service))
        plant.gx.set(instance, path, path == "/DeviceInstance" ? Value(instance * 1.0) : value);
}

TEST(Banks, AreTwoServicesOfTwoConnections) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    ASSERT_TRUE(plant.startAndWait(kTwoBanks)) << plant.log();
    ASSERT_TRUE(plant.until([&] { return plant.isOnBus(kShed); })) << plant.log();
    EXPECT_NE(plant.view->owner(kService), plant.view->owner(kShed));
    EXPECT_EQ(plant.number("/Dc/0/Current"), 10.0);
    EXPECT_EQ(plant.number("/Dc/0/Current", kShed), 20.0);
    EXPECT_NE(plant.text("/Serial"), plant.text("/Serial", kShed));
    plant.gx.set(2, "/Dc/0/Current", 21.0);
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 21.0, kShed)));
    EXPECT_EQ(plant.number("/Dc/0/Current"), 10.0);
}

TEST(Banks, NeitherCountsWhatTheyPublish) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    const Options autoBanks = {{"banks", R"([{"id": "house"}, {"id": "shed"}])"}};
    ASSERT_TRUE(plant.startAndWait(autoBanks)) << plant.log();
    ASSERT_TRUE(plant.until([&] { return plant.isOnBus(kShed); })) << plant.log();
    feedBack(plant, kService, 90);
    feedBack(plant, kShed, 91);
    ASSERT_TRUE(plant.until([&] { return plant.busbar->logged("own_output") >= 4; }))
        << "each bank knows both\n"
        << plant.log();
    plant.gx.set(1, "/Dc/0/Current", 11.0);
    ASSERT_TRUE(plant.until(plant.shows("/Dc/0/Current", 31.0))) << plant.log();
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 31.0, kShed))) << plant.log();
    EXPECT_EQ(plant.number("/System/NrOfBatteries"), 2.0);
    EXPECT_EQ(plant.number("/System/NrOfBatteries", kShed), 2.0);
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 80.0);
}

TEST(Banks, AnotherBusbarsOutputIsAnAggregate) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    feedBack(plant, kService, 90);
    plant.gx.set(90, "/Serial", "BB000000000000"); // of another installation
    ASSERT_TRUE(plant.until(plant.says("aggregate"))) << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Current"), 10.0);
    EXPECT_EQ(plant.number("/System/NrOfBatteries"), 1.0);
}

/// By a reload, and by another start, after which only the state file knows.
class BankThatIsGone : public ::testing::Test {
protected:
    void start() {
        plant.gx.add(kPackA);
        plant.gx.add(kPackB);
        ASSERT_TRUE(plant.startAndWait(kTwoBanks)) << plant.log();
        topics.emplace(plant.broker.url(), std::vector<std::string>{"busbar/#", "homeassistant/#"});
        ASSERT_TRUE(plant.until([&] { return countOfShed() == 5; })) << plant.log();
    }
    /// Bank, battery and its status, and one device of Home Assistant for each of the two.
    std::size_t countOfShed() {
        const std::string idOfB = "serial_sn_b";
        std::size_t count = topics->topics("busbar/home/bank/shed").size();
        count += topics->topics("busbar/home/battery/" + idOfB).size();
        for (const std::string& device : {std::string("shed"), idOfB})
            count += topics->topics("homeassistant/device/busbar_home_" + device).size();
        return count;
    }
    Plant plant;
    std::optional<TopicView> topics;
    const Options oneBank = {{"banks", R"([{"id": "house", "batteries": ["name:A"]}])"}};
};

TEST_F(BankThatIsGone, TakesItsTopicsBackAtAReload) {
    ASSERT_NO_FATAL_FAILURE(start());
    plant.writeConfig(oneBank);
    plant.busbar->signal(SIGHUP);
    EXPECT_TRUE(plant.until([&] { return countOfShed() == 0; })) << plant.log();
    EXPECT_TRUE(topics->has("busbar/home/bank/house/state"));
}

TEST_F(BankThatIsGone, TakesItsTopicsBackAfterAnotherStart) {
    ASSERT_NO_FATAL_FAILURE(start());
    plant.busbar->signal(SIGTERM);
    ASSERT_TRUE(plant.until([&] { return plant.busbar->hasEnded(); }));
    EXPECT_EQ(countOfShed(), 5U);
    plant.start(oneBank);
    EXPECT_TRUE(plant.until([&] { return countOfShed() == 0; })) << plant.log();
    EXPECT_TRUE(plant.until([&] { return topics->last("busbar/home/status") == "online"; }));
}

} // namespace
} // namespace busbar::test
