// SPDX-License-Identifier: MIT
// The way to the batteries: one finding for each link, and what to do about the first that breaks.
#include "app/commands/doctor.hpp"
#include "app/run/chain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace busbar::chain_test {
namespace {

using mqtt::LinkStep;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// One letter for each link: f, -, W, w, ?.
std::string statesOf(const ChainFacts& facts) {
    constexpr std::string_view kLetters = "f-Ww?";
    std::string text;
    for (const ChainFinding& one : chainToBatteries(facts))
        text += kLetters.at(static_cast<std::size_t>(one.state));
    return text;
}

ChainFacts wellFacts() {
    return {.url = "mqtts://gx:8883",
            .isTls = true,
            .hasPassword = true,
            .isConnected = true,
            .portalId = "c0619ab00001",
            .hasAnswered = true,
            .isComplete = true,
            .members = {"A", "B"}};
}

ChainFinding brokenOf(const ChainFacts& facts) {
    const auto chain = chainToBatteries(facts);
    const ChainFinding* broken = firstBroken(chain);
    return broken == nullptr ? ChainFinding{} : *broken;
}

TEST(Chain, AllIsFine) {
    EXPECT_EQ(statesOf(wellFacts()), "ffffffff");
    const auto chain = chainToBatteries(wellFacts());
    EXPECT_EQ(firstBroken(chain), nullptr);
    EXPECT_EQ(chain.back().what, "A, B take part");
}

TEST(Chain, WhatIsNotUsedIsNoFault) {
    ChainFacts facts = wellFacts();
    facts.isTls = facts.hasPassword = false;
    EXPECT_EQ(statesOf(facts), "-ff-ffff");
}

TEST(Chain, TheStepThatFailedIsNamedAndNothingIsSaidOfThoseBehind) {
    for (const auto& [step, states] :
         std::vector<std::pair<LinkStep, std::string>>{{LinkStep::Password, "W???????"},
                                                       {LinkStep::Name, "fW??????"},
                                                       {LinkStep::Port, "ffW?????"},
                                                       {LinkStep::Tls, "fffW????"},
                                                       {LinkStep::Login, "ffffW???"}}) {
        ChainFacts facts = wellFacts();
        facts.isConnected = false;
        facts.failure = mqtt::LinkFailure{step, "because"};
        EXPECT_EQ(statesOf(facts), states);
        EXPECT_EQ(brokenOf(facts).what, "because");
        EXPECT_NE(brokenOf(facts).remedy, "");
    }
}

TEST(Chain, WhatHelpsIsSaidOfTheFaultNotOfTheStepAlone) {
    const auto remedyOf = [](mqtt::LinkFailure failure) {
        ChainFacts facts = wellFacts();
        facts.isConnected = false;
        facts.failure = std::move(failure);
        return brokenOf(facts).remedy;
    };
    using mqtt::LinkFault;
    EXPECT_THAT(remedyOf({LinkStep::Tls, "because"}), HasSubstr("gx.tls.fingerprint"));
    EXPECT_THAT(remedyOf({LinkStep::Tls, "because", LinkFault::NoHandshake}),
                AllOf(HasSubstr("8883"), Not(HasSubstr("fingerprint"))));
    EXPECT_THAT(remedyOf({LinkStep::Login, "because"}), HasSubstr("gx.password_file"));
    EXPECT_THAT(remedyOf({LinkStep::Login, "because", LinkFault::NoBroker}),
                AllOf(HasSubstr("1883"), Not(HasSubstr("password"))));
}

TEST(Chain, ALinkIsNotNamedTwice) {
    ChainFacts facts = wellFacts();
    facts.isConnected = false;
    facts.failure = mqtt::LinkFailure{LinkStep::Tls, "TLS: certificate not trusted: expired"};
    EXPECT_EQ(brokenOf(facts).what, "certificate not trusted: expired");
}

TEST(Chain, APortalIdThatTheOwnerGaveIsNotProven) {
    ChainFacts facts = wellFacts();
    EXPECT_EQ(chainToBatteries(facts).at(5).what, "c0619ab00001");
    facts.isPortalGiven = true;
    EXPECT_EQ(chainToBatteries(facts).at(5).what, "c0619ab00001, as configured");
}

TEST(Chain, NoAnswerYetIsNoFailure) {
    const ChainFacts facts{.url = "mqtt://10.255.255.1"};
    EXPECT_EQ(statesOf(facts), "-?w-????");
    EXPECT_EQ(brokenOf(facts).what, "no answer from mqtt://10.255.255.1 yet");
    EXPECT_THAT(brokenOf(facts).remedy, HasSubstr("MQTT Access"));
}

TEST(Chain, ABrokerWithoutAGx) {
    ChainFacts facts = wellFacts();
    facts.portalId.clear();
    EXPECT_EQ(statesOf(facts), "fffffW??");
    EXPECT_THAT(brokenOf(facts).remedy, HasSubstr("is this the broker of a GX"));
}

TEST(Chain, ABrokerWithSeveral) {
    ChainFacts facts = wellFacts();
    facts.portalId.clear();
    facts.portalsSeen = {"a", "b"};
    EXPECT_THAT(brokenOf(facts).what, HasSubstr("several GX devices: a, b"));
    EXPECT_THAT(brokenOf(facts).remedy, HasSubstr("gx.portal_id"));
}

TEST(Chain, AGxThatSaysNothingAndOneThatIsNotReadyYet) {
    ChainFacts facts = wellFacts();
    facts.isComplete = facts.hasAnswered = false;
    EXPECT_EQ(statesOf(facts), "ffffffW?");
    facts.isComplete = true; // its time was over
    EXPECT_EQ(statesOf(facts), "ffffffW?");
    facts.isComplete = false;
    facts.hasAnswered = true;
    EXPECT_EQ(statesOf(facts), "ffffffw?");
}

TEST(Chain, BatteriesThatTakeNoPartAreNamed) {
    ChainFacts facts = wellFacts();
    facts.members.clear();
    EXPECT_EQ(brokenOf(facts).what, "the GX shows no battery");
    facts.others = {"A (no voltage)"};
    EXPECT_EQ(brokenOf(facts).what, "none takes part; not: A (no voltage)");
    facts.members = {"B"};
    EXPECT_EQ(statesOf(facts), "ffffffff") << "one is enough";
}

TEST(Chain, IsShownWithWhatToDo) {
    ChainFacts facts = wellFacts();
    facts.isConnected = false;
    facts.failure = mqtt::LinkFailure{LinkStep::Port, "connection refused (10.0.0.9:1883)"};
    const std::string text = chainText(chainToBatteries(facts));
    EXPECT_THAT(text,
                AllOf(HasSubstr("  fine   name              leads to an address\n"),
                      HasSubstr("  WRONG  port              connection refused (10.0.0.9:1883)"
                                "\n    what to do: "),
                      HasSubstr("  ?      batteries         not known, because")));
}

} // namespace
} // namespace busbar::chain_test
