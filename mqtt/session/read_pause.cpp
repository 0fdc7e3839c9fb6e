// SPDX-License-Identifier: MIT
// Counts portions.
#include "mqtt/session/read_pause.hpp"

#include <thread>

namespace busbar::mqtt {

namespace {

/// Messages of one portion follow each other faster, also on a slow core with Debian's library
/// (0.1 ms each there); longer, and the thread has waited.
constexpr std::chrono::microseconds kWithin{300};

} // namespace

void ReadPause::countSecond(Time now) {
    if (now - second_ < std::chrono::seconds(1))
        return;
    second_ = now;
    if (pausedFor_ > 0 && messages_ < kLittle * portions_) {
        pausedFor_ = 0;
        unpausedFor_ = kPausedFor;
    } else if (pausedFor_ > 0) {
        --pausedFor_;
    } else if (unpausedFor_ > 0) {
        --unpausedFor_;
    } else if (portions_ >= kMany) {
        pausedFor_ = kPausedFor;
    }
    messages_ = 0;
    portions_ = 0;
}

std::chrono::milliseconds ReadPause::after(Time now) {
    countSecond(now);
    ++messages_;
    const bool hasWaited = now - before_ > kWithin;
    before_ = now;
    if (!hasWaited)
        return {};
    ++portions_;
    return pausedFor_ > 0 ? kPause : std::chrono::milliseconds(0);
}

void rest(ReadPause& pause) {
    const auto length = pause.after(std::chrono::steady_clock::now());
    if (length == std::chrono::milliseconds(0))
        return;
    std::this_thread::sleep_for(length);
    pause.resume(std::chrono::steady_clock::now());
}

} // namespace busbar::mqtt
