// SPDX-License-Identifier: MIT
// Pace and order of what is published about banks and batteries.
#include "mqtt/results.hpp"

#include "core/events.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "mqtt/topic.hpp"
#include "mqtt/turn.hpp"

#include <algorithm>
#include <utility>

namespace busbar::mqtt {

namespace {

constexpr std::chrono::seconds kHealthInterval{60};
/// Home Assistant takes a value for lost that is not repeated (HaContext::expireAfter).
constexpr std::chrono::seconds kRepeat{60};
/// Documents are spread over this many moments of an interval.
constexpr std::size_t kPhases = 16;
/// Bound on batteries whose topics wait to be emptied: banks times members, generously.
constexpr std::size_t kMostGone = 1024;
constexpr int kStateQos = 1;

std::chrono::milliseconds phaseOf(std::size_t place, std::chrono::milliseconds interval) {
    return interval * static_cast<int>(place % kPhases) / static_cast<int>(kPhases);
}

} // namespace

Results::Results(const ResultsSettings& settings, const std::string& site, ResultsPort port)
    : settings_(settings), topics_{settings.base + "/" + site}, port_(std::move(port)) {}

std::vector<std::string> Results::subscriptions() const {
    if (!settings_.isEnabled)
        return {};
    return {topics_.status(), topics_.batteryStatus("+")};
}

bool Results::isStatus(std::string_view topic) const {
    const auto below = tailBelow(topics_.root, topic);
    if (below == "status")
        return true;
    const auto battery = below ? tailBelow("battery", *below) : std::nullopt;
    return battery && battery->find('/') == battery->rfind('/') && battery->ends_with("/status");
}

bool Results::heard(std::string_view topic, std::string_view payload, bool isRetained) {
    if (!isStatus(topic))
        return false;
    if (isConnected_)
        guard_.heard(topic, payload, isRetained);
    return true;
}

void Results::connected(const Now& now) {
    disconnected();
    isConnected_ = true;
    nextHealth_ = now.steady;
    unsaid_ = earlier_;
    clearAgain();
}

void Results::clearAgain() {
    gone_.merge(emptied_.takeDoubtful());
    goneBanks_.merge(emptiedBanks_.takeDoubtful());
}

void Results::disconnected() {
    isConnected_ = false;
    isAnnounced_ = false;
    guard_.startOver();
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
        counters_.eventsLost += view.events.size();
        return;
    }
    if (bank >= banks_.size())
        banks_.resize(bank + 1);
    sendEvents(view, now);
    follow(bank, view.report.members);
    if (clearGone(now) && sayEarlierOffline(now) && sendBank(banks_[bank], view, now))
        sendBatteries(banks_[bank], view, now);
}

void Results::finish(const Now& now) {
    if (!settings_.isEnabled || !isConnected_)
        return;
    if (!isAnnounced_ && isAllOut())
        isAnnounced_ = sendStatus(topics_.status(), kOnline, now);
    if (isAnnounced_)
        putRight(now);
    (void)emptied_.takeDelivered(now);
    (void)emptiedBanks_.takeDelivered(now);
}

/// What an earlier run has left is overwritten: readers may believe it.
bool Results::isAllOut() const {
    const auto isOut = [this](const BatteryEntry& battery) {
        return !battery.isOurs || !settings_.publishBatteries || battery.isOnline.has_value();
    };
    return !banks_.empty() && gone_.empty() && goneBanks_.empty() && unsaid_.empty() &&
           std::ranges::all_of(banks_, [&isOut](const BankEntry& bank) {
               return bank.state.last && std::ranges::all_of(bank.batteries, isOut);
           });
}

void Results::putRight(const Now& now) {
    for (const StatusGuard::Repair& repair : guard_.due(now)) {
        if (!sendRetained(repair.topic, repair.payload))
            return;
        guard_.repaired(repair.topic, now);
    }
    counters_.overwritten = guard_.overwritten();
}

void Results::expect(const std::string& id) {
    if (!settings_.publishBatteries)
        forget(id);
    else if (!owners_.contains(id) && earlier_.size() < kMostGone)
        earlier_.insert(id);
}

void Results::forget(const std::string& id) {
    earlier_.erase(id);
    if (!owners_.contains(id) && gone_.size() < kMostGone)
        gone_.insert(id);
}

void Results::forgetBank(const std::string& id) {
    if (goneBanks_.size() < kMostGone)
        goneBanks_.insert(id);
}

/// Those that a bank reports meanwhile get their status from it.
bool Results::sayEarlierOffline(const Now& now) {
    while (!unsaid_.empty()) {
        const std::string& id = *unsaid_.begin();
        if (!owners_.contains(id) && !sendStatus(topics_.batteryStatus(id), kOffline, now))
            return false;
        unsaid_.erase(unsaid_.begin());
    }
    return true;
}

bool Results::isHealthDue(const Now& now) const {
    return settings_.isEnabled && isConnected_ && now.steady >= nextHealth_;
}

void Results::health(const Health& health, const Now& now) {
    if (!isHealthDue(now) || !isAnnounced_)
        return;
    if (!sendRetained(topics_.health(), healthDocument(health, counters_, now)))
        return;
    ++counters_.documents;
    nextHealth_ = now.steady + kHealthInterval;
}

void Results::shutDown() {
    if (settings_.isEnabled && isConnected_)
        sendRetained(topics_.status(), std::string(kOffline));
    disconnected();
}

bool Results::send(const std::string& topic, const std::string& payload, int qos, bool retain) {
    if (!port_.publish(topic, payload, qos, retain)) {
        ++counters_.refused;
        return false;
    }
    counters_.bytes += payload.size();
    return true;
}

bool Results::sendRetained(const std::string& topic, const std::string& payload) {
    return send(topic, payload, kStateQos, true);
}

bool Results::sendStatus(const std::string& topic, std::string_view word, const Now& now) {
    if (!sendRetained(topic, std::string(word)))
        return false;
    guard_.said(topic, word, now);
    return true;
}

void Results::sendEvents(const BankView& view, const Now& now) {
    for (const Event& event : view.events) {
        const bool isSent = send(topics_.event(), eventDocument(view, event, now), 0, false);
        ++(isSent ? counters_.events : counters_.eventsLost);
    }
}

bool Results::isDue(const Document& document, const Now& now) const {
    return !document.last || isTurn(document.next, settings_.interval, now);
}

/// The first document of a session goes at once and the second later by `phase`, so that documents
/// do not stay in step.
bool Results::publish(Document& document, const std::string& topic, std::string payload,
                      std::chrono::milliseconds phase, const Now& now) {
    const bool isFirst = !document.last;
    if (payload == document.last && now.steady < document.repeat) {
        ++counters_.unchanged;
    } else {
        if (!sendRetained(topic, payload))
            return false;
        ++counters_.documents;
        document.last = std::move(payload);
        document.repeat = now.steady + kRepeat;
    }
    document.next =
        now.steady + settings_.interval + (isFirst ? phase : std::chrono::milliseconds(0));
    return true;
}

bool Results::sendBank(BankEntry& bank, const BankView& view, const Now& now) {
    const ShownLimits limits = shownLimits(view.report);
    const bool isNews = view.report.stage != bank.stage || isCut(limits, bank.limits);
    if (!isDue(bank.state, now) && !isNews)
        return true;
    if (!publish(bank.state, topics_.bankState(view.settings.id), bankDocument(view), {}, now))
        return false;
    bank.limits = limits;
    bank.stage = view.report.stage;
    return true;
}

void Results::sendBatteries(BankEntry& bank, const BankView& view, const Now& now) {
    if (!settings_.publishBatteries)
        return;
    for (std::size_t i = 0; i < bank.batteries.size(); ++i)
        if (bank.batteries[i].isOurs && !sendBattery(bank.batteries[i], i, view, now))
            return;
}

/// A missing battery keeps what was last known of it, as offline. False = not taken.
bool Results::sendBattery(BatteryEntry& entry, std::size_t place, const BankView& view,
                          const Now& now) {
    const MemberReport& member = view.report.members[place];
    if (!sendBatteryStatus(entry, isAvailable(member), now))
        return false;
    if (!hasDocument(member) || !isDue(entry.state, now))
        return true;
    return publish(entry.state, topics_.batteryState(entry.id), batteryDocument(view, member),
                   phaseOf(place, settings_.interval), now);
}

bool Results::sendBatteryStatus(BatteryEntry& entry, bool isOnline, const Now& now) {
    if (entry.isOnline == isOnline)
        return true;
    if (!sendStatus(topics_.batteryStatus(entry.id), isOnline ? kOnline : kOffline, now))
        return false;
    entry.isOnline = isOnline;
    entry.isKnown = true;
    return true;
}

Results::BatteryEntry Results::unknown(const std::string& id) {
    BatteryEntry entry;
    entry.id = id;
    return entry;
}

/// A battery with a document, and one that had one and is missing for now.
bool Results::isWanted(const BatteryEntry& entry, const MemberReport& member) {
    return hasDocument(member) || (entry.isOurs && member.reason == OutReason::Missing);
}

/// Keeps `batteries` in step with the report. Only when members or their owners change is there
/// anything to do.
void Results::follow(std::size_t bank, const std::vector<MemberReport>& members) {
    BankEntry& entry = banks_[bank];
    const auto isSame = [](const BatteryEntry& battery, const MemberReport& member) {
        return battery.id == member.id && battery.isWanted == isWanted(battery, member);
    };
    if (entry.ownersSeen == ownersVersion_ && std::ranges::equal(entry.batteries, members, isSame))
        return;
    std::vector<BatteryEntry> before = std::exchange(entry.batteries, {});
    for (const MemberReport& member : members) {
        const auto known = std::ranges::find(before, member.id, &BatteryEntry::id);
        entry.batteries.push_back(known != before.end() ? std::exchange(*known, {})
                                                        : unknown(member.id));
        BatteryEntry& battery = entry.batteries.back();
        battery.isWanted = isWanted(battery, member);
        if (battery.isWanted)
            take(bank, battery);
        else
            leave(bank, battery);
    }
    for (BatteryEntry& battery : before)
        leave(bank, battery);
    entry.ownersSeen = ownersVersion_;
}

/// A battery that goes over to an earlier bank keeps its topics.
void Results::take(std::size_t bank, BatteryEntry& entry) {
    const auto [owner, isNew] = owners_.try_emplace(entry.id, bank);
    if (owner->second > bank) {
        owner->second = bank;
        ++ownersVersion_;
    }
    if (owner->second == bank) {
        entry.isOurs = true;
        earlier_.erase(entry.id);
        if (settings_.publishBatteries) {
            gone_.erase(entry.id);
            emptied_.forget(entry.id);
        }
        return;
    }
    entry = unknown(entry.id);
    entry.isWanted = true;
}

/// Its topics are emptied, unless an earlier bank has taken it over meanwhile.
void Results::leave(std::size_t bank, BatteryEntry& entry) {
    const auto owner = owners_.find(entry.id);
    if (entry.isOurs && owner != owners_.end() && owner->second == bank) {
        owners_.erase(owner);
        ++ownersVersion_;
        if (entry.isKnown && gone_.size() < kMostGone)
            gone_.insert(entry.id);
    }
    entry = unknown(entry.id);
}

/// Whoever listens is told offline first, because an empty status says nothing. False = not all
/// were taken.
bool Results::clearGone(const Now& now) {
    while (!gone_.empty()) {
        const std::string& id = *gone_.begin();
        if (!sendStatus(topics_.batteryStatus(id), kOffline, now) ||
            !sendRetained(topics_.batteryState(id), "") ||
            !sendStatus(topics_.batteryStatus(id), "", now))
            return false;
        emptied_.note(id, now);
        gone_.erase(gone_.begin());
    }
    while (!goneBanks_.empty()) {
        if (!sendRetained(topics_.bankState(*goneBanks_.begin()), ""))
            return false;
        emptiedBanks_.note(*goneBanks_.begin(), now);
        goneBanks_.erase(goneBanks_.begin());
    }
    return true;
}

} // namespace busbar::mqtt
