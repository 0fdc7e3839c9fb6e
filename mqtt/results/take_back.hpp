// SPDX-License-Identifier: MIT
// Empties retained topics of a place that is given up, unless somebody else lives there by now.
#pragma once

#include "core/now.hpp"
#include "mqtt/results/left_topics.hpp"
#include "mqtt/results/results_port.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::mqtt {

/// Works without a clock, a network or a thread.
///
/// Only topics of the list are ever written to. A Busbar that publishes below the old root keeps
/// `status` at `online`, so that is listened to first: the place may have moved to another machine.
class TakeBack {
public:
    /// A broker hands on what it has retained as soon as it is asked, over the slowest link too.
    static constexpr std::chrono::seconds kListen{10};
    /// The last will of a run that was killed comes within one and a half keepalives of 15 s
    /// (ClientOptions); who says online for longer than this lives.
    static constexpr std::chrono::seconds kLives{120};
    /// Topics per tick, so that thousands do not fill a session.
    static constexpr std::size_t kPerTick = 64;

    enum class Outcome : std::uint8_t { Going, Done, Inhabited };

    /// `ourRoot`: where documents lie now; nobody is listened to there, that is ours.
    TakeBack(LeftTopics left, std::string_view ourRoot, ResultsPort port);

    /// To be subscribed (QoS 0) before `connected`.
    [[nodiscard]] const std::optional<std::string>& filter() const { return status_; }
    void connected(const Now& now);
    void disconnected() { since_.reset(); }
    /// True if it was said by whoever lives at the old root.
    bool heard(std::string_view topic, std::string_view payload);

    /// Once a second. Done: a session has taken everything, and has lasted.
    [[nodiscard]] Outcome tick(const Now& now);

    [[nodiscard]] const LeftTopics& left() const { return left_; }

private:
    [[nodiscard]] bool empty(const std::string& topic) const;

    LeftTopics left_;
    std::optional<std::string> status_;
    ResultsPort port_;
    std::optional<SteadyTime> since_; ///< the session began
    bool isOnline_{false};
    std::size_t emptied_{0};              ///< in this session
    std::optional<SteadyTime> takenAt_{}; ///< all of them
};

} // namespace busbar::mqtt
