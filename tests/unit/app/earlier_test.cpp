// SPDX-License-Identifier: MIT
// What earlier runs have announced and the configuration does not want any more.
#include "app/kept/keeper.hpp"
#include "app/site/earlier.hpp"
#include "config/reader.hpp"
#include "mqtt/ha/ha_device.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace busbar::earlier_test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

RememberedBattery found(const std::string& serial) {
    RememberedBattery battery;
    battery.serial = serial;
    battery.name = "Pack " + serial;
    return battery;
}

/// The id of a made battery stands in its serial.
RememberedBattery made(const std::string& id) {
    RememberedBattery battery;
    battery.serial = id;
    battery.name = "String";
    return battery;
}

class EarlierTest : public ::testing::Test {
protected:
    EarlierTest() {
        saved.banks["main"].memory.book["serial_a"] = found("a");
        saved.banks["shed"].memory.book["serial_b"] = found("b");
        saved.banks["shed"].memory.book["string_1"] = made("string_1");
    }
    /// With what the site's own banks remember.
    Earlier of(const std::string& config) {
        auto read = config::readConfig(config);
        EXPECT_TRUE(read.config) << config;
        site.emplace(read.config.value_or(config::Config{}),
                     mqtt::SourcePort{[](const auto&) { return true; },
                                      [](const auto&) { return true; },
                                      [](const auto&, const auto&) { return true; }},
                     "test");
        for (Bank& bank : site->banks())
            if (const auto known = saved.banks.find(bank.settings().id); known != saved.banks.end())
                bank.restore(known->second.memory);
        return earlierOf(*site, saved);
    }
    [[nodiscard]] bool isWantedAtHome(const std::string& battery) const {
        mqtt::HaContext context;
        context.site = "home";
        return isWanted(*site, saved, "home", mqtt::batteryDeviceId(context, battery));
    }

    State saved;
    std::optional<Site> site;
};

TEST_F(EarlierTest, BatteriesOfABankThatIsGoneAreGoneWithIt) {
    const Earlier earlier = of(R"({"id": "main", "batteries": ["serial:a"]})");
    EXPECT_THAT(earlier.goneBanks, ElementsAre("shed"));
    EXPECT_THAT(earlier.batteries, ElementsAre("serial_a"));
    EXPECT_THAT(earlier.gone, UnorderedElementsAre("serial_b", "string_1"));
    EXPECT_FALSE(isWantedAtHome("serial_b"));
    EXPECT_TRUE(isWantedAtHome("serial_a"));
}

TEST_F(EarlierTest, ABatteryThatMovedToAnotherBankIsWaitedFor) {
    const Earlier earlier = of(R"({"id": "main", "batteries": ["serial:a", "serial:b"]})");
    EXPECT_THAT(earlier.batteries, UnorderedElementsAre("serial_a", "serial_b"));
    EXPECT_TRUE(isWantedAtHome("serial_b"));
    EXPECT_THAT(earlier.gone, ElementsAre("string_1"));
}

TEST_F(EarlierTest, AMadeBatteryStaysAsLongAsItIsMade) {
    const std::string banks =
        R"("banks": [{"id": "main", "batteries": ["serial:a"]},
                     {"id": "shed", "batteries": ["serial:b", "made:string_1"]}])";
    const std::string list =
        R"("made": [{"id": "string_1", "series": ["serial:s1", "serial:s2"]}])";
    EXPECT_THAT(of("{" + banks + ", " + list + "}").gone, IsEmpty());
    EXPECT_THAT(of(R"({"id": "shed"})").gone, ElementsAre("string_1"))
        << "auto takes what there is, and it is made no more";
}

TEST_F(EarlierTest, WhatWasPublishedAndNeverTookPartIsKnownToo) {
    saved.published = {"serial_a", "serial_x"};
    const Earlier earlier = of(R"({"id": "main", "batteries": ["serial:a"]})");
    EXPECT_THAT(earlier.gone, UnorderedElementsAre("serial_b", "serial_x", "string_1"));
}

} // namespace
} // namespace busbar::earlier_test
