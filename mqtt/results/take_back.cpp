// SPDX-License-Identifier: MIT
// Listens, empties, and waits until the broker knows.
#include "mqtt/results/take_back.hpp"

#include "mqtt/results/emptied.hpp"
#include "mqtt/results/result_topics.hpp"

#include <utility>

namespace busbar::mqtt {

namespace {

constexpr int kEmptiedQos = 1;

std::optional<std::string> statusBelow(const std::string& root, std::string_view ourRoot) {
    if (root.empty() || root == ourRoot)
        return std::nullopt;
    return ResultTopics{root}.status();
}

} // namespace

TakeBack::TakeBack(LeftTopics left, std::string_view ourRoot, ResultsPort port)
    : left_(std::move(left)), status_(statusBelow(left_.root, ourRoot)), port_(std::move(port)) {}

void TakeBack::connected(const Now& now) {
    since_ = now.steady;
    isOnline_ = false;
    emptied_ = 0;
    takenAt_.reset();
}

bool TakeBack::heard(std::string_view topic, std::string_view payload) {
    if (topic != status_)
        return false;
    isOnline_ = payload == kOnline;
    return true;
}

/// Whoever listens is told offline first, because an empty status says nothing.
bool TakeBack::empty(const std::string& topic) const {
    if (topic.ends_with("/status") &&
        !port_.publish(topic, std::string(kOffline), kEmptiedQos, true))
        return false;
    return port_.publish(topic, "", kEmptiedQos, true);
}

TakeBack::Outcome TakeBack::tick(const Now& now) {
    if (!since_)
        return Outcome::Going;
    const bool isBegun = emptied_ > 0;
    if (isOnline_ && !isBegun)
        return now.steady - *since_ >= kLives ? Outcome::Inhabited : Outcome::Going;
    if (status_ && now.steady - *since_ < kListen)
        return Outcome::Going;
    for (std::size_t tried = 0; tried < kPerTick && emptied_ < left_.topics.size(); ++tried) {
        if (!empty(left_.topics[emptied_]))
            return Outcome::Going;
        ++emptied_;
    }
    if (emptied_ < left_.topics.size())
        return Outcome::Going;
    if (!takenAt_)
        takenAt_ = now.steady;
    return now.steady - *takenAt_ >= Emptied::kDelivered ? Outcome::Done : Outcome::Going;
}

} // namespace busbar::mqtt
