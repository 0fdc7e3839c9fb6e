// SPDX-License-Identifier: MIT
// Names the topics of a place, and tells those that are left from those that are in use.
#include "app/kept/places.hpp"

#include "base/log.hpp"
#include "config/config.hpp"
#include "mqtt/ha/ha_device.hpp"
#include "mqtt/results/result_topics.hpp"
#include "mqtt/venus/venus_output.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>
#include <utility>

namespace busbar {

namespace {

constexpr std::string_view kDeviceLevel = "/device/";
constexpr std::string_view kConfigLevel = "/config";
constexpr std::string_view kSerialLevels = "/system/0/Serial";

/// Device ids of a site begin so (mqtt/ha/ha_device.cpp).
std::string devicesOf(std::string_view site) {
    return "busbar_" + std::string(site) + "_";
}

bool isBelow(std::string_view topic, const std::string& root) {
    return !root.empty() && topic.starts_with(root) && topic.substr(root.size()).starts_with('/');
}

/// The device of a discovery topic of this site; empty if it is none.
std::string_view deviceIn(std::string_view topic, std::string_view site) {
    const auto level = topic.find(kDeviceLevel);
    if (level == std::string_view::npos || !topic.ends_with(kConfigLevel))
        return {};
    topic.remove_prefix(level + kDeviceLevel.size());
    topic.remove_suffix(std::min(kConfigLevel.size(), topic.size()));
    return topic.starts_with(devicesOf(site)) ? topic : std::string_view();
}

/// Also of files before 0.4, which did not say who had topics.
std::set<std::string> batteriesIn(const State& state) {
    std::set<std::string> ids = state.published;
    for (const auto& [name, bank] : state.banks)
        for (const auto& [id, battery] : bank.memory.book)
            ids.insert(id);
    return ids;
}

void addDocuments(std::vector<std::string>& topics, const std::string& root, const State& state) {
    const mqtt::ResultTopics names{root};
    mqtt::HaContext context;
    context.base = root;
    for (const std::string& device : state.announced)
        topics.push_back(mqtt::haStateTopic(context, device));
    for (const auto& [id, bank] : state.banks)
        topics.push_back(names.bankState(id));
    for (const std::string& id : batteriesIn(state)) {
        topics.push_back(names.batteryState(id));
        topics.push_back(names.batteryStatus(id));
    }
    topics.push_back(names.health());
    topics.push_back(names.status());
}

/// Somebody of this configuration sees to it.
bool isInUse(std::string_view topic, const PublishedPlace& now, const std::string& site) {
    const std::string_view device = deviceIn(topic, site);
    return topic == now.serial || isBelow(topic, now.root) ||
           (!device.empty() && !now.discovery.empty() &&
            topic.substr(0, now.discovery.size() + kDeviceLevel.size()) ==
                now.discovery + std::string(kDeviceLevel));
}

/// What was announced here once is the business of discovery again.
void takeIntoUse(State& state, mqtt::LeftTopics& left, const PublishedPlace& now,
                 const std::string& site) {
    std::erase_if(left.topics, [&](const std::string& topic) {
        const bool isUsed = isInUse(topic, now, site);
        if (const std::string_view device = deviceIn(topic, site); isUsed && !device.empty())
            state.announced.emplace(device);
        return isUsed;
    });
}

void dropBeyondBound(std::vector<mqtt::LeftTopics>& lots) {
    const auto count = [&lots] {
        return std::accumulate(
            lots.begin(), lots.end(), std::size_t{0},
            [](std::size_t sum, const auto& lot) { return sum + lot.topics.size(); });
    };
    while (count() > kMostLeftTopics)
        lots.erase(lots.begin());
}

} // namespace

PublishedPlace placeOf(const config::Config& site) {
    const mqtt::OutputSettings& output = site.output;
    PublishedPlace place;
    place.broker = output.broker.url;
    if (place.broker.empty() && !site.gx.vrm)
        place.broker = site.gx.broker.url;
    if (place.broker.empty())
        return place;
    if (output.results.isEnabled) {
        place.root = output.results.base + "/" + site.site;
        place.discovery = output.homeAssistant.prefix;
    }
    if (output.venus.isEnabled)
        place.serial = mqtt::serialTopic(output.venus, site.site);
    return place;
}

std::vector<std::string> topicsAt(const PublishedPlace& place, const State& state) {
    std::vector<std::string> topics;
    if (!place.discovery.empty())
        for (const std::string& device : state.announced)
            topics.push_back(place.discovery + std::string(kDeviceLevel) + device +
                             std::string(kConfigLevel));
    if (!place.serial.empty())
        topics.push_back(place.serial);
    if (!place.root.empty())
        addDocuments(topics, place.root, state);
    return topics;
}

bool isOfPlace(std::string_view topic, const mqtt::LeftTopics& left) {
    return topic.find_first_of("+#") == std::string_view::npos &&
           (isBelow(topic, left.root) || !deviceIn(topic, left.site).empty() ||
            topic.ends_with(kSerialLevels));
}

PublishedPlace placeUnderName(PublishedPlace place, const std::string& site) {
    if (!place.root.empty())
        place.root = place.root.substr(0, place.root.rfind('/') + 1) + site;
    place.serial.clear();
    return place;
}

void sayLeftBehind(const mqtt::LeftTopics& left) {
    log::warn("left_behind site={} broker={} root={} topics={} nobody speaks to this broker any "
              "more: what is retained there stays until you empty it",
              left.site, left.broker, left.root, left.topics.size());
}

std::vector<mqtt::LeftTopics> moveTo(State& state, const PublishedPlace& now,
                                     const std::string& site) {
    if (state.place != now) {
        state.left.push_back({.site = state.site,
                              .broker = state.place.broker,
                              .root = state.place.root,
                              .topics = topicsAt(state.place, state)});
        const bool isElsewhere = state.place.broker != now.broker;
        if (isElsewhere || state.place.discovery != now.discovery)
            state.announced.clear();
        if (isElsewhere || state.place.root != now.root)
            state.published.clear();
        state.place = now;
    }
    state.site = site;
    std::vector<mqtt::LeftTopics> lots = std::exchange(state.left, {});
    std::vector<mqtt::LeftTopics> unreachable;
    for (mqtt::LeftTopics& left : lots) {
        const bool isHere = left.broker == now.broker;
        if (isHere)
            takeIntoUse(state, left, now, site);
        if (!left.topics.empty())
            (isHere ? state.left : unreachable).push_back(std::move(left));
    }
    dropBeyondBound(state.left);
    return unreachable;
}

} // namespace busbar
