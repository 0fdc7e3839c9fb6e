// SPDX-License-Identifier: MIT
// Says offline and empties.
#include "mqtt/results/result_leftovers.hpp"

namespace busbar::mqtt {

namespace {

/// Bound on batteries whose topics wait to be emptied: banks times members, generously.
constexpr std::size_t kMostGone = 1024;

void insertBounded(std::set<std::string>& ids, const std::string& id) {
    if (ids.size() < kMostGone)
        ids.insert(id);
}

} // namespace

void ResultLeftovers::connected() {
    unsaid_ = earlier_;
    gone_.merge(emptied_.takeDoubtful());
    goneBanks_.merge(emptiedBanks_.takeDoubtful());
}

void ResultLeftovers::expect(const std::string& battery) {
    insertBounded(earlier_, battery);
    insertBounded(published_, battery);
}

void ResultLeftovers::forget(const std::string& battery) {
    earlier_.erase(battery);
    insertBounded(gone_, battery);
    insertBounded(published_, battery);
}

void ResultLeftovers::forgetBank(const std::string& bank) {
    insertBounded(goneBanks_, bank);
}

void ResultLeftovers::reported(const std::string& battery, bool isPublished) {
    earlier_.erase(battery);
    if (!isPublished)
        return;
    insertBounded(published_, battery);
    gone_.erase(battery);
    emptied_.forget(battery);
}

bool ResultLeftovers::clear(ResultSender& sender, const ResultTopics& topics,
                            const IsReported& isReported, const Now& now) {
    return clearBatteries(sender, topics, now) && clearBanks(sender, topics, now) &&
           sayEarlierOffline(sender, topics, isReported, now);
}

/// Whoever listens is told offline first, because an empty status says nothing.
bool ResultLeftovers::clearBatteries(ResultSender& sender, const ResultTopics& topics,
                                     const Now& now) {
    while (!gone_.empty()) {
        const std::string& id = *gone_.begin();
        if (!sender.sendStatus(topics.batteryStatus(id), kOffline, now) ||
            !sender.sendRetained(topics.batteryState(id), "") ||
            !sender.sendStatus(topics.batteryStatus(id), "", now))
            return false;
        emptied_.note(id, now);
        gone_.erase(gone_.begin());
    }
    return true;
}

bool ResultLeftovers::clearBanks(ResultSender& sender, const ResultTopics& topics, const Now& now) {
    while (!goneBanks_.empty()) {
        if (!sender.sendRetained(topics.bankState(*goneBanks_.begin()), ""))
            return false;
        emptiedBanks_.note(*goneBanks_.begin(), now);
        goneBanks_.erase(goneBanks_.begin());
    }
    return true;
}

/// Those that a bank reports meanwhile get their status from it.
bool ResultLeftovers::sayEarlierOffline(ResultSender& sender, const ResultTopics& topics,
                                        const IsReported& isReported, const Now& now) {
    while (!unsaid_.empty()) {
        const std::string& id = *unsaid_.begin();
        if (!isReported(id) && !sender.sendStatus(topics.batteryStatus(id), kOffline, now))
            return false;
        unsaid_.erase(unsaid_.begin());
    }
    return true;
}

void ResultLeftovers::finish(const Now& now) {
    (void)emptiedBanks_.takeDelivered(now);
    for (const std::string& battery : emptied_.takeDelivered(now))
        published_.erase(battery);
}

/// Whoever listens is told offline first, because an empty status says nothing.
bool ResultLeftovers::withdraw(ResultSender& sender, const ResultTopics& topics) {
    std::erase_if(published_, [&](const std::string& id) {
        return sender.sendRetained(topics.batteryStatus(id), std::string(kOffline)) &&
               sender.sendRetained(topics.batteryState(id), "") &&
               sender.sendRetained(topics.batteryStatus(id), "");
    });
    return published_.empty();
}

} // namespace busbar::mqtt
