// SPDX-License-Identifier: MIT
// Publishes the documents of banks and batteries: paced, at once when a limit is cut, and only what
// changed.
#pragma once

#include "core/bank_view.hpp"
#include "core/now.hpp"
#include "mqtt/results/result_leftovers.hpp"
#include "mqtt/results/result_owners.hpp"
#include "mqtt/results/result_sender.hpp"
#include "mqtt/results/result_topics.hpp"
#include "mqtt/results/results_json.hpp"
#include "mqtt/results/status_guard.hpp"
#include "mqtt/settings.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
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

    /// Batteries, by id, on whose topics something may be retained. To be kept over restarts.
    [[nodiscard]] const std::set<std::string>& published() const { return leftovers_.published(); }

    /// The site is no more: empties all that is retained below its name, of these banks and of all
    /// batteries, as far as the session takes that. Nothing is to be offered afterwards.
    void withdraw(const std::vector<std::string>& banks);
    /// Says offline. The session ends afterwards.
    void shutDown();

    /// What the broker shall publish (QoS 1, retained) when the session is lost.
    struct Will {
        std::string topic;
        std::string payload;
    };
    [[nodiscard]] Will will() const { return {topics_.status(), std::string(kOffline)}; }

    [[nodiscard]] const ResultTopics& topics() const { return topics_; }
    [[nodiscard]] const ResultsCounters& counters() const { return sender_.counters(); }
    [[nodiscard]] std::vector<StatusGuard::Notice> takeNotices() {
        return sender_.guard().takeNotices();
    }

private:
    [[nodiscard]] bool isAllOut() const;

    ResultsSettings settings_;
    ResultTopics topics_;
    ResultSender sender_;
    bool isConnected_{false};
    bool isAnnounced_{false}; ///< online was said in this session
    SteadyTime nextHealth_{};
    std::vector<BankEntry> banks_;
    ResultOwners owners_;
    ResultLeftovers leftovers_;
};

} // namespace busbar::mqtt
