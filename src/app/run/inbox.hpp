// SPDX-License-Identifier: MIT
// The mailbox on the loop: wakes it, hands on what came, counts what was lost.
#pragma once

#include "app/run/log_pace.hpp"
#include "base/event_loop.hpp"
#include "base/mailbox.hpp"
#include "mqtt/session/read_pause.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace busbar {

class Inbox {
public:
    /// `wake` is called when there is mail, and takes it.
    Inbox(EventLoop& loop, std::function<void(const Now&)> wake);

    [[nodiscard]] Mailbox& mailbox() { return mailbox_; }
    /// Of the thread that fills it.
    [[nodiscard]] const std::shared_ptr<mqtt::ReadPause>& pause() const { return pause_; }
    /// Hands on all that has come; what comes from now on gathers, for at most `gather`. The
    /// sessions of which messages were lost: no room, or their reader failed.
    [[nodiscard]] Sessions take(std::chrono::milliseconds gather,
                                const std::function<void(const Mail&)>& reader, const Now& now);
    /// Once a second: says what was dropped.
    void tick(const Now& now);
    /// Lost so far.
    [[nodiscard]] std::uint64_t lost() const { return lost_; }

private:
    EventLoop& loop_;
    Mailbox mailbox_;
    std::shared_ptr<mqtt::ReadPause> pause_;
    MailBatch batch_;
    std::uint64_t lost_{0};
    RepeatPace overflows_;
    IoWatch watch_;
    Timer rearm_; ///< ends the pause in which single messages gather
};

} // namespace busbar
