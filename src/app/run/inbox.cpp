// SPDX-License-Identifier: MIT
// Takes mail in batches.
#include "app/run/inbox.hpp"

#include "app/run/hand_on.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <sys/epoll.h>
#include <utility>

namespace busbar {

namespace {

/// Single messages gather at most this long, and not longer than a cycle, before the loop wakes for
/// them: what is worked out once a cycle is taken then. What may cut a limit and what somebody
/// wishes does not wait (mqtt/venus/cut_watch.hpp).
constexpr std::chrono::milliseconds kGather{1000};

} // namespace

Inbox::Inbox(EventLoop& loop, std::function<void(const Now&)> wake)
    : loop_(loop), pause_(std::make_shared<mqtt::ReadPause>()),
      watch_(loop, mailbox_.fd(), EPOLLIN,
             [wake = std::move(wake)](const Now& now, std::uint32_t) { wake(now); }),
      rearm_(loop, [this](const Now&) { mailbox_.arm(); }) {}

Sessions Inbox::take(std::chrono::milliseconds gather,
                     const std::function<void(const Mail&)>& reader, const Now& now) {
    mailbox_.take(batch_);
    rearm_.arm(std::min(kGather, gather));
    const LostMail failed = handOn(batch_, loop_.faults(), reader);
    if (batch_.dropped() + failed.count > 0) {
        lost_ += batch_.dropped() + failed.count;
        overflows_.note(batch_.dropped());
        tick(now);
    }
    return batch_.losers() | failed.sessions;
}

void Inbox::tick(const Now& now) {
    if (const auto messages = overflows_.take(now))
        log::warn("mailbox_overflow messages_lost={} they came faster than they could be read; "
                  "asking the GX for everything again",
                  *messages);
}

} // namespace busbar
