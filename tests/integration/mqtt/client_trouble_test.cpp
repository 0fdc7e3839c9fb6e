// SPDX-License-Identifier: MIT
// The MQTT client in trouble: wrong logins, brokers that hang, and ends at a bad moment.
#include "integration/mqtt/session.hpp"
#include "integration/mqtt/tcp_relay.hpp"
#include "support/private_broker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <unistd.h>

namespace busbar::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

std::size_t threads() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator("/proc/self/task"))
        ++count;
    return count;
}

TEST(ClientTrouble, TriesAgainWithTheCorrectedPassword) {
    const ScratchDir dir;
    PrivateBroker broker({.user = "me", .password = "right one"});
    auto settings = brokerAt(broker.url());
    settings.user = "me";
    settings.passwordFile = dir.file("password");
    Session session(settings);
    EXPECT_THAT(session.failure(), AllOf(HasSubstr("password file"), HasSubstr("No such file")));
    dir.write("password", "wrong one\n");
    EXPECT_TRUE(session.until([&] {
        return session.last(MailKind::ConnectFailed)->payload == "user or password refused";
    }));
    dir.write("password", "right one\r\nanother line\n");
    EXPECT_TRUE(session.until([&] { return session.client.isConnected(); }));
}

/// As the README's example does for a GX, where any user name will do.
TEST(ClientTrouble, LogsInWithAPasswordAlone) {
    const ScratchDir dir;
    PrivateBroker broker({.user = "busbar", .password = "right one"});
    auto settings = brokerAt(broker.url());
    settings.passwordFile = dir.write("password", "right one\n");
    Session session(settings);
    EXPECT_TRUE(session.connect());
}

TEST(ClientTrouble, PutsThePrefixBeforeThePassword) {
    const ScratchDir dir;
    PrivateBroker broker({.user = "a@b.example", .password = "Token 1234"});
    auto settings = brokerAt(broker.url());
    settings.user = "a@b.example";
    settings.passwordPrefix = "Token ";
    for (const auto* content : {"1234\n", "Token 1234"}) {
        settings.passwordFile = dir.write("token", content);
        Session session(settings);
        EXPECT_TRUE(session.connect()) << content;
    }
}

TEST(ClientTrouble, SaysThatANameIsUnknown) {
    Session session(brokerAt("mqtt://broker.invalid"));
    EXPECT_THAT(session.failure(), HasSubstr("name not resolvable: broker.invalid"));
}

TEST(ClientTrouble, GivesUpOnABrokerThatDoesNotAnswer) {
    PrivateBroker broker;
    broker.freeze();
    Session session(brokerAt(broker.url()), {.connectTimeout = 2s});
    EXPECT_THAT(session.failure(), HasSubstr("no answer within 2 s"));
    EXPECT_EQ(session.client.lastFailure()->fault, mqtt::LinkFault::NoBroker);
    broker.thaw();
    EXPECT_TRUE(session.until([&] { return session.client.isConnected(); }));
}

TEST(ClientTrouble, NeitherBlocksNorGrowsWhileTheBrokerHangs) {
    PrivateBroker broker;
    const mqtt::ClientOptions options{.maxInFlight = 3000,
                                      .maxInFlightBytes = std::size_t{16} * 1024 * 1024};
    Session session(brokerAt(broker.url()), options);
    ASSERT_TRUE(session.connect());
    broker.freeze();
    const std::string payload(10000, 'x');
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < 5000; ++i) {
        session.client.publish("t", payload, i % 2);
        session.client.tick(session.now());
    }
    const auto took = std::chrono::steady_clock::now() - began;
    EXPECT_LT(took, 5000 * 5ms) << "one that blocks would do so for much longer each time";
    const auto full = session.client.counters();
    EXPECT_LE(full.inFlight, options.maxInFlight);
    EXPECT_LE(full.inFlightBytes, options.maxInFlightBytes);
    EXPECT_GT(full.refused, 1000U);
    EXPECT_EQ(full.accepted + full.refused, 5000U);
    broker.thaw();
    ASSERT_TRUE(session.until([&] { return session.client.counters().inFlight == 0; }));
    const auto after = session.client.counters();
    EXPECT_EQ(after.delivered, after.accepted) << "nothing that was taken got lost";
    EXPECT_EQ(after.losses, 0U);
    EXPECT_EQ(after.inFlightBytes, 0U);
}

TEST(ClientTrouble, NoticesAHangingBrokerByItsKeepAlive) {
    PrivateBroker broker;
    Session session(brokerAt(broker.url()), {.keepAlive = 1s});
    ASSERT_TRUE(session.connect());
    broker.freeze();
    for (int i = 0; i < 10; ++i)
        ASSERT_TRUE(session.client.publish("t", "never acknowledged", 1));
    ASSERT_TRUE(session.until([&] { return session.count(MailKind::Disconnected) == 1; }));
    const auto counters = session.client.counters();
    EXPECT_EQ(counters.inFlight, 0U);
    EXPECT_EQ(counters.failed, 10U);
    broker.thaw();
    EXPECT_TRUE(session.until([&] { return session.client.isConnected(); }));
}

TEST(ClientTrouble, GoodbyeToAHangingBrokerIsBounded) {
    PrivateBroker broker;
    std::optional<Session> session(std::in_place, brokerAt(broker.url()));
    ASSERT_TRUE(session->connect());
    broker.freeze();
    for (int i = 0; i < 1000; ++i)
        session->client.publish("t", std::string(10000, 'x'), 1);
    const auto began = std::chrono::steady_clock::now();
    EXPECT_FALSE(session->client.disconnect(200ms));
    session.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - began, kPatience) << "the broker never answers";
}

TEST(ClientTrouble, TwoSessionsDoNotDisturbEachOther) {
    PrivateBroker good;
    PrivateBroker bad;
    Session first(brokerAt(good.url()), {.session = 1});
    Session second(brokerAt(bad.url()), {.session = 2, .connectTimeout = 2s});
    bad.freeze();
    ASSERT_TRUE(first.connect());
    ASSERT_TRUE(first.subscribe({"t"}));
    second.client.connectNow(second.now());
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(first.client.publish("t", std::to_string(i)));
        ASSERT_TRUE(
            first.until([&] { return first.messages() == static_cast<std::size_t>(i) + 1; }));
    }
    EXPECT_FALSE(second.failure().empty());
    EXPECT_TRUE(first.client.isConnected());
}

TEST(ClientTrouble, LeavesNoThreadBehindWheneverItEnds) {
    PrivateBroker broker;
    TcpRelay relay({broker.port()}); // its thread is there before and after
    const auto before = threads();
    { const Session neverStarted(brokerAt(broker.url())); }
    {
        Session connected(brokerAt(broker.url()));
        ASSERT_TRUE(connected.connect());
    }
    {
        Session pausing(brokerAt("mqtt://127.0.0.1:" + std::to_string(freePort())));
        pausing.skipsPauses = false;
        ASSERT_FALSE(pausing.failure().empty());
    }
    {
        Session lost(brokerAt("mqtt://127.0.0.1:" + std::to_string(relay.port())));
        lost.skipsPauses = false;
        ASSERT_TRUE(lost.connect());
        relay.cut();
        ASSERT_TRUE(lost.until([&] { return !lost.client.isConnected(); }));
    }
    broker.freeze();
    for (int i = 0; i < 10; ++i) {
        Session connecting(brokerAt(broker.url()));
        connecting.client.connectNow(connecting.now());
        if (i % 2 == 0)
            ::usleep(static_cast<useconds_t>(i) *
                     2000); // another moment of the attempt each time, none expected
    }
    auto pinned = brokerAt("mqtts://127.0.0.1:" + std::to_string(broker.port()));
    pinned.fingerprint = std::string(64, 'a');
    {
        Session probing(pinned);
        probing.client.connectNow(probing.now());
    }
    EXPECT_TRUE(waitUntil([&] { return threads() == before; }))
        << threads() << " instead of " << before;
}

} // namespace
} // namespace busbar::test
