// SPDX-License-Identifier: MIT
// Pace and order of what is published about banks and batteries.
#include "mqtt/results/results.hpp"

#include "core/events.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "documents/battery.hpp"
#include "mqtt/venus/topic.hpp"

#include <algorithm>
#include <utility>

namespace busbar::mqtt {

namespace {

constexpr std::chrono::seconds kHealthInterval{60};
/// Documents are spread over this many moments of an interval.
constexpr std::size_t kPhases = 16;

std::chrono::milliseconds phaseOf(std::size_t place, std::chrono::milliseconds interval) {
    return interval * static_cast<int>(place % kPhases) / static_cast<int>(kPhases);
}

bool isStatus(const ResultTopics& topics, std::string_view topic) {
    const auto below = tailBelow(topics.root, topic);
    if (below == "status")
        return true;
    const auto battery = below ? tailBelow("battery", *below) : std::nullopt;
    return battery && battery->find('/') == battery->rfind('/') && battery->ends_with("/status");
}

/// To whom, where, and in which layout.
struct Way {
    ResultSender& sender;
    const ResultTopics& topics;
    const ResultsSettings& settings;
};

void sendEvents(const Way& way, const BankView& view, const Now& now) {
    ResultSender& sender = way.sender;
    for (const Event& event : view.events) {
        const bool isSent =
            sender.send(way.topics.event(),
                        eventDocument(view, event, now, {.layout = way.settings.layout}), 0, false);
        ++(isSent ? sender.counters().events : sender.counters().eventsLost);
    }
}

bool sendBatteryStatus(ResultSender& sender, const ResultTopics& topics, BatteryEntry& entry,
                       bool isOnline, const Now& now) {
    if (entry.isOnline == isOnline)
        return true;
    if (!sender.sendStatus(topics.batteryStatus(entry.id), isOnline ? kOnline : kOffline, now))
        return false;
    entry.isOnline = isOnline;
    entry.isKnown = true;
    return true;
}

bool sendBank(const Way& way, BankEntry& bank, const BankView& view, const Now& now) {
    ResultSender& sender = way.sender;
    const ShownLimits limits = shownLimits(view.report);
    const bool isNews = view.report.stage != bank.stage || isCut(limits, bank.limits);
    if (!sender.isDue(bank.state, now) && !isNews)
        return true;
    const auto stamp = [&] { return bankStamp(view, now); };
    const DocumentStyle style{way.settings.layout, &bank.said};
    if (!sender.publish(bank.state, way.topics.bankState(view.settings.id),
                        bankDocument(view, style), stamp, {}, now))
        return false;
    bank.limits = limits;
    bank.stage = view.report.stage;
    return true;
}

/// A reader that is told that one is there finds its document.
bool sendBattery(const Way& way, BatteryEntry& entry, const BankView& view,
                 const MemberReport& member, std::size_t place, const Now& now) {
    const bool comes = isAvailable(member) && entry.isOnline != std::optional(true);
    if (!hasDocument(member) || !(comes || way.sender.isDue(entry.state, now)))
        return true;
    const auto stamp = [&] { return batteryStamp(view, member, now); };
    const DocumentStyle style{way.settings.layout, &entry.said};
    return way.sender.publish(entry.state, way.topics.batteryState(entry.id),
                              batteryDocument(view, member, style), stamp,
                              phaseOf(place, way.settings.interval), now);
}

/// A missing battery keeps what was last known of it, as offline.
void sendBatteries(const Way& way, BankEntry& bank, const BankView& view, const Now& now) {
    for (std::size_t i = 0; i < bank.batteries.size(); ++i) {
        BatteryEntry& entry = bank.batteries[i];
        const MemberReport& member = view.report.members[i];
        if (!entry.isOurs)
            continue;
        const bool isOnline = isAvailable(member);
        if (!isOnline && !sendBatteryStatus(way.sender, way.topics, entry, false, now))
            return;
        if (!sendBattery(way, entry, view, member, i, now))
            return;
        if (isOnline && !sendBatteryStatus(way.sender, way.topics, entry, true, now))
            return;
    }
}

} // namespace

Results::Results(const ResultsSettings& settings, const std::string& site, ResultsPort port)
    : settings_(settings), topics_{settings.base + "/" + site},
      sender_(std::move(port), settings.interval), owners_(settings.publishBatteries) {}

std::vector<std::string> Results::subscriptions() const {
    if (!settings_.isEnabled)
        return {};
    return {topics_.status(), topics_.batteryStatus("+")};
}

bool Results::heard(std::string_view topic, std::string_view payload, bool isRetained) {
    if (!isStatus(topics_, topic))
        return false;
    if (isConnected_)
        sender_.guard().heard(topic, payload, isRetained);
    return true;
}

void Results::connected(const Now& now) {
    disconnected();
    isConnected_ = true;
    nextHealth_ = now.steady;
    leftovers_.connected();
}

void Results::disconnected() {
    isConnected_ = false;
    isAnnounced_ = false;
    sender_.guard().startOver();
    for (BankEntry& bank : banks_) {
        bank.state = {};
        for (BatteryEntry& battery : bank.batteries) {
            battery.state = {};
            battery.isOnline.reset();
        }
    }
}

void Results::offer(std::size_t bank, const BankView& view, const Now& now) {
    if (!settings_.isEnabled)
        return;
    if (!isConnected_) {
        sender_.counters().eventsLost += view.events.size();
        return;
    }
    if (bank >= banks_.size())
        banks_.resize(bank + 1);
    const Way way{sender_, topics_, settings_};
    sendEvents(way, view, now);
    owners_.follow(bank, banks_[bank], view.report.members, leftovers_);
    const auto isReported = [this](const std::string& id) { return owners_.contains(id); };
    if (leftovers_.clear(sender_, topics_, isReported, now) &&
        sendBank(way, banks_[bank], view, now) && settings_.publishBatteries)
        sendBatteries(way, banks_[bank], view, now);
}

void Results::finish(const Now& now) {
    if (!settings_.isEnabled || !isConnected_)
        return;
    if (!isAnnounced_ && isAllOut())
        isAnnounced_ = sender_.sendStatus(topics_.status(), kOnline, now);
    if (isAnnounced_)
        sender_.putRight(now);
    leftovers_.finish(now);
}

/// What an earlier run has left is overwritten: readers may believe it.
bool Results::isAllOut() const {
    const auto isOut = [this](const BatteryEntry& battery) {
        return !battery.isOurs || !settings_.publishBatteries || battery.isOnline.has_value();
    };
    return !banks_.empty() && leftovers_.isCleared() &&
           std::ranges::all_of(banks_, [&isOut](const BankEntry& bank) {
               return bank.state.last && std::ranges::all_of(bank.batteries, isOut);
           });
}

void Results::expect(const std::string& id) {
    if (!settings_.publishBatteries)
        forget(id);
    else if (!owners_.contains(id))
        leftovers_.expect(id);
}

void Results::forget(const std::string& id) {
    if (!owners_.contains(id))
        leftovers_.forget(id);
    else
        leftovers_.reported(id, false);
}

void Results::forgetBank(const std::string& id) {
    leftovers_.forgetBank(id);
}

bool Results::isHealthDue(const Now& now) const {
    return settings_.isEnabled && isConnected_ && now.steady >= nextHealth_;
}

void Results::health(const Health& health, const Now& now) {
    if (!isHealthDue(now) || !isAnnounced_)
        return;
    if (!sender_.sendRetained(topics_.health(), healthDocument(health, counters(), now,
                                                               {.layout = settings_.layout})))
        return;
    ++sender_.counters().documents;
    nextHealth_ = now.steady + kHealthInterval;
}

void Results::withdraw(const std::vector<std::string>& banks) {
    if (!settings_.isEnabled || !isConnected_)
        return;
    const auto empty = [this](const std::string& topic) { return sender_.sendRetained(topic, ""); };
    bool isTaken = leftovers_.withdraw(sender_, topics_) && empty(topics_.health());
    for (const std::string& bank : banks)
        isTaken = empty(topics_.bankState(bank)) && isTaken;
    if (isTaken && sender_.sendRetained(topics_.status(), std::string(kOffline)) &&
        empty(topics_.status()))
        disconnected();
}

void Results::shutDown() {
    if (settings_.isEnabled && isConnected_)
        sender_.sendRetained(topics_.status(), std::string(kOffline));
    disconnected();
}

} // namespace busbar::mqtt
