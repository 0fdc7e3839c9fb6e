// SPDX-License-Identifier: MIT
// Sends, counts and paces results.
#include "mqtt/results/result_sender.hpp"

#include "mqtt/results/json_writing.hpp"
#include "mqtt/results/turn.hpp"

#include <utility>

namespace busbar::mqtt {

namespace {

/// Home Assistant takes a value for lost that is not repeated (HaContext::expireAfter).
constexpr std::chrono::seconds kRepeat{60};
constexpr int kStateQos = 1;

} // namespace

bool ResultSender::send(const std::string& topic, const std::string& payload, int qos,
                        bool retain) {
    if (!port_.publish(topic, payload, qos, retain)) {
        ++counters_.refused;
        return false;
    }
    counters_.bytes += payload.size();
    return true;
}

bool ResultSender::sendRetained(const std::string& topic, const std::string& payload) {
    return send(topic, payload, kStateQos, true);
}

bool ResultSender::sendStatus(const std::string& topic, std::string_view word, const Now& now) {
    if (!sendRetained(topic, std::string(word)))
        return false;
    guard_.said(topic, word, now);
    return true;
}

bool ResultSender::isDue(const SentDocument& document, const Now& now) const {
    return !document.last || isTurn(document.next, interval_, now);
}

bool ResultSender::publish(SentDocument& document, const std::string& topic, std::string body,
                           const std::function<std::string()>& stamp,
                           std::chrono::milliseconds phase, const Now& now) {
    const bool isFirst = !document.last;
    if (body == document.last && now.steady < document.repeat) {
        ++counters_.unchanged;
    } else {
        if (!sendRetained(topic, joined(body, stamp())))
            return false;
        ++counters_.documents;
        document.last = std::move(body);
        document.repeat = now.steady + kRepeat;
    }
    document.next = now.steady + interval_ + (isFirst ? phase : std::chrono::milliseconds(0));
    return true;
}

void ResultSender::putRight(const Now& now) {
    for (const StatusGuard::Repair& repair : guard_.due(now)) {
        if (!sendRetained(repair.topic, repair.payload))
            return;
        guard_.repaired(repair.topic, now);
    }
    counters_.overwritten = guard_.overwritten();
}

} // namespace busbar::mqtt
