// SPDX-License-Identifier: MIT
// Trees that cannot be: circles, what counts twice, ids that meet.
#include "unit/config/helpers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace busbar::config {
namespace made_rules_test {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::shown;

std::string made(const std::string& entries, const std::string& rest = "") {
    return "{" + rest + "\"made\": [" + entries + "]}";
}

std::string series(const std::string& id, const std::string& first, const std::string& second) {
    return "\n{\"id\": \"" + id + "\", \"series\": [\"" + first + "\", \"" + second + "\"]}";
}

TEST(MadeRules, AnIdThatIsNotThereIsNamedWithTheNearest) {
    EXPECT_THAT(
        shown(made(series("string_1", "name:A", "name:B"), R"("batteries": ["made:strng_1"], )")),
        HasSubstr("batteries[0]: there is no made battery of the id \"strng_1\"; did you "
                  "mean made:string_1?"));
    EXPECT_THAT(shown(made(series("a", "name:A", "made:bb"))),
                HasSubstr("f:2:34: made[0].series[1]: there is no made battery"));
    EXPECT_THAT(shown(R"({"override": ["made:x"]})"), HasSubstr("override[0]: there is no made"));
    EXPECT_THAT(shown(R"({"exclude": ["made:x"]})"), HasSubstr("exclude[0]: there is no made"));
}

TEST(MadeRules, ANameOfWhatIsMadeIsNoSelectorOfIt) {
    const std::string string =
        R"({"id": "s1", "name": "String 1", "series": ["name:A", "name:B"]})";
    EXPECT_THAT(
        shown(made(string, R"("per_battery": [{"match": "name:String 1", "cvl_V": 28}], )")),
        HasSubstr("per_battery[0]: name:String 1 picks a battery of the GX only; the one that "
                  "is made here is made:s1"));
    EXPECT_THAT(shown(made(string, R"("batteries": ["name:s1"], )")), HasSubstr("is made:s1"));
    EXPECT_THAT(shown(made(R"({"id": "p", "name": "A", "merged": ["name:A", "name:B"]})",
                           R"("per_battery": [{"match": "name:A", "cvl_V": 28}], )")),
                Not(HasSubstr("picks a battery of the GX only")))
        << "it is called as what it is made of";
}

TEST(MadeRules, ACircleIsNamedOnce) {
    const std::string issues =
        shown(made(series("a", "made:b", "name:A") + "," + series("b", "made:c", "name:B") + "," +
                   series("c", "name:C", "made:a")));
    EXPECT_THAT(issues, HasSubstr("made[0]: is made of itself: a → b → c → a"));
    EXPECT_EQ(issues.find("made of itself"), issues.rfind("made of itself"));
    EXPECT_THAT(shown(made(series("a", "made:a", "name:A"))),
                HasSubstr("is made of itself: a → a"));
    EXPECT_THAT(shown(made(R"({"id": "in", "bank": {"batteries": ["made:s"]}},)" +
                           series("s", "made:in", "name:A"))),
                HasSubstr("is made of itself: in → s → in"));
}

TEST(MadeRules, WhatCountsTwiceInABankIsNamedWithBothPlaces) {
    EXPECT_THAT(shown(made(series("a", "name:A", "name:B") + "," + series("b", "name:C", "name:A"),
                           R"("batteries": ["made:a", "made:b"], )")),
                HasSubstr("made[1].series[1]: name:A counts twice in bank \"main\": also by "
                          "made[0].series[0] (line 2)"));
    EXPECT_THAT(
        shown(made(series("a", "name:A", "name:B"), R"("batteries": ["name:B", "made:a"], )")),
        HasSubstr("made[0].series[1]: name:B counts twice in bank \"main\": also by "
                  "batteries[0] (line 1)"));
    EXPECT_THAT(
        shown(made(series("a", "name:A", "name:B") + "," + series("b", "name:C", "name:A"))),
        HasSubstr("name:A counts twice in bank \"main\""));
    EXPECT_THAT(shown(made(series("a", "name:A", "name:B") +
                               R"(, {"id": "in", "bank": {"batteries": ["made:a"]}})",
                           R"("batteries": ["made:a", "made:in"], )")),
                HasSubstr("made[1].bank.batteries[0]: made:a counts twice"));
}

/// A shunt may tell the voltage of two packs; what a remainder subtracts counts by itself.
TEST(MadeRules, WhatDoesNotCountMayStandTwice) {
    EXPECT_EQ(
        shown(made(
            R"({"id": "a", "merged": [{"match": "name:S", "paths": ["/Dc/0/Voltage"]}, "name:A"]},
                            {"id": "b", "merged": [{"match": "name:S", "paths": ["/Dc/0/Voltage"]}, "name:B"]},
                            {"id": "r", "remainder_of": "name:T", "minus": ["made:a"]})",
            R"("batteries": ["made:a", "made:b", "made:r"], )")),
        "");
}

TEST(MadeRules, OneBatteryInTwoBanksIsWarnedOf) {
    const std::string text = made(
        series("a", "name:A", "name:B"),
        R"("banks": [{"id": "x", "batteries": ["made:a"]}, {"id": "y", "batteries": ["name:B"]}], )");
    EXPECT_THAT(shown(text), HasSubstr("name:B is in bank \"x\", too, by made[0].series[1]"));
    EXPECT_TRUE(readConfig(text).config);
}

TEST(MadeRules, OneThatIsInNoBankIsWarnedOf) {
    const std::string text = made(series("a", "name:A", "name:B"), R"("batteries": ["name:C"], )");
    EXPECT_THAT(shown(text), HasSubstr("made[0]: is in no bank; add \"made:a\""));
    EXPECT_TRUE(readConfig(text).config);
    EXPECT_EQ(shown(made(series("a", "name:A", "name:B"))), "");
    EXPECT_EQ(shown(made(R"({"id": "w", "writable": {"publish": true}})",
                         R"("batteries": ["name:C"], )")),
              "");
    EXPECT_EQ(shown(made(series("a", "name:A", "name:B"),
                         R"("batteries": ["name:C"], "fallback": ["made:a"], )")),
              "");
    EXPECT_EQ(shown(made(R"({"id": "a", "series": ["name:A", "name:B"], "publish": true})",
                         R"("batteries": ["name:C"], )")),
              "");
}

TEST(MadeRules, WhatIsPublishedByItselfCanBeWorkedOutAlone) {
    EXPECT_THAT(shown(made(R"({"id": "r", "remainder_of": "name:S", "publish": true})",
                           R"("batteries": ["name:C"], )")),
                HasSubstr("made[0]: subtracts the others of its bank, but is in none; list what"));
    EXPECT_EQ(shown(made(R"({"id": "r", "remainder_of": "name:S", "publish": true})")), "");
    EXPECT_EQ(shown(made(R"({"id": "r", "remainder_of": "name:S", "minus": ["name:A"],
                             "publish": true})",
                         R"("batteries": ["name:C"], )")),
              "");
}

TEST(MadeRules, EveryKindIsPublishedByOneKey) {
    EXPECT_THAT(shown(made(R"({"id": "w", "writable": {}, "publish": true})")),
                HasSubstr("made[0].publish: is writable.publish here"));
    EXPECT_THAT(shown(made(R"({"id": "b", "bank": {"batteries": ["name:A"]}, "publish": true})")),
                HasSubstr("made[0].publish: is bank.dbus.bus here"));
}

TEST(MadeRules, ARemainderSubtractsNeitherItsShuntNorTheOthersOfNoBank) {
    EXPECT_THAT(
        shown(made(R"({"id": "r", "remainder_of": "name:S", "minus": ["name:A", "name:S"]})")),
        HasSubstr("made[0].minus[1]: is the shunt itself, made[0].remainder_of (line 1)"));
    EXPECT_THAT(
        shown(made(R"({"id": "r", "remainder_of": "name:S"},)" + series("s", "made:r", "name:A"))),
        HasSubstr("made[1].series[0]: made:r subtracts the others of its bank"));
    EXPECT_EQ(shown(made(R"({"id": "r", "remainder_of": "name:S"})")), "");
    const std::string corrects =
        R"("batteries": ["name:A"], "override": [{"match": "made:r", "paths": ["/Soc"]}], )";
    EXPECT_THAT(shown(made(R"({"id": "r", "remainder_of": "name:S"})", corrects)),
                HasSubstr("made[0]: subtracts the others of its bank, but is in none"));
    EXPECT_EQ(
        shown(made(R"({"id": "r", "remainder_of": "name:S", "minus": ["name:B"]})", corrects)), "");
}

TEST(MadeRules, TwoSourcesThatAreOneAreRefused) {
    EXPECT_THAT(
        shown(made(R"({"id": "m", "merged": [{"match": "name:A", "paths": ["/Soc"]}, "name:A"]})")),
        HasSubstr("made[0].merged[1]: name:A stands in the list twice, first as "
                  "made[0].merged[0]"));
}

TEST(MadeRules, IdsThatMeetAreNamedWithBothPlaces) {
    EXPECT_THAT(
        shown(made(series("a", "name:A", "name:B") + "," + series("A", "name:C", "name:D"))),
        HasSubstr("made[1].id: \"A\" is the id of made[0].id (line 2), too"));
    EXPECT_THAT(shown(made(series("house", "name:A", "name:B"), R"("id": "house", )")),
                HasSubstr("made[0].id: \"house\" is the id of id (line 1), too"));
    EXPECT_THAT(shown(made(series("main", "name:A", "name:B"))), HasSubstr("is the id of id, too"));
    EXPECT_THAT(shown(made(R"({"id": "w", "series": ["name:A", "name:B"], "publish": true})",
                           R"("dbus": {"service": "busbar_w"}, )")),
                HasSubstr("made[0]: it would be published as busbar_w, the dbus.service of bank"));
    EXPECT_THAT(shown(made(R"({"id": "w", "writable": {"publish": true}})",
                           R"("dbus": {"service": "busbar_w"}, )")),
                HasSubstr("made[0]: it would be published as busbar_w, the dbus.service of bank"));
}

TEST(MadeRules, CorrectionsThatCannotBeMeant) {
    EXPECT_THAT(shown(R"({"per_battery": [{"match": "name:A"}]})"),
                HasSubstr("per_battery[0]: corrects nothing"));
    EXPECT_THAT(
        shown(
            R"({"per_battery": [{"match": "name:A", "capacity_Ah": 4}, {"match": "name:A", "cvl_V": 50}]})"),
        HasSubstr("per_battery[1]: name:A stands in the list twice, first as per_battery[0]"));
    EXPECT_THAT(shown(R"({"cells": 16, "per_battery": [{"match": "name:A", "cvl_V": 14.2}]})"),
                HasSubstr("per_battery[0]: cvl_V (14.2 V) is no charge voltage of 16 cells"));
    EXPECT_EQ(shown(R"({"cells": 16, "per_battery": [{"match": "name:A", "cvl_V": 55.2}]})"), "");
    EXPECT_EQ(shown(made(series("string_1", "name:A", "name:B"),
                         R"("cells": 16, "batteries": ["made:string_1"],
                            "per_battery": [{"match": "name:A", "cvl_V": 28}], )")),
              "")
        << "a block has fewer cells than its string";
}

/// The GX follows one bank; the inner ones are its batteries.
TEST(MadeRules, DvccFollowsTheOuterBank) {
    const std::string inner = R"({"id": "in", "bank": {"batteries": ["name:A"]}})";
    EXPECT_EQ(shown(made(inner, R"("control": "dvcc", )")), "");
    EXPECT_THAT(shown(made(inner, R"("control": "dvcc", "banks": [{"id": "x"}, {"id": "y"}], )")),
                HasSubstr("there must be no second one"));
}

/// 64 made batteries of 16 parts each, every one of all that follow: 2^64 ways through them.
TEST(MadeRules, ATreeOfManyWaysIsReadAtOnce) {
    std::string entries;
    for (int i = 0; i < 64; ++i) {
        std::string parts = "\"instance:" + std::to_string(i) + "\"";
        for (int next = i + 1; next < std::min(64, i + 15); ++next)
            parts += ", \"made:m" + std::to_string(next) + "\"";
        entries += (i == 0 ? "" : ", ") + ("{\"id\": \"m" + std::to_string(i)) +
                   "\", \"bank\": {\"batteries\": [" + parts + "]}}";
    }
    const auto start = std::chrono::steady_clock::now();
    EXPECT_THAT(shown(made(entries)), HasSubstr("counts twice"));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

} // namespace made_rules_test
} // namespace busbar::config
