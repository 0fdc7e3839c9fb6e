// SPDX-License-Identifier: MIT
// Topics that hold something of batteries and banks which nobody reports, now or any more.
#pragma once

#include "core/now.hpp"
#include "mqtt/results/emptied.hpp"
#include "mqtt/results/result_sender.hpp"
#include "mqtt/results/result_topics.hpp"

#include <functional>
#include <set>
#include <string>

namespace busbar::mqtt {

class ResultLeftovers {
public:
    /// Whether a bank reports this battery.
    using IsReported = std::function<bool(const std::string& battery)>;

    /// A session began: what is expected is unsaid, what may not have been emptied is emptied
    /// again.
    void connected();
    /// Published by an earlier run: offline until a bank reports it.
    void expect(const std::string& battery);
    /// Whatever is retained on its topics is emptied.
    void forget(const std::string& battery);
    void forgetBank(const std::string& bank);
    /// A bank reports the battery; `isPublished`: and it has topics again.
    void reported(const std::string& battery, bool isPublished);

    /// Says so, and empties; false = not all was taken.
    bool clear(ResultSender& sender, const ResultTopics& topics, const IsReported& isReported,
               const Now& now);
    [[nodiscard]] bool isCleared() const {
        return gone_.empty() && goneBanks_.empty() && unsaid_.empty();
    }
    /// After a cycle.
    void finish(const Now& now);

    /// Batteries on whose topics something may be retained.
    [[nodiscard]] const std::set<std::string>& published() const { return published_; }
    /// Empties the topics of all of them; false = not all was taken.
    bool withdraw(ResultSender& sender, const ResultTopics& topics);

private:
    bool clearBatteries(ResultSender& sender, const ResultTopics& topics, const Now& now);
    bool clearBanks(ResultSender& sender, const ResultTopics& topics, const Now& now);
    bool sayEarlierOffline(ResultSender& sender, const ResultTopics& topics,
                           const IsReported& isReported, const Now& now);

    std::set<std::string> earlier_;   ///< batteries of an earlier run that no bank has reported
    std::set<std::string> unsaid_;    ///< … that are still to be said offline in this session
    std::set<std::string> gone_;      ///< batteries whose retained topics are to be emptied
    std::set<std::string> goneBanks_; ///< banks of an earlier run likewise
    Emptied emptied_;                 ///< batteries of `gone_` that the session has taken
    Emptied emptiedBanks_;
    std::set<std::string> published_;
};

} // namespace busbar::mqtt
