// SPDX-License-Identifier: MIT
// What the loop, the worker and the MQTT library's threads know of one session, behind one lock.
#pragma once

#include "base/mailbox.hpp"
#include "mqtt/session/client_counters.hpp"
#include "mqtt/session/link_failure.hpp"
#include "mqtt/session/outbox.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace busbar::mqtt {

/// What the broker publishes when the session is lost.
struct Will {
    std::string topic;
    std::string payload;
    bool retain{false};
};

/// A session event for the loop to log and to plan by; the mailbox holds the same one for the
/// owner.
struct Transition {
    MailKind kind{MailKind::Connected};
    std::string reason;
};

/// What happened since the loop looked last, and what may be done now.
struct News {
    std::vector<Transition> transitions;
    std::vector<std::string> refusedFilters; ///< subscriptions that the broker refused
    bool isIdle{false};                      ///< neither session nor attempt
    bool isClosing{false};
};

/// What the worker has to do next.
struct Job {
    enum class Kind : std::uint8_t {
        Stop,
        Attempt,
        Explain,
        Send,
        LifeSign,
        Close,
    } kind{Kind::Stop};
    std::optional<Will> will; ///< Attempt
    int returnCode{0};        ///< Explain: what the library said of the failed attempt
    Outgoing entry;           ///< Send
    std::size_t slot{0};      ///< Send: to be named in `finished`
};

/// Idle → connecting → connected → idle …, and at last stopped. Keeps the promise that every event
/// reaches the mailbox once, after the state has changed. The library must never be called with the
/// lock held, and is not: it is unknown here.
class SessionState {
public:
    /// How many requests the library holds at once; the rest waits in the outbox, where dropping it
    /// costs nothing. Enough for 1000 acknowledged messages per second at 100 ms of round trip.
    static constexpr std::size_t kWindow = 100;

    SessionState(std::uint8_t session, Outbox::Bounds bounds, Mailbox& mailbox);

    // loop thread
    [[nodiscard]] News takeNews();
    void beginAttempt(std::optional<Will> will);
    [[nodiscard]] bool isConnected() const;
    [[nodiscard]] bool offer(Outgoing entry);
    void countRefusal();
    /// Waits until `stopped`, at most for `limit`; false = not in time.
    [[nodiscard]] bool close(std::chrono::milliseconds limit);
    [[nodiscard]] ClientCounters counters() const;
    /// Of the last attempt; nothing before one has failed, and after one has not.
    [[nodiscard]] std::optional<LinkFailure> lastFailure() const;

    // the library's threads
    void connected() noexcept;
    void connectFailed(int returnCode) noexcept;
    void lost(const std::string& cause) noexcept;
    /// A second time for the same slot, or after the loss of its session, changes nothing.
    void finished(std::size_t slot, bool isDone, int returnCode) noexcept;

    // worker
    /// Waits until there is one. In a session a sign of life is one from `lifeSign` on; without a
    /// time there are none.
    [[nodiscard]] Job nextJob(const std::stop_token& stop,
                              std::optional<std::chrono::steady_clock::time_point> lifeSign);
    void fail(const LinkFailure& failure);
    void stopped();

private:
    enum class Phase : std::uint8_t { Idle, Connecting, Connected, Stopped };

    struct Slot {
        bool isBusy{false};
        std::size_t bytes{0};
        std::string filter; ///< empty = a publication
    };

    // with the lock held
    [[nodiscard]] bool hasJob() const;
    [[nodiscard]] bool canSend() const;
    [[nodiscard]] Job takeEntry();
    void end(MailKind kind, const std::string& reason);
    void dropEverything();

    const std::uint8_t session_;
    Mailbox& mailbox_;
    mutable std::mutex mutex_; // loop thread, worker, the library's send and receive threads
    std::condition_variable_any changed_;
    Phase phase_{Phase::Idle};
    bool isClosing_{false};
    std::optional<Job> attempt_;
    std::optional<int> failure_;
    std::optional<LinkFailure> lastFailure_;
    Outbox outbox_;
    News news_;
    ClientCounters counters_;
    std::vector<Slot> slots_;
    std::vector<std::size_t> freeSlots_;
};

} // namespace busbar::mqtt
