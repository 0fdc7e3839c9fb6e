// SPDX-License-Identifier: MIT
// Has the GX publish everything, and proves what is there: full publishes with echo, in three
// tries; else each service by itself.
#pragma once

#include "core/now.hpp"
#include "mqtt/venus/keepalive.hpp"
#include "mqtt/venus/source_filters.hpp"
#include "mqtt/venus/venus_bridge.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace busbar::mqtt {

/// When a wish of the readings for a full publish is granted: the first at once. Where each raises
/// the next (two services that share an instance), they come further and further apart, because a
/// full publish is work for the whole GX.
class WishPace {
public:
    /// True once, when one that was wished now or before is granted.
    [[nodiscard]] bool grants(bool isWished, const Now& now);
    /// One was made anyway.
    void forget() { isWished_ = false; }

private:
    bool isWished_{false};
    SteadyTime granted_{};
    std::chrono::seconds pause_{0}; ///< to the next that is granted
};

class FullPublish {
public:
    /// `echoSeed` makes this process' echo words unlike anybody else's.
    FullPublish(VenusBridge& bridge, SourceFilters& filters, Keepalive& keepalive,
                std::string echoSeed);

    /// A session began: whether this bridge repeats our word is not known.
    void sessionBegan();
    /// The link is gone; what was under way has no end.
    void stop() { step_ = Step::Idle; }
    [[nodiscard]] bool isIdle() const { return step_ == Step::Idle; }
    void start(const Now& now);
    /// True if the readings wish for one and have waited long enough.
    [[nodiscard]] bool takeWish(const Now& now);

    /// The end mark of somebody's. True if it was ours.
    [[nodiscard]] bool completed(std::string_view payload, const Now& now);
    /// Once a second while the link is up: starts what is due. True if one has ended.
    [[nodiscard]] bool tick(bool hasHeartbeat, const Now& now);

private:
    enum class Step : std::uint8_t { Idle, Publishing, ReadingEach };

    void request(const Now& now);
    bool timedOut(const Now& now);
    void end(const Now& now);
    void readEach(const Now& now);
    void endReadingEach(const Now& now);
    [[nodiscard]] std::chrono::seconds interval(bool hasHeartbeat) const;

    VenusBridge& bridge_;
    SourceFilters& filters_;
    Keepalive& keepalive_;
    std::string echoSeed_;
    WishPace wishes_;
    Step step_{Step::Idle};
    int attempt_{0};
    std::string echo_;
    SteadyTime stepEnds_{};
    SteadyTime endedAt_{};              ///< the last one
    std::chrono::seconds retryWait_{0}; ///< after a failed one; 0 = the regular interval
    bool sawPlainCompletion_{false};    ///< without echo, since the request
    bool echoSeen_{
        false}; ///< this bridge repeats our word, so an end mark without one is somebody else's
    bool echoMissing_{false}; ///< this bridge completes without any word: an old one
    int failuresInARow_{0};
};

} // namespace busbar::mqtt
