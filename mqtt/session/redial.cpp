// SPDX-License-Identifier: MIT
// Plans attempts by what became of the last ones.
#include "mqtt/session/redial.hpp"

#include "base/log.hpp"

#include <utility>

namespace busbar::mqtt {

Redial::Redial(const BrokerSettings& settings, std::uint8_t session, std::string url)
    : goodAfter_(settings.retryMax), session_(session), url_(std::move(url)),
      random_(std::random_device{}()), backoff_(settings.retryMin, settings.retryMax) {}

bool Redial::isDue(const News& news, const Now& now) {
    for (const Transition& each : news.transitions)
        note(each, now);
    if (news.isClosing || !news.isIdle)
        next_.reset();
    if (!next_ || now.steady < *next_)
        return false;
    next_.reset();
    return true;
}

void Redial::note(const Transition& transition, const Now& now) {
    if (transition.kind == MailKind::Connected) {
        connectedSince_ = now.steady;
        log::info("mqtt_connected session={} url={} faults_before={}", session_, url_,
                  faults_.over());
        return;
    }
    if (faults_.isNews(transition.reason))
        log::warn("{} session={} url={} reason=\"{}\"",
                  transition.kind == MailKind::Disconnected ? "mqtt_lost" : "mqtt_connect_failed",
                  session_, url_, transition.reason);
    schedule(now);
}

/// A session that lasted as long as the longest pause was a good one; one that a broker ends at
/// once (two clients with one id, for example) must not be begun anew every second.
void Redial::schedule(const Now& now) {
    if (connectedSince_ && now.steady - *connectedSince_ >= goodAfter_)
        backoff_.reset();
    connectedSince_.reset();
    next_ = now.steady + backoff_.next(std::uniform_real_distribution<double>(0, 1)(random_));
}

} // namespace busbar::mqtt
