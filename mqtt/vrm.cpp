// SPDX-License-Identifier: MIT
// Victron's cloud broker: host, port and login.
#include "mqtt/vrm.hpp"

#include <algorithm>
#include <numeric>

namespace busbar::mqtt {
namespace {

constexpr unsigned kHosts = 128; // dbus-flashmq README: the sum is taken modulo 128

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

std::string problem(const GxSettings& gx) {
    const auto id = trimmed(gx.portalId);
    if (id.empty() || id == "auto")
        return "vrm needs the portal id: Victron's broker cannot be asked for it (VRM portal: "
               "Settings, "
               "General, \"VRM Portal ID\")";
    const bool isPlain = std::all_of(id.begin(), id.end(), [](char c) {
        const auto code = lowerCode(c);
        return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z');
    });
    if (!isPlain)
        return "no portal id: \"" + std::string(id) + "\" (letters and digits only)";
    if (gx.broker.user.empty())
        return "vrm needs the e-mail address of the VRM account as user";
    if (gx.broker.passwordFile.empty() && gx.broker.passwordEnv.empty())
        return "vrm needs a file or a variable with an access token";
    if (!gx.topicPrefix.empty())
        return "vrm has no topic prefix: Victron's broker uses none";
    return {};
}

} // namespace

std::string vrmHost(std::string_view portalId) {
    const auto id = trimmed(portalId);
    const auto sum = std::accumulate(id.begin(), id.end(), 0U,
                                     [](unsigned total, char c) { return total + lowerCode(c); });
    return "mqtt" + std::to_string(sum % kHosts) + ".victronenergy.com";
}

VrmBroker vrmBroker(const GxSettings& gx) {
    if (auto error = problem(gx); !error.empty())
        return {std::nullopt, std::move(error)};
    BrokerSettings broker = gx.broker;
    broker.url = "mqtts://" + vrmHost(gx.portalId) + ":8883";
    broker.passwordPrefix = "Token ";
    return {std::move(broker), {}};
}

} // namespace busbar::mqtt
