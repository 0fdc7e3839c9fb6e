// SPDX-License-Identifier: MIT
// Victron's cloud broker: host, port and login.
#include "mqtt/session/vrm.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>

namespace busbar::mqtt {
namespace {

constexpr unsigned kHosts = 128; // mqtt/VENUS.md: the sum is taken modulo 128

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const auto first = text.find_first_not_of(kSpace);
    if (first == text.npos)
        return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

unsigned lowerCode(char c) {
    return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool isPlain(std::string_view id) {
    return std::ranges::all_of(id, [](char c) {
        const auto code = lowerCode(c);
        return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z');
    });
}

bool lacksPortalId(const GxSettings& gx) {
    const auto id = trimmed(gx.portalId);
    return id.empty() || id == "auto";
}
bool hasBadPortalId(const GxSettings& gx) {
    return !lacksPortalId(gx) && !isPlain(trimmed(gx.portalId));
}
bool lacksUser(const GxSettings& gx) {
    return gx.broker.user.empty();
}
bool lacksToken(const GxSettings& gx) {
    return gx.broker.passwordFile.empty() && gx.broker.passwordEnv.empty();
}
bool hasTopicPrefix(const GxSettings& gx) {
    return !gx.topicPrefix.empty();
}

struct VrmRule {
    bool (*isBroken)(const GxSettings&);
    std::string_view error;
};

/// By VrmProblem.
constexpr auto kVrmRules = std::to_array<VrmRule>({
    {lacksPortalId, "vrm needs the portal id: Victron's broker cannot be asked for it (VRM portal: "
                    "Settings, General, \"VRM Portal ID\")"},
    {hasBadPortalId, "no portal id: letters and digits only"},
    {lacksUser, "vrm needs the e-mail address of the VRM account as user"},
    {lacksToken, "vrm needs a file or a variable with an access token"},
    {hasTopicPrefix, "vrm has no topic prefix: Victron's broker uses none"},
});
static_assert(kVrmRules.size() == kVrmProblemCount);

} // namespace

std::string vrmHost(std::string_view portalId) {
    const auto id = trimmed(portalId);
    const auto sum = std::accumulate(id.begin(), id.end(), 0U,
                                     [](unsigned total, char c) { return total + lowerCode(c); });
    return "mqtt" + std::to_string(sum % kHosts) + ".victronenergy.com";
}

bool hasVrmProblem(const GxSettings& gx, VrmProblem problem) {
    return kVrmRules.at(static_cast<std::size_t>(problem)).isBroken(gx);
}

VrmBroker vrmBroker(const GxSettings& gx) {
    for (const VrmRule& rule : kVrmRules)
        if (rule.isBroken(gx))
            return {std::nullopt, std::string(rule.error)};
    BrokerSettings broker = gx.broker;
    broker.url = "mqtts://" + vrmHost(gx.portalId) + ":8883";
    broker.passwordPrefix = "Token ";
    return {std::move(broker), {}};
}

} // namespace busbar::mqtt
