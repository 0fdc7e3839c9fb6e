// SPDX-License-Identifier: MIT
// Made batteries keep their device instance, whatever else is made.
#include "app/kept/made_instances.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace busbar::made_instances_test {
namespace {

using ::testing::ElementsAre;

std::vector<MadeSettings> published(const std::vector<std::string>& ids) {
    std::vector<MadeSettings> made;
    for (const std::string& id : ids) {
        made.push_back({.id = id, .name = {}, .kind = MadeKind::Series});
        made.back().publish = true;
    }
    return made;
}

/// In the order of the configuration.
std::vector<int> numbered(State& state, const std::vector<std::string>& ids) {
    numberMade(state, published(ids));
    std::vector<int> instances;
    for (const std::string& id : ids)
        instances.push_back(state.writables.at(id).instance.value_or(-1));
    return instances;
}

TEST(MadeInstances, FollowTheListAtFirst) {
    State state;
    EXPECT_THAT(numbered(state, {"a", "b"}), ElementsAre(100, 101)) << "as up to 0.4";
}

TEST(MadeInstances, OneThatIsPutInFrontRenumbersNobody) {
    State state;
    (void)numbered(state, {"a", "b"});
    EXPECT_THAT(numbered(state, {"new", "b", "a"}), ElementsAre(102, 101, 100));
}

TEST(MadeInstances, OneThatIsGoneKeepsItsNumberForTheDayItReturns) {
    State state;
    (void)numbered(state, {"a", "b"});
    EXPECT_THAT(numbered(state, {"b", "c"}), ElementsAre(101, 102));
    EXPECT_THAT(numbered(state, {"a", "b", "c"}), ElementsAre(100, 101, 102));
}

TEST(MadeInstances, SurviveTheStateFile) {
    State state;
    (void)numbered(state, {"a", "b"});
    ParsedState parsed = parseState(stateText(state));
    EXPECT_TRUE(parsed.dropped.empty());
    EXPECT_THAT(numbered(parsed.state, {"x", "b", "a"}), ElementsAre(102, 101, 100));
}

TEST(MadeInstances, ThoseThatAreGoneGiveWayWhenAllNumbersAreTaken) {
    State state;
    std::vector<std::string> all;
    for (int i = 0; i < 147; ++i)
        all.push_back("m" + std::to_string(i));
    EXPECT_EQ(numbered(state, all).back(), kLastPublishedInstance);
    all.front() = "new";
    const std::vector<int> instances = numbered(state, all);
    EXPECT_EQ(instances.front(), kPublishedInstance);
    EXPECT_EQ(std::set<int>(instances.begin(), instances.end()).size(), 147U);
    EXPECT_FALSE(state.writables.at("m0").instance);
}

TEST(MadeInstances, AFileThatGivesTwoOneNumberIsPutRight) {
    State state;
    state.writables["a"].instance = 105;
    state.writables["b"].instance = 105;
    EXPECT_THAT(numbered(state, {"b", "a"}), ElementsAre(100, 105));
    for (const char* wrong : {"99", "247", "\"x\""})
        EXPECT_EQ(parseState(R"({"busbar_state":1,"writables":{"a":{"instance":)" +
                             std::string(wrong) + "}}}")
                      .dropped.size(),
                  1U)
            << wrong;
}

TEST(MadeInstances, WhatIsNotPublishedNeedsNone) {
    State state;
    std::vector<MadeSettings> made = published({"a"});
    made.front().publish = false;
    numberMade(state, made);
    EXPECT_TRUE(state.writables.empty());
}

} // namespace
} // namespace busbar::made_instances_test
