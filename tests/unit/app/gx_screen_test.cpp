// SPDX-License-Identifier: MIT
// What a GX's screen is told of limits, batteries and the web page.
#include "app/outputs/gx_screen.hpp"
#include "core/report.hpp"
#include "dbus/bus_item_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace busbar::gx_screen_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ScreenTest : public ::testing::Test {
protected:
    Value at(const std::string& path) {
        const auto items = screenItems(report, screen);
        const auto found = std::ranges::find(items, "/Busbar/" + path, &Item::path);
        EXPECT_NE(found, items.end()) << path;
        return found == items.end() ? Value() : found->value;
    }
    std::string textAt(const std::string& path) {
        const Value value = at(path);
        return value.isKnown() ? std::string(*value.text()) : "unknown";
    }
    MemberReport& add(const std::string& name, OutReason reason = OutReason::None) {
        MemberReport& member = report.members.emplace_back();
        member.name = name;
        member.takesPart = reason == OutReason::None;
        member.reason = reason;
        return member;
    }

    BankReport report;
    Screen screen{.isWanted = true, .address = "http://*:8088/"};
};

TEST_F(ScreenTest, ALimitIsTheListOfWhatHoldsItDown) {
    report.charge = {57.0, Cause::Member, "Pack D", ""};
    report.limiters.charge = {{report.charge, 0.54, 30.8}, {{100.04, Cause::Ceiling, "", ""}}};
    EXPECT_EQ(textAt("Limits/Charge"),
              R"([{"value":57.0,"why":"Pack D allows 30.8 A and takes 54 % of the current"},)"
              R"({"value":100.0,"why":"The owner's ceiling, configured or chosen"}])");
}

TEST_F(ScreenTest, AVoltageHasTwoDecimals) {
    report.chargeVoltage = Limit{55.2, Cause::Member, "Pack A", ""};
    EXPECT_EQ(textAt("Limits/ChargeVoltage"),
              R"([{"value":55.20,"why":"Pack A asks for no more than 55.20 V"}])");
}

TEST_F(ScreenTest, WhatNobodyGivesIsUnknown) {
    EXPECT_FALSE(at("Limits/ChargeVoltage").isKnown());
}

TEST_F(ScreenTest, ALimitThatWasNotWorkedOutSpeaksForItself) {
    report.discharge = {0.0, Cause::NoData, "", ""};
    EXPECT_THAT(textAt("Limits/Discharge"), HasSubstr(R"([{"value":0.0,"why":")"));
}

TEST_F(ScreenTest, OnlySoManyLimitersFitAScreen) {
    const auto shown = [this](std::size_t count) {
        report.limiters.charge.assign(count, Limiter{{1.0, Cause::Ceiling, "", ""}});
        const std::string text = textAt("Limits/Charge");
        return static_cast<std::size_t>(std::ranges::count(text, '{'));
    };
    EXPECT_EQ(shown(kMostOnScreen), kMostOnScreen);
    EXPECT_EQ(shown(kMostOnScreen + 1), kMostOnScreen);
}

TEST_F(ScreenTest, BatteriesAreNumberedLikeTheirPages) {
    add("A");
    add("Shunt", OutReason::Shunt);
    add("B").held = true;
    add("C", OutReason::Joining);
    MemberReport& sum = add("D", OutReason::Aggregate);
    sum.maybeSum = true;
    const std::string text = textAt("Batteries");
    EXPECT_THAT(text, HasSubstr(R"({"name":"A","page":1,"state":"in","why":""})"));
    EXPECT_THAT(text, Not(HasSubstr("Shunt")));
    EXPECT_THAT(text, HasSubstr(R"({"name":"B","page":2,"state":"held")"));
    EXPECT_THAT(text, HasSubstr(R"({"name":"C","page":3,"state":"waiting")"));
    EXPECT_THAT(text, HasSubstr(R"({"name":"D","page":4,"state":"lost")"));
}

TEST_F(ScreenTest, WhyABatteryIsOutIsSaidInWordsWithoutMarksOfCode) {
    add("A", OutReason::VoltageMismatch).detail = "13.5 V, others 27.1 V";
    add("B", OutReason::Pending);
    const std::string text = textAt("Batteries");
    EXPECT_THAT(
        text, HasSubstr("outside the guard band around the bank's median: 13.5 V, others 27.1 V"));
    EXPECT_THAT(text, HasSubstr("/State says pending"));
    EXPECT_THAT(text, Not(HasSubstr("`")));
}

TEST_F(ScreenTest, NamesStayTextsWhateverIsInThem) {
    add("\"\xFF<b>");
    EXPECT_THAT(textAt("Batteries"), HasSubstr("\"\\\"\xEF\xBF\xBD<b>\""));
}

TEST_F(ScreenTest, WithoutPagesOfTheGxNothingIsSaid) {
    add("A");
    EXPECT_EQ(textAt("Page"), "http://*:8088/");
    screen.isWanted = false;
    for (const char* path : {"Batteries", "Limits/Charge", "Limits/Discharge", "Page"})
        EXPECT_FALSE(at(path).isKnown()) << path;
}

TEST_F(ScreenTest, EveryPathIsOneOfTheBus) {
    const auto items = screenItems(report, screen);
    EXPECT_TRUE(std::ranges::is_sorted(items, {}, &Item::path));
    for (const Item& item : items)
        EXPECT_TRUE(dbus::isLeafPath(item.path)) << item.path;
}

TEST(ScreenAddress, IsWhereTheListenerIsReached) {
    EXPECT_EQ(screenAddress("", ""), "");
    EXPECT_EQ(screenAddress("0.0.0.0:8088", ""), "http://*:8088/");
    EXPECT_EQ(screenAddress("[::]:80", ""), "http://*:80/");
    EXPECT_EQ(screenAddress("192.0.2.7:8088", ""), "http://192.0.2.7:8088/");
    EXPECT_EQ(screenAddress("[2001:db8::1]:8088", ""), "http://[2001:db8::1]:8088/");
    EXPECT_EQ(screenAddress("nonsense", ""), "");
    EXPECT_EQ(screenAddress("0.0.0.0:8088", "https://busbar.lan/"), "https://busbar.lan/");
    EXPECT_EQ(screenAddress("", "https://busbar.lan/"), "") << "nobody answers there";
}

} // namespace
} // namespace busbar::gx_screen_test
