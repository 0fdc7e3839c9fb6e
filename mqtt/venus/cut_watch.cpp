// SPDX-License-Identifier: MIT
// Compares messages with their predecessors.
#include "mqtt/venus/cut_watch.hpp"

#include "core/slack.hpp"
#include "core/table/path_table.hpp"
#include "core/urgency.hpp"
#include "mqtt/venus/payload.hpp"
#include "mqtt/venus/topic.hpp"

#include <optional>
#include <utility>

namespace busbar::mqtt {

namespace {

constexpr std::string_view kCurrent = "/Dc/0/Current";

/// What is remembered, above any GX (64 batteries with each 50 paths that may cut): a topic beyond
/// is always pressing, and so is a payload that no such path has.
constexpr std::size_t kMostTopics = 10000;
constexpr std::size_t kMostBatteries = 1000;
constexpr std::size_t kLongestKept = 200; ///< bytes

/// What follows `N/<portal id>/`; nothing if it is no topic of a GX. Below a prefix
/// (`gx.topic_prefix`) a command's own names may have any letters; on the broker of a GX no
/// `mqtt.base` begins with "N/" (config/topic_rules.cpp).
std::optional<std::string_view> tailOf(std::string_view topic) {
    if (!topic.starts_with("N/")) {
        const std::size_t start = topic.rfind("/N/");
        if (start == std::string_view::npos || topic.ends_with("/set") ||
            topic.find("/set/") != std::string_view::npos)
            return std::nullopt;
        topic.remove_prefix(start + 1);
    }
    const std::size_t end = topic.find('/', 2);
    return topic.substr(end == std::string_view::npos ? topic.size() : end + 1);
}

/// Most topics end here, before anything takes them apart.
bool isLookedAt(std::string_view tail) {
    constexpr std::string_view kType = "battery/";
    if (!tail.starts_with(kType))
        return false;
    const std::size_t start = tail.find('/', kType.size());
    if (start == std::string_view::npos)
        return false;
    const std::string_view path = tail.substr(start);
    return mayCut(path) || path == kCurrent;
}

} // namespace

bool CutWatch::isPressing(std::string_view topic, std::string_view payload) {
    const auto tail = tailOf(topic);
    if (!tail)
        return true;
    const auto battery = isLookedAt(*tail) ? parseServicePath(*tail) : std::nullopt;
    if (!battery)
        return false;
    if (battery->path != kCurrent)
        return isNews(*battery, topic, payload);
    noteCurrent(battery->instance, payload);
    return false;
}

void CutWatch::noteCurrent(int instance, std::string_view payload) {
    const auto known = currents_.find(instance);
    if (known != currents_.end())
        known->second = payload.substr(0, kLongestKept);
    else if (currents_.size() < kMostBatteries)
        currents_.emplace(instance, payload.substr(0, kLongestKept));
}

bool CutWatch::isNews(const ServicePath& battery, std::string_view topic,
                      std::string_view payload) {
    const auto index = findRow(battery.path);
    if (!index || payload.size() > kLongestKept)
        return index.has_value();
    const auto before = last_.find(topic);
    if (before == last_.end()) {
        if (last_.size() < kMostTopics)
            last_.emplace(topic, payload);
        return true;
    }
    if (before->second == payload)
        return payload.empty();
    const Value was = parsePayload(before->second).value;
    before->second = payload;
    const Value is = parsePayload(payload).value;
    if (payload.empty() || !isCut(*index, was, is))
        return payload.empty();
    const auto slacks = this->slacks();
    return !slacks || !isSlack(*slacks, battery.instance, *index, is,
                               parsePayload(currentOf(battery.instance)).value);
}

std::string_view CutWatch::currentOf(int instance) const {
    const auto known = currents_.find(instance);
    return known == currents_.end() ? std::string_view() : known->second;
}

std::shared_ptr<const Slacks> CutWatch::slacks() {
    const std::lock_guard lock(mutex_);
    return slacks_;
}

void CutWatch::setSlacks(std::shared_ptr<const Slacks> slacks) {
    const std::lock_guard lock(mutex_);
    slacks_ = std::move(slacks);
}

} // namespace busbar::mqtt
