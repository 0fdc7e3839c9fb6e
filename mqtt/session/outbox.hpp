// SPDX-License-Identifier: MIT
// What waits to be sent on one session, with bounds that also count what the MQTT library has not
// finished yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace busbar::mqtt {

/// Of a subscription only `topic` and `qos` count, of its end only `topic`.
struct Outgoing {
    enum class Kind : std::uint8_t { Publication, Subscription, Unsubscription };

    std::string topic;
    std::string payload;
    int qos{0};
    bool retain{false};
    Kind kind{Kind::Publication};

    [[nodiscard]] std::size_t bytes() const { return topic.size() + payload.size(); }
};

/// First in, first out. An entry is *in flight* from `offer` until `release` or `clear`; taking it
/// out changes nothing.
class Outbox {
public:
    struct Bounds {
        std::size_t count;
        std::size_t bytes; ///< topics and payloads
    };

    explicit Outbox(Bounds bounds) : bounds_(bounds) {}

    /// False = too much in flight; nothing was kept.
    [[nodiscard]] bool offer(Outgoing entry) {
        if (count_ >= bounds_.count || bytes_ + entry.bytes() > bounds_.bytes)
            return false;
        ++count_;
        bytes_ += entry.bytes();
        waiting_.push_back(std::move(entry));
        return true;
    }

    [[nodiscard]] std::optional<Outgoing> take() {
        if (waiting_.empty())
            return std::nullopt;
        std::optional<Outgoing> entry(std::move(waiting_.front()));
        waiting_.pop_front();
        return entry;
    }

    /// An entry of this size that was taken is finished.
    void release(std::size_t bytes) {
        --count_;
        bytes_ -= bytes;
    }

    /// Drops everything that waits and forgets what was taken; how many entries these were.
    std::size_t clear() {
        waiting_.clear();
        bytes_ = 0;
        return std::exchange(count_, 0);
    }

    [[nodiscard]] bool isEmpty() const { return waiting_.empty(); }
    [[nodiscard]] std::size_t inFlight() const { return count_; }
    [[nodiscard]] std::size_t inFlightBytes() const { return bytes_; }

private:
    Bounds bounds_;
    std::deque<Outgoing> waiting_;
    std::size_t count_{0};
    std::size_t bytes_{0};
};

} // namespace busbar::mqtt
