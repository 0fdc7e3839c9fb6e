// SPDX-License-Identifier: MIT
// The MQTT client against a real broker: what goes in comes out.
#include "integration/mqtt/session.hpp"
#include "integration/mqtt/tcp_relay.hpp"
#include "support/private_broker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace busbar::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string allBytes() {
    std::string text;
    for (int i = 0; i < 256; ++i)
        text += static_cast<char>(i);
    return text;
}

TEST(Client, DeliversEveryByteOfAPayload) {
    PrivateBroker broker;
    Session session(brokerAt(broker.url()), {.session = 7});
    ASSERT_TRUE(session.connect());
    ASSERT_TRUE(session.subscribe({"t/#"}));
    const std::vector<std::string> payloads{allBytes(), "", "{\"value\":1}", "\xff\xfe broken \xc3",
                                            std::string(std::size_t{1024} * 1024, 'x')};
    for (const auto& payload : payloads)
        EXPECT_TRUE(session.client.publish("t/ä/1", payload));
    ASSERT_TRUE(session.until([&] { return session.messages() == payloads.size(); }));
    for (std::size_t i = 0; i < payloads.size(); ++i) {
        const auto& mail = session.mails.at(i);
        EXPECT_EQ(mail.payload, payloads[i]) << i;
        EXPECT_EQ(mail.topic, "t/ä/1");
        EXPECT_EQ(mail.session, 7);
        EXPECT_FALSE(mail.retained);
    }
}

TEST(Client, TellsRetainedMessagesFromNewOnes) {
    PrivateBroker broker;
    Session writer(brokerAt(broker.url()));
    ASSERT_TRUE(writer.connect());
    ASSERT_TRUE(writer.client.publish("N/c0/system/0/Serial", "{\"value\":\"c0\"}", 1, true));
    ASSERT_TRUE(writer.until([&] { return writer.client.counters().delivered == 1; }));
    Session reader(brokerAt(broker.url()));
    ASSERT_TRUE(reader.connect());
    ASSERT_TRUE(reader.client.subscribe({"N/+/system/0/Serial"}));
    ASSERT_TRUE(reader.until([&] { return reader.messages() == 1; }));
    EXPECT_TRUE(reader.last(MailKind::Message)->retained);
    EXPECT_TRUE(writer.client.publish("N/c0/system/0/Serial", "again", 0, false));
    ASSERT_TRUE(reader.until([&] { return reader.messages() == 2; }));
    EXPECT_FALSE(reader.last(MailKind::Message)->retained);
}

TEST(Client, KeepsTheOrderOfFiveThousandMessages) {
    constexpr std::size_t kCount = 5000;
    for (const int qos : {0, 1}) {
        // mosquitto drops what a subscriber does not read fast enough, unless it may queue
        PrivateBroker broker({.more = "max_queued_messages 0\nmax_inflight_messages 0\n"});
        Session session(brokerAt(broker.url()));
        ASSERT_TRUE(session.connect());
        ASSERT_TRUE(session.subscribe({"order"}));
        for (std::size_t i = 0; i < kCount; ++i)
            ASSERT_TRUE(session.client.publish("order", std::to_string(i), qos));
        ASSERT_TRUE(session.until([&] { return session.messages() == kCount; }))
            << session.messages();
        for (std::size_t i = 0; i < kCount; ++i)
            ASSERT_EQ(session.mails.at(i).payload, std::to_string(i));
        ASSERT_TRUE(session.until([&] { return session.client.counters().inFlight == 0; }));
        EXPECT_EQ(session.client.counters().failed, 0U);
        EXPECT_EQ(session.client.counters().inFlightBytes, 0U);
    }
}

TEST(Client, WaitsForABrokerThatStartsLater) {
    PrivateBroker broker;
    broker.stop();
    Session session(brokerAt(broker.url()));
    EXPECT_THAT(session.failure(), HasSubstr("connection refused"));
    EXPECT_FALSE(session.client.isConnected());
    broker.start();
    EXPECT_TRUE(session.until([&] { return session.client.isConnected(); }));
    EXPECT_GE(session.client.counters().connectFailures, 1U);
}

TEST(Client, ComesBackAfterTheBrokerDidAndIsSubscribedByItsOwner) {
    PrivateBroker broker;
    Session session(brokerAt(broker.url()));
    ASSERT_TRUE(session.connect());
    for (int round = 0; round < 3; ++round) {
        session.mails.clear();
        broker.stop();
        ASSERT_TRUE(session.until([&] { return session.count(MailKind::Disconnected) == 1; }));
        EXPECT_FALSE(session.client.publish("t", "nobody is there"));
        broker.start();
        ASSERT_TRUE(session.until([&] { return session.count(MailKind::Connected) == 1; }));
        ASSERT_TRUE(session.subscribe({"t"}));
        ASSERT_TRUE(session.client.publish("t", "hello"));
        ASSERT_TRUE(session.until([&] { return session.messages() == 1; }));
        EXPECT_EQ(session.mails.back().payload, "hello");
    }
    EXPECT_EQ(session.client.counters().losses, 3U);
    EXPECT_EQ(session.client.counters().connects, 4U);
    EXPECT_EQ(session.client.counters().refused, 3U);
}

TEST(Client, PausesBetweenAttempts) {
    PrivateBroker broker;
    broker.stop();
    Session session(brokerAt(broker.url()));
    session.skipsPauses = false;
    ASSERT_FALSE(session.failure().empty());
    const auto next = session.client.nextAttempt();
    ASSERT_TRUE(next.has_value());
    EXPECT_GT(*next, session.now().steady);
    EXPECT_LE(*next, session.now().steady + 2s);
    session.client.tick({*next - 1ms, {}});
    EXPECT_TRUE(session.client.nextAttempt().has_value());
    session.client.tick({*next, {}});
    EXPECT_FALSE(session.client.nextAttempt().has_value()) << "an attempt is under way";
}

/// However far the connection is on its way when its owner ends it: a broker that has read the
/// greeting would publish the will if it was cut off.
TEST(Client, LeavesNoWillIfItEndsWhileItBegins) {
    PrivateBroker broker;
    Session listener(brokerAt(broker.url()));
    ASSERT_TRUE(listener.connect());
    ASSERT_TRUE(listener.subscribe({"status"}));
    for (int round = 0; round < 60; ++round) {
        Session session(brokerAt(broker.url()));
        session.client.will("status", "lost", false);
        session.client.connectNow(session.now());
        const auto until =
            std::chrono::steady_clock::now() + std::chrono::microseconds(250 * round);
        while (std::chrono::steady_clock::now() < until) {
        }
        EXPECT_TRUE(session.client.disconnect(10s));
    }
    ASSERT_TRUE(listener.client.publish("status", "last"));
    ASSERT_TRUE(listener.until([&] { return listener.messages() > 0; }));
    EXPECT_EQ(listener.last(MailKind::Message)->payload, "last");
    EXPECT_EQ(listener.messages(), 1U);
}

TEST(Client, SendsWhatWaitsBeforeItSaysGoodbyeAndThenNoWill) {
    PrivateBroker broker;
    Session listener(brokerAt(broker.url()));
    ASSERT_TRUE(listener.connect());
    ASSERT_TRUE(listener.subscribe({"status"}));
    Session session(brokerAt(broker.url()));
    session.client.will("status", "lost", true);
    ASSERT_TRUE(session.connect());
    for (int i = 0; i < 500; ++i)
        ASSERT_TRUE(session.client.publish("status", std::to_string(i), 1));
    ASSERT_TRUE(session.client.publish("status", "offline", 1, true));
    EXPECT_TRUE(session.client.disconnect(10s));
    EXPECT_FALSE(session.client.publish("status", "too late"));
    EXPECT_FALSE(session.client.nextAttempt().has_value());
    // Whatever would come after "offline" had to come before this.
    ASSERT_TRUE(listener.client.publish("status", "end"));
    ASSERT_TRUE(listener.until(
        [&] { return !listener.mails.empty() && listener.mails.back().payload == "end"; }));
    ASSERT_EQ(listener.messages(), 502U);
    EXPECT_EQ(listener.mails.at(500).payload, "offline");
}

TEST(Client, LeavesItsWillWhenTheLineIsCut) {
    PrivateBroker broker;
    TcpRelay relay({broker.port()});
    Session listener(brokerAt(broker.url()));
    ASSERT_TRUE(listener.connect());
    ASSERT_TRUE(listener.subscribe({"status"}));
    Session session(brokerAt("mqtt://127.0.0.1:" + std::to_string(relay.port())));
    session.client.will("status", "lost", true);
    ASSERT_TRUE(session.connect());
    relay.cut();
    ASSERT_TRUE(session.until([&] { return session.count(MailKind::Disconnected) == 1; }));
    ASSERT_TRUE(listener.until([&] { return listener.messages() == 1; }));
    EXPECT_EQ(listener.mails.back().payload, "lost");
}

TEST(Client, RefusesTopicsForWhichABrokerWouldEndTheSession) {
    PrivateBroker broker;
    Session session(brokerAt(broker.url()));
    ASSERT_TRUE(session.connect());
    for (const std::string& topic : {std::string(), std::string("a/#"), std::string("+/b"),
                                     std::string("a\0b", 3), std::string(70000, 'x')})
        EXPECT_FALSE(session.client.publish(topic, "")) << topic.substr(0, 10);
    EXPECT_TRUE(session.client.publish("\xff\xfe", "not UTF-8")) << "found out by the library";
    ASSERT_TRUE(session.until([&] { return session.client.counters().inFlight == 0; }));
    EXPECT_EQ(session.client.counters().refused, 5U);
    EXPECT_EQ(session.client.counters().failed, 1U);
    EXPECT_TRUE(session.client.isConnected());
}

TEST(Client, ReachesABrokerByName) {
    PrivateBroker plain;
    Session byName(brokerAt(plain.url("localhost")));
    EXPECT_TRUE(byName.connect());
}

TEST(Client, SpeaksWebSocketsIfTheLibraryDoes) {
    PrivateBroker broker({.webSockets = true});
    if (const auto refusal = mqtt::libraryError(broker.url()); !refusal.empty())
        GTEST_SKIP() << refusal;
    for (const std::string path : {"", "/", "/websocket-mqtt"}) {
        Session session(brokerAt(broker.url("localhost") + path));
        ASSERT_TRUE(session.connect()) << path;
        ASSERT_TRUE(session.subscribe({"t"}));
        const std::string payload(300, 'w'); // a frame with a length of two bytes
        ASSERT_TRUE(session.client.publish("t", payload));
        ASSERT_TRUE(session.until([&] { return session.messages() == 1; }));
        EXPECT_EQ(session.mails.back().payload, payload);
    }
}

} // namespace
} // namespace busbar::test
