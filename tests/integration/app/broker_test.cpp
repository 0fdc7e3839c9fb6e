// SPDX-License-Identifier: MIT
// Brokers that are absent, restart, hang, refuse, and speak TLS.
#include "plant.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>

namespace busbar::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

/// No ItemsChanged so far lowered the limit or made it unknown.
testing::AssertionResult limitsStayed(const Plant& plant, double least_A) {
    for (const Change& change : plant.view->changes)
        for (const auto& [path, value] : change.values)
            if (path == "/Info/MaxChargeCurrent" && value.number().value_or(-1.0) < least_A)
                return testing::AssertionFailure() << path << " fell\n" << plant.log();
    return testing::AssertionSuccess();
}

TEST(Broker, MayComeLater) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.broker.stop();
    plant.start();
    ASSERT_TRUE(plant.until(plant.says("mqtt_connect_failed"))) << plant.log();
    plant.goOn(milliseconds(2500)); // more than one attempt
    EXPECT_EQ(plant.busbar->logged("mqtt_connect_failed"), 1U) << "the same again is no news";
    EXPECT_FALSE(plant.isOnBus()) << "nothing is known yet";
    plant.broker.start();
    plant.gx.connectNow();
    EXPECT_TRUE(plant.until([&] { return plant.isOnBus(); })) << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Current"), 10.0);
    EXPECT_EQ(plant.busbar->logged("mqtt_connected"), 1U);
}

TEST(Broker, MayRestartWithoutADipInTheLimits) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    const std::string owner = plant.view->owner(kService);
    plant.broker.stop();
    ASSERT_TRUE(plant.until(plant.says("mqtt_lost"))) << plant.log();
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 80.0);
    plant.gx.set(1, "/Dc/0/Current", 12.5); // nobody hears that
    plant.broker.start();
    plant.gx.connectNow();
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 32.5))) << "read anew\n" << plant.log();
    EXPECT_TRUE(limitsStayed(plant, 80.0));
    EXPECT_EQ(plant.view->owner(kService), owner);
    EXPECT_EQ(plant.number("/Alarms/BmsCable"), 0.0);
}

TEST(Broker, MayHangForAWhile) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait({{"gx.heartbeat_timeout_s", "6"}})) << plant.log();
    ASSERT_TRUE(plant.until([&] { return plant.gx.bridge().isAlive(); }));
    plant.broker.freeze();
    ASSERT_TRUE(plant.until(plant.says("gx_bridge_lost"))) << plant.log();
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 50.0) << "still within loss.link_timeout_s";
    plant.broker.thaw();
    plant.gx.set(1, "/Dc/0/Current", 12.5);
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 12.5))) << plant.log();
    EXPECT_TRUE(plant.until(plant.says("gx_bridge_back"))) << plant.log();
    EXPECT_TRUE(limitsStayed(plant, 50.0));
}

TEST(Broker, TheGxMayRebootAndNumberItsBatteriesAnew) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    plant.broker.stop();
    ASSERT_TRUE(plant.until(plant.says("mqtt_lost"))) << plant.log();
    plant.gx.vanish(1);
    plant.gx.vanish(2);
    Pack again = kPackA;
    again.instance = 11;
    again.current_A = 1.0;
    plant.gx.add(again);
    again = kPackB;
    again.instance = 12;
    again.current_A = 2.0;
    plant.gx.add(again);
    plant.broker.start();
    plant.gx.connectNow();
    EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 3.0))) << plant.log();
    EXPECT_EQ(plant.number("/System/NrOfModulesOnline"), 2.0);
    EXPECT_EQ(plant.number("/System/NrOfModulesOffline"), 0.0) << "they are the same two";
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 80.0);
}

TEST(Broker, AWrongPasswordIsSaidAndARightOneTakenWithoutRestart) {
    Plant plant({.broker = {.user = "busbar", .password = "right-5309"}, .login = [](auto& login) {
                     login.user = "busbar";
                     login.passwordEnv = "BUSBAR_TEST_PASSWORD";
                 }});
    const std::string file = plant.dir.write("password", "wrong-8675\n");
    plant.start({{"gx.user", R"("busbar")"}, {"gx.password_file", jsonText(file)}});
    ASSERT_TRUE(plant.until(plant.says("user or password refused"))) << plant.log();
    plant.goOn(milliseconds(2500)); // more than one attempt
    EXPECT_EQ(plant.busbar->logged("user or password refused"), 1U) << plant.log();
    EXPECT_FALSE(plant.busbar->hasEnded());
    plant.dir.write("password", "right-5309\n");
    EXPECT_TRUE(plant.until(plant.says("mqtt_connected"))) << plant.log();
    EXPECT_THAT(plant.log(), Not(HasSubstr("8675")));
    EXPECT_THAT(plant.log(), Not(HasSubstr("5309")));
}

/// "AA:BB" as "aabb".
std::string bareHex(std::string text) {
    std::erase(text, ':');
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

class TlsBroker : public testing::Test {
protected:
    ScratchDir dir;
    TestCertificate certificate = selfSigned(dir, "venus.local", "DNS:venus.local");
    Plant plant{{.broker = {.tls = certificate},
                 .login = [this](auto& login) { login.fingerprint = certificate.fingerprint; }}};
};

TEST_F(TlsBroker, SelfSignedIsReadByItsFingerprint) {
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait({{"gx.tls.fingerprint", jsonText(certificate.fingerprint)}}))
        << plant.log();
    EXPECT_EQ(plant.number("/Dc/0/Current"), 10.0);
}

TEST_F(TlsBroker, AnotherCertificateIsRefused) {
    std::string other = certificate.fingerprint;
    other.back() = other.back() == '0' ? '1' : '0';
    plant.start({{"gx.tls.fingerprint", jsonText(other)}});
    ASSERT_TRUE(plant.until(plant.says("mqtt_connect_failed"))) << plant.log();
    EXPECT_THAT(plant.log(), HasSubstr("seen " + bareHex(certificate.fingerprint)))
        << "says what it saw, for the owner to compare";
    EXPECT_FALSE(plant.isOnBus());
}

TEST_F(TlsBroker, AnUnknownCertificateIsRefused) {
    plant.start();
    ASSERT_TRUE(plant.until(plant.says("mqtt_connect_failed"))) << plant.log();
    EXPECT_THAT(plant.log(), HasSubstr("certificate"));
}

} // namespace
} // namespace busbar::test
