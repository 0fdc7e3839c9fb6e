// SPDX-License-Identifier: MIT
// Publishes the documents of banks and batteries: paced, at once when a limit is cut, and only what
// changed.
#pragma once

#include "core/bank_view.hpp"
#include "core/now.hpp"
#include "mqtt/emptied.hpp"
#include "mqtt/limit_cut.hpp"
#include "mqtt/result_topics.hpp"
#include "mqtt/results_json.hpp"
#include "mqtt/results_port.hpp"
#include "mqtt/settings.hpp"
#include "mqtt/status_guard.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace busbar::mqtt {

/// Works without a clock, a network or a thread.
///
/// What was published before a session ended counts as unpublished in the next one, because the
/// broker may have forgotten it, or an earlier run has left something else. So a session begins
/// with the documents of all banks and the statuses of all batteries, and then says online; what
/// the last one may not have emptied any more is emptied again. Without a session nothing is
/// rendered and nothing kept but the ids of batteries; with one, the last document of each bank and
/// battery, to compare.
class Results {
public:
    /// `site` is part of topics: [A-Za-z0-9_-].
    Results(const ResultsSettings& settings, const std::string& site, ResultsPort port);

    /// Topics to be heard (QoS 0), before `connected`: the own statuses, which must not be anybody
    /// else's word.
    [[nodiscard]] std::vector<std::string> subscriptions() const;
    /// What arrived on one of them; false for any other topic.
    bool heard(std::string_view topic, std::string_view payload, bool isRetained);

    /// A session began: everything is due.
    void connected(const Now& now);
    void disconnected();

    /// After each cycle of a bank; `bank` is its place in the configuration. If two banks report
    /// one battery, it belongs to the first. Costs next to nothing while nothing is due. After a
    /// publication that was not taken the rest waits for the next call.
    void offer(std::size_t bank, const BankView& view, const Now& now);

    /// After all banks were offered: says online, once their documents are out, and again what
    /// somebody else has overwritten.
    void finish(const Now& now);

    /// A battery that an earlier run has published: offline until a bank reports it.
    void expect(const std::string& id);
    /// The same, but the configuration does not want it any more: whatever is retained on its
    /// topics is emptied.
    void forget(const std::string& id);
    /// The same for a bank.
    void forgetBank(const std::string& id);

    /// True when `health` would publish, so that nobody collects counters for nothing.
    [[nodiscard]] bool isHealthDue(const Now& now) const;
    /// Once a minute, and first in each session.
    void health(const Health& health, const Now& now);

    /// Says offline. The session ends afterwards.
    void shutDown();

    /// What the broker shall publish (QoS 1, retained) when the session is lost.
    struct Will {
        std::string topic;
        std::string payload;
    };
    [[nodiscard]] Will will() const { return {topics_.status(), std::string(kOffline)}; }

    [[nodiscard]] const ResultTopics& topics() const { return topics_; }
    [[nodiscard]] const ResultsCounters& counters() const { return counters_; }
    [[nodiscard]] std::vector<StatusGuard::Notice> takeNotices() { return guard_.takeNotices(); }

private:
    struct Document {
        std::optional<std::string> last; ///< published in this session
        SteadyTime next{};               ///< not looked at before this, once published
        SteadyTime repeat{};             ///< published again by then, also without a change
    };
    struct BatteryEntry {
        std::string id;
        bool isWanted{false}; ///< the bank would publish it …
        bool isOurs{false};   ///< … and no earlier one does
        bool isKnown{false};  ///< its topics hold something, perhaps from an earlier session
        std::optional<bool> isOnline; ///< as published in this session
        Document state;
    };
    struct BankEntry {
        Document state;
        ShownLimits limits;           ///< of the last published document
        Stage stage{Stage::Starting}; ///< likewise
        std::size_t ownersSeen{0};
        std::vector<BatteryEntry> batteries; ///< as in the report, all of them
    };

    bool send(const std::string& topic, const std::string& payload, int qos, bool retain);
    bool sendRetained(const std::string& topic, const std::string& payload);
    bool sendStatus(const std::string& topic, std::string_view word, const Now& now);
    [[nodiscard]] bool isStatus(std::string_view topic) const;
    [[nodiscard]] bool isAllOut() const;
    void putRight(const Now& now);
    bool sayEarlierOffline(const Now& now);
    void sendEvents(const BankView& view, const Now& now);
    bool sendBank(BankEntry& bank, const BankView& view, const Now& now);
    void sendBatteries(BankEntry& bank, const BankView& view, const Now& now);
    bool sendBattery(BatteryEntry& entry, std::size_t place, const BankView& view, const Now& now);
    bool sendBatteryStatus(BatteryEntry& entry, bool isOnline, const Now& now);
    bool publish(Document& document, const std::string& topic, std::string payload,
                 std::chrono::milliseconds phase, const Now& now);
    [[nodiscard]] bool isDue(const Document& document, const Now& now) const;

    [[nodiscard]] static BatteryEntry unknown(const std::string& id);
    [[nodiscard]] static bool isWanted(const BatteryEntry& entry, const MemberReport& member);
    void follow(std::size_t bank, const std::vector<MemberReport>& members);
    void take(std::size_t bank, BatteryEntry& entry);
    void leave(std::size_t bank, BatteryEntry& entry);
    bool clearGone(const Now& now);
    void clearAgain();

    ResultsSettings settings_;
    ResultTopics topics_;
    ResultsPort port_;
    bool isConnected_{false};
    bool isAnnounced_{false}; ///< online was said in this session
    SteadyTime nextHealth_{};
    std::vector<BankEntry> banks_;
    std::map<std::string, std::size_t> owners_; ///< battery id to bank
    std::size_t ownersVersion_{1};
    std::set<std::string> earlier_;   ///< batteries of an earlier run that no bank has reported
    std::set<std::string> unsaid_;    ///< … that are still to be said offline in this session
    std::set<std::string> gone_;      ///< batteries whose retained topics are to be emptied
    std::set<std::string> goneBanks_; ///< banks of an earlier run likewise
    Emptied emptied_;                 ///< batteries of `gone_` that the session has taken
    Emptied emptiedBanks_;
    StatusGuard guard_;
    ResultsCounters counters_;
};

} // namespace busbar::mqtt
