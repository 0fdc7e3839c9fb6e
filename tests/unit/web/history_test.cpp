// SPDX-License-Identifier: MIT
#include "web/history.hpp"
#include "web/reading.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <malloc.h>
#include <string>

namespace busbar::web::history_test {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kStart{std::chrono::minutes(29'000'000)};

Moment at(double voltage_V, const std::string& cause = "member",
          const std::string& member = "Pack A") {
    Moment moment;
    moment[Curve::Voltage] = voltage_V;
    moment.holders[0] = {cause, member};
    return moment;
}

rapidjson::Document document(const History& history) {
    return parsed(history.json("boat", "main"));
}

TEST(History, BeginsWithNothing) {
    const History history;
    EXPECT_TRUE(history.isDue(kStart));
    const auto root = document(history);
    EXPECT_EQ(textIn(root, "site"), "boat");
    EXPECT_EQ(textIn(root, "bank"), "main");
    EXPECT_EQ(numberIn(root, {"count"}), 0.0);
    EXPECT_TRUE(root["end"].IsNull());
    EXPECT_EQ(root["voltage_V"].Size(), 0U);
}

TEST(History, TakesOneSampleAMinute) {
    History history;
    history.add(at(52.8), kStart + 1s);
    EXPECT_FALSE(history.isDue(kStart + 59s));
    history.add(at(60.0), kStart + 59s);
    EXPECT_TRUE(history.isDue(kStart + 60s));
    history.add(at(53.1), kStart + 60s);
    const auto root = document(history);
    ASSERT_EQ(root["voltage_V"].Size(), 2U);
    EXPECT_DOUBLE_EQ(root["voltage_V"][0].GetDouble(), 52.8);
    EXPECT_DOUBLE_EQ(root["voltage_V"][1].GetDouble(), 53.1);
    EXPECT_EQ(root["end"].GetInt64(), 29'000'001LL * 60);
    EXPECT_TRUE(root["soc_pct"][0].IsNull()) << "what was unknown is a gap";
}

TEST(History, NamesWhoHeldALimit) {
    History history;
    history.add(at(52.8, "member", "Pack A"), kStart);
    history.add(at(52.8, "ceiling", ""), kStart + 1min);
    history.add(at(52.8, "member", "Pack <b>D"), kStart + 2min);
    const auto root = document(history);
    const auto word = [&root](const char* list, const char* of, unsigned i) {
        const auto& index = root[of][i];
        return index.IsNull() ? std::string("null")
                              : std::string(root[list][index.GetUint()].GetString());
    };
    EXPECT_EQ(word("causes", "charge_cause", 0), "member");
    EXPECT_EQ(word("causes", "charge_cause", 1), "ceiling");
    EXPECT_EQ(word("members", "charge_member", 0), "Pack A");
    EXPECT_EQ(word("members", "charge_member", 1), "null");
    EXPECT_EQ(word("members", "charge_member", 2), "Pack <b>D");
    EXPECT_EQ(word("causes", "discharge_cause", 0), "null");
}

TEST(History, AGapStaysAGap) {
    History history;
    history.add(at(52.8), kStart);
    history.add(at(53.0), kStart + 3min);
    const auto root = document(history);
    ASSERT_EQ(root["count"].GetInt(), 4);
    EXPECT_TRUE(root["voltage_V"][1].IsNull());
    EXPECT_TRUE(root["charge_cause"][2].IsNull());
    EXPECT_DOUBLE_EQ(root["voltage_V"][3].GetDouble(), 53.0);
}

TEST(History, KeepsADayAndNotMore) {
    History history;
    for (int i = 0; i < 2000; ++i)
        history.add(at(i), kStart + std::chrono::minutes(i));
    const auto root = document(history);
    ASSERT_EQ(root["voltage_V"].Size(), kHistorySamples);
    EXPECT_DOUBLE_EQ(root["voltage_V"][0].GetDouble(), 560.0);
    EXPECT_DOUBLE_EQ(root["voltage_V"][1439].GetDouble(), 1999.0);
}

/// 2 MB were allowed for a bank of 16 batteries; a day is of the bank, however many it has.
TEST(History, ADayOfSixteenBanksTakesLessThanTwoMegabytes) {
    const std::size_t before = ::mallinfo2().uordblks;
    std::deque<History> banks(16);
    for (History& bank : banks)
        for (int minute = 0; minute < 1500; ++minute)
            bank.add(at(52.0, "cause " + std::to_string(minute % 40),
                        "A battery with a long name " + std::to_string(minute % 60)),
                     kStart + std::chrono::minutes(minute));
    EXPECT_EQ(banks.back().count(), kHistorySamples);
    EXPECT_LT(::mallinfo2().uordblks - before, 2'000'000U); // 0 with a sanitizer's allocator
}

TEST(History, AClockThatIsPutBackLosesOnlyWhatIsStillToCome) {
    History history;
    for (int i = 0; i < 600; ++i)
        history.add(at(i), kStart + std::chrono::minutes(i));
    history.add(at(7000), kStart + 599min - 1s); // a time server, a second
    EXPECT_EQ(history.count(), 599U);
    history.add(at(8000), kStart + 540min); // somebody, an hour
    auto root = document(history);
    ASSERT_EQ(root["voltage_V"].Size(), 541U);
    EXPECT_EQ(root["end"].GetInt64(), 29'000'540LL * 60);
    EXPECT_DOUBLE_EQ(root["voltage_V"][540].GetDouble(), 540.0) << "once each";
    history.add(at(9000), kStart + 541min);
    root = document(history);
    EXPECT_DOUBLE_EQ(root["voltage_V"][541].GetDouble(), 9000.0);
    EXPECT_DOUBLE_EQ(root["voltage_V"][0].GetDouble(), 0.0);
}

TEST(History, AClockThatIsPutBackBeforeAllOfItBeginsANewDay) {
    History history;
    history.add(at(1), kStart);
    history.add(at(2), kStart - 5min);
    EXPECT_EQ(history.count(), 1U);
    history.add(at(3), kStart + 48h);
    EXPECT_EQ(history.count(), 1U) << "and so does one that leaps over a day";
}

TEST(History, ComesBackAlsoWhereTheClockIsBehind) {
    History history;
    for (int i = 0; i < 100; ++i)
        history.add(at(i), kStart + std::chrono::minutes(i));
    History other;
    ASSERT_TRUE(other.restore(history.json("boat", "main"), kStart + 60min));
    const auto root = document(other);
    ASSERT_EQ(root["voltage_V"].Size(), 61U);
    EXPECT_DOUBLE_EQ(root["voltage_V"][60].GetDouble(), 60.0);
}

TEST(History, ComesBackAsItWas) {
    History history;
    for (int i = 0; i < 1500; ++i)
        history.add(i % 7 == 0 ? Moment{} : at(50.0 + i % 3, "ceiling", i % 2 == 0 ? "A" : "B"),
                    kStart + std::chrono::minutes(i));
    History other;
    ASSERT_TRUE(other.restore(history.json("boat", "main"), kStart + 1500min));
    const auto was = document(history);
    const auto is = document(other);
    for (const char* key : {"end", "count", "voltage_V"})
        EXPECT_EQ(is[key], was[key]) << key;
    for (unsigned i = 0; i < kHistorySamples; ++i) {
        const auto word = [i](const rapidjson::Document& of, const char* list, const char* which) {
            const auto& index = of[which][i];
            return index.IsNull() ? "" : of[list][index.GetUint()].GetString();
        };
        ASSERT_STREQ(word(is, "members", "charge_member"), word(was, "members", "charge_member"));
        ASSERT_STREQ(word(is, "causes", "charge_cause"), word(was, "causes", "charge_cause")) << i;
    }
    other.add(at(9), kStart + 1502min);
    EXPECT_FALSE(document(other)["voltage_V"][1436].IsNull());
    EXPECT_TRUE(document(other)["voltage_V"][1438].IsNull()) << "the time between is a gap";
}

TEST(History, TakesNothingElse) {
    History history;
    history.add(at(52.8), kStart);
    const std::string good = history.json("boat", "main");
    History other;
    for (const char* bad : {"", "[]", "{", R"({"interval_s":60})",
                            R"({"interval_s":60,"end":1740000000,"count":99999})",
                            R"({"interval_s":60,"end":"x","count":1})"})
        EXPECT_FALSE(other.restore(bad, kStart)) << bad;
    EXPECT_FALSE(other.restore(good, kStart + 25h)) << "too old";
    EXPECT_FALSE(other.restore(good, kStart - 5min)) << "all of it of the future";
    EXPECT_EQ(other.count(), 0U);
    ASSERT_TRUE(other.restore(good, kStart + 1min));
}

TEST(History, NumbersOfAnotherFileCannotHarm) {
    History history;
    ASSERT_TRUE(history.restore(
        R"({"interval_s":60,"end":1740000000,"count":2,"voltage_V":[1e300,"x"],"charge_cause":[-1,77],
            "charge_member":[5,1e9],"causes":["member"],"members":[7]})",
        WallTime(std::chrono::seconds(1740000000))));
    const auto root = document(history);
    EXPECT_EQ(root["count"].GetInt(), 2);
    EXPECT_TRUE(root["charge_cause"][0].IsNull());
    EXPECT_TRUE(root["charge_member"][1].IsNull());
}

TEST(History, ManyNamesAreBounded) {
    History history;
    for (int i = 0; i < 200; ++i)
        history.add(at(1, "member", "Pack " + std::to_string(i)), kStart + std::chrono::minutes(i));
    EXPECT_EQ(document(history)["members"].Size(), kMostHistoryNames);
}

} // namespace
} // namespace busbar::web::history_test
