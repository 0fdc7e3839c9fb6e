// SPDX-License-Identifier: MIT
// When a session is begun anew, and what the log says of its end: the loop's part of a client.
#pragma once

#include "core/now.hpp"
#include "mqtt/session/backoff.hpp"
#include "mqtt/session/fault_note.hpp"
#include "mqtt/session/session_state.hpp"
#include "mqtt/settings.hpp"

#include <cstdint>
#include <optional>
#include <random>
#include <string>

namespace busbar::mqtt {

class Redial {
public:
    /// `session` and `url` are for the log.
    Redial(const BrokerSettings& settings, std::uint8_t session, std::string url);

    /// As soon as possible.
    void dial(const Now& now) { next_ = now.steady; }
    /// No more.
    void stop() { next_.reset(); }
    /// Notes and logs what happened; true once when an attempt is due.
    [[nodiscard]] bool isDue(const News& news, const Now& now);
    /// Nothing while connected, connecting, or never started.
    [[nodiscard]] std::optional<SteadyTime> next() const { return next_; }

private:
    void note(const Transition& transition, const Now& now);
    void schedule(const Now& now);

    std::chrono::milliseconds goodAfter_;
    std::uint8_t session_;
    std::string url_;
    std::mt19937 random_;
    Backoff backoff_;
    FaultNote faults_;
    std::optional<SteadyTime> connectedSince_;
    std::optional<SteadyTime> next_;
};

} // namespace busbar::mqtt
