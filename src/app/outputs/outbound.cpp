// SPDX-License-Identifier: MIT
// Looks at what goes out.
#include "app/outputs/outbound.hpp"

#include "base/log.hpp"
#include "mqtt/session/client.hpp"
#include "mqtt/venus/topic.hpp"

namespace busbar {

namespace {

/// Topics that no broker takes are said once each, but not without end.
constexpr std::size_t kMostImpossible = 100;
constexpr std::size_t kLongestShown = 100; // bytes of a topic in the log

} // namespace

bool Outbound::publish(std::string_view topic, std::string_view payload, int qos, bool retain) {
    const std::size_t bytes = topic.size() + payload.size();
    if (!mqtt::isTopicName(topic) || bytes > mqtt::ClientOptions{}.maxInFlightBytes) {
        sayImpossible(topic, bytes);
        return true;
    }
    const bool isTaken = publish_(topic, payload, qos, retain);
    untaken_.note(isTaken ? 0 : 1);
    return isTaken;
}

void Outbound::sayImpossible(std::string_view topic, std::size_t bytes) {
    const std::string shown(topic.substr(0, kLongestShown));
    if (impossible_.size() < kMostImpossible && impossible_.insert(shown).second)
        log::error("publish_impossible topic={} bytes={} no broker takes this topic or this much; "
                   "it is left out",
                   shown, bytes);
}

void Outbound::tick(const Now& now) {
    if (const auto messages = untaken_.take(now))
        log::warn("publish_refused times={} the session has too much in flight; what was not taken "
                  "is sent again",
                  *messages);
}

} // namespace busbar
