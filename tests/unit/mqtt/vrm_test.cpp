// SPDX-License-Identifier: MIT
// Victron's cloud broker: host from the portal id, login from the settings.
#include "mqtt/session/vrm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace busbar::mqtt {
namespace {

using testing::HasSubstr;

GxSettings vrmSettings() {
    GxSettings gx;
    gx.vrm = true;
    gx.portalId = "c0619ab1ab01";
    gx.broker.user = "me@example.org";
    gx.broker.passwordFile = "/etc/busbar/token";
    gx.broker.caFile = "/etc/busbar/venus-ca.crt";
    return gx;
}

TEST(Vrm, ComputesTheHostOfKnownPortalIds) {
    EXPECT_EQ(vrmHost("c0619ab1ab01"), "mqtt75.victronenergy.com");
    EXPECT_EQ(vrmHost("48e7da87942f"), "mqtt65.victronenergy.com");
}

TEST(Vrm, IgnoresCaseAndSpaceRoundThePortalId) {
    EXPECT_EQ(vrmHost(" 48E7DA87942F\r\n"), vrmHost("48e7da87942f"));
    EXPECT_EQ(vrmHost(""), "mqtt0.victronenergy.com");
}

TEST(Vrm, BuildsASessionFromTheSettings) {
    const auto result = vrmBroker(vrmSettings());
    ASSERT_TRUE(result.broker) << result.error;
    EXPECT_EQ(result.broker->url, "mqtts://mqtt75.victronenergy.com:8883");
    EXPECT_EQ(result.broker->user, "me@example.org");
    EXPECT_EQ(result.broker->passwordFile, "/etc/busbar/token");
    EXPECT_EQ(result.broker->passwordPrefix, "Token ");
    EXPECT_EQ(result.broker->caFile, "/etc/busbar/venus-ca.crt");
}

TEST(Vrm, SaysWhatIsMissing) {
    const auto error = [](auto change) {
        auto gx = vrmSettings();
        change(gx);
        const auto result = vrmBroker(gx);
        EXPECT_FALSE(result.broker);
        return result.error;
    };
    EXPECT_THAT(error([](auto& gx) { gx.portalId = "auto"; }), HasSubstr("portal id"));
    EXPECT_THAT(error([](auto& gx) { gx.portalId = " "; }), HasSubstr("portal id"));
    EXPECT_THAT(error([](auto& gx) { gx.portalId = "c06/19"; }), HasSubstr("letters and digits"));
    EXPECT_THAT(error([](auto& gx) { gx.broker.user.clear(); }), HasSubstr("e-mail"));
    EXPECT_THAT(error([](auto& gx) { gx.broker.passwordFile.clear(); }), HasSubstr("token"));
    EXPECT_THAT(error([](auto& gx) { gx.topicPrefix = "boat/"; }), HasSubstr("prefix"));
}

TEST(Vrm, TakesTheTokenFromAVariableToo) {
    auto gx = vrmSettings();
    gx.broker.passwordFile.clear();
    gx.broker.passwordEnv = "VRM_TOKEN";
    EXPECT_TRUE(vrmBroker(gx).broker);
}

} // namespace
} // namespace busbar::mqtt
