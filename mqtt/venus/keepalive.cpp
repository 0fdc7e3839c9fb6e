// SPDX-License-Identifier: MIT
// Sends keepalives, and notes when one was taken.
#include "mqtt/venus/keepalive.hpp"

#include <utility>

namespace busbar::mqtt {

namespace {

using namespace std::chrono_literals;

constexpr auto kBridgeForgets = 60s; // without keepalive the bridge falls silent after this long

} // namespace

void Keepalive::send(const std::string& payload, const Now& now) {
    if (!bridge_.port.publish(bridge_.topic("R", "keepalive"), payload))
        return;
    last_ = now.steady;
    saidGap_ = false;
}

void Keepalive::sendPlain(const Now& now) {
    send(R"({"keepalive-options":["suppress-republish"]})", now);
}

bool Keepalive::hasGap(const Now& now) {
    if (now.steady - last_ < kBridgeForgets)
        return false;
    if (!std::exchange(saidGap_, true))
        bridge_.say(true, "keepalive_gap: no keepalive for a minute; asking for a full publish");
    return true;
}

void Keepalive::tick(const Now& now) {
    if (now.steady - last_ >= bridge_.settings.keepalive)
        sendPlain(now);
}

} // namespace busbar::mqtt
