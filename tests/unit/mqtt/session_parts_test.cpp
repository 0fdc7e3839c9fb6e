// SPDX-License-Identifier: MIT
// The pure parts of an MQTT session: pauses, reasons, log discipline, outbox, fingerprints,
// settings.
#include "mqtt/session/backoff.hpp"
#include "mqtt/session/broker_check.hpp"
#include "mqtt/session/client.hpp"
#include "mqtt/session/fault_note.hpp"
#include "mqtt/session/outbox.hpp"
#include "mqtt/session/reason.hpp"
#include "mqtt/session/tls_pin.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace busbar::mqtt {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Backoff, DoublesUpToTheLongestPause) {
    Backoff backoff(1s, 60s);
    for (const auto expected : {2000ms, 4000ms, 8000ms, 16000ms, 32000ms, 60000ms, 60000ms})
        EXPECT_EQ(backoff.next(1), expected);
}

TEST(Backoff, StartsAgainAfterASuccess) {
    Backoff backoff(1s, 60s);
    for (int i = 0; i < 10; ++i)
        (void)backoff.next(0.5);
    backoff.reset();
    EXPECT_EQ(backoff.next(0), 1s);
}

TEST(Backoff, StaysWithinItsBoundsWhateverTheRandomNumber) {
    for (const double random : {-1.0, 0.0, 0.3, 0.999999, 7.0}) {
        Backoff backoff(1s, 60s);
        for (int i = 0; i < 100; ++i) {
            const auto pause = backoff.next(random);
            EXPECT_GE(pause, 1s) << random;
            EXPECT_LE(pause, 60s) << random;
        }
    }
}

TEST(Backoff, SpreadsOverHalfOfThePause) {
    Backoff low(1s, 60s);
    Backoff high(1s, 60s);
    (void)low.next(0);
    (void)high.next(0);
    EXPECT_EQ(low.next(0), 2s);
    EXPECT_EQ(high.next(1), 4s);
}

TEST(Backoff, SurvivesUselessBounds) {
    Backoff reversed(10s, 1s);
    EXPECT_EQ(reversed.next(0.5), 10s);
    Backoff zero(0s, 0s);
    EXPECT_GE(zero.next(0), 1ms) << "never a busy loop";
}

TEST(Reason, NamesEveryRefusalOfABroker) {
    for (int code = 1; code <= 5; ++code)
        EXPECT_NE(refusalReason(code), "") << code;
    EXPECT_EQ(refusalReason(4), "user or password refused");
    EXPECT_EQ(refusalReason(5), "user or password refused");
}

TEST(Reason, LeavesOtherNumbersAlone) {
    for (const int code : {-9, -1, 0, 6, 128, 2147483647})
        EXPECT_EQ(refusalReason(code), "") << code;
}

TEST(FaultNote, SaysEachCauseOncePerOutage) {
    FaultNote note;
    EXPECT_TRUE(note.isNews("refused"));
    EXPECT_FALSE(note.isNews("refused"));
    EXPECT_TRUE(note.isNews("no answer"));
    EXPECT_FALSE(note.isNews("refused"));
    EXPECT_EQ(note.over(), 4U);
    EXPECT_TRUE(note.isNews("refused"));
    EXPECT_EQ(note.over(), 1U);
    EXPECT_EQ(note.over(), 0U);
}

TEST(FaultNote, CannotBeMadeToFillTheLog) {
    FaultNote note;
    int lines = 0;
    for (int i = 0; i < 1000; ++i)
        lines += note.isNews("port " + std::to_string(i)) ? 1 : 0;
    EXPECT_EQ(lines, 8);
}

Outgoing entry(std::string topic, std::size_t bytes) {
    return {std::move(topic), std::string(bytes, 'x')};
}

TEST(Outbox, KeepsOrder) {
    Outbox box({10, 100});
    ASSERT_TRUE(box.offer(entry("a", 1)));
    ASSERT_TRUE(box.offer(entry("b", 0)));
    EXPECT_EQ(box.take()->topic, "a");
    EXPECT_EQ(box.take()->topic, "b");
    EXPECT_FALSE(box.take());
    EXPECT_TRUE(box.isEmpty());
}

TEST(Outbox, CountsWhatWasTakenUntilItIsReleased) {
    Outbox box({2, 100});
    ASSERT_TRUE(box.offer(entry("a", 9)));
    ASSERT_TRUE(box.offer(entry("b", 9)));
    const auto taken = box.take();
    EXPECT_FALSE(box.offer(entry("c", 0)));
    EXPECT_EQ(box.inFlightBytes(), 20U);
    box.release(taken->bytes());
    EXPECT_EQ(box.inFlight(), 1U);
    EXPECT_EQ(box.inFlightBytes(), 10U);
    EXPECT_TRUE(box.offer(entry("c", 0)));
}

TEST(Outbox, IsBoundedByBytes) {
    Outbox box({100, 10});
    EXPECT_TRUE(box.offer(entry("t", 9))) << "exactly full";
    EXPECT_FALSE(box.offer(entry("t", 0)));
    EXPECT_EQ(box.inFlight(), 1U);
    Outbox empty({100, 10});
    EXPECT_FALSE(empty.offer(entry("t", 10))) << "larger than all";
}

TEST(Outbox, ForgetsEverythingAtOnce) {
    Outbox box({10, 100});
    ASSERT_TRUE(box.offer(entry("a", 1)));
    ASSERT_TRUE(box.offer(entry("b", 1)));
    (void)box.take();
    EXPECT_EQ(box.clear(), 2U);
    EXPECT_EQ(box.inFlight(), 0U);
    EXPECT_EQ(box.inFlightBytes(), 0U);
    EXPECT_TRUE(box.isEmpty());
}

TEST(Fingerprint, IsUnderstoodInEveryUsualForm) {
    const std::string normal = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    const std::string colons = "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
                               "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF";
    EXPECT_EQ(normalFingerprint(normal), normal);
    EXPECT_EQ(normalFingerprint(colons), normal);
    EXPECT_EQ(normalFingerprint("sha256 Fingerprint=" + colons), normal);
}

TEST(Fingerprint, IsRefusedWhenItIsNone) {
    const std::string good(64, 'a');
    for (const auto& text : {std::string(), std::string(40, 'a'), good + "a", good.substr(1),
                             good.substr(1) + "g", good.substr(2) + " a", good + "\n"})
        EXPECT_FALSE(normalFingerprint(text)) << text;
}

TEST(BrokerError, AcceptsTheDefaultsAndFullTls) {
    EXPECT_EQ(brokerError({}), "");
    BrokerSettings settings;
    settings.url = "wss://gx";
    settings.fingerprint = std::string(64, 'A');
    settings.caFile = "ca.pem";
    settings.clientCertFile = "both.pem";
    EXPECT_EQ(brokerError(settings), "");
}

TEST(BrokerError, NamesWhatDoesNotFit) {
    const auto error = [](auto change) {
        BrokerSettings settings;
        settings.url = "mqtts://gx";
        change(settings);
        return brokerError(settings);
    };
    EXPECT_THAT(error([](auto& s) { s.url = "gx"; }), HasSubstr("scheme"));
    EXPECT_THAT(error([](auto& s) { s.fingerprint = "12:34"; }), HasSubstr("SHA-256"));
    EXPECT_THAT(error([](auto& s) { s.clientKeyFile = "k"; }), HasSubstr("client certificate"));
    EXPECT_THAT(error([](auto& s) {
                    s.passwordFile = "f";
                    s.passwordEnv = "V";
                }),
                HasSubstr("not both"));
    for (const auto member :
         {&BrokerSettings::caFile, &BrokerSettings::fingerprint, &BrokerSettings::clientCertFile})
        EXPECT_THAT(error([member](auto& s) {
                        s.url = "mqtt://gx";
                        s.*member = std::string(64, 'a');
                    }),
                    HasSubstr("need mqtts://"));
}

TEST(BrokerError, StopsAClientFromBeingMade) {
    Mailbox mailbox;
    BrokerSettings settings;
    settings.url = "gx";
    EXPECT_THROW(Client(settings, {}, mailbox), std::invalid_argument);
}

} // namespace
} // namespace busbar::mqtt
