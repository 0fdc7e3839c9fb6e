// SPDX-License-Identifier: MIT
// When the banks are worked out, and when that is told: once a cycle if something has changed, at
// once when a limit is cut.
#pragma once

#include "app/outputs/outputs.hpp"
#include "app/site/site.hpp"
#include "base/event_loop.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace busbar::config {
struct Config;
} // namespace busbar::config

namespace busbar {

class Cycle {
public:
    struct Hooks {
        std::function<void(const Now&)> takeMail; ///< before a cycle that is due: what has gathered
        std::function<void(const Now&)> told;     ///< after each cycle that was told
    };

    /// All must outlive it; the configuration is the one in force.
    Cycle(EventLoop& loop, const config::Config& config, Site& site, Outputs& outputs, Hooks hooks);

    /// Works out and tells everything.
    void run(const Now& now);
    /// Messages were handed on. `isEvent`: one of a session was among them, which changes more than
    /// values.
    void notice(bool isEvent, const Now& now);
    /// With the next wake-up of the loop.
    void wake() { timer_.arm(std::chrono::microseconds(0)); }
    /// The same, but not more often than ten times a second, however much is written.
    void wakeForWrite(const Now& now);
    /// Evaluations that came to a result.
    [[nodiscard]] std::uint64_t count() const { return count_; }

private:
    [[nodiscard]] std::chrono::microseconds untilDue(const Now& now) const;
    void runAtOnce(const Now& now);
    bool evaluate(const Now& now, Pace pace);

    const config::Config& config_;
    Site& site_;
    Outputs& outputs_;
    Hooks hooks_;
    Timer timer_;                   ///< armed by a change
    std::optional<SteadyTime> ran_; ///< the last whole cycle
    std::uint64_t count_{0};
};

} // namespace busbar
