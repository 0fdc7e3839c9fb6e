// SPDX-License-Identifier: MIT
// Lets what a busy broker sends in dribs gather in the socket.
#pragma once

#include <chrono>

namespace busbar::mqtt {

/// 64 batteries reach a reader in some 550 small portions a second, and each wake-up costs reader
/// and broker more than the four messages that it brings: with these pauses what Busbar adds to a
/// GX fell by 40 % there (mqtt/DECISIONS.md). 16 batteries come in 30 portions, where a pause
/// would only be one wake-up more. So one second in `kPausedFor` is heard without pauses, and the
/// portions are counted. Where a pause brings no more than a message, as on a core on which each
/// takes as long as a pause between two, there is none for as long. Of one thread, which hears all
/// sessions.
class ReadPause {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// Half of what a cut may take from the BMS to the bus (20 ms): it may arrive in a pause.
    static constexpr std::chrono::milliseconds kPause{10};
    /// Portions in a second from which pauses pay: each costs one wake-up.
    static constexpr int kMany = 100;
    /// Seconds with pauses after one in which so many came; or without, where they brought little.
    static constexpr int kPausedFor = 30;
    /// Messages for each pause below which it brings little.
    static constexpr int kLittle = 2;

    /// For each message when it has been handed on: how long not to ask for the next, which is 0 or
    /// `kPause`. After a pause `resume` has to be called.
    [[nodiscard]] std::chrono::milliseconds after(Time now);
    void resume(Time now) { before_ = now; }

private:
    void countSecond(Time now);

    Time before_{};      ///< the message before, or the end of the pause behind it
    Time second_{};      ///< begin of the second that is counted
    int messages_{0};    ///< in this second
    int portions_{0};    ///< in this second
    int pausedFor_{0};   ///< seconds with pauses that are left
    int unpausedFor_{0}; ///< seconds in which none may begin that are left
};

/// After a message: keeps this thread asleep as long as `pause` says.
void rest(ReadPause& pause);

} // namespace busbar::mqtt
