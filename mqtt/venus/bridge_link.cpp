// SPDX-License-Identifier: MIT
// Signs of life, and their end.
#include "mqtt/venus/bridge_link.hpp"

namespace busbar::mqtt {

namespace {

using namespace std::chrono_literals;

constexpr auto kSilentOldBridge =
    90s; // a bridge without heartbeat counts as lost after this long without any value

} // namespace

void BridgeLink::sessionBegan(const Now& now) {
    lastSign_ = now.steady;
    heartbeatSeen_ = false;
}

void BridgeLink::message(const Now& now) {
    bridge_.readings.noteSign(now);
    if (!heartbeatSeen_)
        lastSign_ = now.steady;
}

void BridgeLink::heartbeat(const Now& now) {
    heartbeatSeen_ = true;
    lastSign_ = now.steady;
    if (bridge_.readings.linkUp())
        return;
    bridge_.say(false, "gx_bridge_back: its heartbeat has returned");
    bridge_.readings.setLink(true, now);
}

bool BridgeLink::tick(const Now& now) {
    const auto patience =
        heartbeatSeen_ ? SteadyTime::duration(bridge_.settings.heartbeatTimeout) : kSilentOldBridge;
    if (!bridge_.readings.linkUp()) {
        if (!heartbeatSeen_ && now.steady - lastSign_ < patience) // an old bridge that talks again
            bridge_.readings.setLink(true, now);
        return false;
    }
    if (now.steady - lastSign_ < patience)
        return false;
    bridge_.say(true,
                heartbeatSeen_
                    ? "gx_bridge_lost: its heartbeat has stopped, although the broker is there"
                    : "gx_bridge_lost: nothing comes from it, although the broker is there");
    bridge_.readings.setLink(false, now);
    return true;
}

std::optional<std::chrono::seconds> BridgeLink::heartbeatAge(const Now& now) const {
    if (!heartbeatSeen_)
        return std::nullopt;
    return std::chrono::duration_cast<std::chrono::seconds>(now.steady - lastSign_);
}

} // namespace busbar::mqtt
