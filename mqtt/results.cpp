// SPDX-License-Identifier: MIT
// Pace and order of what is published about banks and batteries.
#include "mqtt/results.hpp"

#include "core/events.hpp"

#include <algorithm>
#include <utility>

namespace busbar::mqtt {

namespace {

constexpr std::chrono::seconds kHealthInterval{60};
/// Home Assistant takes a value for lost that is not repeated (HaContext::expireAfter).
constexpr std::chrono::seconds kRepeat{60};
/// Documents are spread over this many moments of an interval.
constexpr std::size_t kPhases = 16;
/// A timer of one interval that fires a little early must not miss its turn.
constexpr int kEarly = 20; // a twentieth of the interval
/// Bound on batteries whose topics wait to be emptied: banks times members, generously.
constexpr std::size_t kMostGone = 1024;
constexpr int kStateQos = 1;

std::chrono::milliseconds phaseOf(std::size_t place, std::chrono::milliseconds interval) {
    return interval * static_cast<int>(place % kPhases) / static_cast<int>(kPhases);
}

} // namespace

Results::Results(const ResultsSettings& settings, const std::string& site, ResultsPort port)
    : settings_(settings), topics_{settings.base + "/" + site}, port_(std::move(port)) {}

void Results::connected(const Now& now) {
    disconnected();
    isConnected_ = true;
    nextHealth_ = now.steady;
    announce();
}

void Results::disconnected() {
    isConnected_ = false;
    isAnnounced_ = false;
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
    if (!isConnected_ || !announce()) {
        counters_.eventsLost += view.events.size();
        return;
    }
    if (bank >= banks_.size())
        banks_.resize(bank + 1);
    sendEvents(view, now);
    follow(bank, view.report.members);
    if (clearGone() && sendBank(banks_[bank], view, now))
        sendBatteries(banks_[bank], view, now);
}

void Results::forget(const std::string& id) {
    if (!owners_.contains(id) && gone_.size() < kMostGone)
        gone_.insert(id);
}

bool Results::isHealthDue(const Now& now) const {
    return settings_.isEnabled && isConnected_ && now.steady >= nextHealth_;
}

void Results::health(const Health& health, const Now& now) {
    if (!isHealthDue(now) || !announce())
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

bool Results::announce() {
    if (!isAnnounced_ && settings_.isEnabled)
        isAnnounced_ = sendRetained(topics_.status(), std::string(kOnline));
    return isAnnounced_;
}

void Results::sendEvents(const BankView& view, const Now& now) {
    for (const Event& event : view.events) {
        const bool isSent = send(topics_.event(), eventDocument(view, event, now), 0, false);
        ++(isSent ? counters_.events : counters_.eventsLost);
    }
}

bool Results::isDue(const Document& document, const Now& now) const {
    return !document.last || now.steady + settings_.interval / kEarly >= document.next;
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
    if (!isDue(bank.state, now) && !isCut(limits, bank.limits))
        return true;
    if (!publish(bank.state, topics_.bankState(view.settings.id), bankDocument(view), {}, now))
        return false;
    bank.limits = limits;
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
    if (!sendStatus(entry, isAvailable(member)))
        return false;
    if (!hasDocument(member) || !isDue(entry.state, now))
        return true;
    return publish(entry.state, topics_.batteryState(entry.id), batteryDocument(view, member),
                   phaseOf(place, settings_.interval), now);
}

bool Results::sendStatus(BatteryEntry& entry, bool isOnline) {
    if (entry.isOnline == isOnline)
        return true;
    if (!sendRetained(topics_.batteryStatus(entry.id), std::string(isOnline ? kOnline : kOffline)))
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
        gone_.erase(entry.id);
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
bool Results::clearGone() {
    while (!gone_.empty()) {
        const std::string& id = *gone_.begin();
        if (!sendRetained(topics_.batteryStatus(id), std::string(kOffline)) ||
            !sendRetained(topics_.batteryState(id), "") ||
            !sendRetained(topics_.batteryStatus(id), ""))
            return false;
        gone_.erase(gone_.begin());
    }
    return true;
}

} // namespace busbar::mqtt
