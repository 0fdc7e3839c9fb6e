// SPDX-License-Identifier: MIT
// TLS sessions with a real broker: who is trusted, and what is said when nobody is.
#include "integration/mqtt/session.hpp"
#include "integration/mqtt/tcp_relay.hpp"
#include "support/private_broker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace busbar::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kHere = "IP:127.0.0.1,DNS:localhost";

std::string lowerHex(const std::string& text) {
    std::string result;
    for (const char c : text)
        if (c != ':')
            result += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    return result;
}

/// As on a GX: self-signed, for a name under which nobody reaches it, and no authority.
TestCertificate likeOnAGx(const ScratchDir& dir, const std::string& name = "venus.local") {
    return selfSigned(
        dir, name, "",
        {"basicConstraints=critical,CA:FALSE", "keyUsage=digitalSignature,keyEncipherment"});
}

TEST(ClientTls, TrustsAnAuthorityFileAndComparesTheHostName) {
    const ScratchDir dir;
    const auto certificate = selfSigned(dir, "here", kHere);
    PrivateBroker broker({.tls = certificate});
    for (const auto* host : {"localhost", "127.0.0.1"}) {
        auto settings = brokerAt(broker.url(host));
        settings.caFile = certificate.certFile;
        Session session(settings);
        ASSERT_TRUE(session.connect()) << host << " " << session.mails.back().payload;
        ASSERT_TRUE(session.subscribe({"t"}));
    }
}

TEST(ClientTls, RefusesATrustedCertificateOfAnotherHost) {
    const ScratchDir dir;
    const auto certificate = selfSigned(dir, "venus.local", "DNS:venus.local");
    PrivateBroker broker({.tls = certificate});
    for (const auto* host : {"localhost", "127.0.0.1"}) {
        auto settings = brokerAt(broker.url(host));
        settings.caFile = certificate.certFile;
        Session session(settings);
        EXPECT_THAT(session.failure(), AllOf(HasSubstr("not for"), HasSubstr(host)));
    }
}

TEST(ClientTls, RefusesWhatTheSystemDoesNotTrust) {
    const ScratchDir dir;
    const auto certificate = selfSigned(dir, "here", kHere);
    PrivateBroker broker({.tls = certificate});
    Session session(brokerAt(broker.url("localhost")));
    EXPECT_THAT(session.failure(),
                AllOf(HasSubstr("TLS: certificate not trusted"),
                      HasSubstr("; the fingerprint of the server's certificate is " +
                                lowerHex(certificate.fingerprint))));
}

TEST(ClientTls, TrustsAPinnedCertificateWhateverItsName) {
    const ScratchDir dir;
    for (const auto& certificate : {likeOnAGx(dir), selfSigned(dir, "plain", "")}) {
        PrivateBroker broker({.tls = certificate});
        auto settings = brokerAt(broker.url());
        settings.fingerprint = certificate.fingerprint;
        Session session(settings);
        ASSERT_TRUE(session.connect()) << session.mails.back().payload;
        EXPECT_TRUE(session.subscribe({"t"}));
    }
}

TEST(ClientTls, NamesBothFingerprintsWhenTheyDiffer) {
    const ScratchDir dir;
    const auto served = likeOnAGx(dir);
    const auto other = likeOnAGx(dir, "other");
    PrivateBroker broker({.tls = served});
    auto settings = brokerAt(broker.url());
    settings.fingerprint = other.fingerprint;
    Session session(settings);
    EXPECT_THAT(session.failure(), AllOf(HasSubstr("seen " + lowerHex(served.fingerprint)),
                                         HasSubstr("expected " + lowerHex(other.fingerprint))));
}

TEST(ClientTls, RefusesInTheSessionWhatWasNotProbed) {
    const ScratchDir dir;
    const ScratchDir otherDir;
    const auto pinned = likeOnAGx(dir);
    const auto impostor = likeOnAGx(otherDir); // same name, another key
    PrivateBroker good({.tls = pinned});
    PrivateBroker bad({.tls = impostor});
    TcpRelay relay({good.port(), bad.port()});
    auto settings = brokerAt("mqtts://127.0.0.1:" + std::to_string(relay.port()));
    settings.fingerprint = pinned.fingerprint;
    Session session(settings);
    session.skipsPauses = false;
    EXPECT_THAT(session.failure(), HasSubstr("TLS: certificate not trusted"));
    EXPECT_GE(relay.connections(), 2) << "the session itself was tried";
    EXPECT_EQ(session.client.counters().connects, 0U);
}

TEST(ClientTls, TrustsAPinnedCertificateThatHasExpiredAndSaysSo) {
    const ScratchDir dir;
    const auto certificate = expired(likeOnAGx(dir), dir, "old");
    PrivateBroker broker({.tls = certificate});
    auto settings = brokerAt(broker.url());
    settings.fingerprint = certificate.fingerprint;
    testing::internal::CaptureStdout();
    Session session(settings);
    const bool isConnected = session.connect();
    const auto log = testing::internal::GetCapturedStdout();
    ASSERT_TRUE(isConnected) << session.mails.back().payload;
    EXPECT_TRUE(session.subscribe({"t"}));
    EXPECT_THAT(log, HasSubstr("the pinned certificate has expired"));
}

TEST(ClientTls, RefusesAnExpiredCertificateThatAFileVouchesFor) {
    const ScratchDir dir;
    const auto certificate = expired(selfSigned(dir, "here", kHere), dir, "old");
    PrivateBroker broker({.tls = certificate});
    const auto other = likeOnAGx(dir, "other");
    PrivateBroker otherBroker({.tls = other});
    auto settings = brokerAt(otherBroker.url());
    settings.fingerprint = other.fingerprint;
    Session pinned(settings); // what it is granted is granted to no other session
    ASSERT_TRUE(pinned.connect());
    settings = brokerAt(broker.url("localhost"));
    settings.caFile = certificate.certFile;
    Session session(settings);
    EXPECT_THAT(session.failure(), HasSubstr("certificate has expired"));
}

TEST(ClientTls, TrustsAPinnedCertificateWhoeverSignedIt) {
    const ScratchDir dir;
    const auto authority = selfSigned(dir, "authority", "");
    const auto certificate = signedBy(authority, dir, "server", kHere);
    PrivateBroker broker({.tls = certificate});
    auto settings = brokerAt(broker.url());
    settings.fingerprint = certificate.fingerprint;
    Session pinOnly(settings);
    EXPECT_TRUE(pinOnly.connect()) << pinOnly.mails.back().payload;
    settings.caFile = authority.certFile;
    Session both(settings);
    EXPECT_TRUE(both.connect());
    settings.fingerprint = authority.fingerprint;
    Session wrongPin(settings);
    EXPECT_THAT(wrongPin.failure(), HasSubstr("fingerprint differs"));
}

TEST(ClientTls, ShowsItsOwnCertificateWhenItIsAskedTo) {
    const ScratchDir dir;
    const auto served = selfSigned(dir, "here", kHere);
    const auto ours = selfSigned(dir, "busbar", "");
    PrivateBroker broker({.tls = served, .clientCaFile = ours.certFile});
    auto settings = brokerAt(broker.url("localhost"));
    settings.caFile = served.certFile;
    Session without(settings);
    EXPECT_THAT(without.failure(), AllOf(HasSubstr("TLS: "), HasSubstr("certificate")));
    settings.clientCertFile = ours.certFile;
    settings.clientKeyFile = ours.keyFile;
    Session with(settings);
    EXPECT_TRUE(with.connect());
    settings.caFile.clear();
    settings.fingerprint = served.fingerprint;
    Session pinned(settings);
    EXPECT_TRUE(pinned.connect());
    settings.clientKeyFile = served.keyFile;
    Session wrongKey(settings);
    EXPECT_THAT(wrongKey.failure(), HasSubstr("client key"));
}

TEST(ClientTls, SpeaksWebSocketsOverTlsIfTheLibraryDoes) {
    const ScratchDir dir;
    const auto certificate = selfSigned(dir, "here", kHere);
    PrivateBroker broker({.webSockets = true, .tls = certificate});
    if (const auto refusal = mqtt::libraryError(broker.url()); !refusal.empty())
        GTEST_SKIP() << refusal;
    auto settings = brokerAt(broker.url("localhost"));
    settings.caFile = certificate.certFile;
    Session byFile(settings);
    ASSERT_TRUE(byFile.connect()) << byFile.mails.back().payload;
    EXPECT_TRUE(byFile.subscribe({"t"}));
    settings.caFile.clear();
    settings.fingerprint = certificate.fingerprint;
    Session byPin(settings);
    ASSERT_TRUE(byPin.connect()) << byPin.mails.back().payload;
    EXPECT_TRUE(byPin.subscribe({"t"}));
}

TEST(ClientTls, SaysWhenThePortIsNotForTlsOrAFileIsMissing) {
    const ScratchDir dir;
    const auto certificate = selfSigned(dir, "here", kHere);
    PrivateBroker plain;
    auto settings = brokerAt("mqtts://localhost:" + std::to_string(plain.port()));
    settings.fingerprint = certificate.fingerprint;
    Session session(settings);
    EXPECT_THAT(session.failure(), HasSubstr("TLS: handshake failed"));
    EXPECT_EQ(session.client.lastFailure()->fault, mqtt::LinkFault::NoHandshake);
    PrivateBroker broker({.tls = certificate});
    settings = brokerAt(broker.url("localhost"));
    settings.caFile = dir.file("nothing.pem");
    Session noFile(settings);
    EXPECT_THAT(noFile.failure(), HasSubstr("nothing.pem is not usable: No such file"));
    EXPECT_EQ(noFile.client.lastFailure()->fault, mqtt::LinkFault::Usual);
}

} // namespace
} // namespace busbar::test
