// SPDX-License-Identifier: MIT
// The only object that two threads share: MQTT's threads put events in, the loop thread takes them
// out.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

/// What can happen on an MQTT session.
enum class MailKind : std::uint8_t {
    Message,       ///< topic, payload, retained
    Connected,     ///< the session is up; subscribe again
    Disconnected,  ///< payload = reason
    ConnectFailed, ///< payload = reason
};

/// One event, valid until the batch it came with is gone.
struct Mail {
    MailKind kind{MailKind::Message};
    std::uint8_t session{0}; ///< which MQTT client put it
    bool retained{false};
    bool isPressing{false}; ///< wakes the loop although it lets messages gather
    std::string_view topic{};
    std::string_view payload{};
};

/// One bit for each number that `Mail::session` can have.
using Sessions = std::bitset<256>;

/// All events that waited, in the order in which they were put. One block of bytes, so that a
/// message costs no allocation.
class MailBatch {
public:
    void clear();
    void add(const Mail& mail);
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] std::size_t bytes() const { return text_.size(); }
    [[nodiscard]] Mail at(std::size_t index) const;
    /// A message of this session did not fit.
    void drop(std::uint8_t session) noexcept;
    /// Messages that did not fit since the batch before.
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
    /// Whose messages those were: everything has to be asked for again there.
    [[nodiscard]] const Sessions& losers() const { return losers_; }

private:
    struct Entry {
        MailKind kind{MailKind::Message};
        std::uint8_t session{0};
        bool retained{false};
        std::uint32_t topicSize{0};
        std::uint32_t payloadSize{0};
        std::size_t offset{0};
    };
    std::string text_;
    std::vector<Entry> entries_;
    std::uint64_t dropped_{0};
    Sessions losers_;
};

/// Bounded by bytes and by count. When full, further *messages* are dropped and counted (never
/// session events), and the reader learns of it with its next batch.
class Mailbox {
public:
    struct Bounds {
        /// A full publish of 64 batteries is 330 kB (measured).
        std::size_t bytes = std::size_t{4} * 1024 * 1024;
        std::size_t count = 50000;
    };

    Mailbox() : Mailbox(Bounds{}) {}
    explicit Mailbox(Bounds bounds);
    ~Mailbox();
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;
    Mailbox(Mailbox&&) = delete;
    Mailbox& operator=(Mailbox&&) = delete;

    /// From any thread. Copies; wakes the reader when it is armed and nothing waited yet, and for
    /// what is pressing; session events are.
    void put(const Mail& mail) noexcept;

    /// Loop thread: becomes readable when something waits and the mailbox is armed.
    [[nodiscard]] int fd() const { return eventFd_; }
    /// Loop thread: swaps everything that waits into `batch` (cleared first) and disarms: until
    /// `arm`, only what is pressing wakes the loop. The pause between the two is how bursts of
    /// single messages become one wake-up.
    void take(MailBatch& batch);
    /// Loop thread: wake me again; at once if something came meanwhile.
    void arm();

private:
    void wake() const;

    Bounds bounds_;
    int eventFd_;
    std::mutex mutex_; // held by an MQTT thread in put, by the loop in take and arm
    MailBatch waiting_;
    bool armed_{true};
};

} // namespace busbar
