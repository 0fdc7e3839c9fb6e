// SPDX-License-Identifier: MIT
// What a broker sends as one piece arrives to its end, over every transport, although nothing
// follows.
#include "integration/mqtt/burst_broker.hpp"
#include "integration/mqtt/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace busbar::test {
namespace {

/// What is promised is 100 ms; a machine that is very busy gets more, but less than it takes until
/// anything else comes and pushes the end of the burst out.
constexpr std::chrono::seconds kWithin{5};

struct Transport {
    const char* name;
    bool webSockets;
    bool isTls;
};

std::ostream& operator<<(std::ostream& out, const Transport& transport) {
    return out << transport.name;
}

class Bursts : public testing::TestWithParam<Transport> {
protected:
    /// The library at hand may be one that loses the end of bursts over this transport: then it
    /// must not be used, and is not.
    void SetUp() override {
        const auto refusal = mqtt::libraryError(broker.url());
        if (refusal.empty())
            return;
        EXPECT_TRUE(GetParam().webSockets) << "all others are mended on our side";
        EXPECT_THROW(Session(brokerAt(broker.url())), std::invalid_argument);
        GTEST_SKIP() << refusal;
    }

    std::unique_ptr<Session> open(std::chrono::seconds keepAlive = std::chrono::seconds(60)) {
        auto settings = brokerAt(broker.url());
        if (certificate_)
            settings.caFile = certificate_->certFile;
        auto session =
            std::make_unique<Session>(settings, mqtt::ClientOptions{.keepAlive = keepAlive});
        EXPECT_TRUE(session->connect());
        EXPECT_TRUE(session->subscribe({"t/#"}));
        return session;
    }

private:
    const ScratchDir dir_;
    const std::optional<TestCertificate> certificate_ =
        GetParam().isTls ? std::optional(selfSigned(dir_, "here", "IP:127.0.0.1")) : std::nullopt;

protected:
    BurstBroker broker{{.webSockets = GetParam().webSockets, .tls = certificate_}};
};

std::string numbered(int from, int to, const std::string& topic = "t/") {
    std::string packets;
    for (int i = from; i < to; ++i)
        packets += publication(topic + std::to_string(i), "{\"value\":" + std::to_string(i) + "}");
    return packets;
}

TEST_P(Bursts, ArriveToTheLastMessage) {
    const auto session = open();
    broker.send(0, numbered(0, 50));
    EXPECT_TRUE(session->until([&] { return session->messages() == 50; }, kWithin))
        << session->messages() << " of 50";
    EXPECT_EQ(session->mails.back().topic, "t/49");
}

/// More than the library reads at once, and more than a record holds.
TEST_P(Bursts, ArriveToTheLastMessageIfTheyAreLong) {
    const auto session = open();
    broker.send(0, numbered(0, 2000));
    EXPECT_TRUE(session->until([&] { return session->messages() == 2000; }, kWithin))
        << session->messages() << " of 2000";
    EXPECT_EQ(session->mails.back().topic, "t/1999");
}

TEST_P(Bursts, ArriveBehindASignOfLife) {
    const auto session = open(std::chrono::seconds(2));
    broker.sendBehindAnswer(numbered(0, 5));
    EXPECT_TRUE(session->until(
        [&] { return session->messages() == 5 || session->count(MailKind::Disconnected) > 0; }));
    EXPECT_EQ(session->messages(), 5U);
}

/// Cut anywhere: within the length of a packet, a topic, a payload, and right behind a packet.
TEST_P(Bursts, KeepOrderAndContentHoweverTheyAreCut) {
    const auto session = open();
    std::mt19937 random(1);
    const auto upTo = [&random](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit)(random);
    };
    std::vector<std::string> payloads;
    std::string stream;
    for (std::size_t i = 0; i < 400; ++i) {
        const auto size = i % 50 == 7 ? upTo(50000) : upTo(200);
        payloads.emplace_back(size, static_cast<char>('a' + i % 26));
        stream += publication("t/x", payloads.back());
    }
    for (std::size_t at = 0; at < stream.size();) {
        const auto size = std::min(stream.size() - at, 1 + upTo(upTo(20000)));
        broker.send(0, stream.substr(at, size));
        at += size;
    }
    EXPECT_TRUE(session->until([&] { return session->messages() == payloads.size(); }, kWithin))
        << session->messages();
    ASSERT_EQ(session->mails.size(), payloads.size());
    for (std::size_t i = 0; i < payloads.size(); ++i)
        ASSERT_EQ(session->mails[i].payload, payloads[i]) << i;
}

TEST_P(Bursts, ReachTheSessionThatTheyAreFor) {
    const auto first = open();
    const auto second = open();
    for (int i = 0; i < 20; ++i) {
        broker.send(0, numbered(50 * i, 50 * (i + 1), "t/first/"));
        broker.send(1, numbered(50 * i, 50 * (i + 1), "t/second/"));
    }
    const auto hasAll = [](Session& session, const std::string& topic) {
        EXPECT_TRUE(session.until([&] { return session.messages() == 1000; }, kWithin))
            << topic << session.messages();
        for (const auto& each : session.mails)
            ASSERT_THAT(each.topic, testing::StartsWith(topic));
    };
    hasAll(*first, "t/first/");
    hasAll(*second, "t/second/");
}

TEST_P(Bursts, LeaveNothingToTheNextSession) {
    const auto session = open();
    const auto burst = numbered(0, 50);
    broker.send(0, burst.substr(0, burst.size() - 3));
    broker.end(0);
    ASSERT_TRUE(session->until([&] { return session->count(MailKind::Disconnected) > 0; }));
    ASSERT_TRUE(session->connect());
    ASSERT_TRUE(session->subscribe({"t/#"}));
    broker.send(1, numbered(100, 105));
    EXPECT_TRUE(session->until([&] { return session->messages() == 5; }, kWithin));
    EXPECT_EQ(session->mails.front().topic, "t/100");
}

INSTANTIATE_TEST_SUITE_P(Over, Bursts,
                         testing::Values(Transport{"mqtt", false, false},
                                         Transport{"mqtts", false, true},
                                         Transport{"ws", true, false},
                                         Transport{"wss", true, true}),
                         [](const auto& each) { return std::string(each.param.name); });

} // namespace
} // namespace busbar::test
