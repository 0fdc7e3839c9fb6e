// SPDX-License-Identifier: MIT
// Whether the bridge of a GX lives: by its heartbeat, or by anything at all from an old one.
#pragma once

#include "core/now.hpp"
#include "mqtt/venus/venus_bridge.hpp"

#include <chrono>
#include <optional>

namespace busbar::mqtt {

class BridgeLink {
public:
    explicit BridgeLink(VenusBridge& bridge) : bridge_(bridge) {}

    /// A session began; what comes tells which kind of bridge it is.
    void sessionBegan(const Now& now);
    /// Something came.
    void message(const Now& now);
    void heartbeat(const Now& now);
    /// Once a second. True if the bridge is lost just now.
    [[nodiscard]] bool tick(const Now& now);

    [[nodiscard]] bool hasHeartbeat() const { return heartbeatSeen_; }
    /// Of life, the last: heartbeat, or any message of a bridge without one.
    [[nodiscard]] SteadyTime lastSign() const { return lastSign_; }
    /// Since the last heartbeat; nothing if there was none since the session began.
    [[nodiscard]] std::optional<std::chrono::seconds> heartbeatAge(const Now& now) const;

private:
    VenusBridge& bridge_;
    bool heartbeatSeen_{false};
    SteadyTime lastSign_{};
};

} // namespace busbar::mqtt
