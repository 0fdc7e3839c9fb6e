// SPDX-License-Identifier: MIT
// Turns recorded topics into values of a simulated GX and sets them when their time comes.
#include "app/demo/gx_player.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

namespace busbar {

namespace {

using mqtt::VenusServer;
using std::chrono::milliseconds;

constexpr milliseconds kPauseBetweenRounds{1000};
constexpr double kSlowest =
    0.01; // with the longest recording this still fits the clock's 64 bits of nanoseconds
constexpr double kFastest = 10000.0;

/// `N/<id>/<type>/<instance>/<path>` in its parts; nothing for other topics, so also for heartbeat
/// and end mark.
struct RecordedTopic {
    std::string_view portalId, type, instance, path;
};

std::optional<RecordedTopic> parseTopic(std::string_view topic) {
    std::array<std::size_t, 4> slash{};
    std::size_t from = 0;
    for (std::size_t& at : slash) {
        at = topic.find('/', from);
        if (at == std::string_view::npos || at == from)
            return std::nullopt;
        from = at + 1;
    }
    if (topic.substr(0, slash[0]) != "N" || from == topic.size())
        return std::nullopt;
    const auto part = [&](std::size_t i) {
        return topic.substr(slash.at(i) + 1, slash.at(i + 1) - slash.at(i) - 1);
    };
    return RecordedTopic{part(0), part(1), part(2), topic.substr(slash[3])};
}

std::string portalIdOf(const std::vector<Record>& recording) {
    std::string_view id;
    for (const Record& record : recording) {
        const auto topic = parseTopic(record.topic);
        if (!topic || topic->portalId == id)
            continue;
        if (!id.empty())
            throw std::runtime_error("the recording holds two GX devices: " + std::string(id) +
                                     " and " + std::string(topic->portalId));
        id = topic->portalId;
    }
    if (id.empty())
        throw std::runtime_error(
            "the recording holds no value of a GX (topics N/<id>/<type>/<instance>/<path>)");
    return std::string(id);
}

double checkedSpeed(double speed) {
    if (!(speed >= kSlowest && speed <= kFastest))
        throw std::invalid_argument("the speed of a recording must be 0.01 to 10000");
    return speed;
}

/// What the device's owner may change on a GX; localsettings and the battery services of Victron
/// take these.
bool isWritable(const RecordedTopic& topic) {
    return topic.type == "settings" || topic.path == "/CustomName";
}

} // namespace

GxPlayer::GxPlayer(const std::vector<Record>& recording, GxPlayerSettings settings,
                   VenusServer::Publish publish)
    : speed_(checkedSpeed(settings.speed)),
      server_({.portalId = portalIdOf(recording), .topicPrefix = std::move(settings.topicPrefix)},
              std::move(publish), [this](const mqtt::WriteRequest& request) {
                  server_.setJson(request.item, request.json);
              }) {
    for (const Record& record : recording)
        add(record);
    findLateItems();
}

void GxPlayer::findLateItems() {
    if (initial_.empty())
        return;
    std::set<VenusServer::Item> seen;
    for (const Step& step : initial_)
        seen.insert(step.item);
    for (const Step& step : steps_)
        if (seen.insert(step.item).second)
            late_.push_back(step.item);
}

void GxPlayer::add(const Record& record) {
    const auto topic = parseTopic(record.topic);
    if (!topic)
        return;
    const auto item = server_.item(topic->type, topic->instance, topic->path,
                                   {.wire = WireType::Double, .isWritable = isWritable(*topic)});
    (record.isInitial ? initial_ : steps_).push_back({record.at, item, record.payload});
    length_ = std::max(length_, record.at + kPauseBetweenRounds);
}

void GxPlayer::begin() {
    ++rounds_;
    next_ = 0;
    for (const auto item : late_)
        server_.remove(item);
    for (const Step& step : initial_)
        server_.setPayload(step.item, step.payload);
}

void GxPlayer::playUntil(milliseconds position) {
    for (; next_ < steps_.size() && steps_[next_].at <= position; ++next_)
        server_.setPayload(steps_[next_].item, steps_[next_].payload);
}

milliseconds GxPlayer::position(const Now& now) const {
    const std::chrono::duration<double, std::milli> passed = now.steady - roundStart_;
    return milliseconds(std::llround(passed.count() * speed_));
}

void GxPlayer::tick(const Now& now) {
    if (rounds_ == 0) {
        roundStart_ = now.steady;
        begin();
    }
    server_.tick(now);
    auto due = position(now);
    if (due >= length_) {
        const auto whole =
            due / length_; // more than one only after a long pause: the rounds between are left out
        roundStart_ += std::chrono::duration_cast<SteadyTime::duration>(
            std::chrono::duration<double, std::milli>(static_cast<double>(whole * length_.count()) /
                                                      speed_));
        playUntil(length_);
        begin();
        due = position(now);
    }
    playUntil(due);
}

} // namespace busbar
