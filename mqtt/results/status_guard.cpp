// SPDX-License-Identifier: MIT
// Which word on a status topic is not ours, and when it is put right.
#include "mqtt/results/status_guard.hpp"

#include "mqtt/results/result_topics.hpp"

#include <algorithm>
#include <utility>

namespace busbar::mqtt {

namespace {

using namespace std::chrono_literals;

/// Own words come back in order and late: until the last one has, an earlier one is no surprise. A
/// broker answers within a fraction of this; our choice.
constexpr auto kEcho = 2s;
constexpr auto kFirstPause = 1s;
/// As long as nobody can tell who is right, a word a few minutes is enough; our choice.
constexpr auto kLongestPause = 300s;
constexpr int kMostDoublings = 9; // 2^9 s is above the longest pause
constexpr auto kRest = std::chrono::hours(24);

SteadyTime::duration pauseAfter(int repairs) {
    if (repairs == 0)
        return 0s;
    const auto pause = kFirstPause * (1 << std::min(repairs - 1, kMostDoublings));
    return std::min<SteadyTime::duration>(pause, kLongestPause);
}

} // namespace

void StatusGuard::startOver() {
    std::erase_if(topics_, [](const auto& entry) { return entry.second.repairs == 0; });
    for (auto& [name, topic] : topics_) {
        topic.said.reset();
        topic.isWrong = false;
    }
}

/// The entry, made if there is room; leftovers that are in order make room for others.
StatusGuard::Topic* StatusGuard::find(std::string_view name) {
    const auto known = topics_.find(name);
    if (known != topics_.end())
        return &known->second;
    if (topics_.size() >= kMostTopics)
        std::erase_if(
            topics_, [](const auto& entry) { return !entry.second.said && !entry.second.isWrong; });
    if (topics_.size() >= kMostTopics)
        return nullptr;
    return &topics_.emplace(name, Topic{}).first->second;
}

void StatusGuard::said(const std::string& topic, std::string_view payload, const Now& now) {
    Topic* entry = find(topic);
    if (entry == nullptr)
        return;
    entry->isWrong = false;
    entry->since = now.steady;
    entry->said = payload.empty() ? std::nullopt : std::optional(std::string(payload));
}

void StatusGuard::heard(std::string_view topic, std::string_view payload, bool isRetained) {
    const auto known = topics_.find(topic);
    const bool isOurs = known != topics_.end() && known->second.said;
    const bool isRight =
        isOurs ? payload == *known->second.said : payload.empty() || payload == kOffline;
    if (known == topics_.end() && isRight)
        return;
    Topic* entry = find(topic);
    if (entry == nullptr)
        return;
    entry->isWrong = !isRight;
    entry->isForeign = isOurs && !isRetained;
}

bool StatusGuard::isDue(const Topic& topic, const Now& now) {
    return topic.isWrong && now.steady - topic.since >= kEcho &&
           now.steady - topic.repaired >= pauseAfter(topic.repairs);
}

void StatusGuard::repaired(const std::string& topic, const Now& now) {
    const auto known = topics_.find(topic);
    if (known == topics_.end())
        return;
    Topic& entry = known->second;
    entry.repairs = now.steady - entry.repaired < kRest ? entry.repairs + 1 : 1;
    entry.repaired = entry.since = now.steady;
    entry.isWrong = false;
    if (!entry.isForeign)
        return;
    ++overwritten_;
    if (entry.repairs == 1 || entry.repairs == kContested)
        notices_.push_back({topic, entry.repairs == kContested});
}

std::vector<StatusGuard::Repair> StatusGuard::due(const Now& now) const {
    std::vector<Repair> repairs;
    for (const auto& [name, topic] : topics_)
        if (isDue(topic, now))
            repairs.push_back({name, topic.said.value_or(std::string(kOffline))});
    return repairs;
}

std::vector<StatusGuard::Notice> StatusGuard::takeNotices() {
    return std::exchange(notices_, {});
}

} // namespace busbar::mqtt
