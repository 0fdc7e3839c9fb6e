// SPDX-License-Identifier: MIT
// What leaves for the readers of results: counted, paced where it repeats, guarded where it says
// who is there.
#pragma once

#include "core/now.hpp"
#include "documents/counters.hpp"
#include "mqtt/results/results_port.hpp"
#include "mqtt/results/status_guard.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::mqtt {

/// A retained document, as far as the session has taken it.
struct SentDocument {
    std::optional<std::string> last; ///< published in this session, without its stamp
    SteadyTime next{};               ///< not looked at before this, once published
    SteadyTime repeat{};             ///< published again by then, also without a change
};

/// Each function is false for what was not taken; then nothing has changed.
class ResultSender {
public:
    /// Documents of one topic are at least `interval` apart.
    ResultSender(ResultsPort port, std::chrono::milliseconds interval)
        : port_(std::move(port)), interval_(interval) {}

    bool send(const std::string& topic, const std::string& payload, int qos, bool retain);
    bool sendRetained(const std::string& topic, const std::string& payload);
    /// Said again when somebody else writes there.
    bool sendStatus(const std::string& topic, std::string_view word, const Now& now);
    /// Only what changed or is to be repeated, with `stamp()`, whose changes are none. The first
    /// document of a session goes at once and the second later by `phase`, so that documents do not
    /// stay in step.
    bool publish(SentDocument& document, const std::string& topic, std::string body,
                 const std::function<std::string()>& stamp, std::chrono::milliseconds phase,
                 const Now& now);
    [[nodiscard]] bool isDue(const SentDocument& document, const Now& now) const;
    /// Says again what somebody else has overwritten.
    void putRight(const Now& now);

    [[nodiscard]] StatusGuard& guard() { return guard_; }
    [[nodiscard]] documents::ResultsCounters& counters() { return counters_; }
    [[nodiscard]] const documents::ResultsCounters& counters() const { return counters_; }

private:
    ResultsPort port_;
    std::chrono::milliseconds interval_;
    StatusGuard guard_;
    documents::ResultsCounters counters_;
};

} // namespace busbar::mqtt
