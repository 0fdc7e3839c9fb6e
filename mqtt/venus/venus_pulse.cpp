// SPDX-License-Identifier: MIT
// The times of a Venus server.
#include "mqtt/venus/venus_pulse.hpp"

#include <chrono>

namespace busbar::mqtt {

namespace {

using std::chrono::seconds;

// From captures of dbus-flashmq v25 (mqtt/VENUS.md): last message 59.1 s after a keepalive and none
// at 60.1 s, a beat every 3 s, three full publishes in each second of a fixed grid.
constexpr seconds kAliveFor{60};
constexpr seconds kBeatEvery{3};
constexpr int kFullPerSecond = 3;

} // namespace

void VenusPulse::keepAlive(const Now& now) {
    isAlive_ = true;
    aliveUntil_ = now.steady + kAliveFor;
}

void VenusPulse::advance(const Now& now) {
    if (now.steady >= aliveUntil_)
        isAlive_ = false;
}

bool VenusPulse::beats(const Now& now) {
    if (!isAlive_ || now.steady < nextBeat_)
        return false;
    while (nextBeat_ <= now.steady)
        nextBeat_ += kBeatEvery;
    return true;
}

bool VenusPulse::mayPublishAll(const Now& now) {
    const auto window = std::chrono::floor<seconds>(now.steady.time_since_epoch()).count();
    if (window != window_)
        fullInWindow_ = 0;
    window_ = window;
    return fullInWindow_++ < kFullPerSecond;
}

} // namespace busbar::mqtt
