// SPDX-License-Identifier: MIT
// Addresses of brokers, to be compared.
#include "config/brokers.hpp"

#include "mqtt/session/url.hpp"

#include <algorithm>

namespace busbar::config {

std::string placeOf(const mqtt::BrokerSettings& broker) {
    const mqtt::ParsedUrl parsed = mqtt::parseUrl(broker.url);
    std::string place =
        parsed.url ? mqtt::hostPort(parsed.url->host, parsed.url->port) : broker.url;
    std::ranges::transform(place, place.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return place;
}

std::string readingPlace(const mqtt::GxSettings& gx) {
    return gx.vrm ? "vrm" : placeOf(gx.broker);
}

std::string outputPlace(const mqtt::GxSettings& gx, const mqtt::OutputSettings& output) {
    return output.broker.url.empty() ? readingPlace(gx) : placeOf(output.broker);
}

} // namespace busbar::config
