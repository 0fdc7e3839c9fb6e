// SPDX-License-Identifier: MIT
// What a GX should not send: limits close, the rest goes on, and the log says once what it was.
#include "plant.hpp"
#include "support/sanitized.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <ostream>

namespace busbar::test {
namespace {

using testing::HasSubstr;

struct NamedPayload {
    const char* name;
    const char* bytes;
};

// NOLINTNEXTLINE(readability-identifier-naming): the name is googletest's
void PrintTo(const NamedPayload& payload, std::ostream* out) {
    *out << payload.name;
}

constexpr auto kBadPayloads = std::to_array<NamedPayload>({
    {"Text", R"({"value":"forty"})"},
    {"NumberAsText", R"({"value":"40"})"},
    {"NaN", R"({"value":NaN})"},
    {"Infinity", R"({"value":Infinity})"},
    {"MinusInfinity", R"({"value":-Infinity})"},
    {"Huge", R"({"value":1e308})"},
    {"TooHuge", R"({"value":1e999})"},
    {"Negative", R"({"value":-1})"},
    {"Nested", R"({"value":{"value":40}})"},
    {"List", R"({"value":[40,41]})"},
    {"Unfinished", R"({"value":40)"},
    {"InvalidUtf8", "{\"value\":\"\xff\xfe\x80\"}"},
    {"BareNumber", "40"},
    {"NoValue", "{}"},
});

class BadPayload : public testing::TestWithParam<NamedPayload> {};

TEST_P(BadPayload, InALimitClosesItUntilItIsGoodAgain) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 80.0)));
    plant.gx.setPayload(2, "/Info/MaxChargeCurrent", GetParam().bytes);
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 0.0))) << plant.log();
    EXPECT_EQ(plant.text("/Info/ChargeLimitation"), "unknown_limit B");
    EXPECT_EQ(plant.number("/Info/MaxDischargeCurrent"), 160.0) << "the other one is not in doubt";
    EXPECT_EQ(plant.number("/Dc/0/Current"), 30.0);
    EXPECT_TRUE(plant.until(plant.says("value_rejected: topic=battery/2/Info/MaxChargeCurrent")))
        << plant.log();
    for (int i = 0; i < 3; ++i) // the same again is no news
        plant.gx.publish(plant.gx.topicOf(2, "/Info/MaxChargeCurrent"), GetParam().bytes);
    plant.gx.set(2, "/Info/MaxChargeCurrent", 40.0);
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 80.0))) << plant.log();
    EXPECT_EQ(plant.busbar->logged("value_rejected"), 1U) << plant.log();
    EXPECT_TRUE(plant.until(plant.says("value_good_again"))) << plant.log();
}

INSTANTIATE_TEST_SUITE_P(App, BadPayload, testing::ValuesIn(kBadPayloads),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(BadData, AMegabyteOfPayloadIsSkipped) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    const std::string huge = R"({"value":")" + std::string(std::size_t{1024} * 1024, 'x') + R"("})";
    plant.gx.setPayload(1, "/Info/MaxChargeCurrent", huge);
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 0.0))) << plant.log();
    plant.gx.setPayload(1, "/CustomName", huge);
    plant.gx.set(1, "/Info/MaxChargeCurrent", 50.0);
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 50.0))) << plant.log();
    EXPECT_LT(plant.log().size(), 20000U) << "payloads are cut in the log";
}

TEST(BadData, InvalidUtf8InANameStaysOffTheBus) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.setPayload(1, "/CustomName", "{\"value\":\"Pack \xff\xc3\"}");
    plant.gx.setPayload(1, "/Info/ChargeMode", "{\"value\":\"Float \xed\xa0\x80\"}");
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    plant.gx.set(1, "/Dc/0/Current", 12.0);
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 12.0))) << plant.log();
    EXPECT_EQ(plant.busbar->logged("bus_lost"), 0U) << "dbus-daemon ends those who send such text";
}

TEST(BadData, WhatIsRetainedBelowNIsNobodysValue) {
    Plant plant;
    plant.gx.add(kPackA);
    Pack ghost = kPackB;
    ghost.instance = 5;
    ASSERT_TRUE(plant.until([&] { return plant.gx.isConnected(); }));
    for (const auto& [path, payload] :
         std::map<std::string, std::string>{{"/Dc/0/Voltage", R"({"value":52.8})"},
                                            {"/Dc/0/Current", R"({"value":99})"},
                                            {"/Info/MaxChargeVoltage", R"({"value":60})"},
                                            {"/Info/MaxChargeCurrent", "garbage \x01\xff"},
                                            {"/Soc", R"({"value":1})"}}) {
        ASSERT_TRUE(plant.gx.publish(plant.gx.topicOf(5, path), payload, true));
        ASSERT_TRUE(plant.gx.publish(plant.gx.topicOf(1, path), payload, true));
    }
    ASSERT_TRUE(plant.settle());
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Current"), 10.0);
    EXPECT_EQ(plant.number("/Soc"), 60.0);
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 50.0);
    EXPECT_EQ(plant.number("/System/NrOfBatteries"), 1.0);
    EXPECT_EQ(plant.busbar->logged("value_rejected"), 0U) << plant.log();
}

TEST(BadData, TwoServicesWithOneInstanceAreLeftOut) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    ASSERT_TRUE(plant.until(plant.shows("/Dc/0/Current", 30.0)));
    Pack twin = kPackA;
    twin.name = "X";
    plant.gx.addTwin(twin);
    ASSERT_TRUE(plant.until(plant.says("duplicate_instance"))) << plant.log();
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 20.0))) << "pack B goes on";
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 40.0);
    EXPECT_THAT(plant.log(),
                HasSubstr("two services use device instance 1; give one of them another"));
}

TEST(BadData, ABatteryOfNullsIsNoMember) {
    Plant plant;
    plant.gx.add(kPackA);
    for (const char* path :
         {"/DeviceInstance", "/ProductName", "/CustomName", "/Serial", "/Soc", "/Dc/0/Voltage",
          "/Dc/0/Current", "/Dc/0/Power", "/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent",
          "/Info/MaxDischargeCurrent", "/System/MaxCellVoltage"})
        plant.gx.setPayload(2, path, R"({"value":null})");
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    EXPECT_TRUE(plant.until(plant.says("no_voltage"))) << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Current"), 10.0);
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 50.0);
    EXPECT_EQ(plant.number("/System/BatteriesParallel"), 1.0);
    EXPECT_EQ(plant.number("/Alarms/BmsCable"), 1.0) << "somebody should be there";
}

/// The n-th message of the flood: values, new batteries, unknown paths, garbage in a limit.
std::pair<std::string, std::string> floodMessage(const SimulatedGx& gx, int n) {
    constexpr int kFirstGhost = 1000;
    static const std::string kGarbage(200, '\xfe');
    const std::string value = R"({"value":)" + std::to_string(n % 50) + "}";
    switch (n % 4) {
    case 0:
        return {gx.topicOf(1, "/Dc/0/Current"), value};
    case 1:
        return {gx.topicOf(kFirstGhost + n, "/Dc/0/Voltage"), value};
    case 2:
        return {gx.topicOf(2, "/Some/Path" + std::to_string(n)), value};
    default:
        return {gx.topicOf(1, "/Info/MaxChargeCurrent"), kGarbage};
    }
}

TEST(BadData, AFloodIsSurvivedAndHealedByAFullPublish) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    ASSERT_TRUE(plant.startAndWait({{"gx.full_publish_s", "60"}})) << plant.log();
    const int count = isSanitized() ? 20000 : 200000;
    for (int sent = 0; sent < count;) {
        const auto [topic, payload] = floodMessage(plant.gx, sent);
        if (plant.gx.publish(topic, payload))
            ++sent;
        else
            plant.gx.pump();
    }
    plant.gx.set(1, "/Dc/0/Current", 15.0);
    // A broker drops what a slow client does not read, without a word: then the next full publish
    // heals it.
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 35.0))) << plant.log();
    if (!isSanitized()) {
        EXPECT_LT(plant.busbar->peakMemory_KiB(), 64 * 1024);
    }
    plant.broker.stop();
    plant.broker.start();
    plant.gx.connectNow();
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 80.0))) << plant.log();
    EXPECT_EQ(plant.number("/System/BatteriesParallel"), 2.0);
    EXPECT_LT(plant.log().size(), 200000U) << "the log is no flood";
}

} // namespace
} // namespace busbar::test
