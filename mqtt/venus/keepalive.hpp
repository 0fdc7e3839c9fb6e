// SPDX-License-Identifier: MIT
// Keeps the bridge of a GX publishing.
#pragma once

#include "core/now.hpp"
#include "mqtt/venus/venus_bridge.hpp"

#include <string>

namespace busbar::mqtt {

class Keepalive {
public:
    explicit Keepalive(VenusBridge& bridge) : bridge_(bridge) {}

    /// This GX is read from now on.
    void start(const Now& now) { last_ = now.steady; }
    /// With options as JSON. One that was not taken keeps nothing alive.
    void send(const std::string& payload, const Now& now);
    /// One that asks for nothing besides.
    void sendPlain(const Now& now);
    /// None has gone for so long that the bridge has fallen silent meanwhile; said once.
    [[nodiscard]] bool hasGap(const Now& now);
    /// Sends a plain one if it is due. At least once a second.
    void tick(const Now& now);

private:
    VenusBridge& bridge_;
    SteadyTime last_{}; ///< that the session has taken
    bool saidGap_{false};
};

} // namespace busbar::mqtt
