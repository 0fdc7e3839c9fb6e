// SPDX-License-Identifier: MIT
#include "core/charge/soc.hpp"
#include "core/members/membership_settings.hpp"
#include "core/units/identity_book.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

namespace busbar::identity_book_test {
namespace {

using namespace std::chrono_literals;
using Ids = std::vector<std::string>;

class BookTest : public ::testing::Test {
protected:
    void note(const char* id, const BatteryTexts& texts) { remember(book, id, texts, now); }
    Ids ids(const std::vector<BatteryTexts>& batteries) { return knownIds(book, batteries); }

    IdentityBook book;
    Now now = made::start();
};

TEST_F(BookTest, ASerialIsEnoughWhateverElseChanged) {
    note("a", {1, "SA", "ttyS1", "Pack A", "JK"});
    note("b", {2, "SB", "ttyS2", "Pack B", "JK"});
    EXPECT_EQ(ids({{7, "SA", "ttyS2", "Pack B", "Daly"}}), Ids{"a"});
}

TEST_F(BookTest, ASwappedBmsLeavesTheIdWithThePack) {
    note("a", {1, "SA", "ttyS1", "Pack A", "JK"});
    EXPECT_EQ(ids({{1, "NEW", "ttyS1", "Pack A", "Daly"}}), Ids{"a"});
    note("a", {1, "NEW", "ttyS1", "Pack A", "Daly"});
    EXPECT_EQ(ids({{1, "NEW", "ttyUSB0", "Other", "Daly"}}), Ids{"a"}) << "by its serial now";
    EXPECT_EQ(ids({{1, "SA", "ttyUSB0", "Shed", "JK"}}), Ids{""}) << "the old BMS is another one";
}

TEST_F(BookTest, AnIdIsTakenOverFromNobodyWhoIsThere) {
    note("a", {1, "SA", "can0", "Pack", "JK"});
    EXPECT_EQ(ids({{2, "NEW", "can0", "Pack", "JK"}, {1, "SA", "can0", "Pack", "JK"}}),
              (Ids{"", "a"}));
}

TEST_F(BookTest, WithoutANameNothingIsTakenOver) {
    note("a", {1, "SA", "ttyS1", "", "JK"});
    EXPECT_EQ(ids({{1, "NEW", "ttyS1", "", "JK"}}), Ids{""});
    note("b", {2, "SB", "", "Pack", "JK"});
    EXPECT_EQ(ids({{2, "NEW", "", "Pack", "JK"}}), Ids{""}) << "nor without a connection";
}

TEST_F(BookTest, AKnownSerialTakesNothingOver) {
    note("a", {1, "SA", "ttyS1", "Pack A", "JK"});
    note("b", {2, "SB", "ttyS2", "Pack B", "JK"});
    EXPECT_EQ(ids({{1, "SB", "ttyS1", "Pack A", "JK"}, {2, "SB", "ttyS1", "Pack A", "JK"}}),
              (Ids{"b", ""}));
}

TEST_F(BookTest, OneSerialOnAllPacksIsToldApartByTheConnection) {
    note("a", {1, "0000", "ttyUSB0", "", "JK"});
    note("b", {2, "0000", "ttyUSB1", "", "JK"});
    EXPECT_EQ(ids({{5, "0000", "ttyUSB1", "", "JK"}, {6, "0000", "ttyUSB0", "", "JK"}}),
              (Ids{"b", "a"}));
    EXPECT_EQ(ids({{5, "0000", "ttyUSB1", "", "JK"}}), Ids{"b"});
}

TEST_F(BookTest, WithoutASerialItMustLookTheSame) {
    note("a", {1, "", "ttyS1", "", "JK"});
    EXPECT_EQ(ids({{4, "", "ttyS1", "", "JK"}}), Ids{"a"});
    EXPECT_EQ(ids({{4, "", "ttyS1", "", "Daly"}}), Ids{""});
    EXPECT_EQ(ids({{4, "", "ttyS2", "", "JK"}}), Ids{""});
    EXPECT_EQ(ids({{4, "SA", "ttyS1", "", "JK"}}), Ids{""});
}

TEST_F(BookTest, WhatComesLateBelongsToWhatCameFirst) {
    note("a", {1, "", "", "A", "JK"});
    note("b", {2, "", "", "B", ""});
    EXPECT_EQ(ids({{1, "SA", "ttyS1", "A", "JK"}, {2, "SB", "ttyS2", "B", "JK"}}), (Ids{"a", "b"}));
    EXPECT_EQ(ids({{1, "SA", "ttyS1", "Other", "JK"}}), Ids{""}) << "another name";
    EXPECT_EQ(ids({{3, "SA", "ttyS1", "A", "JK"}}), Ids{""}) << "another instance";
    note("c", {7, "SA", "ttyS3", "C", "JK"});
    EXPECT_EQ(ids({{1, "SA", "ttyS1", "A", "JK"}}), Ids{"c"}) << "its serial is another's";
}

TEST_F(BookTest, TwinsAreToldApartByTheirInstance) {
    note("a", {1, "", "CAN", "", "JK"});
    note("b", {2, "", "CAN", "", "JK"});
    EXPECT_EQ(ids({{2, "", "CAN", "", "JK"}}), Ids{"b"}) << "though its neighbour is away";
    EXPECT_EQ(ids({{2, "", "CAN", "", "JK"}, {1, "", "CAN", "", "JK"}}), (Ids{"b", "a"}));
    EXPECT_EQ(ids({{7, "", "CAN", "", "JK"}, {8, "", "CAN", "", "JK"}}), (Ids{"a", "b"}));
}

TEST_F(BookTest, NoIdIsGivenTwice) {
    note("a", {1, "", "ttyS1", "Pack", "JK"});
    const BatteryTexts twin{1, "", "ttyS1", "Pack", "JK"};
    EXPECT_EQ(ids({twin, twin}), (Ids{"a", ""}));
}

TEST_F(BookTest, OneThatSaysNothingIsNobody) {
    note("a", {1, "", "", "", ""});
    EXPECT_TRUE(book.empty());
    book["b"] = {};
    EXPECT_TRUE(isUnrecognisable(book["b"]));
    note("c", {2, "S", "", "", ""});
    EXPECT_EQ(ids({{2, "S", "", "", ""}}), Ids{"c"});
}

TEST_F(BookTest, ATextThatIsNotThereYetLeavesTheRememberedOne) {
    note("a", {1, "SA", "ttyS1", "Pack A", "JK"});
    note("a", {-1, "", "", "", ""});
    note("a", {3, "", "ttyS1", "Renamed", ""});
    EXPECT_EQ(book.at("a"),
              (RememberedBattery{"SA", "ttyS1", "Renamed", "JK", 3, book.at("a").lastSeen}));
}

TEST_F(BookTest, LongTextsAreCutAndStillRecognised) {
    const std::string serial = std::string(kLongestRemembered - 1, 'x') + "\xC3\xA4 and more";
    note("a", {1, serial, "", "", ""});
    EXPECT_EQ(book.at("a").serial, std::string(kLongestRemembered - 1, 'x'))
        << "not in the middle of a character";
    EXPECT_EQ(ids({{1, serial, "", "", ""}}), Ids{"a"});
}

TEST_F(BookTest, ForgetsTheLongestUnseen) {
    for (std::size_t i = 0; i < kMostRemembered + 3; ++i) {
        now = now + 24h;
        note(("b" + std::to_string(i)).c_str(), {1, std::to_string(i), "", "", ""});
    }
    note("b0", {1, "0", "", "", ""});
    forgetOldest(book);
    EXPECT_EQ(book.size(), kMostRemembered);
    EXPECT_TRUE(book.contains("b0"));
    EXPECT_FALSE(book.contains("b1"));
    EXPECT_FALSE(book.contains("b3"));
    EXPECT_TRUE(book.contains("b4"));
}

TEST_F(BookTest, ADayIsADayAndAnUnsetClockNone) {
    note("a", {1, "SA", "", "", ""});
    const auto before = book;
    now = now + 1h;
    note("a", {1, "SA", "", "", ""});
    EXPECT_EQ(book, before);
    now.wall = WallTime{};
    note("b", {1, "SB", "", "", ""});
    EXPECT_EQ(book.at("b").lastSeen, std::nullopt);
}

struct Wish {
    bool takeAll;
    const char* selector;
    bool isConfigured;
};

TEST(IsConfigured, FollowsTheSelectors) {
    const RememberedBattery battery{"SA", "/dev/ttyS1", "Pack A", "SerialBattery(JK)", 3, {}};
    for (const Wish& wish : {
             Wish{false, "serial:SA", true},
             {false, "serial:SB", false},
             {false, "name:Pack A", true},
             {false, "product:SerialBattery*", true},
             {false, "connection:ttyS1", true},
             {false, "connection:ttyS", false},
             {false, "instance:3", true},
             {false, "instance:4", false},
             {true, "serial:SA", false},
             {true, "serial:SB", true},
             {true, "instance:3", false},
         }) {
        MembershipSettings settings;
        settings.takeAll = wish.takeAll;
        auto& list = wish.takeAll ? settings.excluded : settings.selected;
        list.push_back(*parseSelector(wish.selector));
        EXPECT_EQ(isConfigured(battery, settings), wish.isConfigured)
            << wish.selector << " auto " << wish.takeAll;
    }
    EXPECT_TRUE(isConfigured(battery, {}));
    MembershipSettings nobody;
    nobody.takeAll = false;
    EXPECT_FALSE(isConfigured(battery, nobody));
}

TEST(IsConfigured, AnUnknownInstanceGivesNothingUp) {
    const RememberedBattery battery{"SA", "", "", "", {}, {}};
    MembershipSettings settings;
    settings.excluded = {*parseSelector("instance:3")};
    EXPECT_TRUE(isConfigured(battery, settings));
    settings.takeAll = false;
    settings.selected = settings.excluded;
    EXPECT_TRUE(isConfigured(battery, settings));
}

} // namespace
} // namespace busbar::identity_book_test
