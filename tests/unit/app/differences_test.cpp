// SPDX-License-Identifier: MIT
// Two banks that are told the same: where they differ, for how long, and when the most.
#include "app/view/differences.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <string>

namespace busbar::differences_test {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;

Snapshot saying(RowIndex index, Value value) {
    Snapshot snapshot;
    snapshot[index] = std::move(value);
    return snapshot;
}

constexpr RowIndex kSoc = row("/Soc");
constexpr RowIndex kLimit = row("/Info/MaxChargeCurrent");

TEST(Differences, NothingIsSaidWhereBothSayTheSame) {
    Differences differences;
    EXPECT_EQ(differences.step(0ms, {}, {}), "");
    EXPECT_EQ(differences.step(1s, saying(kSoc, 50.0), saying(kSoc, 50.0)), "");
    EXPECT_THAT(differences.final(), HasSubstr(R"("differences":[])"));
}

TEST(Differences, EachIsSaidOnceAndOnceThatItIsOver) {
    Differences differences;
    EXPECT_EQ(differences.step(1500ms, saying(kSoc, 50.0), saying(kSoc, 40.0)),
              "{\"t\":1.5,\"path\":\"/Soc\",\"value\":50.0,\"against\":40.0}\n");
    EXPECT_EQ(differences.step(2s, saying(kSoc, 50.0), saying(kSoc, 40.0)), "");
    EXPECT_THAT(differences.step(3s, saying(kSoc, 51.0), saying(kSoc, 40.0)), HasSubstr("51"));
    EXPECT_THAT(differences.step(4s, saying(kSoc, 51.0), saying(kSoc, 51.0)),
                HasSubstr("\"value\":51.0,\"against\":51.0"));
    EXPECT_EQ(differences.step(5s, saying(kSoc, 52.0), saying(kSoc, 52.0)), "");
}

TEST(Differences, UnknownIsADifferenceAndNoNumber) {
    Differences differences;
    EXPECT_THAT(differences.step(0ms, saying(kSoc, 50.0), {}),
                HasSubstr("\"value\":50.0,\"against\":null"));
}

TEST(Differences, TheEndSaysHowLongAndWhenTheMost) {
    Differences differences;
    differences.step(0s, saying(kLimit, 80.0), saying(kLimit, 80.0));
    differences.step(10s, saying(kLimit, 80.0), saying(kLimit, 60.0));
    differences.step(20s, saying(kLimit, 80.0), saying(kLimit, 10.0));
    differences.step(30s, saying(kLimit, 80.0), saying(kLimit, 80.0));
    differences.step(40s, saying(kLimit, 80.0), saying(kLimit, 79.0));
    differences.step(45s, saying(kLimit, 80.0), saying(kLimit, 79.0));
    rapidjson::Document json;
    json.Parse(differences.final().c_str());
    ASSERT_TRUE(json.IsObject());
    EXPECT_EQ(json["seconds"].GetDouble(), 45.0);
    ASSERT_EQ(json["differences"].Size(), 1U);
    const auto& one = json["differences"][0];
    EXPECT_STREQ(one["path"].GetString(), "/Info/MaxChargeCurrent");
    EXPECT_EQ(one["seconds"].GetDouble(), 25.0);
    EXPECT_EQ(one["largest"].GetDouble(), 70.0);
    EXPECT_EQ(one["at"].GetDouble(), 20.0);
    EXPECT_EQ(one["against"].GetDouble(), 10.0);
}

TEST(Differences, OfNothingIsNothing) {
    EXPECT_THAT(Differences().final(), HasSubstr("\"seconds\":0.0"));
}

} // namespace
} // namespace busbar::differences_test
